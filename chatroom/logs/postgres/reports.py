"""Reports, as they are read from a database."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from chatroom.core.ports import LogId
from chatroom.core.values.reports import KeptReport
from chatroom.logs.postgres.session import DatabaseSession
from chatroom.logs.report_rows import CONTEXT, REPORT, ContextRow, ReportRow, kept


def reports(
    session: DatabaseSession, log: LogId | None, but: Collection[bytes], resolved: bool, before: int, limit: int
) -> Sequence[KeptReport]:
    """Return the newest reports below number *before*, by :meth:`chatroom.core.ports.ModerationStore.reports`."""
    rows = session.read(
        f"SELECT number, {REPORT} FROM chat.reports WHERE number < %s AND (%s::bigint IS NULL OR log = %s)"
        " AND (%s OR resolved IS NULL) AND about <> ALL (%s::bytea[]) ORDER BY number DESC LIMIT %s",
        before,
        log,
        log,
        resolved,
        list(but),
        limit,
    )
    found = [ReportRow(*row) for row in rows]
    query = f"SELECT {CONTEXT} FROM chat.contexts WHERE report = ANY (%s::bigint[]) ORDER BY report, seq"
    return kept(found, (ContextRow(*row) for row in session.read(query, [row.number for row in found])))


def report_rows(session: DatabaseSession, after: int, limit: int) -> Sequence[tuple[ReportRow, Sequence[ContextRow]]]:
    """Return the next reports beyond number *after*, with the messages beside what they are about."""
    query = f"SELECT number, {REPORT} FROM chat.reports WHERE number > %s ORDER BY number LIMIT %s"
    beside = f"SELECT {CONTEXT} FROM chat.contexts WHERE report = %s ORDER BY seq"
    reports = [ReportRow(*row) for row in session.read(query, after, limit)]
    return [(row, [ContextRow(*each) for each in session.read(beside, row.number)]) for row in reports]
