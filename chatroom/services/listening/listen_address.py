"""Addresses to listen on: ports, and all endpoints of Twisted's."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from errno import EADDRNOTAVAIL, EAFNOSUPPORT
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.internet.endpoints import AdoptedStreamServerEndpoint, serverFromString
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IReactorCore, IStreamServerEndpoint
from zope.interface import implementer

from chatroom.core.values.replies import Reloaded
from chatroom.services.listening.certificate import Certificate, CertificateUnusable
from chatroom.services.listening.endpoints import PARAMETERS, PROXIED, mistake

LISTEN_BACKLOG = 1024
"""Connections that the kernel holds while we are busy: everybody may come back at once."""

_WITH_PORT = re.compile(rf"({PROXIED})?(tcp6?|ssl):")


class _EndpointReactor:
    """The *reactor* for endpoints: TLS has our *certificate*, and a :attr:`port` that is set replaces theirs.

    Endpoints read their description once, for later the server may not be allowed to read the files that it names.
    """

    def __init__(self, reactor: Any, certificate: Certificate | None) -> None:
        self.port: int | None = None
        self._reactor = reactor
        self._certificate = certificate

    def listenTCP(self, port: int, factory: object, **options: object) -> object:  # noqa: N802
        return self._reactor.listenTCP(self._other(port), factory, **options)

    def listenSSL(self, port: int, factory: object, contextFactory: object, **options: object) -> object:  # noqa: N802, N803
        shown = self._certificate or contextFactory
        return self._reactor.listenSSL(self._other(port), factory, contextFactory=shown, **options)

    def listenUNIX(self, address: str, factory: object, **options: Any) -> object:  # noqa: N802
        _refuse_bad_path(address)
        if options.get("wantPID"):
            _remove_stale_socket(address)
        return self._reactor.listenUNIX(address, factory, **options)

    def adoptStreamPort(self, *socket: object) -> object:  # noqa: N802
        return self._reactor.adoptStreamPort(*socket)

    def listen_everywhere(self, port: int, factory: IProtocolFactory) -> Deferred[IListeningPort]:
        """Listen on all addresses of this machine, those of IPv4 and those of IPv6."""
        try:
            bound = _bound(self._other(port))
        except OSError:
            return fail()
        adopted = AdoptedStreamServerEndpoint(self._reactor, bound.detach(), bound.family)
        listening: Deferred[IListeningPort] = adopted.listen(factory)
        return listening

    def _other(self, port: int) -> int:
        return port if self.port is None else self.port


def _bound(port: int) -> socket.socket:
    try:
        return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=LISTEN_BACKLOG)
    except OSError as error:
        if error.errno not in {EAFNOSUPPORT, EADDRNOTAVAIL}:
            raise
        # There is no IPv6 on this machine.
        return socket.create_server(("", port), backlog=LISTEN_BACKLOG)


def _refuse_bad_path(address: str) -> None:
    """Refuse a path that no socket can have; Twisted would only learn that with its lock taken."""
    path = Path(address)
    if path.is_socket():
        return
    if path.exists():
        raise CannotListenError(None, address, "it is there, but no socket; remove it, or choose another path")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(address)
        except OSError as error:
            # The system was not even asked.
            if error.errno is None:
                raise CannotListenError(None, address, "its path is too long; choose a shorter one") from error


def _remove_stale_socket(address: str) -> None:
    """Remove the socket and the lock of a server that was killed.

    Twisted does that if no process has the number in the lock; but in a container, that may well be our own.
    """
    # Whatever can't be done here shows when we listen.
    with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        if not Path(address).is_socket():
            return
        try:
            probe.connect(address)
        except ConnectionRefusedError:
            # Nobody listens.
            Path(address).unlink()
            Path(f"{address}.lock").unlink()


@implementer(IStreamServerEndpoint)
class ListenAddress:
    """The address in *description*: a bare port number, or any endpoint string of Twisted's.

    A bare number is a port of *interface*, by default of all.

    :raises ValueError: if it is no endpoint, or its certificate is of no use.
    """

    def __init__(self, reactor: IReactorCore, description: str, interface: str = "") -> None:
        if description.isdecimal():
            number = _port(description)
            description = f"tcp:{number}:interface={interface}" if interface else description
        if complaint := mistake(description):
            raise ValueError(complaint)
        self._description = description
        self.certificate: Certificate | None = None
        if description.startswith(f"{PROXIED}ssl:"):
            raise ValueError(f"{description} would be TLS before the proxy's word; let the proxy do TLS, and write tcp")
        if description.startswith("ssl:"):
            try:
                self.certificate = Certificate.of_endpoint(description)
            except CertificateUnusable as error:
                raise ValueError(f"can't listen on {description}: {error}") from error
        self._reactor = _EndpointReactor(reactor, self.certificate)
        self._endpoint = None if description.isdecimal() else _parsed(self._reactor, description)

    @property
    def has_ports(self) -> bool:
        """Whether the address has a port, so that others beside it can be listened on."""
        return self._endpoint is None or _WITH_PORT.match(self._description) is not None

    def listen(
        self,
        protocolFactory: IProtocolFactory,  # noqa: N803
        port: int | None = None,
    ) -> Deferred[IListeningPort]:
        """Listen for connections; on *port* in place of the description's, if it is given."""
        self._reactor.port = port
        if self._endpoint is None:
            return self._reactor.listen_everywhere(int(self._description), protocolFactory)
        listening: Deferred[IListeningPort] = self._endpoint.listen(protocolFactory)
        return listening

    def reload(self) -> Reloaded:
        """Read the certificate again, if there is one."""
        return self.certificate.reload() if self.certificate else Reloaded()


def _parsed(reactor: Any, description: str) -> IStreamServerEndpoint:
    with_port = _WITH_PORT.match(description) and ":backlog=" not in description
    try:
        found: IStreamServerEndpoint = serverFromString(
            reactor, f"{description}:backlog={LISTEN_BACKLOG}" if with_port else description
        )
    except (IndexError, KeyError) as error:
        if description.removeprefix(PROXIED).startswith("systemd:"):
            raise ValueError(f"{description} is no socket that systemd has passed to this process") from error
        raise ValueError(f"{description} is no endpoint ({error!r})") from error
    except Exception as error:  # whatever a parser of Twisted's or of a plugin's finds wrong
        # About those that it knows best, Twisted speaks as Python does.
        kind = description.removeprefix(PROXIED).partition(":")[0]
        reason = "" if kind in PARAMETERS else f" ({error})"
        raise ValueError(f"{description} is no endpoint{reason}; write 8080 or tcp:8080:interface=127.0.0.1") from error
    return found


def _port(description: str) -> int:
    port = int(description) if len(description) < 6 else 65536
    if port > 65535:
        raise ValueError(f"{description} is no port: a port is a number from 0 to 65535")
    return port
