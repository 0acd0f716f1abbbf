"""A log in memory: gone with the process, and quick to answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from itertools import count, islice
from secrets import token_urlsafe

from chatroom.core.errors import StorageFailed
from chatroom.core.events import Message
from chatroom.core.names import RoomName
from chatroom.core.paging import page
from chatroom.core.ports import Log, LogId, Opened, Page
from chatroom.core.query import matcher

KEPT = 10_000
"""The most messages of a room that are kept."""


class MemoryLog:
    """Keeps the newest *keep* messages of each room for as long as the process lives."""

    def __init__(self, keep: int = KEPT) -> None:
        self._keep = keep
        self._ids = count(1)
        self._logs: dict[LogId, deque[tuple[int, Message]]] = {}

    def open(self, room: RoomName, opened: Callable[[Opened | StorageFailed], None]) -> None:
        """Begin a log for *room*."""
        log = LogId(next(self._ids))
        self._logs[log] = deque(maxlen=self._keep)
        opened(Opened(log, epoch=token_urlsafe(9)))

    def append(self, log: LogId, message: Message, stored: Callable[[int | StorageFailed], None]) -> None:
        """Keep *message*, and give its number to *stored* at once."""
        entries = self._logs[log]
        seq = entries[-1][0] + 1 if entries else 1
        entries.append((seq, message))
        stored(seq)

    def read(
        self,
        log: LogId,
        *,
        after: int | None,
        before: int | None,
        limit: int,
        got: Callable[[Page | StorageFailed], None],
    ) -> None:
        """Read the first messages beyond *after*, or without it the newest below *before*."""
        entries = self._logs[log]
        first = entries[0][0] if entries else 1
        if after is not None:
            start = max(0, after + 1 - first)
            some, more = page(islice(entries, start, None), limit, _size)
            got(Page(some, more))
        else:
            got(_newest(_below(entries, before), limit))

    def search(
        self, log: LogId, query: str, *, before: int | None, limit: int, got: Callable[[Page | StorageFailed], None]
    ) -> None:
        """Find the newest messages below *before* that match *query*."""
        matches = matcher(query)
        got(_newest((entry for entry in _below(self._logs[log], before) if matches(entry[1].text)), limit))

    def forget(self, log: LogId) -> None:
        """Remove all of *log*."""
        del self._logs[log]


def _below(entries: deque[tuple[int, Message]], before: int | None) -> Iterable[tuple[int, Message]]:
    """Return *entries* from the newest below *before* to the oldest."""
    newest = entries[-1][0] if entries else 0
    return islice(reversed(entries), 0 if before is None else max(0, newest + 1 - before), None)


def _newest(entries: Iterable[tuple[int, Message]], limit: int) -> Page:
    some, more = page(entries, limit, _size)
    return Page(some[::-1], more)


def _size(entry: tuple[int, Message]) -> int:
    return len(entry[1].text.encode())


_: type[Log] = MemoryLog
