"""Statements that several parts of the log have in common."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Change all or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A commit that fails may have ended the transaction.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def insert(connection: sqlite3.Connection, columns: str, rows: Sequence[Sequence[object]]) -> None:
    """Insert *rows* into *columns*, which names the table too, with as few statements as make sense.

    A thread lets the others run at each step of a statement, and then has to wait until it may go on itself: a
    statement for each row would cost more in that than in the inserting.
    """
    start = 0
    for size in (64, 8, 1):
        while len(rows) - start >= size:
            some = rows[start : start + size]
            one = f"({', '.join('?' * len(some[0]))})"
            connection.execute(f"INSERT INTO {columns} VALUES {', '.join([one] * size)}", [*chain.from_iterable(some)])
            start += size


def note(connection: sqlite3.Connection, **meta: object) -> None:
    """Update the facts about the file itself."""
    connection.executemany("UPDATE meta SET value = ? WHERE name = ?", [(value, name) for name, value in meta.items()])
