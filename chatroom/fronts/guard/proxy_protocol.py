"""Behind a proxy: it says first who has come, and then speaks for that one."""

from __future__ import annotations

import re
from typing import Any

from twisted.internet.interfaces import IAddress, ILoggingContext, IProtocol, IProtocolFactory
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.protocols.policies import ProtocolWrapper
from twisted.python.failure import Failure
from typing_extensions import override

from chatroom.core.wheel import Deadline
from chatroom.fronts.factory import LineFactory
from chatroom.fronts.line import SILENCE

UNKNOWN = b"PROXY UNKNOWN"
"""How a proxy of version 1 begins who does not know, or does not say, who comes."""

_NOBODY = re.compile(rb"PROXY UNKNOWN(?: [^\r\n]{0,92})?\r\n")
"""The whole of that; whatever stands behind the word is to be ignored."""


class ProxiedFactory(ServerFactory):
    """Lets who comes through a proxy in by *factory*, under the address that the proxy gives.

    It listens where Twisted understands the proxy (``haproxy:``). Who is not introduced in the time in which *lines*
    wants a first line has to go.
    """

    noisy = False

    def __init__(self, lines: LineFactory, factory: IProtocolFactory) -> None:
        self.lines = lines
        self.introduced = factory

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        """Take a connection of the proxy's."""
        return Proxied(self)

    @override
    def logPrefix(self) -> str:
        """Return how the log calls what listens."""
        return ILoggingContext(self.introduced).logPrefix()


class Proxied(Protocol):
    """A connection on which only the proxy has spoken; it takes a place, but no host's.

    Then Twisted's wrapper is taken away: it would hide that the other end has said all, and cost time for each byte.
    """

    transport: Any

    def __init__(self, introductions: ProxiedFactory) -> None:
        self._introduced = introductions.introduced
        self._lines = introductions.lines
        self._deadline: Deadline | None = None

    @override
    def connectionMade(self) -> None:
        """Wait for the proxy's word, if there is place."""
        if refusal := self._lines.enter(None):
            self._hand_over(refusal)
            return
        self.transport.transport.protocol = _HeaderReader(self.transport, self)
        if timeout := self._lines.lobby.limits.first_line_timeout:
            self._deadline = self._lines.wheel.call_in(timeout, self._turn_away)

    @override
    def dataReceived(self, data: bytes) -> None:
        """Introduce who says this."""
        if visitor := self.introduce():
            visitor.dataReceived(data)

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Wait no longer."""
        self._leave()
        # Twisted's wrapper closes what does not begin as it should. A proxy that only looks whether we are there goes
        # by itself.
        if self.transport.disconnecting:
            self._lines.admission.turn_away()

    def introduce(self) -> IProtocol | None:
        """Let in who comes, and return the protocol that hears the rest."""
        self._leave()
        try:
            visitor = self._introduced.buildProtocol(self.transport.getPeer())
        except ValueError:
            # What the proxy said is no address.
            self._lines.admission.turn_away()
            visitor = None
        # If there is none, nobody hears the rest.
        self._hand_over(visitor or Protocol())
        if not visitor:
            self.transport.abortConnection()
        return visitor

    def introduce_soon(self) -> None:
        """Let in who is silent and from nowhere, after a moment.

        A proxy that only looks whether we are there says the same, and goes at once.
        """

        def now() -> None:
            self.introduce()

        if self._deadline:
            self._deadline.cancel()
        self._deadline = self._lines.wheel.call_in(SILENCE, now)

    def _hand_over(self, protocol: IProtocol) -> None:
        """Put *protocol* in the wrapper's place."""
        wrapper, connection = self.transport, self.transport.transport
        wrapper.factory.unregisterProtocol(wrapper)
        connection.protocol = protocol
        protocol.makeConnection(connection)

    def _leave(self) -> None:
        self._lines.admission.leave(None)
        if self._deadline:
            self._deadline.cancel()

    def _turn_away(self) -> None:
        self._lines.admission.turn_away()
        self.transport.abortConnection()


class _HeaderReader(Protocol):
    """Hears a connection for Twisted's *wrapper*, and goes on with the *introduction* once that knows who is silent."""

    def __init__(self, wrapper: ProtocolWrapper, introduction: Proxied) -> None:
        self._wrapper = wrapper
        self._connection: Any = wrapper.transport
        self._introduction = introduction
        self._proxy = wrapper.getPeer()
        self._begun: bytes | None = b""

    @override
    def dataReceived(self, data: bytes) -> None:
        """Let the wrapper understand *data*, or close."""
        nobody = None
        if self._begun is not None:
            data = self._begun + data
            if _may_be_nobody(data):
                self._begun = data
                return
            self._begun = None
            if nobody := _NOBODY.match(data):
                # The wrapper does not take the word without a blank behind it.
                data = b"%s \r\n%s" % (UNKNOWN, data[nobody.end() :])
        try:
            self._wrapper.dataReceived(data)
        except ValueError:
            if self._connection.protocol is not self:
                # It is no longer the proxy that we hear.
                raise
            # The wrapper expects none, but its parser takes any word for a port.
            self._wrapper.loseConnection()
        else:
            if self._connection.protocol is not self:
                return
            if self._wrapper.getPeer() != self._proxy:
                self._introduction.introduce()
            elif nobody:
                self._introduction.introduce_soon()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell the wrapper."""
        self._wrapper.connectionLost(reason)


def _may_be_nobody(said: bytes) -> bool:
    """Tell whether *said* is the beginning of what a proxy says who does not know who comes."""
    # With its end, it has 107 bytes at most.
    return UNKNOWN.startswith(said) or (said.startswith(UNKNOWN) and b"\r\n" not in said and len(said) < 107)
