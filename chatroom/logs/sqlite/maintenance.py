"""Maintenance of the log between commits: messages are indexed, and old ones removed, a few at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from math import inf
from typing import cast

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

CLOSED = 200
"""Closed rooms and talks looked at in a step, at most, in half a millisecond."""

ROUND = 600.0
"""Seconds between two rounds by all of these, of which there may be many; most of what is there is young."""

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


_DUE = "(? AND head - removed >= ?) OR at < ?"
_LOGS = """
    SELECT
        id, key IS NULL AS forgotten, removed,
        (SELECT max(m.seq) FROM messages m WHERE m.log = logs.id) AS head,
        (SELECT m.at FROM messages m WHERE m.log = logs.id AND m.seq = removed + 1) AS at
    FROM logs
"""
_OPEN = f"""
    SELECT id, forgotten, removed, head FROM ({_LOGS} WHERE key IS NULL OR closed IS NULL)
    WHERE forgotten OR {_DUE} LIMIT 1
"""
# Each by its own messages: of two logs, that with the older ones need not come first. A copy has one log behind the
# other, and clocks jump.
_CLOSED = f"""
    SELECT id, forgotten, removed, head, {_DUE} FROM ({_LOGS} WHERE id > ? AND closed IS NOT NULL ORDER BY id LIMIT ?)
"""

Outdated = tuple[int, bool, int, int | None]
"""A log, whether all of it is forgotten, up to which number its messages are removed already, and its newest number."""


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
        # In a round, the last of the logs that were looked at.
        self._looked_at: int | None = None
        self._next_round = -inf
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
        found = self._outdated(now)
        if not found:
            return expired or self._looked_at is not None
        log, forgotten, removed, head = found
        rows = self._connection.execute(
            "SELECT id, seq, at FROM messages WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?", (log, removed, REMOVED)
        ).fetchall()
        floor, oldest = self._retention.floor(head or 0), self._retention.oldest(now)
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

    def _outdated(self, now: float | None) -> Outdated | None:
        """Return the next log of which something is no longer kept, if this step finds one."""
        due = self._retention.messages, self._retention.messages + REMOVED, self._retention.oldest(now)
        found: Outdated | None = self._connection.execute(_OPEN, due).fetchone()
        seconds = self._seconds()
        if self._looked_at is None and now is not None and seconds >= self._next_round:
            self._looked_at, self._next_round = 0, seconds + ROUND
        if found or self._looked_at is None:
            return found
        rows = self._connection.execute(_CLOSED, (*due, self._looked_at, CLOSED)).fetchall()
        for *log, is_due in rows:
            if is_due:
                return cast("Outdated", log)
            self._looked_at = log[0]
        if len(rows) < CLOSED:
            self._looked_at = None
        return None

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
