"""What moderators have changed, and the audit of it, as it is read from a database."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chatroom.core.ports import LogId
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Redaction
from chatroom.core.values.sanctions import Placed, Sanction
from chatroom.logs.postgres.session import Session

SANCTION = "kind, username, person, host, imposer, at, until, reason, everybody, network, mask, number"
"""The columns of a sanction, in the order of its fields."""

_ACT = "number, act FROM chat.audit"


def audit(session: Session, log: LogId | None, before: int, limit: int) -> Sequence[Act]:
    """Return the newest acts below number *before*, the newest first: those in *log*, or all."""
    rows = (
        session.read(f"SELECT {_ACT} WHERE number < %s ORDER BY number DESC LIMIT %s", before, limit)
        if log is None
        else session.read(
            f"SELECT {_ACT} WHERE log = %s AND number < %s ORDER BY number DESC LIMIT %s", log, before, limit
        )
    )
    return [msgspec.convert(act | {"number": number}, Act) for number, act in rows]


def redactions(session: Session, log: LogId, after: int, limit: int | None) -> Sequence[Redaction]:
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
    session: Session, before: int, now: int, limit: int | None, log: LogId | None = None
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
