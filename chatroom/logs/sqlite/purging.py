"""Purging of the file: nothing is left of texts that were taken back, neither in the index nor between rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from chatroom.logs.sqlite.statements import insert, not_waiting, note, transaction

MERGED = 24
"""Pages of the index written by a merge: 2 ms."""

PAGE = 4096
"""Bytes of a page."""

FILLED = 48
"""Bytes by which a row grows that is to fill a page: fewer may stay free."""

ROW = 64
"""Bytes for which all of a row counts but its text."""

LONGEST = 1024
"""Bytes for which a row counts, at most: of pages that have only a few rows, more are moved at a time."""

NOTHING, LEFT, BESIDE = range(3)
"""Where texts may be left that were taken back: nowhere, anywhere, or in the file of the changes alone."""


class _Table(NamedTuple):
    """A table whose *rows* have a *text* each, and beside which copies lie in the pages of some *margin* of bytes.

    *filler* makes a row of a *number* and a *size*.
    """

    name: str
    text: str
    margin: int
    filler: str


SAID = "messages", "words_content"
"""Where messages are: as they were said, and as they are in the index."""

_TABLES = {
    "messages": _Table(
        "messages",
        "text",
        16 * 1024,
        ":number, 0, :number, 0, '', CAST(zeroblob(:size) AS TEXT), 0, NULL, NULL, NULL, 0",
    ),
    "words_content": _Table("words_content", "c1", 32 * 1024, ":number, NULL, zeroblob(:size)"),
    # Copies of them, in reports.
    "reports": _Table(
        "reports",
        "text",
        16 * 1024,
        ":number, 0, '', :number, 0, '', CAST(zeroblob(:size) AS TEXT), 0, x'', '', x'', 0, '', NULL, NULL, '', NULL",
    ),
    "contexts": _Table(
        "contexts", "text", 16 * 1024, ":number, 0, 0, :number, 0, '', CAST(zeroblob(:size) AS TEXT), 0, NULL"
    ),
}

_LISTS = _Table("words_data", "block", 0, ":number, zeroblob(:size)")
"""All parts of the index, and in its first page a list of them, which is never given up."""

_BETWEEN = 5
"""A number between the two rows of that list; a part has a far higher one."""


class Purging:
    """Purging in steps, each a transaction of about 5 ms."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def step(self) -> bool:
        """Take a step; return whether there is more to do.

        In the index a word is there until all parts are merged that have it: with a negative number, SQLite makes one
        of all. (Its "secure-delete" would do so at once, but no SQLite before 3.42 could read that index.)
        """
        [(erased,)] = self._connection.execute("SELECT value FROM meta WHERE name = 'erased'")
        if erased == LEFT:
            if self._rewrite_next() or merge(self._connection, -MERGED):
                return True
            with transaction(self._connection):
                self._overwrite(_LISTS, _BETWEEN)
            self._note(BESIDE)
        if erased:
            with not_waiting(self._connection):
                [(busy, _, _)] = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # While somebody reads, it is tried again with each later step.
            if not busy:
                self._note(NOTHING)
        return False

    def _note(self, erased: int) -> None:
        with transaction(self._connection):
            note(self._connection, erased=erased)

    def _rewrite_next(self) -> bool:
        """Write anew all rows around the next message that was taken back; return whether there was one.

        SQLite overwrites what it removes, but now and then it moves rows to other pages, when others beside them were
        removed; there it leaves copies, in the space that is free. A page that it gives up is overwritten.
        """
        found = self._connection.execute("SELECT place, id FROM erased ORDER BY place, id LIMIT 1").fetchone()
        if found is None:
            return False
        place, first = found
        table = _TABLES[place]
        with transaction(self._connection):
            [(last,)] = self._connection.execute(
                "SELECT max(id) FROM erased WHERE place = ? AND id <= ?", (place, self._end(table, first, ">"))
            )
            self._rewrite(table, self._end(table, first, "<"), self._end(table, last, ">"))
            self._connection.execute("DELETE FROM erased WHERE place = ? AND id <= ?", (place, last))
        return True

    def _rewrite(self, table: _Table, first: int, last: int) -> None:
        """Write the rows of *table* from *first* to *last* anew."""
        where = f"FROM {table.name} WHERE id BETWEEN ? AND ?"
        rows = self._connection.execute(f"SELECT * {where} ORDER BY id", (first, last)).fetchall()
        if rows:
            self._connection.execute(f"DELETE {where}", (first, last))
            # The pages in which the rows before and behind them are stay.
            for id in first, last:
                self._overwrite(table, id)
            insert(self._connection, table.name, len(rows[0]), [value for row in rows for value in row])

    def _overwrite(self, table: _Table, id: int) -> None:
        """Overwrite what is free in the page of *table* where a row with this *id* would be."""
        for size in range(FILLED, PAGE, FILLED):
            self._connection.execute(
                f"INSERT OR REPLACE INTO {table.name} VALUES ({table.filler})", {"number": id, "size": size}
            )
        self._connection.execute(f"DELETE FROM {table.name} WHERE id = ?", (id,))

    def _end(self, table: _Table, id: int, side: str) -> int:
        """Return the number of the last row of *table* in the margin on one *side* of *id*."""
        end, left = id, table.margin
        order = "ASC" if side == ">" else "DESC"
        query = f"SELECT id, length(CAST({table.text} AS BLOB)) FROM {table.name} WHERE id {side} ? ORDER BY id {order}"
        for number, length in self._connection.execute(query, (id,)):
            end = number
            left -= min(ROW + length, LONGEST)
            if left <= 0:
                break
        return end


def leave(connection: sqlite3.Connection, id: int, places: Sequence[str] = SAID) -> None:
    """Note that something of the row *id*, which is taken back or gone, may be left in those *places*."""
    connection.executemany("INSERT OR IGNORE INTO erased VALUES (?, ?)", [(place, id) for place in places])


def purge(connection: sqlite3.Connection) -> None:
    """Purge all of a file that nobody else uses."""
    purging = Purging(connection)
    while purging.step():
        pass


def merge(connection: sqlite3.Connection, pages: int) -> bool:
    """Merge parts of the index, until some *pages* are written; return whether there were any."""
    before = connection.total_changes
    with transaction(connection):
        connection.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (pages,))
    # One is the command itself.
    return connection.total_changes - before > 1
