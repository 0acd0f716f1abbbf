"""What reads the log: pages and searches, on a connection of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import chain

from chatroom.core.events import Message
from chatroom.core.ports import LogId, Page
from chatroom.core.query import Phrase, matcher, phrases
from chatroom.services.pages import Row, newest, oldest
from chatroom.services.sqlite_keeper import Keep

UNLIMITED = 1 << 62
"""More than any number of a message."""

ROW = "seq, speaker, text, at, action, session, cid"
"""The columns of which a message is made."""


class Reader:
    """Reads through *connection*, and shows no more than is to be kept."""

    def __init__(self, connection: sqlite3.Connection, keep: Keep) -> None:
        self._connection = connection
        self._keep = keep

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def page(self, log: LogId, after: int | None, before: int | None, limit: int) -> Page:
        """Return a page as :meth:`chatroom.core.ports.Log.read` says."""
        floor = self._floor(log)
        if after is not None:
            rows = self._rows("messages WHERE log = ? AND seq > ? ORDER BY seq", log, max(after, floor))
            return oldest(rows, limit)
        rows = self._rows(
            "messages WHERE log = ? AND seq > ? AND seq < ? ORDER BY seq DESC", log, floor, _bound(before)
        )
        return newest(rows, limit)

    def search(self, log: LogId, query: str, before: int | None, limit: int) -> Page:
        """Return a page as :meth:`chatroom.core.ports.Log.search` says."""
        self._connection.execute("BEGIN")
        try:
            floor = self._floor(log)
            [(indexed,)] = self._connection.execute("SELECT value FROM meta WHERE name = 'indexed'")
            fresh = self._unindexed(log, query, floor, _bound(before), indexed)
            return newest(chain(fresh, self._indexed(log, query, floor, _bound(before))), limit)
        finally:
            self._connection.execute("COMMIT")

    def _unindexed(self, log: LogId, query: str, floor: int, before: int, indexed: int) -> Iterator[Row]:
        """Find messages, from the newest on, of which the index knows nothing yet."""
        matches = matcher(query)
        rows = self._rows(
            "messages WHERE id > ? AND +log = ? AND +seq > ? AND +seq < ? ORDER BY id DESC", indexed, log, floor, before
        )
        return (row for row in rows if matches(row[1].text))

    def _indexed(self, log: LogId, query: str, floor: int, before: int) -> Iterator[Row]:
        """Find messages, from the newest on, by the index."""
        beyond = self._connection.execute(
            "SELECT id FROM messages WHERE log = ? AND seq >= ? ORDER BY seq LIMIT 1", (log, before)
        ).fetchone()
        # The index is walked only as far as the page needs it.
        return self._rows(
            "words CROSS JOIN messages ON id = words.rowid"
            " WHERE words MATCH ? AND words.rowid < ? AND seq > ? ORDER BY words.rowid DESC",
            _expression(log, phrases(query)),
            beyond[0] if beyond else UNLIMITED,
            floor,
        )

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
        return self._keep.floor(found[0] or 0) if found else UNLIMITED


def _bound(before: int | None) -> int:
    return UNLIMITED if before is None else before


def _expression(log: LogId, parts: Iterable[Phrase]) -> str:
    """Return what the index is asked; what is cut holds no quotation marks."""
    asked = [f'said : "{part.words}"{" *" if part.prefix else ""}' for part in parts]
    return " AND ".join([f'log : "{log}"', *asked])
