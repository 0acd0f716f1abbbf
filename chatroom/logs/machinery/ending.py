"""The end of a log: it is waited for, but not for longer than asked."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred

from chatroom.core.ports import Clock, Timer


class Ending:
    """The end of a log. After *within* seconds by *clock* nobody waits any longer, and *give_up* is called."""

    def __init__(self, clock: Clock, within: float | None, give_up: Callable[[], None]) -> None:
        self.reached: Deferred[None] = Deferred()
        self._give_up = give_up
        self._overdue: Timer | None = None if within is None else clock.callLater(within, self._too_late)

    def reach(self) -> None:
        """Note that all is done."""
        if not self.reached.called:
            if self._overdue:
                self._overdue.cancel()
            self.reached.callback(None)

    def _too_late(self) -> None:
        self._give_up()
        self.reached.callback(None)
