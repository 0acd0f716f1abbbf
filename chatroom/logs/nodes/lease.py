"""The lease of a node: for how long it may take itself for one."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from chatroom.core.ports import Clock
from chatroom.logs.machinery.health import LATE


class Lease:
    """A lease of some *seconds*, counted from before each sign of life that reached the engine.

    A node whose lease runs out while it is awake is cut off: *over* is called, and people are told that nothing can be
    done. One that slept meanwhile does not know what the others think of it: it is :attr:`shut`.
    """

    def __init__(self, clock: Clock, seconds: float, over: Callable[[], None]) -> None:
        self.seconds = seconds
        self._clock = clock
        self._over = over
        self._until = -inf
        self._cut_off = False
        self._watched = False
        self._waiting: dict[Callable[[], None], None] = {}

    @property
    def left(self) -> float:
        """The seconds for which it still holds, at least 0."""
        return max(0.0, self._until - self._clock.seconds())

    @property
    def age(self) -> float:
        """The seconds since the last sign of life that reached the engine."""
        return self._clock.seconds() - self._until + self.seconds

    @property
    def held(self) -> bool:
        """Whether the others take this node for alive."""
        return self._clock.seconds() < self._until

    @property
    def shut(self) -> bool:
        """Whether nothing may leave: it is not known whether this is still a node."""
        return not (self._cut_off or self.held)

    def renewed(self, began: float) -> None:
        """Count anew from *began*, when a sign of life was sent that has arrived."""
        self._until = max(self._until, began + self.seconds)
        if self.held:
            self._cut_off = False
            self._release()
            if not self._watched:
                self._watched = True
                self._clock.callLater(self.left, self._look)

    def end(self) -> None:
        """Be over: the others have given this node up, and all that waited to leave is dropped."""
        self._until = -inf
        self._cut_off = True
        self._waiting.clear()

    def when_open(self, action: Callable[[], None]) -> None:
        """Call *action* when something may leave again."""
        self._waiting[action] = None

    def _look(self) -> None:
        self._watched = self.held
        if self._watched:
            self._clock.callLater(self.left, self._look)
        elif self._clock.seconds() - self._until < LATE:
            self._cut_off = True
            self._over()
            self._release()

    def _release(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for action in waiting:
            action()
