"""A call for users who do not look at the terminal."""

from __future__ import annotations

from collections.abc import Callable

from chatroom.client.views.alert import Alert

PAUSE = 5.0
"""Seconds between two calls, at least."""

PRESENT = 60.0
"""Seconds after a key in which the user counts as there, where the terminal does not tell its focus."""


class Bell:
    """Calls *ring* with alerts for a user who does not look; *seconds* is a clock."""

    def __init__(self, ring: Callable[[Alert], None], seconds: Callable[[], float]) -> None:
        self._ring = ring
        self._seconds = seconds
        self._focused: bool | None = None
        self._typed = seconds()
        self._rung = float("-inf")

    @property
    def looks(self) -> bool:
        """Whether the user looks, as far as the terminal tells, or else by when they have typed."""
        return self._seconds() - self._typed < PRESENT if self._focused is None else self._focused

    def typed(self) -> None:
        """Know that a key was pressed."""
        self._typed = self._seconds()

    def focus(self, focused: bool) -> None:
        """Know whether the terminal has the focus, now that it tells."""
        self._focused = focused

    def tell(self, alert: Alert | None) -> None:
        """Call for *alert*, if there is one, unless the user looks or has just been called."""
        now = self._seconds()
        if alert and not self.looks and now - self._rung >= PAUSE:
            self._rung = now
            self._ring(alert)
