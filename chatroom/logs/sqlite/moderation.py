"""What moderators change, in the file of a log, and the audit of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec.structs import asdict, astuple, replace

from chatroom.core.ports import LogId, Opened
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Ranked, Redaction, Sanctioned, Tuned
from chatroom.core.values.rights import settings
from chatroom.core.values.sanctions import Placed, Sanction
from chatroom.logs.sqlite.purging import LEFT, leave
from chatroom.logs.sqlite.reports import erase_contexts
from chatroom.logs.sqlite.statements import note

SETTINGS = "slow, locked, guests, invite_only, hidden, topic_locked, password <> ''"
"""The columns of what :func:`~chatroom.core.values.rights.settings` makes settings of."""

SANCTION = "kind, username, person, host, imposer, at, until, reason, everybody, network, mask"
"""The columns of a sanction, in the order of its fields, but for its number."""


def rank(connection: sqlite3.Connection, log: LogId, ranked: Ranked) -> None:
    """Store a role."""
    if ranked.role == "owner":
        # Who was it before is a moderator from now on.
        connection.execute(
            "INSERT OR IGNORE INTO moderators SELECT id, owner, ifnull(creator, '') FROM logs"
            " WHERE id = ? AND owner IS NOT NULL",
            (log,),
        )
        connection.execute("UPDATE logs SET owner = ? WHERE id = ?", (ranked.person, log))
    for table in ("moderators", "voiced"):
        connection.execute(f"DELETE FROM {table} WHERE log = ? AND person = ?", (log, ranked.person))
    if ranked.role == "moderator":
        connection.execute("INSERT INTO moderators VALUES (?, ?, ?)", (log, ranked.person, ranked.username))
    elif ranked.role == "voiced":
        connection.execute(
            "INSERT INTO voiced SELECT id, :person, :name FROM logs WHERE id = :log AND owner IS NOT :person",
            {"log": log, "person": ranked.person, "name": ranked.username},
        )


def people(connection: sqlite3.Connection, table: str, log: int) -> list[tuple[bytes, str]]:
    """Return who stands in a *table* of those with a role in *log*, and by what name they were appointed."""
    return connection.execute(f"SELECT person, name FROM {table} WHERE log = ? ORDER BY person", (log,)).fetchall()


def tune(connection: sqlite3.Connection, log: LogId, tuned: Tuned) -> None:
    """Store settings."""
    tuning = tuned.tuning
    connection.execute(
        "UPDATE logs SET slow = ifnull(:slow, slow), locked = ifnull(:locked, locked),"
        " guests = ifnull(:guests, guests),"
        " invite_only = coalesce(:invite_only, :private, invite_only), hidden = coalesce(:hidden, :private, hidden),"
        " topic_locked = ifnull(:topic_locked, topic_locked), password = ifnull(:key, password),"
        " keys = keys + (:key IS NOT NULL),"
        " capacity = ifnull(:capacity, capacity) WHERE id = :log",
        asdict(tuning) | {"log": log},
    )
    if tuning.closes is False:
        connection.execute("DELETE FROM admitted WHERE log = ?", (log,))
    admit(connection, log, tuned.admitted)


def admit(connection: sqlite3.Connection, log: LogId, persons: Iterable[bytes]) -> None:
    """Store that those who are known by *persons* may come in while the room is invite-only."""
    connection.executemany("INSERT OR IGNORE INTO admitted VALUES (?, ?)", [(log, person) for person in persons])


def standings(connection: sqlite3.Connection, person: bytes, logs: Iterable[LogId]) -> dict[LogId, Opened]:
    """Return how those of *logs* are that are kept, by :meth:`chatroom.core.ports.FollowStore.standings`."""
    wanted = {"person": person, "logs": json.dumps(sorted(logs))}
    held: dict[LogId, list[Sanction]] = {}
    for log, *row in connection.execute(
        f"SELECT log, {SANCTION}, number FROM json_each(:logs) CROSS JOIN sanctions ON sanctions.log = json_each.value"
        " WHERE kind <> 'mute' ORDER BY number",
        wanted,
    ):
        held.setdefault(log, []).append(sanction(row))
    rows = connection.execute(
        "SELECT logs.id, room, epoch, owner, password, keys,"
        " EXISTS (SELECT 1 FROM moderators m WHERE m.log = logs.id AND m.person = :person),"
        f" EXISTS (SELECT 1 FROM admitted a WHERE a.log = logs.id AND a.person = :person), {SETTINGS}"
        " FROM json_each(:logs) CROSS JOIN logs ON logs.id = json_each.value WHERE logs.key IS NOT NULL",
        wanted,
    )
    return {
        log: Opened(
            room=room,
            log=log,
            epoch=epoch,
            owner=owner,
            key=lock,
            keys=keys,
            moderators=(person,) if moderates else (),
            admitted=(person,) if is_admitted else (),
            sanctions=tuple(held.get(log, ())),
            settings=settings(*how),
        )
        for log, room, epoch, owner, lock, keys, moderates, is_admitted, *how in rows
    }


def take_back(connection: sqlite3.Connection, log: LogId, person: bytes) -> None:
    """Store that *person* may not come in any more while the room is invite-only."""
    connection.execute("DELETE FROM admitted WHERE log = ? AND person = ?", (log, person))


def admitted(connection: sqlite3.Connection, log: int) -> tuple[bytes, ...]:
    """Return who may come in while the room is invite-only, and has no role there."""
    rows = connection.execute("SELECT person FROM admitted WHERE log = ? ORDER BY person", (log,))
    return tuple(person for (person,) in rows)


def impose(connection: sqlite3.Connection, log: LogId, sanctioned: Sanctioned) -> int:
    """Store a sanction, and return its number."""
    lift(connection, sanctioned.replaces)
    if sanctioned.sanction.kind == "ban":
        take_back(connection, log, sanctioned.sanction.person)
    number = connection.execute(
        f"INSERT INTO sanctions (log, {SANCTION}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (log, *astuple(sanctioned.sanction)[:-1]),
    ).lastrowid
    assert number is not None
    return number


def lift(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Store that sanctions are lifted."""
    connection.executemany("DELETE FROM sanctions WHERE number = ?", [(number,) for number in numbers])


