"""Metrics and health over HTTP, for an operator's programs."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from prometheus_client.twisted import MetricsResource
from twisted.internet.address import IPv4Address, UNIXAddress
from twisted.internet.address import IPv6Address as IPv6Peer
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IAddress, IReactorTime
from twisted.internet.protocol import Protocol
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.failure import Failure
from twisted.web import http
from twisted.web.resource import Resource
from twisted.web.server import Request, Site
from typing_extensions import override

from chatroom.core.lobby import Lobby
from chatroom.core.values.networks import internet_address
from chatroom.services.listening.listen_address import ListenAddress
from chatroom.services.listening.listener import Listener
from chatroom.services.operations.metrics import Commits, MeasuredConnections, MeasuredNode, Metrics
from chatroom.services.operations.reactor_lag import ReactorLag
from chatroom.wire.http.dns_rebinding import can_be_rebound

MAX_CONNECTIONS = 16
"""Connections at a time: an operator's programs are few, and the descriptors are for visitors."""


class Snapshot(Collector):
    """The metrics of one moment."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    @override
    def collect(self) -> Iterable[Metric]:
        """Return the metrics."""
        return self._metrics

    def describe(self) -> Iterable[Metric]:
        """Return the metrics: Prometheus may ask for some by name."""
        return self._metrics


class Scrape(Resource):
    """``/metrics``: the numbers of the server, and of its process.

    Prometheus' own resource formats them in another thread. So that nothing moves meanwhile, they are gathered before,
    in this one; but not those of the process, for which many files are read.
    """

    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self._metrics = metrics
        self._process = ProcessCollector(registry=None)

    @override
    def render(self, request: Request) -> int | bytes:
        """Answer, later; a request for the headers alone, at once."""
        if request.method == b"HEAD":
            _, kind = choose_encoder(request.getHeader("accept") or "")
            request.setHeader(b"content-type", kind.encode())
            return b""
        if isinstance(request.getClientAddress(), UNIXAddress):
            # WSGI knows no peer and no server without a port.
            request.client = request.host = IPv4Address("TCP", "127.0.0.1", 0)
        registry = CollectorRegistry()
        registry.register(Snapshot(self._metrics.collect()))
        registry.register(self._process)
        answer: int | bytes = MetricsResource(registry).render(request)
        return answer


class Healthz(Resource):
    """``/healthz``: 200, or 503 and the trouble."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self._metrics = metrics

    def render_GET(self, request: Request) -> bytes:  # noqa: N802
        """Answer in one line."""
        request.setHeader(b"content-type", b"text/plain; charset=utf-8")
        trouble = self._metrics.trouble()
        if trouble is not None:
            request.setResponseCode(http.SERVICE_UNAVAILABLE)
        return f"{trouble or 'ok'}\n".encode()

    @override
    def render_HEAD(self, request: Request) -> bytes:
        """Answer with the status alone."""
        self.render_GET(request)
        return b""


class Misdirected(Resource):
    """The answer to requests for somebody else's site: 421."""

    @override
    def render(self, request: Request) -> bytes:
        """Answer in one line."""
        request.setResponseCode(421, b"Misdirected Request")
        request.setHeader(b"content-type", b"text/plain; charset=utf-8")
        line = b"ask for localhost, an address, or the machine's own name: a web page may have made up this one\n"
        return b"" if request.method == b"HEAD" else line


class MetricsSite(Site):
    """The site of both, which logs no requests.

    On a loopback address, requests for names that a stranger may have made up are refused; *machine* is our own name.
    """

    noisy = False

    def __init__(self, reactor: IReactorTime, metrics: Metrics, machine: str) -> None:
        self._machine = machine
        root = Resource()
        root.putChild(b"metrics", Scrape(metrics))
        root.putChild(b"healthz", Healthz(metrics))
        super().__init__(root, reactor=reactor)

    @override
    def getResourceFor(self, request: Request) -> Resource:
        """Return the resource that answers *request*."""
        if is_private(request.getHost()):
            name = request.getRequestHostname().decode("utf-8", "replace")
            if can_be_rebound(name, self._machine):
                return Misdirected()
        found: Resource = super().getResourceFor(request)
        return found

    @override
    def log(self, request: http.Request) -> None:
        """Do not."""


def is_private(here: IAddress) -> bool:
    """Return whether only this machine reaches the address *here*."""
    if not isinstance(here, IPv4Address | IPv6Peer):
        return False
    return internet_address(here.host).is_loopback


class Surplus(Protocol):
    """A connection beyond the most."""

    transport: Any

    @override
    def connectionMade(self) -> None:
        """Close it, if that can be before the next one is accepted."""
        if isinstance(self.transport, ProtocolWrapper):
            # Otherwise, TLS would first shake hands.
            self.transport.abortConnection()
        else:
            self.transport.connectionLost(Failure(ConnectionDone()))


class Capped(WrappingFactory[ProtocolWrapper]):
    """A factory that lets at most *many* connections in to *pages*."""

    noisy = False

    def __init__(self, pages: MetricsSite, many: int = MAX_CONNECTIONS) -> None:
        super().__init__(pages)
        self._many = many

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol:  # type: ignore[override]
        """Take a connection unless there are too many."""
        return super().buildProtocol(addr) if len(self.protocols) < self._many else Surplus()

    @override
    def logPrefix(self) -> str:
        """Return the name of the listener in the log."""
        return "metrics"


class MetricsHTTP(Listener):
    """The service of metrics and health, at the endpoint *description*.

    :raises ValueError: if *description* is no endpoint.
    """

    def __init__(
        self,
        reactor: Any,
        description: str,
        lobby: Lobby,
        connections: MeasuredConnections,
        commits: Commits | None,
        node: MeasuredNode | None = None,
        ends: Callable[[], Iterable[tuple[str, float]]] = tuple,
    ) -> None:
        self._lag = ReactorLag(reactor)
        metrics = Metrics(lobby, connections, commits, self._lag.seconds, node, ends)
        pages = MetricsSite(reactor, metrics, socket.gethostname())
        super().__init__(ListenAddress(reactor, description, "127.0.0.1"), Capped(pages), description)

    @override
    def startService(self) -> None:
        """Listen, and begin to measure the lag."""
        super().startService()
        self._lag.startService()

    @override
    def stopService(self) -> Deferred[None]:
        """Go on until :meth:`close`: /healthz says meanwhile that the server stops."""
        return succeed(None)

    def close(self) -> Deferred[None]:
        """Stop listening: everybody has left."""
        self._lag.stopService()
        return super().stopService()
