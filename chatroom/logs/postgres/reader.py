"""Reading of the log, on connections of its own: pages, the messages that may be sent again, and searches."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import LiteralString, TypeVar

import psycopg

from chatroom.core.ports import LogId, Opened, Page, Resendable, UnreadPage, WantedUnread
from chatroom.core.search.query import Phrase, finder, phrases
from chatroom.core.tools.paging import Numbered, interleaved, newest, newest_of_all, oldest
from chatroom.core.values.audit import Act
from chatroom.core.values.authors import Author
from chatroom.core.values.changes import Redaction
from chatroom.core.values.errors import SearchTooLong
from chatroom.core.values.events import Message, digest, kind_of
from chatroom.core.values.limits import CROWDED
from chatroom.core.values.marks import Mark
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.sanctions import Placed
from chatroom.logs.postgres.database import Connection, Database
from chatroom.logs.postgres.moderation import all_sanctions, audit, redactions, standings
from chatroom.logs.postgres.reports import reports
from chatroom.logs.postgres.session import DatabaseSession
from chatroom.logs.postgres.unread import unread
from chatroom.logs.postgres.words import query as words
from chatroom.logs.retention import Retention

T = TypeVar("T")

UNLIMITED = 1 << 62
"""A number beyond that of any message."""

FOUND = 200
"""Messages that the index is asked for at a time."""

FEW = 4
"""Messages that it is asked for first where many logs are searched: mostly few of them make the page."""

ROW = "seq, name, text, at, action, session, cid, re, kind = 'withheld'"
"""The columns of which a message is made."""

HEADS = "SELECT id, at, seq FROM chat.logs WHERE id = ANY (%s) AND key IS NOT NULL AND at > %s"
"""Logs that are kept, with the time and the number of the newest message."""

WHERE_WORDS = "SELECT log FROM chat.entries WHERE words @@ %s::tsquery AND log = ANY (%s) LIMIT %s"
"""The log of each message that has some words."""

RARE = 1_000
"""Messages that have words which are not rare: they are in too many logs to look for these first."""


class PageReader:
    """A reader of *database*, which shows no more than is to be kept."""

    def __init__(self, database: Database, retention: Retention) -> None:
        self.session = DatabaseSession(database, read_only)
        self._retention = retention

    def close(self) -> None:
        """Leave the database."""
        self.session.drop()

    def page(self, log: LogId, after: int | None, before: int | None, limit: int, viewer: bytes | None = None) -> Page:
        """Return a page, by :meth:`chatroom.core.ports.Log.read`."""
        floor = self.floor(log)
        below = UNLIMITED if before is None or after is not None else before
        where: LiteralString = "log = %s AND seq > %s AND seq < %s"
        asked: list[object] = [log, max(after or 0, floor), below]
        if viewer is not None:
            where += " AND (kind = 'said' OR session = %s)"
            asked.append(viewer)
        # One more tells whether there are more.
        if after is not None:
            return oldest(self.rows(where + " ORDER BY seq LIMIT %s", *asked, limit + 1), limit)
        return newest(self.rows(where + " ORDER BY seq DESC LIMIT %s", *asked, limit + 1), limit)

    def sent(self, log: LogId, after: int, upto: int) -> Sequence[Resendable]:
        """Return the messages beyond number *after* and up to *upto* that may be sent again."""
        rows = self.session.read(
            "SELECT session, cid, seq, at, text, action, re FROM chat.entries"
            " WHERE log = %s AND seq > %s AND seq <= %s AND cid IS NOT NULL AND session IS NOT NULL ORDER BY seq",
            log,
            after,
            upto,
        )
        return [
            Resendable(session, cid, seq, at, digest(text, kind_of(action), re))
            for session, cid, seq, at, text, action, re in rows
        ]

    def upto(self, log: LogId, at: int) -> int:
        """Return the number of a message, by :meth:`chatroom.core.ports.Log.upto`; time never runs back in a log."""
        [(head,)] = self.session.read("SELECT coalesce(max(seq), 0) FROM chat.logs WHERE id = %s", log)
        first = self.floor(log) + 1
        return first - 1 + bisect_right(range(first, head + 1), at, key=partial(self._time, log))

    def _time(self, log: LogId, seq: int) -> int:
        """Return when message *seq* was said; 0 if it is not kept any more."""
        found = self.session.read("SELECT at FROM chat.entries WHERE log = %s AND seq = %s", log, seq)
        return found[0][0] if found else 0

    def redactions(self, log: LogId, after: int, limit: int) -> Sequence[Redaction]:
        """Return at most *limit* of the redactions of messages behind the first *after*."""
        return redactions(self.session, log, after, limit)

    def audit(self, log: LogId | None, before: int | None, limit: int) -> Sequence[Act]:
        """Return acts, by :meth:`chatroom.core.ports.AuditStore.audit`."""
        return audit(self.session, log, UNLIMITED if before is None else before, limit)

    def reports(
        self, log: LogId | None, but: Collection[bytes], resolved: bool, before: int | None, limit: int
    ) -> Sequence[KeptReport]:
        """Return reports, by :meth:`chatroom.core.ports.ModerationStore.reports`."""
        return reports(self.session, log, but, resolved, UNLIMITED if before is None else before, limit)

    def sanctions(self, before: int | None, now: int, limit: int) -> Sequence[Placed]:
        """Return sanctions, by :meth:`chatroom.core.ports.ModerationStore.sanctions`."""
        return all_sanctions(self.session, UNLIMITED if before is None else before, now, limit)

    def marks(self, person: bytes) -> Mapping[LogId, Mark]:
        """Return marks, by :meth:`chatroom.core.ports.MarkStore.marks`."""
        rows = self.session.read("SELECT log, seq, at FROM chat.marks WHERE person = %s", person)
        return {log: Mark(seq, at) for log, seq, at in rows}

    def standings(self, person: bytes, logs: Collection[LogId]) -> Mapping[LogId, Opened]:
        """Return how rooms are to *person*, by :meth:`chatroom.core.ports.FollowStore.standings`."""
        return standings(self.session, person, logs)

    def rows(self, where: LiteralString, *arguments: object) -> Iterator[Numbered]:
        """Return the messages of *where*."""
        found = self.session.read(f"SELECT {ROW} FROM chat.entries WHERE {where}", *arguments)
        return (
            (seq, Message(speaker, text, at, kind_of(action), session, cid, re, withheld))
            for seq, speaker, text, at, action, session, cid, re, withheld in found
        )

    def floor(self, log: LogId) -> int:
        """Return the newest number of *log* not to be shown: of all its messages, if it is forgotten."""
        found = self.session.read("SELECT seq FROM chat.logs WHERE id = %s AND key IS NOT NULL", log)
        return self._retention.floor(found[0][0]) if found else UNLIMITED


class Searcher:
    """Searches in *database*, for *timeout* of those *seconds* at most; 0 is no limit.

    While other searches wait, which *crowded* tells, a search has a tenth of that.
    """

    def __init__(
        self,
        database: Database,
        retention: Retention,
        timeout: float,
        seconds: Callable[[], float],
        crowded: Callable[[], bool],
    ) -> None:
        self._reader = PageReader(database, retention)
        self._retention = retention
        self.session = self._reader.session
        self._timeout = timeout
        self._seconds = seconds
        self._crowded = crowded
        self._cancelled = self._searching = False
        # Milliseconds that the database was last told to take, at most; -1 while it may be told anything.
        self._allowed = -1

    def limit(self, timeout: float) -> None:
        """Let searches take *timeout* from now on; to be called from any thread."""
        self._timeout = timeout

    def cancel(self) -> None:
        """Cancel the search, and later ones; to be called from any thread."""
        self._cancelled = True
        if self._searching:
            self.session.cancel()

    def close(self) -> None:
        """Leave the database."""
        self._reader.close()

    def search(
        self,
        log: LogId,
        query: str,
        before: int | None,
        limit: int,
        after: int = 0,
        author: Author | None = None,
        viewer: bytes | None = None,
    ) -> Page:
        """Return a page, by :meth:`chatroom.core.ports.Log.search`.

        :raises chatroom.core.values.errors.SearchTooLong: if it takes longer than it may.
        """

        def search(began: float) -> Page:
            floor = max(after, self._reader.floor(log))
            below = UNLIMITED if before is None else before
            return newest(self._found(began, log, query, floor, below, author, viewer), limit)

        return self._in_time(search)

    def search_all(
        self,
        logs: Mapping[LogId, int],
        query: str,
        limit: int,
        author: Author | None,
        since: int | None,
        until: int | None,
        viewer: bytes | None = None,
    ) -> Page:
        """Return a page likewise, by :meth:`chatroom.core.ports.Log.search_all`."""

        def search(began: float) -> Page:
            self._limit(began)
            heads = {
                log: (at, seq) for log, at, seq in self.session.read(HEADS, list(logs), -1 if since is None else since)
            }
            heads = self._narrowed(heads, phrases(query, none=author is not None))

            def look(log: LogId) -> Iterator[Numbered]:
                floor = self._retention.floor(heads[log][1])
                return self._found(began, log, query, floor, logs[log] + 1, author, viewer, since, until, first=FEW)

            return newest_of_all(interleaved({log: at for log, (at, _) in heads.items()}, look), limit)

        return self._in_time(search)

    def unread(self, wanted: WantedUnread) -> UnreadPage:
        """Return what is unread, by :meth:`chatroom.core.ports.MarkStore.unread`.

        :raises chatroom.core.values.errors.SearchTooLong: likewise.
        """
        return self._in_time(lambda began: unread(self._reader, self._retention, wanted, partial(self._limit, began)))

    def _in_time(self, search: Callable[[float], T]) -> T:
        """Return what *search* finds that begins now."""
        self._searching = True
        self._allowed = -1
        try:
            return search(self._seconds())
        except psycopg.errors.QueryCanceled:
            raise SearchTooLong from None
        finally:
            self._searching = False

    def _narrowed(self, heads: dict[LogId, T], asked: Sequence[Phrase]) -> dict[LogId, T]:
        """Return those of *heads* whose logs may have what is *asked* for, if that is rare; else all."""
        if not asked:
            return heads
        rows = self.session.read(WHERE_WORDS, words(None, asked), list(heads), RARE)
        return heads if len(rows) == RARE else {log: heads[log] for (log,) in dict.fromkeys(rows)}

    def _found(
        self,
        began: float,
        log: LogId,
        query: str,
        floor: int,
        below: int,
        author: Author | None,
        viewer: bytes | None,
        since: int | None = None,
        until: int | None = None,
        *,
        first: int = FOUND,
    ) -> Iterator[Numbered]:
        """Find messages beyond *floor* and *below* a number, from the newest on; the search *began* at a time.

        The index is asked as far as the page needs it: for the *first* messages, then for more at a time.
        """
        asked = phrases(query, none=author is not None)
        where: LiteralString = "log = %s AND seq > %s AND seq < %s"
        narrowed: list[object] = []
        # Without words there is nothing to ask the index for.
        if asked:
            where += " AND words @@ %s::tsquery"
            narrowed.append(words(log, asked))
        # Whoever had a name is found by comparing it here.
        if author and author.session is not None:
            where += " AND session = %s"
            narrowed.append(author.session)
        if since is not None:
            where += " AND at > %s"
            narrowed.append(since)
        if until is not None:
            where += " AND at < %s"
            narrowed.append(until)
        finds = finder(query, author, viewer)
        some = first
        while True:
            self._limit(began)
            rows = list(self._reader.rows(where + " ORDER BY seq DESC LIMIT %s", log, floor, below, *narrowed, some))
            for number, row in enumerate(rows):
                if number % 16 == 0:
                    self._limit(began, ask=False)
                # The index knows words by their beginning, and not where they stand if they are many.
                if finds(row[1]):
                    yield row
            if len(rows) < some:
                return
            below = rows[-1][0]
            some = min(4 * some, FOUND)

    def _limit(self, began: float, *, ask: bool = True) -> None:
        """Let what is asked next take no longer than what is left since the search *began*."""
        time = self._timeout * (CROWDED if self._crowded() else 1)
        left = began + time - self._seconds() if time else 0
        if self._cancelled or (time and left <= 0):
            raise SearchTooLong
        milliseconds = int(left * 1000) or 1 if time else 0
        # To say so costs as much as a short question: it is near enough for a while.
        if ask and not (milliseconds <= self._allowed and milliseconds * 10 >= self._allowed * 9):
            self._allowed = milliseconds
            self.session.read("SELECT set_config('statement_timeout', %s, false)", str(milliseconds))


def read_only(connection: Connection) -> None:
    """Let *connection* change nothing."""
    connection.execute("SET default_transaction_read_only = on")
