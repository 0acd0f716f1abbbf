"""The protocol of a connection for which there is no place."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import cast

from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.tcp import Server
from twisted.python.failure import Failure
from typing_extensions import override

from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.core.values.errors import ChatError
from chatroom.fronts.guard.sockets import connection_below
from chatroom.fronts.transport import Transport

PATIENCE = 5.0
"""Seconds for a peer to take the line, where it can't be sent at once."""

WAITING = 16
"""The most of those; for one more, the first is closed without a word."""


class Rejected(Protocol):
    """Tells the peer of *error* in one line of text, and closes.

    On a plain socket all is over before the next connection is accepted: however many come, they use one descriptor.
    Over TLS the line has to wait for the handshake; *waiting* are the connections where it does.
    """

    def __init__(self, error: ChatError, wheel: TimerWheel, waiting: dict[Rejected, None]) -> None:
        self._line = f"! {error.code}: {error}\n".encode()
        self._wheel = wheel
        self._waiting = waiting
        self._deadline: Deadline | None = None

    @override
    def connectionMade(self) -> None:
        """Send the line, and close."""
        below = connection_below(self.transport)
        if below and below is self.transport and not below.TLS:
            _tell(below.getHandle(), self._line)
            _close(below)
            return
        if len(self._waiting) >= WAITING:
            next(iter(self._waiting)).give_up()
        self._waiting[self] = None
        peer = cast("Transport", self.transport)
        peer.write(self._line)
        peer.loseConnection()
        self._deadline = self._wheel.call_later(PATIENCE, peer.abortConnection)

    def give_up(self) -> None:
        """Wait no longer for the peer to listen: others come."""
        self._waiting.pop(self, None)
        if below := connection_below(self.transport):
            _close(below)

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Cancel the deadline."""
        self._waiting.pop(self, None)
        if self._deadline:
            self._deadline.cancel()


def _tell(handle: socket.socket, line: bytes) -> None:
    # The peer may be gone already, and may have sent nothing.
    with suppress(OSError):
        handle.send(line)
        handle.shutdown(socket.SHUT_WR)
        # To close while bytes are unread would break the connection under the line.
        handle.recv(65536)


def _close(server: Server) -> None:
    """Do now what the reactor does in its next turn when it is asked to close a connection."""
    server.connectionLost(Failure(ConnectionDone()))
