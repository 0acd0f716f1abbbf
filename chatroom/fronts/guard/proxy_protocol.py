"""The PROXY protocol: a proxy says first from where a connection comes, and then passes its bytes on."""

from __future__ import annotations

import re
import typing
from ipaddress import ip_address
from typing import Any

from twisted.internet.interfaces import IAddress, ILoggingContext, IProtocol, IProtocolFactory
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.protocols.policies import ProtocolWrapper
from twisted.python.failure import Failure
from typing_extensions import override

from chatroom.core.lobby import Lobby
from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.fronts.guard.admission import Admission, Host
from chatroom.fronts.guard.rejected import Rejected

PROBE = 0.3
"""Seconds in which a proxy goes again that only looks whether the server is there."""

LONGEST = 107
"""Bytes of the longest header of version 1, with its end."""

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
"""The beginning of a header of version 2."""

FIXED = 16
"""Bytes of it up to where its address begins; the last two say how many more there are."""

_UNKNOWN = re.compile(rb"PROXY UNKNOWN(?: [^\r\n]{0,92})?\r\n")
"""The header by a proxy of version 1 that does not know, or does not say, who comes; the words are to be ignored."""

_KNOWN = re.compile(rb"PROXY TCP([46]) ([\dA-Fa-f:.]+) ([\dA-Fa-f:.]+) (\d{1,5}) (\d{1,5})\r\n")
"""The header by one that says who comes, and to where."""


class AdmittingFactory(typing.Protocol):
    """The factory of all connections, as far as it admits one before the header has come."""

    lobby: Lobby
    wheel: TimerWheel
    admission: Admission

    def admit(self, host: Host | None) -> Rejected | None:
        """Take a place for a connection, or return the protocol of one without a place."""


class ProxiedFactory(ServerFactory):
    """Listens behind a proxy: a connection gets its protocol of *factory*, for the address in its header.

    It listens where Twisted understands the header (``haproxy:``). A connection without one within the timeout of a
    first line is closed.
    """

    noisy = False

    def __init__(self, gate: AdmittingFactory, factory: IProtocolFactory) -> None:
        self.gate = gate
        self.factory = factory

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        """Take a connection of the proxy's."""
        return Proxied(self.gate, self.factory)

    @override
    def logPrefix(self) -> str:
        """Return how the log calls what listens."""
        return ILoggingContext(self.factory).logPrefix()


class Proxied(Protocol):
    """A connection of which only the header is heard; it takes a place, but no host's.

    With the header comes the protocol that it is meant for, and takes the place of Twisted's wrapper, which would hide
    that the other end is closed, and cost time for each byte. So three protocols hear the socket, one after the other:

    1. :class:`_HeaderReader` passes bytes to the wrapper until that has understood the header;
    2. it calls :meth:`hand_over`, which makes the connection's own protocol;
    3. from then on, the socket knows that one only, as if there were no proxy.
    """

    transport: Any

    def __init__(self, gate: AdmittingFactory, factory: IProtocolFactory) -> None:
        self._gate = gate
        self._factory = factory
        self._deadline: Deadline | None = None

    @override
    def connectionMade(self) -> None:
        """Wait for the header, if there is place."""
        if rejected := self._gate.admit(None):
            self._replace_by(rejected)
            return
        self.transport.transport.protocol = _HeaderReader(self.transport, self)
        if timeout := self._gate.lobby.limits.first_line_timeout:
            self._deadline = self._gate.wheel.call_later(timeout, self._overdue)

    @override
    def dataReceived(self, data: bytes) -> None:
        """Hand over, with the bytes behind the header."""
        if protocol := self.hand_over():
            protocol.dataReceived(data)

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Give back the place."""
        self._release()
        # Twisted's wrapper closes what has no header. A proxy that only looks whether the server is there goes by
        # itself.
        if self.transport.disconnecting:
            self._gate.admission.count_unproxied()

    def hand_over(self) -> IProtocol | None:
        """Make the protocol for the address in the header, and let it have the connection."""
        self._release()
        try:
            protocol = self._factory.buildProtocol(self.transport.getPeer())
        except ValueError:
            # The header holds no address.
            self._gate.admission.count_unproxied()
            protocol = None
        # If there is none, nobody hears the rest.
        self._replace_by(protocol or Protocol())
        if not protocol:
            self.transport.abortConnection()
        return protocol

    def hand_over_soon(self) -> None:
        """Hand over after a moment, if a connection from nowhere is still there: a probe has gone by then."""

        def now() -> None:
            self.hand_over()

        if self._deadline:
            self._deadline.cancel()
        self._deadline = self._gate.wheel.call_later(PROBE, now)

    def _replace_by(self, protocol: IProtocol) -> None:
        """Put *protocol* in the place of Twisted's wrapper."""
        wrapper, socket = self.transport, self.transport.transport
        wrapper.factory.unregisterProtocol(wrapper)
        socket.protocol = protocol
        protocol.makeConnection(socket)

    def _release(self) -> None:
        self._gate.admission.release(None)
        if self._deadline:
            self._deadline.cancel()

    def _overdue(self) -> None:
        self._gate.admission.count_unproxied()
        self.transport.abortConnection()


