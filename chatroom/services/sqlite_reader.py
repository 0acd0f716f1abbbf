"""What reads the log: pages and searches, on a connection of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import chain

from chatroom.core.events import Message
from chatroom.core.paging import Row, newest, oldest
from chatroom.core.ports import LogId, Page
from chatroom.core.query import Phrase, matcher, phrases
from chatroom.services.sqlite_keeper import Keep

UNLIMITED = 1 << 62
"""More than any number of a message."""

LOOK = 1_000
"""How many messages are looked through for words with some beginning before the index is asked: 3 ms."""

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
        return newest(self._between(log, floor, _bound(before)), limit)

    def search(self, log: LogId, query: str, before: int | None, limit: int) -> Page:
        """Return a page as :meth:`chatroom.core.ports.Log.search` says."""
        asked = phrases(query)
        self._connection.execute("BEGIN")
        try:
            floor = self._floor(log)
            below = _bound(before)
            split = self._split(log, below, look=any(phrase.prefix for phrase in asked))
            matches = matcher(query)
            looked = self._between(log, max(floor, split), below)
            found = (row for row in looked if matches(row[1].text))
            return newest(chain(found, self._indexed(log, asked, floor, min(below, split + 1))), limit)
        finally:
            self._connection.execute("COMMIT")

    def _split(self, log: LogId, below: int, *, look: bool) -> int:
        """Return up to which number the index is asked; what is above is looked through.

        That is what is not indexed yet. If the search is to *look*, it is the newest messages too: for a beginning that
        many words have, the index merges all that it knows of them, while a page is soon full of such words.
        """
        indexed = self._connection.execute(
            "SELECT seq FROM messages WHERE log = ? AND id <= (SELECT value FROM meta WHERE name = 'indexed')"
            " ORDER BY seq DESC LIMIT 1",
            (log,),
        ).fetchone()
        split = indexed[0] if indexed else 0
        return max(0, min(below, split + 1) - LOOK) if look else split

    def _indexed(self, log: LogId, asked: Iterable[Phrase], floor: int, below: int) -> Iterator[Row]:
        """Find messages, from the newest on, by the index, which is not asked before one is needed."""
        beyond = self._connection.execute(
            "SELECT id FROM messages WHERE log = ? AND seq >= ? ORDER BY seq LIMIT 1", (log, below)
        ).fetchone()
        # The index is walked only as far as the page needs it.
        yield from self._rows(
            "words CROSS JOIN messages ON id = words.rowid"
            " WHERE words MATCH ? AND words.rowid < ? AND seq > ? ORDER BY words.rowid DESC",
            _expression(log, asked),
            beyond[0] if beyond else UNLIMITED,
            floor,
        )

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
        return self._keep.floor(found[0] or 0) if found else UNLIMITED


def _bound(before: int | None) -> int:
    return UNLIMITED if before is None else before


def _expression(log: LogId, parts: Iterable[Phrase]) -> str:
    """Return what the index is asked; what is cut holds no quotation marks."""
    asked = [f'said : "{part.words}"{" *" if part.prefix else ""}' for part in parts]
    return " AND ".join([f'log : "{log}"', *asked])