def sanctions(connection: sqlite3.Connection, log: int, now: int) -> tuple[Sanction, ...]:
    """Return the sanctions in *log* that hold *now*; those that have ended are not kept."""
    connection.execute("DELETE FROM sanctions WHERE log = ? AND until <= ?", (log, now))
    query = f"SELECT {SANCTION}, number FROM sanctions WHERE log = ? ORDER BY number"
    return tuple(sanction(row) for row in connection.execute(query, (log,)))


def all_sanctions(
    connection: sqlite3.Connection, before: int, now: int, limit: int, log: LogId | None = None
) -> Sequence[Placed]:
    """Return the newest sanctions below number *before* that hold *now* in *log*, or anywhere, the newest first."""
    columns = ", ".join(f"s.{column}" for column in SANCTION.split(", "))
    rows = connection.execute(
        f"SELECT nullif(l.room, ''), {columns}, s.number FROM sanctions s JOIN logs l ON l.id = s.log"
        " WHERE l.key IS NOT NULL AND s.number < ? AND (s.until IS NULL OR s.until > ?) AND s.log = ifnull(?, s.log)"
        " ORDER BY s.number DESC LIMIT ?",
        (before, now, log, limit),
    )
    return [Placed(room, sanction(row)) for room, *row in rows]


def sanction(row: Sequence[Any]) -> Sanction:
    """Return the sanction that is kept in *row*."""
    kind, username, person, host, imposer, at, until, reason, everybody, network, mask, number = row
    return Sanction(kind, username, person, host, imposer, at, until, reason, bool(everybody), network, mask, number)


def merge(connection: sqlite3.Connection, person: bytes, account: bytes) -> None:
    """Store that all rooms know by *account* whoever was known by *person*."""
    connection.execute("UPDATE logs SET owner = ? WHERE owner = ?", (account, person))
    connection.execute("UPDATE OR IGNORE moderators SET person = ? WHERE person = ?", (account, person))
    connection.execute(
        "DELETE FROM moderators WHERE person = ? OR person = ? AND log IN (SELECT id FROM logs WHERE owner = ?)",
        (person, account, account),
    )
    connection.execute("UPDATE OR IGNORE voiced SET person = ? WHERE person = ?", (account, person))
    connection.execute(
        "DELETE FROM voiced WHERE person = :person OR person = :account AND log IN ("
        "SELECT id FROM logs WHERE owner = :account UNION ALL SELECT log FROM moderators WHERE person = :account)",
        {"person": person, "account": account},
    )
    connection.execute("UPDATE OR IGNORE admitted SET person = ? WHERE person = ?", (account, person))
    connection.execute("DELETE FROM admitted WHERE person = ?", (person,))
    connection.execute("UPDATE sanctions SET person = ? WHERE person = ?", (account, person))


def erase(connection: sqlite3.Connection, log: LogId, redactions: Sequence[Redaction]) -> tuple[Redaction, ...]:
    """Keep no texts of the messages that *redactions* take back; return those that take back anything."""
    done = list[Redaction]()
    [(count,)] = connection.execute("SELECT redactions FROM logs WHERE id = ?", (log,)).fetchall()
    for redaction in redactions:
        found = connection.execute(
            "UPDATE messages SET text = '' WHERE log = ? AND seq = ? AND text <> '' RETURNING id", (log, redaction.seq)
        ).fetchall()
        if found:
            done.append(redaction)
            connection.execute("DELETE FROM words WHERE rowid = ?", found[0])
            leave(connection, *found[0])
            row = (log, count + len(done), *astuple(redaction)[:4])
            connection.execute("INSERT INTO redactions VALUES (?, ?, ?, ?, ?, ?)", row)
    if done:
        erase_contexts(connection, log, done)
        connection.execute("UPDATE logs SET redactions = ? WHERE id = ?", (count + len(done), log))
        note(connection, erased=LEFT)
    return tuple(done)


def note_acts(connection: sqlite3.Connection, log: LogId | None, acts: Iterable[Act]) -> None:
    """Store *acts* in *log*, or in no room."""
    connection.executemany(
        "INSERT INTO audit (log, act) VALUES (?, ?)", [(log, msgspec.json.encode(act).decode()) for act in acts]
    )


def audit(connection: sqlite3.Connection, log: LogId | None, before: int, limit: int) -> Sequence[Act]:
    """Return the newest acts below number *before*, the newest first: those in *log*, or all."""
    where = "" if log is None else "log = ? AND "
    rows = connection.execute(
        f"SELECT number, act FROM audit WHERE {where}number < ? ORDER BY number DESC LIMIT ?",
        (*([] if log is None else [log]), before, limit),
    )
    return [replace(msgspec.json.decode(act, type=Act), number=number) for number, act in rows]


def redactions(connection: sqlite3.Connection, log: LogId, after: int, limit: int) -> Sequence[Redaction]:
    """Return at most *limit* of the redactions behind the first *after*."""
    rows = connection.execute(
        "SELECT seq, username, redactor, note FROM redactions WHERE log = ? AND number > ? ORDER BY number LIMIT ?",
        (log, after, limit),
    )
    return [Redaction(*row) for row in rows]
