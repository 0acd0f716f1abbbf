"""Who follows which rooms, in the file of a log."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from chatroom.core.ports import FollowedRoom, LogId
from chatroom.core.values.limits import FOLLOWED

SEEN = 86_400_000
"""Milliseconds for which it is near enough when somebody was here last: not each login has to write."""


def follow(connection: sqlite3.Connection, log: LogId, person: bytes, keyed: int, now: int) -> Sequence[LogId]:
    """Store that *person* follows *log* from *now* on, by the key with the number *keyed*; the latest one counts.

    Return the logs that they follow no more, for there are many.
    """
    began = connection.execute(
        "INSERT OR IGNORE INTO follows (person, log, keyed) VALUES (?, ?, ?)", (person, log, keyed)
    )
    if not began.rowcount:
        connection.execute(
            "UPDATE follows SET keyed = ? WHERE person = ? AND log = ? AND keyed < ?", (keyed, person, log, keyed)
        )
        return ()
    seen(connection, person, now)
    return _bound(connection, person)


def seen(connection: sqlite3.Connection, person: bytes, now: int) -> None:
    """Store that *person* is here *now*: who has no account is forgotten some time after they were last."""
    connection.execute(
        "INSERT OR IGNORE INTO followers VALUES (?, iif(? IN (SELECT id FROM accounts), NULL, ?))",
        (person, person, now),
    )


def unfollow(connection: sqlite3.Connection, log: LogId, person: bytes | None) -> None:
    """Store that *person*, if somebody, does not follow *log*."""
    connection.execute("DELETE FROM follows WHERE person = ? AND log = ?", (person, log))


def followed(connection: sqlite3.Connection, person: bytes, now: int) -> Sequence[FollowedRoom]:
    """Return the rooms that *person* follows, who is here *now*."""
    connection.execute("UPDATE followers SET seen = ? WHERE person = ? AND seen <= ?", (now, person, now - SEEN))
    rows = connection.execute(
        "SELECT room, id, ifnull((SELECT max(seq) FROM messages m WHERE m.log = logs.id), 0), keyed"
        " FROM follows JOIN logs ON logs.id = follows.log"
        " WHERE follows.person = ? AND key IS NOT NULL ORDER BY number",
        (person,),
    )
    return [FollowedRoom(*row) for row in rows]


def move(connection: sqlite3.Connection, person: bytes, account: bytes) -> None:
    """Store that *account* follows what *person* did, in place of them."""
    connection.execute(
        "UPDATE follows AS own SET keyed = max(keyed, ifnull("
        "(SELECT g.keyed FROM follows g WHERE g.person = ? AND g.log = own.log), 0)) WHERE person = ?",
        (person, account),
    )
    connection.execute("UPDATE OR IGNORE follows SET person = ? WHERE person = ?", (account, person))
    connection.execute("INSERT OR IGNORE INTO followers VALUES (?, NULL)", (account,))
    forget(connection, person)
    _bound(connection, account)


def keep(connection: sqlite3.Connection, account: bytes) -> None:
    """Store that who is known by *account* has one: what they follow is kept for as long as that."""
    connection.execute("UPDATE followers SET seen = NULL WHERE person = ?", (account,))


def forget(connection: sqlite3.Connection, person: bytes) -> None:
    """Store that *person* follows nothing, and has read nothing."""
    connection.execute("DELETE FROM follows WHERE person = ?", (person,))
    connection.execute("DELETE FROM marks WHERE person = ?", (person,))
    connection.execute("DELETE FROM followers WHERE person = ?", (person,))


def expire(connection: sqlite3.Connection, since: float, limit: int) -> bool:
    """Forget the next sessions that have not been here *since* a time; return whether there were any."""
    gone = connection.execute("SELECT person FROM followers WHERE seen < ? ORDER BY seen LIMIT ?", (since, limit))
    people = gone.fetchall()
    for (person,) in people:
        forget(connection, person)
    return bool(people)


def _bound(connection: sqlite3.Connection, person: bytes) -> Sequence[LogId]:
    """Let *person* follow no more rooms than they may; return those that had to go, which they followed for longest."""
    rows = connection.execute(
        "DELETE FROM follows WHERE person = ? AND number <= ("
        " SELECT number FROM follows WHERE person = ? ORDER BY number DESC LIMIT 1 OFFSET ?) RETURNING log",
        (person, person, FOLLOWED),
    )
    return [log for (log,) in rows.fetchall()]
