"""Lines that would flood the log are summed up in one, now and then."""

from __future__ import annotations

from collections.abc import Callable

from chatroom.core.tools.timer_wheel import TimerWheel

QUIET = 10.0
"""Seconds between two lines about the same."""


class LogThrottle:
    """Calls *report* with how often something has happened: at once, and after that at most every 10 seconds."""

    def __init__(self, wheel: TimerWheel, report: Callable[[int], None]) -> None:
        self._wheel = wheel
        self._report = report
        self._count = 0
        self._quiet = False

    def count(self) -> None:
        """Count that it has happened."""
        self._count += 1
        if not self._quiet:
            self._sum_up()

    def _sum_up(self) -> None:
        self._quiet = self._count > 0
        if self._quiet:
            self._report(self._count)
            self._count = 0
            self._wheel.call_later(QUIET, self._sum_up)
