"""Listening, on every kind of address that an operator may name."""

from __future__ import annotations

import errno
import socket

from twisted.application.service import Service
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.endpoints import AdoptedStreamServerEndpoint, TCP4ServerEndpoint, serverFromString
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IReactorCore, IStreamServerEndpoint
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from chatroom.services.cannot_start import CannotStart

BACKLOG = 1024
"""Connections that the kernel holds for us while we are busy: everybody may come back at once."""


@implementer(IStreamServerEndpoint)
class EveryAddress:
    """TCP *port* on all addresses of this machine, those of IPv4 and those of IPv6."""

    def __init__(self, reactor: IReactorCore, port: int) -> None:
        self._reactor = reactor
        self._port = port

    def listen(self, protocolFactory: IProtocolFactory) -> Deferred[IListeningPort]:  # noqa: N803
        """Listen for connections."""
        try:
            bound = self._bound()
        except OSError:
            return fail()
        adopted = AdoptedStreamServerEndpoint(self._reactor, bound.detach(), bound.family)
        listening: Deferred[IListeningPort] = adopted.listen(protocolFactory)
        return listening

    def _bound(self) -> socket.socket:
        try:
            return socket.create_server(("", self._port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=BACKLOG)
        except OSError as error:
            if error.errno not in {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}:
                raise
            # There is no IPv6 on this machine.
            return socket.create_server(("", self._port), backlog=BACKLOG)


def endpoint(reactor: IReactorCore, description: str) -> IStreamServerEndpoint:
    """Return the endpoint that *description* means: a bare port number, or any endpoint string of Twisted's.

    :raises ValueError: if it means none.
    """
    if not description.isdecimal():
        patient = description.startswith(("tcp:", "tcp6:", "ssl:")) and ":backlog=" not in description
        try:
            found: IStreamServerEndpoint = serverFromString(
                reactor, f"{description}:backlog={BACKLOG}" if patient else description
            )
        except ImportError as error:
            needed = "pip install 'chatroom[tls]'"
            raise ValueError(f"{description} needs more than is installed ({error}); for TLS: {needed}") from error
        except Exception as error:  # whatever a parser of Twisted's or of a plugin's finds wrong
            raise ValueError(
                f"{description} is no endpoint ({error}); write 8080 or tcp:8080:interface=127.0.0.1"
            ) from error
        return found
    return EveryAddress(reactor, _port(description))


def local_endpoint(reactor: IReactorCore, description: str) -> IStreamServerEndpoint:
    """Return the endpoint that *description* means: a bare port number can be reached from this machine only.

    :raises ValueError: if it means none.
    """
    if description.isdecimal():
        return TCP4ServerEndpoint(reactor, _port(description), BACKLOG, "127.0.0.1")
    return endpoint(reactor, description)


def _port(description: str) -> int:
    port = int(description)
    if port > 65535:
        raise ValueError(f"{description} is no port: a port is a number from 0 to 65535")
    return port


class Listener(Service):
    """Listens on *endpoint* from the start of the server to its end; *description* is what the operator wrote."""

    def __init__(self, endpoint: IStreamServerEndpoint, factory: IProtocolFactory, description: str) -> None:
        self._endpoint = endpoint
        self._factory = factory
        self._description = description
        self._port: IListeningPort | None = None

    @override
    def privilegedStartService(self) -> None:
        """Listen, before the process gives its privileges up; if that can't be, end with one clear line."""
        super().privilegedStartService()
        failures: list[Failure] = []
        self._endpoint.listen(self._factory).addCallbacks(self._listening, failures.append)
        if failures:
            raise CannotStart(f"chatroom can't listen on {self._description}: {_reason(failures[0].value)}.")

    def _listening(self, port: IListeningPort) -> None:
        self._port = port

    @override
    def stopService(self) -> Deferred[None]:
        """Take no new connections."""
        super().stopService()
        port, self._port = self._port, None
        return (port and port.stopListening()) or succeed(None)


def _reason(error: BaseException | None) -> str:
    cause = error.socketError if isinstance(error, CannotListenError) else error
    match getattr(cause, "errno", None):
        case errno.EADDRINUSE:
            return "it is in use already; stop what uses it, or choose another port"
        case errno.EACCES:
            return "it is not allowed to; ports below 1024 are root's"
    return getattr(cause, "strerror", None) or str(cause)
