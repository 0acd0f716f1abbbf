"""Addresses to listen on: ports, and all endpoints of Twisted's."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from errno import EADDRNOTAVAIL, EAFNOSUPPORT
from pathlib import Path
from typing import Any

from twisted.internet.abstract import isIPv6Address
from twisted.internet.defer import Deferred, execute, succeed
from twisted.internet.endpoints import serverFromString
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IProtocolFactory, IReactorCore, IStreamServerEndpoint
from twisted.internet.protocol import ServerFactory
from zope.interface import implementer

from chatroom.core.values.replies import Reloaded
from chatroom.services.listening.certificate import Certificate, CertificateUnusable
from chatroom.services.listening.endpoints import PARAMETERS, PROXIED, mistake

LISTEN_BACKLOG = 1024
"""Connections that the kernel holds while we are busy: everybody may come back at once."""

LOCKED = "Cannot acquire lock"
"""Twisted's error for a Unix socket on which another process listens."""

_WITH_PORT = re.compile(rf"({PROXIED})?(tcp6?|ssl):")
_HELD = re.compile(rf"({PROXIED})?(tcp6?|ssl|unix):")


class _EndpointReactor:
    """The *reactor* for endpoints: TLS has our *certificate*, and a :attr:`port` that is set replaces theirs.

    Endpoints read their description once, for later the server may not be allowed to read the files that it names.
    While it is :attr:`holding`, a port is only taken; whoever listens next, not on another one, has it then.
    """

    def __init__(self, reactor: Any, certificate: Certificate | None) -> None:
        self.port: int | None = None
        self.holding = False
        self._held: socket.socket | None = None
        self._reactor = reactor
        self._certificate = certificate

    def listenTCP(self, port: int, factory: object, backlog: int = 50, interface: str = "") -> object:  # noqa: N802
        if self.holding:
            self._held = _bound(port, interface)
            return None
        if held := self._take_held():
            return self._adopt(held, factory, backlog)
        return self._reactor.listenTCP(self._other(port), factory, backlog=backlog, interface=interface)

    def listenSSL(self, port: int, factory: Any, contextFactory: Any, **options: Any) -> object:  # noqa: N802, N803
        shown = self._certificate or contextFactory
        if self.holding or (self._held and self.port is None):
            # Only here: without pyOpenSSL there is none.
            from twisted.protocols.tls import TLSMemoryBIOFactory

            return self.listenTCP(port, TLSMemoryBIOFactory(shown, False, factory), **options)
        return self._reactor.listenSSL(self._other(port), factory, contextFactory=shown, **options)

    def listenUNIX(self, address: str, factory: object, **options: Any) -> object:  # noqa: N802
        _refuse_bad_path(address)
        if self.holding:
            _refuse_used_path(address)
            return None
        if options.get("wantPID"):
            _remove_stale_socket(address)
        return self._reactor.listenUNIX(address, factory, **options)

    def adoptStreamPort(self, *socket: object) -> object:  # noqa: N802
        return self._reactor.adoptStreamPort(*socket)

    def listen_everywhere(self, port: int, factory: IProtocolFactory) -> Any:
        """Listen on all addresses of this machine, those of IPv4 and those of IPv6."""
        if self.holding:
            self._held = _bound_everywhere(port)
            return None
        return self._adopt(self._take_held() or _bound_everywhere(self._other(port)), factory, LISTEN_BACKLOG)

    def release(self) -> None:
        """Hold no port any more."""
        if self._held:
            self._held.close()
            self._held = None

    def _take_held(self) -> socket.socket | None:
        if self.port is not None:
            return None
        held, self._held = self._held, None
        return held

    def _adopt(self, bound: socket.socket, factory: object, backlog: int) -> Any:
        # The reactor has a descriptor of its own.
        with bound:
            bound.setblocking(False)
            bound.listen(backlog)
            return self._reactor.adoptStreamPort(bound.fileno(), bound.family, factory)

    def _other(self, port: int) -> int:
        return port if self.port is None else self.port


def _bound_everywhere(port: int) -> socket.socket:
    try:
        return _bound(port, "::", both_families=True)
    except OSError as error:
        if error.errno not in {EAFNOSUPPORT, EADDRNOTAVAIL}:
            raise
        # There is no IPv6 on this machine.
        return _bound(port)


def _bound(port: int, interface: str = "", *, both_families: bool = False) -> socket.socket:
    """Return a socket that has *port* of *interface*, and on which nobody listens yet."""
    where: Any = (interface, port)
    family = socket.AF_INET
    if isIPv6Address(interface):
        # As Twisted does: an address may be one of a link, whose number has to be found.
        [(family, _, _, _, where)] = socket.getaddrinfo(
            interface, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
    made = socket.socket(family)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if both_families:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        made.bind(where)
    except BaseException:
        made.close()
        raise
    return made


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


def _refuse_used_path(address: str) -> None:
    """Refuse the path of a socket on which somebody listens, and one in no directory."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(address)
        except FileNotFoundError:
            # Whether its directory is there.
            Path(address).parent.stat()
        except OSError:
            # Nobody listens; or it shows when we listen.
            return
        else:
            raise CannotListenError(None, address, LOCKED)


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
        return self._listen(protocolFactory)

    def hold(self) -> Deferred[Any]:
        """Take the port, but let nobody in: that is for :meth:`listen`. A path is only looked at.

        What others have opened waits, and so do endpoints of other kinds.
        """
        if self._endpoint and not _HELD.match(self._description):
            return succeed(None)
        self._reactor.port, self._reactor.holding = None, True
        try:
            return self._listen(ServerFactory())
        finally:
            self._reactor.holding = False

    def release(self) -> None:
        """Let others have the port, if it is held."""
        self._reactor.release()

    def _listen(self, factory: IProtocolFactory) -> Deferred[IListeningPort]:
        if self._endpoint is None:
            return execute(self._reactor.listen_everywhere, int(self._description), factory)
        listening: Deferred[IListeningPort] = self._endpoint.listen(factory)
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
