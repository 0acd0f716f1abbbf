"""The end of a connection that the server closes: everything sent arrives, and the peer may finish its sentence."""

from __future__ import annotations

from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.fronts.transport import Transport

LINGER = 0.2
"""Seconds without a byte from the peer after which a connection whose own end is closed is closed for good."""


class LingeringClose:
    """Closes *transport* when all has left; whatever the peer does, it is aborted after *timeout* seconds.

    Closing with unread input resets the connection, and loses bytes that are not sent or not read there yet. So where
    the two ends can be closed apart (*half_closes*), ours says that nothing follows, and the connection is closed for
    good when the peer falls silent.
    """

    def __init__(self, transport: Transport, wheel: TimerWheel, timeout: float, *, half_closes: bool) -> None:
        self._transport = transport
        self._wheel = wheel
        self._heard = False
        self._deadlines: list[Deadline] = []
        if timeout:
            self._deadlines.append(wheel.call_later(timeout, transport.abortConnection))
        if half_closes:
            transport.loseWriteConnection()
        else:
            transport.loseConnection()

    def heard(self) -> None:
        """Know that the peer has sent something."""
        self._heard = True

    def close_when_silent(self) -> None:
        """Close when the peer sends nothing for a moment: all of ours has left."""
        self._heard = False
        self._deadlines.append(self._wheel.call_later(LINGER, self._look))

    def close(self) -> None:
        """Close for good."""
        self._transport.loseConnection()

    def lost(self) -> None:
        """Cancel the deadlines: the connection is lost."""
        for deadline in self._deadlines:
            deadline.cancel()

    def _look(self) -> None:
        if self._heard:
            self.close_when_silent()
        else:
            self.close()
