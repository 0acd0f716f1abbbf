"""The column of the names of those who speak: as wide as the names near what is seen need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from chatroom.client.drawing.columns import width
from chatroom.client.text.safe import safe
from chatroom.client.views.lines import Line, MessageLine, Pending, Private
from chatroom.client.views.roles import mark

NARROWEST, WIDEST = 5, 14
"""Columns that names take at least, and at most where there is room for it."""

# Columns of a terminal, and how wide names are at most from there on.
_MOST = ((70, WIDEST), (60, 12), (40, 10), (24, 8))


def name_column(columns: int, names: int = WIDEST) -> int:
    """Return how wide the column of *names* is where there are *columns* in all; 0 if there is none."""
    return next((min(names, most) for least, most in _MOST if columns >= least), 0)


def needed(lines: Iterable[Line], roles: Mapping[str, str]) -> int:
    """Return how wide the names of those are who speak in *lines*, marked by their *roles*, within the bounds."""
    names = {line.speaker for line in lines if isinstance(line, MessageLine | Private | Pending)}
    widest = max((_width(name) + len(mark(name, roles)) for name in names), default=0)
    return min(max(widest, NARROWEST), WIDEST)


@lru_cache(maxsize=1024)
def _width(name: str) -> int:
    return width(safe(name))
