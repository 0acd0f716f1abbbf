"""The clock on the wall, by which messages grow old: what it shows is not believed when it has jumped."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from twisted.logger import Logger

HOUR = 3600.0
"""Seconds by which the clock may go wrong before it counts as a jump, and for which it is not believed afterwards."""


class WallClock:
    """Returns what *wall* does, the time of day in seconds, and compares it with *seconds*, which never jumps.

    What it shows at first is believed: an operator sees to that. It is asked in any thread, one at a time.
    """

    log = Logger()

    def __init__(self, wall: Callable[[], float], seconds: Callable[[], float]) -> None:
        self.now = wall
        self._seconds = seconds
        self._ahead = wall() - seconds()
        self._since = -inf
        self._jump = 0.0
        self._reported = False

    def believed(self) -> float | None:
        """Return the time of day, or ``None`` if the clock has jumped by more than an hour within the last one."""
        seconds, now = self._seconds(), self.now()
        jump = now - seconds - self._ahead
        if abs(jump) > HOUR:
            self._ahead += jump
            self._since = seconds
            self._jump = jump
        if seconds - self._since < HOUR:
            return None
        self._jump = 0.0
        return now

    def report(self) -> None:
        """Log that the clock is believed no longer, or is again; to be called in the reactor's thread."""
        if self._jump and not self._reported:
            self.log.warn(
                "the clock has jumped by {hours:+.0f} hours: until it has gone right for an hour, or the server is"
                " started again, nothing is removed for its age",
                hours=self._jump / HOUR,
            )
        elif self._reported and not self._jump:
            self.log.info("the clock goes right again: what is too old is removed")
        self._reported = bool(self._jump)