class _HeaderReader(Protocol):
    """Hears the socket for Twisted's *wrapper*, and has *proxied* hand over once the header is understood.

    The wrapper gets the header in one piece, for it takes a part for all of it, and no more than it should.
    """

    def __init__(self, wrapper: ProtocolWrapper, proxied: Proxied) -> None:
        self._wrapper = wrapper
        self._socket: Any = wrapper.transport
        self._proxied = proxied
        self._proxy = wrapper.getPeer()
        self._begun: bytes | None = b""

    @override
    def dataReceived(self, data: bytes) -> None:
        """Let the wrapper understand *data* once the header is all there, or close."""
        if self._wrapper.disconnecting:
            return
        if self._begun is None:
            # The header was understood, and named nobody.
            self._wrapper.dataReceived(data)
            return
        data = self._begun + data
        size = _size(data)
        if size is None:
            self._begun = data
            return
        self._begun = None
        if not size:
            self._wrapper.loseConnection()
            return
        if _UNKNOWN.match(data):
            # The wrapper does not take the word without a blank behind it.
            data = b"PROXY UNKNOWN \r\n%s" % data[size:]
        self._wrapper.dataReceived(data)
        if self._was_replaced() or self._wrapper.disconnecting:
            return
        # Bytes behind the header have made the wrapper hand over already; without any, it does not tell.
        if self._wrapper.getPeer() != self._proxy:
            self._proxied.hand_over()
        else:
            self._proxied.hand_over_soon()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell the wrapper."""
        self._wrapper.connectionLost(reason)

    def _was_replaced(self) -> bool:
        return self._socket.protocol is not self


def _size(start: bytes) -> int | None:
    """Return how many bytes of *start* are the header: 0 if it is none, ``None`` while it is not all there."""
    if start[: len(SIGNATURE)] == SIGNATURE[: len(start)]:
        size = FIXED + int.from_bytes(start[14:FIXED])
        return size if len(start) >= max(size, FIXED) else None
    line, end, _ = start[:LONGEST].partition(b"\r\n")
    if end:
        return len(line + end) if _UNKNOWN.match(start) or _names_somebody(line + end) else 0
    begins = start.startswith(b"PROXY ") or b"PROXY ".startswith(start)
    return None if begins and len(start) < LONGEST else 0


def _names_somebody(header: bytes) -> bool:
    """Tell whether the addresses and ports in *header*, of version 1, are any."""
    if (found := _KNOWN.fullmatch(header)) is None:
        return False
    version, *addresses, from_port, to_port = found.groups()
    try:
        versions = {ip_address(address.decode()).version for address in addresses}
    except ValueError:
        return False
    return versions == {int(version)} and max(int(from_port), int(to_port)) < 65536
