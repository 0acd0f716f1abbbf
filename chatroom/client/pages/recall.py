"""What was typed before, to be taken up again."""

from __future__ import annotations

_MOST = 500
"""Lines that are remembered."""


class Recall:
    """The lines typed in one room, oldest first, and behind them the one that is being typed.

    What is changed in a line while going through them stays changed until a line is added.
    """

    __slots__ = ("_at", "_changed", "_lines")

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._changed: dict[int, str] = {}
        self._at = 0

    def add(self, line: str) -> None:
        """Remember *line* as the newest, unless that is the same or there is nothing in it, and begin behind it."""
        if line and self._lines[-1:] != [line]:
            self._lines.append(line)
            del self._lines[:-_MOST]
        self._changed.clear()
        self._at = len(self._lines)

    def older(self, current: str) -> str | None:
        """Leave *current* for the line before and return that, or ``None`` if there is none."""
        return self._go(-1, current)

    def newer(self, current: str) -> str | None:
        """Leave *current* for the line behind it and return that, or ``None`` if there is none."""
        return self._go(1, current)

    def _go(self, step: int, current: str) -> str | None:
        """Leave *current* for the line *step* away."""
        at = self._at + step
        if not 0 <= at <= len(self._lines):
            return None
        self._changed[self._at] = current
        self._at = at
        # The line that is being typed was left before it is come back to, so it is among the changed ones.
        return self._changed[at] if at in self._changed else self._lines[at]
