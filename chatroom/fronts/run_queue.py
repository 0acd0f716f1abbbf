"""The queue of connections whose lines wait while the others have a turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

SHARE = 0.001
"""Seconds of each turn of the reactor for the queue."""


class RunQueue:
    """Calls the actions that wait, one after the other, for a moment of each turn.

    *seconds* is the clock's; *soon* calls a callable in the next turn.
    """

    def __init__(self, seconds: Callable[[], float], soon: Callable[[Callable[[], None]], object]) -> None:
        self._seconds = seconds
        self._soon = soon
        self._waiting: deque[Callable[[], None]] = deque()

    def add(self, action: Callable[[], None]) -> None:
        """Call *action* when it is its turn: not in this one."""
        self._waiting.append(action)
        if len(self._waiting) == 1:
            self._soon(self._run)

    def _run(self) -> None:
        until = self._seconds() + SHARE
        try:
            # An action that is added meanwhile has its turn in another one.
            for _ in range(len(self._waiting)):
                try:
                    # It stays where it is until it is done, so that nothing that it adds is the first.
                    self._waiting[0]()
                finally:
                    self._waiting.popleft()
                if self._seconds() > until:
                    break
        finally:
            # After a defect in one of them the others still have their turn.
            if self._waiting:
                self._soon(self._run)
