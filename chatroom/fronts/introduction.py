"""Behind a proxy: it says first who has come, and then speaks for that one."""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import IAddress, ILoggingContext, IProtocol, IProtocolFactory
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.python.failure import Failure
from typing_extensions import override

from chatroom.core.wheel import Deadline
from chatroom.fronts.factory import LineFactory

LOOK = 0.1
"""Seconds between two looks who somebody is that says nothing."""


class Introductions(ServerFactory):
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
        return Introduction(self)

    @override
    def logPrefix(self) -> str:
        """Return how the log calls what listens."""
        return ILoggingContext(self.introduced).logPrefix()


class Introduction(Protocol):
    """A connection on which only the proxy has spoken.

    Then Twisted's wrapper is taken away: it would hide that the other end has said all, and cost time for each byte.
    """

    transport: Any

    def __init__(self, introductions: Introductions) -> None:
        self._introduced = introductions.introduced
        self._lines = introductions.lines
        self._deadlines: list[Deadline] = []

    @override
    def connectionMade(self) -> None:
        """Wait for the proxy's word."""
        self._proxy = self.transport.getPeer()
        self._look_soon()
        if timeout := self._lines.lobby.limits.first_line_timeout:
            self._deadlines.append(self._lines.wheel.call_in(timeout, self._turn_away))

    @override
    def dataReceived(self, data: bytes) -> None:
        """Introduce who says this."""
        if visitor := self._introduce():
            visitor.dataReceived(data)

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Wait no longer."""
        self._wait_no_longer()
        # Twisted's wrapper closes what does not begin as it should. A proxy that only looks whether we are there goes
        # by itself.
        if self.transport.disconnecting:
            self._lines.door.turn_away()

    def _wait_no_longer(self) -> None:
        for deadline in self._deadlines:
            deadline.cancel()

    def _turn_away(self) -> None:
        self._lines.door.turn_away()
        self.transport.abortConnection()

    def _look_soon(self) -> None:
        self._deadlines[:1] = [self._lines.wheel.call_in(LOOK, self._look)]

    def _look(self) -> None:
        """Introduce who says nothing: the proxy may have spoken all the same."""
        if self.transport.getPeer() == self._proxy:
            self._look_soon()
        else:
            self._introduce()

    def _introduce(self) -> IProtocol | None:
        wrapper, connection = self.transport, self.transport.transport
        self._wait_no_longer()
        try:
            visitor = self._introduced.buildProtocol(wrapper.getPeer())
        except ValueError:
            # What the proxy said is no address.
            self._turn_away()
            return None
        if visitor is None:
            wrapper.abortConnection()
        else:
            wrapper.factory.unregisterProtocol(wrapper)
            connection.protocol = visitor
            visitor.makeConnection(connection)
        return visitor
