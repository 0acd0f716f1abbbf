"""Rows between the lines of a room, and around what is found: days, what is new, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from chatroom.client.drawing.columns import cut, pad, width
from chatroom.client.drawing.rows import Row
from chatroom.client.drawing.sentences import wrapped
from chatroom.client.drawing.themes import Style

# In English whatever the locale says, as all the rest is.
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()


def day_row(day: date, columns: int) -> Row:
    """Return the row above the first line of a *day*."""
    name = f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"
    if width(name) + 6 > columns:
        return _centred(name, Style.DAY, columns)
    left = (columns - width(name) - 6) // 2
    return (None, " " * left), (Style.RULE, "── "), (Style.DAY, name), (Style.RULE, " ──")


def new_row(columns: int) -> Row:
    """Return the row between what is read and what is new."""
    if columns < 12:
        return _centred("new", Style.NEW, columns)
    rule = columns - 2 - len(" new ")
    return (None, " "), (Style.NEW, "─" * (rule // 2) + " new " + "─" * (rule - rule // 2))


def remark_row(text: str, columns: int) -> Row:
    """Return *text* as a remark about the lines around it."""
    return _centred(f"— {text} —", Style.DIM, columns)


def introduction_rows(sentences: Sequence[str], columns: int) -> list[Row]:
    """Return *sentences* about a room in which nothing was ever said, each in rows of its own."""
    rows = [row for sentence in sentences for row in wrapped(sentence, max(columns - 4, 1))]
    return [_centred(row, Style.DIM, columns) for row in rows]


def emphasized_row(row: Row, columns: int) -> Row:
    """Return *row* as it stands out from all others."""
    return ((Style.CHOSEN, pad("".join(text for _, text in row), columns)),)


def _centred(text: str, style: str, columns: int) -> Row:
    """Return *text* in the middle of *columns*."""
    text = cut(text, columns)
    return (None, " " * ((columns - width(text)) // 2)), (style, text)
