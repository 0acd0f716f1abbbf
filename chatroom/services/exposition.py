"""What an operator's programs ask over HTTP: how much there is to do, and whether all is well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from prometheus_client.twisted import MetricsResource
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.web import http
from twisted.web.resource import Resource
from twisted.web.server import Request, Site
from typing_extensions import override

from chatroom.core.lobby import Lobby
from chatroom.services.address import Address
from chatroom.services.lateness import Lateness
from chatroom.services.listener import Listener
from chatroom.services.metrics import Commits, Connections, Metrics


class Gathered(Collector):
    """Metrics as they were at one moment."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    @override
    def collect(self) -> Iterable[Metric]:
        """Return them."""
        return self._metrics

    def describe(self) -> Iterable[Metric]:
        """Return them too: of these, one may ask for some by name."""
        return self._metrics


class Scrape(Resource):
    """``/metrics``: the numbers of the server, and of its process.

    Prometheus' own resource writes them down in another thread. So that nothing moves meanwhile, they are gathered
    before, in this one; but not those of the process, for which many files are looked at.
    """

    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self._metrics = metrics
        self._process = ProcessCollector(registry=None)

    @override
    def render(self, request: Request) -> int | bytes:
        """Answer, later."""
        registry = CollectorRegistry()
        registry.register(Gathered(self._metrics.collect()))
        registry.register(self._process)
        answer: int | bytes = MetricsResource(registry).render(request)
        return answer


class Healthz(Resource):
    """``/healthz``: 200, or 503 and what the trouble is."""

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


class Pages(Site):
    """Both, without a line in the log for every time that they are asked for."""

    noisy = False

    def __init__(self, reactor: IReactorTime, metrics: Metrics) -> None:
        root = Resource()
        root.putChild(b"metrics", Scrape(metrics))
        root.putChild(b"healthz", Healthz(metrics))
        super().__init__(root, reactor=reactor)

    @override
    def logPrefix(self) -> str:
        """Return how the log calls what listens."""
        return "metrics"

    @override
    def log(self, request: http.Request) -> None:
        """Do not."""


class Exposition(Listener):
    """Listens where *description* says, for who wants to know how the server fares.

    :raises ValueError: if *description* is no endpoint.
    """

    def __init__(
        self, reactor: Any, description: str, lobby: Lobby, connections: Connections, commits: Commits | None
    ) -> None:
        self._lateness = Lateness(reactor)
        pages = Pages(reactor, Metrics(lobby, connections, commits, self._lateness.seconds))
        super().__init__(Address(reactor, description, "127.0.0.1"), pages, description)

    @override
    def startService(self) -> None:
        """Begin to look how late the reactor is."""
        super().startService()
        self._lateness.startService()

    @override
    def stopService(self) -> Deferred[None]:
        """Go on until :meth:`close`: whoever asks shall be told that the server stops."""
        return succeed(None)

    def close(self) -> Deferred[None]:
        """Listen no longer: everybody has left."""
        self._lateness.stopService()
        return super().stopService()
