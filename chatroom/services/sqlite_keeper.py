"""What is done for the log beside storing: messages are indexed, and old ones removed, a few at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile

from chatroom.core.cut import cut
from chatroom.services.sqlite_file import insert, note, transaction

STEP = 200
"""How many messages are indexed or removed while those that are said meanwhile wait: for about 5 ms."""

DAY = 86_400_000.0
"""A day in milliseconds."""


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept: the newest *messages* of a room, for *days*, and a closed room for *closed* days.

    0 messages or days are no limit; a closed room goes at once with 0.
    """

    messages: int = 100_000
    days: float = 0
    closed: float = 7

    def floor(self, head: int) -> int:
        """Return up to which number the messages of a log are no longer shown, whose newest is *head*."""
        return max(0, head - self.messages) if self.messages else 0

    def oldest(self, now: float) -> float:
        """Return since when messages are kept, in milliseconds as *now*."""
        return now - self.days * DAY if self.days else 0

    def closed_since(self, now: float) -> float:
        """Return since when a room may be closed, in milliseconds as *now*."""
        return now - self.closed * DAY


class Keeper:
    """Takes one step after the other, each a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection, keep: Keep, wall: Callable[[], float]) -> None:
        self._connection = connection
        self._keep = keep
        self._wall = wall

    def step(self) -> bool:
        """Do a little of what is to be done; tell whether there may be more."""
        with transaction(self._connection):
            return self._index() or self._remove()

    def _index(self) -> bool:
        """Index the next messages."""
        rows = self._connection.execute(
            "SELECT id, log, text FROM messages WHERE id > (SELECT value FROM meta WHERE name = 'indexed')"
            " ORDER BY id LIMIT ?",
            (STEP,),
        ).fetchall()
        if rows:
            insert(self._connection, "words (rowid, log, said)", [(id, log, cut(text)) for id, log, text in rows])
            note(self._connection, indexed=rows[-1][0])
        return bool(rows)

    def _remove(self) -> bool:
        """Remove the oldest messages of a log that are no longer kept, and all of a log that is forgotten."""
        now = self._wall() * 1000
        expire(self._connection, self._keep, now)
        oldest = self._keep.oldest(now)
        # Not each of the closed rooms is looked at, for there may be many: only that with the oldest message of all.
        found = self._connection.execute(
            """
            SELECT id, key IS NULL, removed, head FROM (
                SELECT
                    id, key, removed,
                    (SELECT max(seq) FROM messages WHERE log = logs.id) AS head,
                    (SELECT at FROM messages WHERE log = logs.id AND seq = removed + 1) AS at
                FROM logs
                WHERE key IS NULL OR closed IS NULL OR id = (SELECT log FROM messages ORDER BY id LIMIT 1)
            )
            WHERE key IS NULL OR (? AND head - removed >= ?) OR at < ?
            LIMIT 1
            """,
            (self._keep.messages, self._keep.messages + STEP, oldest),
        ).fetchone()
        if not found:
            return False
        log, forgotten, removed, head = found
        rows = self._connection.execute(
            "SELECT id, seq, at FROM messages WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?", (log, removed, STEP)
        ).fetchall()
        floor = self._keep.floor(head or 0)
        gone = list(takewhile(lambda row: forgotten or row[1] <= floor or row[2] < oldest, rows))
        self._connection.executemany("DELETE FROM words WHERE rowid = ?", [row[:1] for row in gone])
        self._connection.executemany("DELETE FROM messages WHERE id = ?", [row[:1] for row in gone])
        if gone:
            self._connection.execute("UPDATE logs SET removed = ? WHERE id = ?", (gone[-1][1], log))
        else:
            self._connection.execute("DELETE FROM logs WHERE id = ?", (log,))
        return True


def expire(connection: sqlite3.Connection, keep: Keep, now: float) -> None:
    """Forget the logs that have been closed for too long."""
    connection.execute("UPDATE logs SET key = NULL WHERE closed <= ? AND key IS NOT NULL", (keep.closed_since(now),))
