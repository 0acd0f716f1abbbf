"""Pages: lists that end before they are too long for a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import heapify, heappop, heapreplace
from typing import TypeVar

from chatroom.core.ports import LogId, Page
from chatroom.core.values.events import Message
from chatroom.core.values.limits import MAX_ROWS, PAGE_BYTES, PAGE_NAMES
from chatroom.core.values.replies import ConnectionInfo
from chatroom.core.values.texts import QUOTE_BYTES, written_size

T = TypeVar("T")

CONNECTION_BYTES = 160
"""Bytes for which all else of a connection counts in a list."""

Numbered = tuple[int, Message]
"""A message and its number."""

Placed = tuple[LogId, int, Message]
"""A message, its log, and its number there."""


def row_limit(limit: int | None, most: int) -> int:
    """Return how many messages are in a page for which somebody has asked *limit*; *most* are allowed, unless 0."""
    return min(limit or MAX_ROWS, most or MAX_ROWS, MAX_ROWS)


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


def newest_of_all(rows: Iterable[Placed], limit: int) -> Page:
    """Return a page of the first *rows* of several logs, which come from the newest to the oldest.

    It ends between two milliseconds, for whoever goes on does so by a time. What was said in the same one is dropped
    only if it makes a page by itself, and more.
    """
    taken: list[Placed] = []
    whole = 0
    room = PAGE_BYTES
    for row in rows:
        if taken and row[2].at != taken[-1][2].at:
            whole = len(taken)
            if whole >= limit:
                break
        room -= size(row[1:])
        if taken and (room < 0 or len(taken) >= MAX_ROWS):
            break
        taken.append(row)
    else:
        return _placed(taken, more=False)
    return _placed(taken[: whole or len(taken)], more=True)


def _placed(rows: list[Placed], *, more: bool) -> Page:
    rows.reverse()
    return Page([row[1:] for row in rows], more, logs=[row[0] for row in rows])


def interleaved(newest: Mapping[LogId, int], find: Callable[[LogId], Iterator[Numbered]]) -> Iterator[Placed]:
    """Yield what *find* finds in logs, each from the newest on; the *newest* message of each was said at a time.

    A log is looked through only when something in it may be next.
    """
    begun: dict[LogId, Iterator[Numbered]] = {}
    # A log is here once, so that no two messages are compared.
    waiting: list[tuple[int, int, Numbered | None]] = [(-at, -log, None) for log, at in newest.items()]
    heapify(waiting)
    while waiting:
        _, negative, row = waiting[0]
        log = LogId(-negative)
        if row:
            yield log, *row
        else:
            begun[log] = find(log)
        following = next(begun[log], None)
        if following:
            heapreplace(waiting, (-following[1].at, negative, following))
        else:
            heappop(waiting)
            # What it reads is released.
            del begun[log]


def joined(older: Page, newer: Page, half: int) -> Page:
    """Return one page of *half* of *older* and of *newer*, each of which takes half of a line."""
    before, more_before = page(reversed(older.entries), half, size, PAGE_BYTES // 2)
    after, more = page(newer.entries, len(newer.entries), size, PAGE_BYTES // 2)
    return Page([*reversed(before), *after], more or newer.more, more_before or older.more)


def size(row: Numbered) -> int:
    """Return the bytes that *row* takes as written: its text, and what it quotes."""
    _, message = row
    return written_size(message.text) + (QUOTE_BYTES if message.re is not None else 0)
