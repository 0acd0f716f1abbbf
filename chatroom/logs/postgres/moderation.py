"""What moderators have changed, and the audit of it, as it is read from a database."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chatroom.core.ports import LogId
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Redaction
from chatroom.logs.postgres.session import Session

SANCTION = "kind, username, person, host, imposer, at, until, reason, everybody, network, number"
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
