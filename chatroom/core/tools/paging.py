"""Pages: lists that end before they are too long for a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from chatroom.core.ports import Page
from chatroom.core.values.events import Message
from chatroom.core.values.limits import PAGE_BYTES, PAGE_NAMES
from chatroom.core.values.replies import ConnectionInfo
from chatroom.core.values.texts import QUOTE_BYTES, written_size

T = TypeVar("T")

CONNECTION_BYTES = 160
"""Bytes for which all else of a connection counts in a list."""

Numbered = tuple[int, Message]
"""A message and its number."""


def page(rows: Iterable[T], limit: int, size: Callable[[T], int], most: int = PAGE_BYTES) -> tuple[list[T], bool]:
    """Return the first of *rows*, at most *limit*, and whether there are more.

    The page ends before the row by which the sum of *size*, in bytes, would exceed *most*; the first row is always
    taken.
    """
    taken: list[T] = []
    room = most
    for row in rows:
        room -= size(row)
        if len(taken) >= limit or (taken and room < 0):
            return taken, True
        taken.append(row)
    return taken, False


def page_of_connections(rows: Iterable[ConnectionInfo]) -> tuple[list[ConnectionInfo], bool]:
    """Return the first of *rows* that make a page, and whether there are more."""
    return page(rows, PAGE_NAMES, _size_of_connection)


def _size_of_connection(info: ConnectionInfo) -> int:
    names = (info.peer, info.node, info.username or "", *info.rooms)
    return CONNECTION_BYTES + sum(len(name.encode()) for name in names)


def oldest(rows: Iterable[Numbered], limit: int) -> Page:
    """Return a page of the first *rows*, which come from the oldest to the newest."""
    return Page(*page(rows, limit, size))


def newest(rows: Iterable[Numbered], limit: int) -> Page:
    """Return a page of the first *rows*, which come from the newest to the oldest."""
    some, more = page(rows, limit, size)
    return Page(some[::-1], more)


def joined(older: Page, newer: Page, half: int) -> Page:
    """Return one page of *half* of *older* and of *newer*, each of which takes half of a line."""
    before, more_before = page(reversed(older.entries), half, size, PAGE_BYTES // 2)
    after, more = page(newer.entries, len(newer.entries), size, PAGE_BYTES // 2)
    return Page([*reversed(before), *after], more or newer.more, more_before or older.more)


def size(row: Numbered) -> int:
    """Return the bytes that *row* takes as written: its text, and what it quotes."""
    _, message = row
    return written_size(message.text) + (QUOTE_BYTES if message.re is not None else 0)
