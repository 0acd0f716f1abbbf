"""How far people have read, in the file of a log."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from chatroom.core.ports import LogId, PersonalMark
from chatroom.core.values.marks import Mark
from chatroom.logs.sqlite.follows import seen

_FURTHER = "ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq), at = max(at, excluded.at)"


def marks_of(connection: sqlite3.Connection, person: bytes) -> Mapping[LogId, Mark]:
    """Return the marks of *person*."""
    rows = connection.execute("SELECT log, seq, at FROM marks WHERE person = ?", (person,))
    return {log: Mark(seq, at) for log, seq, at in rows}


def keep_marks(connection: sqlite3.Connection, marks: Sequence[PersonalMark], now: int) -> None:
    """Store *marks* of people who are here *now*, as far as they are further, in logs that are kept."""
    for person in dict.fromkeys(each.person for each in marks):
        seen(connection, person, now)
    connection.executemany(
        f"INSERT INTO marks SELECT ?, id, ?, ? FROM logs WHERE id = ? AND key IS NOT NULL {_FURTHER}",
        [(each.person, each.mark.seq, each.mark.at, each.log) for each in marks],
    )


def move_marks(connection: sqlite3.Connection, person: bytes, account: bytes) -> None:
    """Store that *account* has read what *person* has, in place of them."""
    connection.execute(
        f"INSERT INTO marks SELECT ?, log, seq, at FROM marks WHERE person = ? {_FURTHER}", (account, person)
    )
    connection.execute("DELETE FROM marks WHERE person = ?", (person,))
