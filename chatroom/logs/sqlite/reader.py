"""What reads the log: pages, and which messages may be sent again, on a connection of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from chatroom.core.events import Message, digest
from chatroom.core.paging import Row, newest, oldest
from chatroom.core.ports import LogId, Page, Sent
from chatroom.logs.sqlite.maintenance import Retention

UNLIMITED = 1 << 62
"""More than any number of a message."""

ROW = "seq, speaker, text, at, action, session, cid"
"""The columns of which a message is made."""


class Reader:
    """Reads through *connection*, and shows no more than is to be kept."""

    def __init__(self, connection: sqlite3.Connection, retention: Retention) -> None:
        self._connection = connection
        self._retention = retention

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def page(self, log: LogId, after: int | None, before: int | None, limit: int) -> Page:
        """Return a page as :meth:`chatroom.core.ports.Log.read` says."""
        floor = self._floor(log)
        if after is not None:
            rows = self._rows("messages WHERE log = ? AND seq > ? ORDER BY seq", log, max(after, floor))
            return oldest(rows, limit)
        return newest(self._between(log, floor, bound(before)), limit)

    def sent(self, log: LogId, after: int, upto: int) -> Sequence[Sent]:
        """Return which messages beyond number *after*, and up to *upto*, may be sent again."""
        rows = self._connection.execute(
            "SELECT session, cid, seq, at, text, action FROM messages"
            " WHERE log = ? AND seq > ? AND seq <= ? AND cid IS NOT NULL ORDER BY seq",
            (log, after, upto),
        )
        return [Sent(session, cid, seq, at, digest(text, action)) for session, cid, seq, at, text, action in rows]

    def _between(self, log: LogId, floor: int, below: int) -> Iterator[Row]:
        """Read messages from the newest on."""
        return self._rows("messages WHERE log = ? AND seq > ? AND seq < ? ORDER BY seq DESC", log, floor, below)

    def _rows(self, source: str, *arguments: object) -> Iterator[Row]:
        rows = self._connection.execute(f"SELECT {ROW} FROM {source}", arguments)
        return (
            (seq, Message(speaker, text, at, bool(action), session, cid))
            for seq, speaker, text, at, action, session, cid in rows
        )

    def _floor(self, log: LogId) -> int:
        """Return up to which number messages of *log* are not to be shown: all, if it is forgotten."""
        found = self._connection.execute(
            "SELECT (SELECT max(seq) FROM messages WHERE log = logs.id) FROM logs WHERE id = ? AND key IS NOT NULL",
            (log,),
        ).fetchone()
        return self._retention.floor(found[0] or 0) if found else UNLIMITED


def bound(before: int | None) -> int:
    """Return below which number is read; ``None`` is no bound."""
    return UNLIMITED if before is None else before
