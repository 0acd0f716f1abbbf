"""Reading of the log on a connection of its own: pages, and the messages that may be sent again."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from chatroom.core.ports import KeptTalk, LogId, Opened, Page, Resendable
from chatroom.core.tools.paging import Numbered, newest, oldest
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Redaction
from chatroom.core.values.events import Message, digest, kind_of
from chatroom.core.values.marks import Mark
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.sanctions import Placed
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.marks import marks_of
from chatroom.logs.sqlite.moderation import all_sanctions, audit, redactions, standings
from chatroom.logs.sqlite.reports import reports
from chatroom.logs.sqlite.talks import talks

UNLIMITED = 1 << 62
"""A number beyond that of any message."""

ROW = "seq, speaker, text, at, kind, session, cid, re, withheld"
"""The columns of which a message is made."""


class PageReader:
    """A reader through *connection*, which shows no more than is to be kept."""

    def __init__(self, connection: sqlite3.Connection, retention: Retention) -> None:
        self._connection = connection
        self._retention = retention

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def page(self, log: LogId, after: int | None, before: int | None, limit: int, viewer: bytes | None = None) -> Page:
        """Return a page, by :meth:`chatroom.core.ports.Log.read`."""
        floor = self._floor(log)
        if after is not None:
            rows = self._rows("messages WHERE log = ? AND seq > ? ORDER BY seq", log, max(after, floor))
            return oldest(shown_to(viewer, rows), limit)
        return newest(shown_to(viewer, self._between(log, floor, bound(before))), limit)

    def sent(self, log: LogId, after: int, upto: int) -> Sequence[Resendable]:
        """Return the messages beyond number *after* and up to *upto* that may be sent again."""
        rows = self._connection.execute(
            "SELECT session, cid, seq, at, text, kind, re FROM messages"
            " WHERE log = ? AND seq > ? AND seq <= ? AND cid IS NOT NULL ORDER BY seq",
            (log, after, upto),
        )
        return [
            Resendable(session, cid, seq, at, digest(text, kind_of(kind), re))
            for session, cid, seq, at, text, kind, re in rows
        ]

    def upto(self, log: LogId, at: int) -> int:
        """Return the number of a message, by :meth:`chatroom.core.ports.Log.upto`; time never runs back in a log."""
        # Each by itself is looked up in the index; both at once would be found by reading all.
        [(kept, head)] = self._connection.execute(
            "SELECT ifnull((SELECT min(seq) FROM messages WHERE log = ?), 1),"
            " ifnull((SELECT max(seq) FROM messages WHERE log = ?), 0)",
            (log, log),
        )
        first = max(kept, self._retention.floor(head) + 1)
        return int(first) - 1 + bisect_right(range(first, head + 1), at, key=partial(self._time, log))

    def _time(self, log: LogId, seq: int) -> int:
        """Return when message *seq* was said; 0 if it was removed in this moment."""
        found = self._connection.execute("SELECT at FROM messages WHERE log = ? AND seq = ?", (log, seq)).fetchone()
        return int(found[0]) if found else 0

    def redactions(self, log: LogId, after: int, limit: int) -> Sequence[Redaction]:
        """Return at most *limit* of the redactions of messages behind the first *after*."""
        return redactions(self._connection, log, after, limit)

    def audit(self, log: LogId | None, before: int | None, limit: int) -> Sequence[Act]:
        """Return acts, by :meth:`chatroom.core.ports.AuditStore.audit`."""
        return audit(self._connection, log, bound(before), limit)

    def reports(
        self, log: LogId | None, but: Collection[bytes], resolved: bool, before: int | None, limit: int
    ) -> Sequence[KeptReport]:
        """Return reports, by :meth:`chatroom.core.ports.ModerationStore.reports`."""
        return reports(self._connection, log, but, resolved, bound(before), limit)

    def sanctions(self, before: int | None, now: int, limit: int) -> Sequence[Placed]:
        """Return sanctions, by :meth:`chatroom.core.ports.ModerationStore.sanctions`."""
        return all_sanctions(self._connection, bound(before), now, limit)

    def marks(self, person: bytes) -> Mapping[LogId, Mark]:
        """Return marks, by :meth:`chatroom.core.ports.MarkStore.marks`."""
        return marks_of(self._connection, person)

    def standings(self, person: bytes, logs: Collection[LogId]) -> Mapping[LogId, Opened]:
        """Return how rooms are to *person*, by :meth:`chatroom.core.ports.FollowStore.standings`."""
        return standings(self._connection, person, logs)

    def talks(self, person: bytes, before: int | None, limit: int) -> Sequence[KeptTalk]:
        """Return talks, by :meth:`chatroom.core.ports.TalkStore.talks`."""
        return talks(self._connection, person, bound(before), limit)

    def _between(self, log: LogId, floor: int, below: int, session: bytes | None = None) -> Iterator[Numbered]:
        """Read messages from the newest on, those of a *session* if there is one."""
        source = "messages WHERE log = ? AND seq > ? AND seq < ? AND (? IS NULL OR session = ?) ORDER BY seq DESC"
        return self._rows(source, log, floor, below, session, session)

    def _rows(self, source: str, *arguments: object) -> Iterator[Numbered]:
        rows = self._connection.execute(f"SELECT {ROW} FROM {source}", arguments)
        return (
            (seq, Message(speaker, text, at, kind_of(kind), session, cid, re, bool(withheld)))
            for seq, speaker, text, at, kind, session, cid, re, withheld in rows
        )

    def _floor(self, log: LogId) -> int:
        """Return the newest number of *log* not to be shown: of all its messages, if it is forgotten."""
        found = self._connection.execute(
            "SELECT (SELECT max(m.seq) FROM messages m WHERE m.log = logs.id)"
            " FROM logs WHERE id = ? AND key IS NOT NULL",
            (log,),
        ).fetchone()
        return self._retention.floor(found[0] or 0) if found else UNLIMITED


def shown_to(viewer: bytes | None, rows: Iterator[Numbered]) -> Iterator[Numbered]:
    """Return those of *rows* that are not withheld from a *viewer*."""
    return (row for row in rows if row[1].is_for(viewer))


def bound(before: int | None) -> int:
    """Return *before* as a number; ``None`` is no bound."""
    return UNLIMITED if before is None else before
