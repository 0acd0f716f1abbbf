"""The wall clock, by which messages grow old; it is not trusted for a while after a jump."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from twisted.logger import Logger

HOUR = 3600.0
"""Seconds that the clock may be off before that counts as a jump, and for which it is not trusted afterwards."""


class WallClock:
    """The time of day by *wall*, in seconds, compared with *seconds*, which never jumps.

    At the start it is trusted: an operator sees to that. Any thread may ask it, one at a time.
    """

    log = Logger()

    def __init__(self, wall: Callable[[], float], seconds: Callable[[], float]) -> None:
        self.now = wall
        self._seconds = seconds
        self._ahead = wall() - seconds()
        self._since = -inf
        self._jump = 0.0
        self._reported = False

    def trusted(self) -> float | None:
        """Return the time of day, or ``None`` within an hour after a jump by more than an hour."""
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
        """Log that the clock is no longer trusted, or is again; to be called in the reactor's thread."""
        if self._jump and not self._reported:
            self.log.warn(
                "the clock has jumped by {hours:+.0f} hours: until it has gone right for an hour, or the server is"
                " started again, nothing is removed for its age",
                hours=self._jump / HOUR,
            )
        elif self._reported and not self._jump:
            self.log.info("the clock goes right again: what is too old is removed")
        self._reported = bool(self._jump)
