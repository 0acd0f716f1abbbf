"""Many deadlines, driven by one timer."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from chatroom.core.ports import Clock, Timer


class Deadline:
    """A call that will be made, unless it is cancelled before."""

    __slots__ = ("_action", "_slot")

    def __init__(self, slot: dict[Deadline, None], action: Callable[[], None]) -> None:
        self._slot = slot
        self._action = action
        slot[self] = None

    def cancel(self) -> None:
        """Cancel the call; has no effect once it has run."""
        self._slot.pop(self, None)

    def fire(self) -> None:
        """Make the call now."""
        self.cancel()
        self._action()


class TimerWheel:
    """Deadlines rounded up to whole ticks, so that ten thousand of them cost one timer.

    *seconds* is the clock's method.
    """

    def __init__(self, clock: Clock, tick: float = 0.1) -> None:
        self.seconds = clock.seconds
        self._clock = clock
        self._tick = tick
        self._slots: dict[int, dict[Deadline, None]] = {}
        self._timer: Timer | None = None
        self._next = 0

    def call_later(self, seconds: float, action: Callable[[], None]) -> Deadline:
        """Call *action* in *seconds*, or up to a tick later."""
        number = ceil((self._clock.seconds() + seconds) / self._tick)
        slot = self._slots.get(number)
        if slot is None:
            slot = self._slots[number] = {}
            self._wind()
        return Deadline(slot, action)

    def _wind(self) -> None:
        """Set the timer to the earliest slot."""
        first = min(self._slots)
        if self._timer is not None:
            if first >= self._next:
                return
            self._timer.cancel()
        self._next = first
        self._timer = self._clock.callLater(max(0.0, first * self._tick - self._clock.seconds()), self._turn)

    def _turn(self) -> None:
        self._timer = None
        try:
            # The last slot in time may have been reached a rounding error too early.
            while self._slots and (first := min(self._slots)) <= self._next:
                slot = self._slots[first]
                while slot:
                    next(iter(slot)).fire()
                del self._slots[first]
        finally:
            # The reactor logs an action that raised; the actions after it have their turn at once.
            if self._slots:
                self._wind()
