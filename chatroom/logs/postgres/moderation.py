"""What moderators have changed, and the audit of it, as it is read from a database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from chatroom.core.ports import LogId, Opened
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Redaction
from chatroom.core.values.rights import settings
from chatroom.core.values.sanctions import Placed, Sanction
from chatroom.logs.postgres.session import DatabaseSession

SANCTION = "kind, username, person, host, imposer, at, until, reason, everybody, network, mask, number"
"""The columns of a sanction, in the order of its fields."""

_ACT = "number, act FROM chat.audit"


def audit(session: DatabaseSession, log: LogId | None, before: int, limit: int) -> Sequence[Act]:
    """Return the newest acts below number *before*, the newest first: those in *log*, or all."""
    rows = (
        session.read(f"SELECT {_ACT} WHERE number < %s ORDER BY number DESC LIMIT %s", before, limit)
        if log is None
        else session.read(
            f"SELECT {_ACT} WHERE log = %s AND number < %s ORDER BY number DESC LIMIT %s", log, before, limit
        )
    )
    return [msgspec.convert(act | {"number": number}, Act) for number, act in rows]


def redactions(session: DatabaseSession, log: LogId, after: int, limit: int | None) -> Sequence[Redaction]:
    """Return at most *limit* of the redactions behind the first *after*, or all of them."""
    rows = session.read(
        "SELECT seq, username, redactor, note FROM chat.redactions"
        " WHERE log = %s AND number > %s ORDER BY number LIMIT %s",
        log,
        after,
        limit,
    )
    return [Redaction(*row) for row in rows]


def all_sanctions(
    session: DatabaseSession, before: int, now: int, limit: int | None, log: LogId | None = None
) -> Sequence[Placed]:
    """Return the newest sanctions below number *before* that hold *now* in *log*, or anywhere, the newest first."""
    rows = session.read(
        "SELECT nullif(l.room, ''), s.kind, s.username, s.person, s.host, s.imposer, s.at, s.until, s.reason,"
        " s.everybody, s.network, s.mask, s.number FROM chat.sanctions s JOIN chat.logs l ON l.id = s.log"
        " WHERE l.key IS NOT NULL AND s.number < %s AND (s.until IS NULL OR s.until > %s)"
        " AND s.log = coalesce(%s, s.log) ORDER BY s.number DESC LIMIT %s",
        before,
        now,
        log,
        limit,
    )
    return [Placed(room, Sanction(*row)) for room, *row in rows]


def standings(session: DatabaseSession, person: bytes, logs: Collection[LogId]) -> Mapping[LogId, Opened]:
    """Return how those of *logs* are that are kept, by :meth:`chatroom.core.ports.FollowStore.standings`."""
    wanted = sorted(logs)
    rows = session.read(
        "SELECT l.id, l.room, l.epoch, l.owner, l.password, l.keys,"
        " EXISTS (SELECT FROM chat.moderators m WHERE m.log = l.id AND m.person = %s),"
        " EXISTS (SELECT FROM chat.admitted a WHERE a.log = l.id AND a.person = %s),"
        " l.slow, l.locked, l.guests, l.invite_only, l.hidden, l.topic_locked"
        " FROM chat.logs l WHERE l.id = ANY (%s) AND l.key IS NOT NULL",
        person,
        person,
        wanted,
    )
    held: dict[LogId, list[Sanction]] = {}
    query = f"SELECT log, {SANCTION} FROM chat.sanctions WHERE log = ANY (%s) AND kind <> 'mute' ORDER BY number"
    for log, *row in session.read(query, wanted):
        held.setdefault(log, []).append(Sanction(*row))
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
            settings=settings(*how, bool(lock)),
        )
        for log, room, epoch, owner, lock, keys, moderates, is_admitted, *how in rows
    }
