"""Statements that several parts of the log have in common."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from chatroom.core.ports import LogId
from chatroom.core.search.query import Phrase


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


@contextmanager
def not_waiting(connection: sqlite3.Connection) -> Iterator[None]:
    """Wait for nobody else who uses the file."""
    [(timeout,)] = connection.execute("PRAGMA busy_timeout")
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout = {timeout}")


def insert(connection: sqlite3.Connection, table: str, width: int, values: list[object]) -> None:
    """Insert rows of *width* *values* each into *table*, with as few statements as make sense.

    A thread lets the others run at each step of a statement, and then has to wait until it may go on itself: a
    statement for each row would cost more in that than in the inserting.
    """
    start, end = 0, len(values)
    row = f"({', '.join('?' * width)})"
    for rows in (256, 64, 16, 4, 1):
        size = rows * width
        while end - start >= size:
            connection.execute(f"INSERT INTO {table} VALUES {', '.join([row] * rows)}", values[start : start + size])
            start += size


def note(connection: sqlite3.Connection, **meta: object) -> None:
    """Update the facts about the file itself."""
    connection.executemany("UPDATE meta SET value = ? WHERE name = ?", [(value, name) for name, value in meta.items()])


def expression(log: LogId, parts: Iterable[Phrase]) -> str:
    """Return the query for the index of what has all *parts* in *log*; the words hold no quotation marks."""
    asked = [f'said : "{part.words}"{" *" if part.prefix else ""}' for part in parts]
    return " AND ".join([f'log : "{log}"', *asked])
