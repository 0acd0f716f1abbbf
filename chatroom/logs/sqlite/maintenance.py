"""Maintenance of the log between commits: messages are indexed, and old ones removed, a few at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

from chatroom.core.search.tokenize import tokenize
from chatroom.core.values.limits import PIECE
from chatroom.logs.sqlite.retention import Retention
from chatroom.logs.sqlite.statements import insert, note, transaction

STEP = 200
"""Messages indexed or removed in a step, at most: new ones wait meanwhile."""

STEP_BYTES = 16 * 1024
"""Bytes of text, as words, indexed in a step."""

STEP_WORDS = 2_000
"""Words indexed in a step: to look one up takes the index as long as to write many bytes of it."""

MERGED = 24
"""Pages of the index written by a merge: 2 ms."""


class Maintenance:
    """Maintenance in steps, each a transaction of about 5 ms.

    *wall* returns the time of day in seconds, or ``None`` while it can't be trusted: then nothing is too old. *seconds*
    measures the steps.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        retention: Retention,
        wall: Callable[[], float | None],
        seconds: Callable[[], float],
    ) -> None:
        self._connection = connection
        self._retention = retention
        self._wall = wall
        self._seconds = seconds
        self._grown = True

    def step(self) -> bool:
        """Take a step; return whether there may be more to do."""
        if self._grown:
            # After each step: where parts pile up, SQLite puts them together by itself, all at once.
            self._grown = False
            if self._merge():
                return True
        began = self._seconds()
        # Before the transaction: others may write as long as words are only cut.
        rows = self._cut(began)
        with transaction(self._connection):
            if rows:
                insert(self._connection, "words (rowid, log, said)", rows)
                note(self._connection, indexed=rows[-1][0])
            self._grown = bool(rows) or self._remove(began)
        return self._grown or self._merge()

    def _merge(self) -> bool:
        """Merge parts of the index, until some pages are written; return whether there were any."""
        before = self._connection.total_changes
        with transaction(self._connection):
            self._connection.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (MERGED,))
        # One is the command itself.
        return self._connection.total_changes - before > 1

    def _cut(self, began: float) -> list[tuple[int, int, str]]:
        """Return the words of the next messages to index."""
        cut_ones: list[tuple[int, int, str]] = []
        size = words = 0
        with closing(
            self._connection.execute(
                "SELECT id, log, text FROM messages WHERE id > (SELECT value FROM meta WHERE name = 'indexed')"
                " ORDER BY id LIMIT ?",
                (STEP,),
            )
        ) as rows:
            for id, log, text in rows:
                said = tokenize(text)
                size += len(said.encode())
                words += said.count(" ") + 1
                if cut_ones and (size > STEP_BYTES or words > STEP_WORDS):
                    break
                cut_ones.append((id, log, said))
                # Half of the time, for to insert them takes as long.
                if self._seconds() - began >= PIECE / 2:
                    break
        return cut_ones

    def _remove(self, began: float) -> bool:
        """Remove the next messages that are no longer kept; return whether there were any."""
        now = self._wall()
        expired = now is not None and expire(self._connection, self._retention, now)
        oldest = self._retention.oldest(now)
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
            (self._retention.messages, self._retention.messages + STEP, oldest),
        ).fetchone()
        if not found:
            return expired
        log, forgotten, removed, head = found
        rows = self._connection.execute(
            "SELECT id, seq, at FROM messages WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?", (log, removed, STEP)
        ).fetchall()
        floor = self._retention.floor(head or 0)
        gone = 0
        for id, seq, at in rows:
            if not (forgotten or seq <= floor or at < oldest):
                break
            gone = seq
            self._connection.execute("DELETE FROM words WHERE rowid = ?", (id,))
            self._connection.execute("DELETE FROM messages WHERE id = ?", (id,))
            if self._seconds() - began >= PIECE / 2:
                break
        if gone:
            self._connection.execute("UPDATE logs SET removed = ? WHERE id = ?", (gone, log))
        else:
            self._connection.execute("DELETE FROM logs WHERE id = ?", (log,))
        return True


def expire(connection: sqlite3.Connection, retention: Retention, now: float) -> bool:
    """Forget the next logs that have been closed for too long; return whether there were any."""
    gone = connection.execute(
        "UPDATE logs SET key = NULL WHERE id IN (SELECT id FROM logs WHERE closed <= ? AND key IS NOT NULL LIMIT ?)",
        (retention.closed_since(now), STEP),
    )
    return gone.rowcount > 0
