"""The PROXY protocol: a proxy says first from where a connection comes, and then passes its bytes on."""

from __future__ import annotations

import re
import typing
from typing import Any

from twisted.internet.interfaces import IAddress, ILoggingContext, IProtocol, IProtocolFactory
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.protocols.policies import ProtocolWrapper
from twisted.python.failure import Failure
from typing_extensions import override

from chatroom.core.rooms.lobby import Lobby
from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.fronts.guard.admission import Admission, Host
from chatroom.fronts.guard.rejected import Rejected

PROBE = 0.3
"""Seconds in which a proxy goes again that only looks whether the server is there."""

UNKNOWN = b"PROXY UNKNOWN"
"""The header by a proxy of version 1 that does not know, or does not say, who comes: its beginning."""

LONGEST = 107
"""Bytes of the longest header of version 1, with its end."""

_UNKNOWN_HEADER = re.compile(rb"PROXY UNKNOWN(?: [^\r\n]{0,92})?\r\n")
"""All of that header; the words behind are to be ignored."""


class Gate(typing.Protocol):
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

    def __init__(self, gate: Gate, factory: IProtocolFactory) -> None:
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

    def __init__(self, gate: Gate, factory: IProtocolFactory) -> None:
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
    """Hears the socket for Twisted's *wrapper*, and has *proxied* hand over once the header is understood."""

    def __init__(self, wrapper: ProtocolWrapper, proxied: Proxied) -> None:
        self._wrapper = wrapper
        self._socket: Any = wrapper.transport
        self._proxied = proxied
        self._proxy = wrapper.getPeer()
        self._begun: bytes | None = b""

    @override
    def dataReceived(self, data: bytes) -> None:
        """Let the wrapper understand *data*, or close."""
        unknown = None
        if self._begun is not None:
            data = self._begun + data
            if _may_be_unknown(data):
                self._begun = data
                return
            self._begun = None
            if unknown := _UNKNOWN_HEADER.match(data):
                # The wrapper does not take the word without a blank behind it.
                data = b"%s \r\n%s" % (UNKNOWN, data[unknown.end() :])
        try:
            self._wrapper.dataReceived(data)
        except ValueError:
            if self._was_replaced():
                # The error is not of the header.
                raise
            # The wrapper expects none, but its parser takes any word for a port.
            self._wrapper.loseConnection()
        else:
            if self._was_replaced():
                return
            # Bytes behind the header have made the wrapper hand over already; without any, it does not tell.
            if self._wrapper.getPeer() != self._proxy:
                self._proxied.hand_over()
            elif unknown:
                self._proxied.hand_over_soon()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell the wrapper."""
        self._wrapper.connectionLost(reason)

    def _was_replaced(self) -> bool:
        return self._socket.protocol is not self


def _may_be_unknown(start: bytes) -> bool:
    """Tell whether *start* is the beginning of a header that names nobody, and not all of it."""
    return UNKNOWN.startswith(start) or (start.startswith(UNKNOWN) and b"\r\n" not in start and len(start) < LONGEST)
