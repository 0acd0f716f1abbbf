"""Pages of a log, cut out of rows that are read for as long as they are needed."""

from __future__ import annotations

from collections.abc import Iterable

from chatroom.core.events import Message
from chatroom.core.paging import page
from chatroom.core.ports import Page

Row = tuple[int, Message]
"""A message and its number."""


def oldest(rows: Iterable[Row], limit: int) -> Page:
    """Return the page of the first of *rows*, which come from the oldest to the newest."""
    return Page(*page(rows, limit, _size))


def newest(rows: Iterable[Row], limit: int) -> Page:
    """Return the page of the first of *rows*, which come from the newest to the oldest."""
    some, more = page(rows, limit, _size)
    return Page(some[::-1], more)


def _size(row: Row) -> int:
    return len(row[1].text.encode())
