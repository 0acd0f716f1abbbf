"""The time of day, in the form in which the user reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chatroom.wire.text.writing import columns

MAX_COLUMNS = 11
"""Columns that a time takes at most, as in 09:05:00 PM: more would be missing where people speak."""

# Written here and not by strftime, which has no AM and PM in some languages, and knows %-I on some systems only.
_PARTS: Mapping[str, Callable[[datetime], str]] = {
    "%H": lambda at: f"{at.hour:02}",
    "%-H": lambda at: f"{at.hour}",
    "%I": lambda at: f"{_of_twelve(at):02}",
    "%-I": lambda at: f"{_of_twelve(at)}",
    "%M": lambda at: f"{at.minute:02}",
    "%S": lambda at: f"{at.second:02}",
    "%p": lambda at: "AM" if at.hour < 12 else "PM",
    "%%": lambda at: "%",
}
_PART = re.compile("%-?.?", re.DOTALL)
_TELLING = frozenset(_PARTS) - {"%p", "%%"}

_WIDEST = datetime(2000, 1, 1, 22, 58, 58)  # noqa: DTZ001  # any day will do
"""A time of which each part is as wide as it can be."""


class BadForm(Exception):
    """Text that is no form of a time; it says why."""


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """Writes times in one *form*, each at most *columns* wide."""

    form: str
    columns: int

    def written(self, at: datetime) -> str:
        """Write the time of day of *at*."""
        return _written(self.form, at)


USUAL = TimeFormat("%H:%M", 5)
"""The clock of who wants no other."""


def clock(form: str) -> TimeFormat:
    """Return what writes times in this *form*.

    :raises BadForm: if nobody could read them, or there is no room for them.
    """
    parts = _PART.findall(form)
    for part in parts:
        if part not in _PARTS:
            raise BadForm(f"there is no {part}; a time is written by {', '.join(_PARTS)}")
    if not form.isprintable():
        raise BadForm("there is a character in it that can't be seen")
    if _TELLING.isdisjoint(parts):
        raise BadForm(f'"{form}" tells no time; write it like {USUAL.form}')
    wide = columns(_written(form, _WIDEST))
    if wide > MAX_COLUMNS:
        raise BadForm(f"a time takes at most {MAX_COLUMNS} columns, and this one {wide}")
    return TimeFormat(form, wide)


def _written(form: str, at: datetime) -> str:
    return _PART.sub(lambda part: _PARTS[part[0]](at), form)


def _of_twelve(at: datetime) -> int:
    return at.hour % 12 or 12
