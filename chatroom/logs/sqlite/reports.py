"""Reports in the file of a log, with copies of the messages that they are about."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from chatroom.core.ports import LogId
from chatroom.core.values.changes import Redaction, Reported, Resolved
from chatroom.core.values.errors import ChatError, NoSuchMessage, TooManyReports
from chatroom.core.values.reports import CONTEXT as BEFORE
from chatroom.core.values.reports import KEPT_SECONDS, OPEN_REPORTS, KeptReport
from chatroom.logs.report_rows import CONTEXT, REPORT, ContextRow, ReportRow, kept
from chatroom.logs.sqlite.purging import LEFT, leave
from chatroom.logs.sqlite.statements import note


def report(connection: sqlite3.Connection, reported: Reported, now: int) -> Reported | ChatError | None:
    """Store a report; return it with its number, or the error for which it can't be; ``None`` if it is there."""
    log, seq = reported.log, reported.seq
    found = connection.execute(
        "SELECT at, speaker, text, kind, session, re FROM messages WHERE log = ? AND seq = ? AND text <> ''",
        (log, seq),
    ).fetchone()
    if connection.execute(
        "SELECT 1 FROM reports WHERE log = ? AND seq = ? AND person = ?", (log, seq, reported.person)
    ).fetchone():
        return None
    if found is None:
        return NoSuchMessage(reported.room, seq)
    [(waiting,)] = connection.execute("SELECT count(*) FROM reports WHERE log = ? AND resolved IS NULL", (log,))
    if waiting >= OPEN_REPORTS:
        return TooManyReports(reported.room, OPEN_REPORTS)
    at, speaker, text, kind, session, re = found
    about = session or b""
    row = (log, reported.room, seq, at, speaker, text, kind, about, reported.by, reported.person, now)
    number = connection.execute(
        f"INSERT INTO reports ({REPORT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, '', ?)",
        (*row, reported.reason, re),
    ).lastrowid
    assert number is not None
    connection.execute(
        f"INSERT INTO contexts ({CONTEXT})"
        " SELECT ?, log, seq, at, speaker, text, kind, re FROM messages"
        " WHERE log = ? AND seq >= ? AND seq < ? ORDER BY seq",
        (number, log, seq - BEFORE, seq),
    )
    return replace(reported, about=about, number=number)


def resolve(connection: sqlite3.Connection, resolved: Resolved, now: int) -> bool:
    """Store that a report is resolved; return whether it was not before."""
    done = connection.execute(
        "UPDATE reports SET resolved = ?, resolver = ?, note = ? WHERE id = ? AND resolved IS NULL",
        (now, resolved.by, resolved.note, resolved.number),
    )
    return done.rowcount > 0


def erase_contexts(connection: sqlite3.Connection, log: LogId, redactions: Sequence[Redaction]) -> None:
    """Keep no texts of messages that are taken back beside others that were reported."""
    for redaction in redactions:
        for (id,) in connection.execute(
            "UPDATE contexts SET text = '' WHERE log = ? AND seq = ? AND text <> '' RETURNING id", (log, redaction.seq)
        ).fetchall():
            leave(connection, id, ("contexts",))


def forget_reports(connection: sqlite3.Connection, now: float, most: int) -> bool:
    """Forget the next reports that were resolved long ago, *most* of them; return whether there were any."""
    gone = connection.execute(
        "DELETE FROM reports WHERE id IN (SELECT id FROM reports WHERE resolved <= ? LIMIT ?) RETURNING id",
        (int((now - KEPT_SECONDS) * 1000), most),
    ).fetchall()
    for (number,) in gone:
        leave(connection, number, ("reports",))
        for (id,) in connection.execute("DELETE FROM contexts WHERE report = ? RETURNING id", (number,)).fetchall():
            leave(connection, id, ("contexts",))
    if gone:
        note(connection, erased=LEFT)
    return bool(gone)


def reports(
    connection: sqlite3.Connection,
    log: LogId | None,
    but: Collection[bytes],
    resolved: bool,
    before: int,
    limit: int,
) -> Sequence[KeptReport]:
    """Return the newest reports below number *before*, by :meth:`chatroom.core.ports.ModerationStore.reports`."""
    where = ["id < ?"]
    arguments: list[object] = [before]
    if log is not None:
        where.append("log = ?")
        arguments.append(log)
    if not resolved:
        where.append("resolved IS NULL")
    if but:
        where.append(f"about NOT IN ({', '.join('?' * len(but))})")
        arguments += but
    rows = connection.execute(
        f"SELECT id, {REPORT} FROM reports WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?", (*arguments, limit)
    )
    found = [ReportRow(*row) for row in rows]
    return kept(found, (row for report in found for row in contexts(connection, report.number)))


def contexts(connection: sqlite3.Connection, number: int) -> Sequence[ContextRow]:
    """Return the messages that are kept beside the one of a report."""
    rows = connection.execute(f"SELECT {CONTEXT} FROM contexts WHERE report = ? ORDER BY seq", (number,))
    return [ContextRow(*row) for row in rows]
