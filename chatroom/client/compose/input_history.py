"""The input history: lines typed before, to be taken up again."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

_MAX_LINES = 1000
"""Lines that are remembered."""


class HistoryLine(NamedTuple):
    """The *text* of a line, the *room* in which it was sent, and its *number* among all."""

    number: int
    room: str
    text: str


class InputHistory:
    """The lines sent in all rooms."""

    def __init__(self) -> None:
        self._lines: deque[HistoryLine] = deque(maxlen=_MAX_LINES)
        self._number = 0

    @property
    def lines(self) -> Sequence[HistoryLine]:
        """The lines, oldest first."""
        return self._lines

    def add(self, room: str, text: str) -> None:
        """Remember *text* as the newest of *room*, unless that is the same or there is nothing in it."""
        newest = next((line.text for line in reversed(self._lines) if line.room == room), "")
        if text and text != newest:
            self._number += 1
            self._lines.append(HistoryLine(self._number, room, text))


class HistoryCursor:
    """A place in the lines *sent*, of one *room* or all; behind them is the line that is being typed.

    Changes to a line on the way stay until a line is added.
    """

    __slots__ = ("_at", "_changed", "_room", "_sent")

    def __init__(self, room: str = "", sent: InputHistory | None = None) -> None:
        self._room = room
        self._sent = sent or InputHistory()
        # The line that is being typed has no number.
        self._at: int | None = None
        self._changed: dict[int | None, str] = {}

    @property
    def sent(self) -> InputHistory:
        """The lines sent in all rooms."""
        return self._sent

    def add(self, line: str) -> None:
        """Remember *line* as sent here, and begin behind it."""
        self._sent.add(self._room, line)
        self._changed.clear()
        self._at = None

    def older(self, current: str, *, everywhere: bool = False) -> str | None:
        """Leave *current* for the line before, of all rooms if *everywhere*; return it, or ``None`` for none."""
        at = self._at
        for line in reversed(self._sent.lines):
            if (at is None or line.number < at) and (everywhere or line.room == self._room):
                return self._go(current, line)
        return None

    def newer(self, current: str, *, everywhere: bool = False) -> str | None:
        """Leave *current* for the line behind it, of all rooms if *everywhere*; return it, or ``None`` for none."""
        at = self._at
        if at is None:
            return None
        for line in self._sent.lines:
            if line.number > at and (everywhere or line.room == self._room):
                return self._go(current, line)
        return self._go(current, None)

    def _go(self, current: str, line: HistoryLine | None) -> str:
        """Leave *current* for *line*, or for the one that is being typed."""
        self._changed[self._at] = current
        self._at = line.number if line else None
        # What is being typed was left before it is come back to, so it is among the changed ones.
        return line.text if line and line.number not in self._changed else self._changed[self._at]
