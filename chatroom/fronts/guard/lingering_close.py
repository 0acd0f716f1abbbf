"""The end of a connection that we close: what was sent arrives, and the peer may finish its sentence."""

from __future__ import annotations

from chatroom.core.wheel import Deadline, Wheel
from chatroom.fronts.transport import Transport

LINGER = 0.2
"""Seconds without a byte from the peer after which a connection that says nothing more is closed."""


class LingeringClose:
    """Closes *transport* when all has left; whatever the peer does, it is aborted after *timeout* seconds.

    To close while bytes of the peer are unread would throw away what is not sent yet, and break the connection under
    what is not read there yet. So where the two ends can be closed apart (*half_closes*), ours says that nothing
    follows, and is closed for good when the peer falls silent.
    """

    def __init__(self, transport: Transport, wheel: Wheel, timeout: float, *, half_closes: bool) -> None:
        self._transport = transport
        self._wheel = wheel
        self._heard = False
        self._deadlines: list[Deadline] = []
        if timeout:
            self._deadlines.append(wheel.call_in(timeout, transport.abortConnection))
        if half_closes:
            transport.loseWriteConnection()
        else:
            transport.loseConnection()

    def heard(self) -> None:
        """Take note that the peer has sent something."""
        self._heard = True

    def close_when_silent(self) -> None:
        """Wait for a moment in which the peer sends nothing: all of ours has left."""
        self._heard = False
        self._deadlines.append(self._wheel.call_in(LINGER, self._look))

    def close(self) -> None:
        """Close for good: nothing more will come."""
        self._transport.loseConnection()

    def lost(self) -> None:
        """Leave it: the connection is closed."""
        for deadline in self._deadlines:
            deadline.cancel()

    def _look(self) -> None:
        if self._heard:
            self.close_when_silent()
        else:
            self.close()
