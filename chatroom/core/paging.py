"""Pages: lists that end before they are too long for a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from chatroom.core.limits import PAGE_BYTES

T = TypeVar("T")


def page(rows: Iterable[T], limit: int, size: Callable[[T], int]) -> tuple[list[T], bool]:
    """Return the first of *rows*, at most *limit*, and whether there are more.

    The page ends before the row by which the sum of *size*, in bytes, would exceed
    :data:`~chatroom.core.limits.PAGE_BYTES`; the first row is always taken.
    """
    taken: list[T] = []
    room = PAGE_BYTES
    for row in rows:
        room -= size(row)
        if len(taken) >= limit or (taken and room < 0):
            return taken, True
        taken.append(row)
    return taken, False
