"""The margin: how many columns are left of what is said, for its time, the name of who said it, and the gutter."""

from __future__ import annotations

from functools import lru_cache

from chatroom.client.drawing.lines.name_column import WIDEST, name_column
from chatroom.client.text.clock import USUAL

_BESIDE_TIME = 35
"""Columns that are left besides a time where there is one."""

_EDGE = 1
_GUTTER = 2
"""Columns at the left edge, and between names and text."""


def time_column(columns: int, time: int = USUAL.columns) -> int:
    """Return how many of *columns* are for a *time* that is so wide, and the blank behind it; 0 if there is none."""
    return time + 1 if columns >= _BESIDE_TIME + time else 0


def name_columns(columns: int, names: int, time: int = USUAL.columns) -> range:
    """Return in which of *columns* the *names* stand, beside a *time*."""
    before = _EDGE + time_column(columns, time)
    return range(before, before + name_column(columns, names))


def text_room(columns: int, names: int = WIDEST, time: int = USUAL.columns) -> int:
    """Return how much of *columns* is for the text of a line, beside a *time* and *names* that are so wide."""
    names = name_column(columns, names)
    if not names:
        return columns
    # The last column stays free too, so that the text does not touch what is right of it.
    return columns - _EDGE - time_column(columns, time) - names - _GUTTER - 1


@lru_cache(maxsize=256)
def measure(columns: int, most: int, names: int = WIDEST, time: int = USUAL.columns) -> int:
    """Return how many of *columns* lines take, if their text is at most *most* wide; 0 is any width."""
    if not most:
        return columns
    return max((wide for wide in range(1, columns + 1) if text_room(wide, names, time) <= most), default=columns)
