"""The lag of the reactor: the time that everything in it waits."""

from __future__ import annotations

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from typing_extensions import override

from chatroom.core.ports import Clock, Timer
from chatroom.core.tools.stats import Histogram

PERIOD = 0.25
"""Seconds between two measurements."""

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class ReactorLag(Service):
    """A service that asks *clock* for calls, and measures how many :attr:`seconds` late they come."""

    def __init__(self, clock: Clock) -> None:
        self.seconds = Histogram(BOUNDS)
        self._clock = clock
        self._timer: Timer | None = None
        self._due = 0.0

    @override
    def startService(self) -> None:
        """Begin to measure."""
        super().startService()
        self._wait()

    @override
    def stopService(self) -> Deferred[None] | None:
        """End measuring."""
        if self._timer:
            self._timer.cancel()
        super().stopService()
        return None

    def _wait(self) -> None:
        self._due = self._clock.seconds() + PERIOD
        self._timer = self._clock.callLater(PERIOD, self._look)

    def _look(self) -> None:
        self.seconds.add(self._clock.seconds() - self._due)
        self._wait()
