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

Row = tuple[int, Message]
Rows = deque[Row]

SLICE = 100
"""How many messages a search looks at before others have their turn."""

KEPT = 10_000
"""The most messages of a room that are kept."""


class MemoryLog:
    """Keeps the newest *keep* messages of each room for as long as the process lives.

    It answers appends at once, but pages through *soon*: so that reading many holds nobody up, tap lets *soon* call its
    argument in the next turn.
    """

    def __init__(
        self, soon: Callable[[Callable[[], None]], object] = lambda action: action(), keep: int = KEPT
    ) -> None:
        self._soon = soon
        self._keep = keep
        self._ids = count(1)
        self._logs: dict[LogId, Rows] = {}

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
        self._soon(lambda: got(self._page(log, after, before, limit)))

    def search(
        self, log: LogId, query: str, *, before: int | None, limit: int, got: Callable[[Page | StorageFailed], None]
    ) -> None:
        """Find the newest messages below *before* that match *query*."""
        matches = matcher(query)
        rows = list(_below(self._rows(log), before))
        found: list[Row] = []

        def look(start: int) -> None:
            found.extend(row for row in rows[start : start + SLICE] if matches(row[1].text))
            if start + SLICE < len(rows) and len(found) <= limit:
                self._soon(lambda: look(start + SLICE))
            else:
                got(_newest(found, limit))

        self._soon(lambda: look(0))

    def forget(self, log: LogId) -> None:
        """Remove all of *log*."""
        del self._logs[log]

    def _rows(self, log: LogId) -> Rows:
        """Return all of *log*: nothing, where it was forgotten meanwhile."""
        return self._logs.get(log, deque())

    def _page(self, log: LogId, after: int | None, before: int | None, limit: int) -> Page:
        rows = self._rows(log)
        if after is None:
            return _newest(_below(rows, before), limit)
        first = rows[0][0] if rows else 1
        return Page(*page(islice(rows, max(0, after + 1 - first), None), limit, _size))


def _below(rows: Rows, before: int | None) -> Iterable[Row]:
    """Return *rows* from the newest below *before* to the oldest."""
    newest = rows[-1][0] if rows else 0
    return islice(reversed(rows), 0 if before is None else max(0, newest + 1 - before), None)


def _newest(rows: Iterable[Row], limit: int) -> Page:
    """Return the page of the first of *rows*, which come from the newest to the oldest."""
    some, more = page(rows, limit, _size)
    return Page(some[::-1], more)


def _size(row: Row) -> int:
    return len(row[1].text.encode())


_: type[Log] = MemoryLog
