"""Maintenance of the log between commits: messages are indexed, and old ones removed, a few at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from chatroom.core.search.tokenize import tokenize
from chatroom.core.values.limits import PIECE
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.follows import SEEN
from chatroom.logs.sqlite.follows import expire as forget_followers
from chatroom.logs.sqlite.purging import MERGED, Purging, merge
from chatroom.logs.sqlite.reports import forget_reports
from chatroom.logs.sqlite.statements import note, transaction

STEP = 1_000
"""Messages indexed in a step, at most: larger steps cost less for each."""

LONG = 0.010
"""Seconds after which a step ends though nobody waits."""

PIECE_BYTES = 16 * 1024
"""Bytes of text indexed between two looks at the clock, in about a millisecond."""

PIECE_MESSAGES = 256
"""Messages indexed between two looks, at most."""

REMOVED = 200
"""Messages removed in a step, at most."""

_IS_ASCII = "length(text) = length(CAST(text AS BLOB))"

_NEXT = f"""
    SELECT max(id), count(*) FROM (
        SELECT id, size, sum(size) OVER (ORDER BY id) AS sum FROM (
            -- To cut what is not ASCII takes longer.
            SELECT id, length(CAST(text AS BLOB)) * (CASE WHEN {_IS_ASCII} THEN 1 ELSE 4 END) AS size
            FROM messages WHERE id > ? ORDER BY id LIMIT ?
        )
    )
    WHERE sum <= ? OR sum = size
"""

# One statement: the thread lets the others run at each row that is handed out, and has to wait until it may go on.
_INDEX = f"""
    INSERT INTO words (rowid, log, said)
    SELECT id, log, CASE WHEN {_IS_ASCII} THEN text ELSE cut(text) END
    FROM messages WHERE id > ? AND id <= ? ORDER BY id
"""


class Maintenance:
    """Maintenance in steps, each a transaction of about 5 ms, or twice that while nobody waits.

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
        self._purging = Purging(connection)
        # Text in ASCII is left to the index, which cuts it alike.
        connection.create_function("cut", 1, tokenize, deterministic=True)

    def step(self, others_wait: Callable[[], bool] = lambda: False) -> bool:
        """Take a step, a short one if *others_wait*; return whether there may be more to do."""
        # Before anything else: with each new part of the index it would begin anew.
        if self._purging.step():
            return True
        if self._grown:
            # After each step: where parts pile up, SQLite puts them together by itself, all at once.
            self._grown = False
            if merge(self._connection, MERGED):
                return True
        began = self._seconds()
        with transaction(self._connection):
            self._grown = self._index(began, others_wait) or self._remove(began) or self._forget()
        return self._grown or merge(self._connection, MERGED)

    def _index(self, began: float, others_wait: Callable[[], bool]) -> bool:
        """Index the next messages, piece by piece; return whether there were any."""
        [(last,)] = self._connection.execute("SELECT value FROM meta WHERE name = 'indexed'")
        left = STEP
        while left:
            [(upto, many)] = self._connection.execute(_NEXT, (last, min(left, PIECE_MESSAGES), PIECE_BYTES))
            if not many:
                break
            self._connection.execute(_INDEX, (last, upto))
            last = upto
            left -= many
            # Half of the time, for the commit takes as long.
            if self._seconds() - began >= (PIECE / 2 if others_wait() else LONG):
                break
        if left < STEP:
            note(self._connection, indexed=last)
        return left < STEP

    def _forget(self) -> bool:
        """Forget the next reports that were resolved long ago; return whether there were any."""
        now = self._wall()
        return now is not None and forget_reports(self._connection, now, REMOVED)

    def _remove(self, began: float) -> bool:
        """Remove the next messages that are no longer kept; return whether there were any."""
        now = self._wall()
        expired = now is not None and (expire(self._connection, self._retention, now) or self._forget_followers(now))
        oldest = self._retention.oldest(now)
        # Not each of the closed rooms is looked at, for there may be many: only that with the oldest message of all.
        found = self._connection.execute(
            """
            SELECT id, key IS NULL, removed, head FROM (
                SELECT
                    id, key, removed,
                    (SELECT max(m.seq) FROM messages m WHERE m.log = logs.id) AS head,
                    (SELECT m.at FROM messages m WHERE m.log = logs.id AND m.seq = removed + 1) AS at
                FROM logs
                WHERE key IS NULL OR closed IS NULL OR id = (SELECT log FROM messages ORDER BY id LIMIT 1)
            )
            WHERE key IS NULL OR (? AND head - removed >= ?) OR at < ?
            LIMIT 1
            """,
            (self._retention.messages, self._retention.messages + REMOVED, oldest),
        ).fetchone()
        if not found:
            return expired
        log, forgotten, removed, head = found
        rows = self._connection.execute(
            "SELECT id, seq, at FROM messages WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?", (log, removed, REMOVED)
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
            self._connection.execute("DELETE FROM moderators WHERE log = ?", (log,))
            self._connection.execute("DELETE FROM voiced WHERE log = ?", (log,))
            self._connection.execute("DELETE FROM admitted WHERE log = ?", (log,))
            self._connection.execute("DELETE FROM sanctions WHERE log = ?", (log,))
            self._connection.execute("DELETE FROM redactions WHERE log = ?", (log,))
            self._connection.execute("DELETE FROM follows WHERE log = ?", (log,))
            self._connection.execute("DELETE FROM marks WHERE log = ?", (log,))
            self._connection.execute("DELETE FROM logs WHERE id = ?", (log,))
        return True

    def _forget_followers(self, now: float) -> bool:
        """Forget what the next sessions followed that were not here for too long; return whether there were any."""
        # When they were is known by the day.
        since = min(self._retention.closed_since(now), now * 1000 - 2 * SEEN)
        return forget_followers(self._connection, since, REMOVED)


def expire(connection: sqlite3.Connection, retention: Retention, now: float) -> bool:
    """Forget the next logs that have been closed for too long; return whether there were any."""
    gone = connection.execute(
        "UPDATE logs SET key = NULL WHERE id IN (SELECT id FROM logs WHERE closed <= ? AND key IS NOT NULL LIMIT ?)",
        (retention.closed_since(now), REMOVED),
    )
    return gone.rowcount > 0
