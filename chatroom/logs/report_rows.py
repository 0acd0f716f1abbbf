"""Rows of reports, as both kinds of store keep them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chatroom.core.values.events import Message, Said, kind_of
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.reports import KeptReport


class ReportRow(NamedTuple):
    """A report of message *seq* of a *log*, which *speaker* has *said* at that time."""

    number: int
    log: int
    room: RoomName
    seq: int
    said: int
    speaker: Username
    text: str
    kind: int
    about: bytes
    reporter: Username
    person: bytes
    at: int
    reason: str
    resolved: int | None
    resolver: Username | None
    note: str
    re: int | None


class ContextRow(NamedTuple):
    """A message of a *log* that was said before one with a *report*."""

    report: int
    log: int
    seq: int
    at: int
    speaker: Username
    text: str
    kind: int
    re: int | None


REPORT = ", ".join(ReportRow._fields[1:])
"""The columns of a report, but for its number."""

CONTEXT = ", ".join(ContextRow._fields)
"""The columns of a message beside it."""


def kept(reports: Sequence[ReportRow], contexts: Iterable[ContextRow]) -> Sequence[KeptReport]:
    """Return *reports* with their *contexts*, whose messages come in order."""
    beside: dict[int, list[ContextRow]] = {}
    for row in contexts:
        beside.setdefault(row.report, []).append(row)
    return [_kept(report, beside.get(report.number, ())) for report in reports]


def _kept(row: ReportRow, beside: Iterable[ContextRow]) -> KeptReport:
    message = Message(row.speaker, row.text, row.said, kind_of(row.kind), row.about or None, re=row.re)
    return KeptReport(
        row.number,
        row.log,
        Said(row.room, row.seq, message),
        row.reporter,
        row.at,
        row.reason,
        tuple(
            Said(row.room, each.seq, Message(each.speaker, each.text, each.at, kind_of(each.kind), re=each.re))
            for each in beside
        ),
        row.resolved,
        row.resolver,
        row.note,
    )
