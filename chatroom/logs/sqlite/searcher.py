"""Searching of the log, on a connection and in a thread of its own: it may take long, but not for ever."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from typing_extensions import override

from chatroom.core.ports import LogId, Page, UnreadPage, WantedUnread
from chatroom.core.search.query import Phrase, finder, phrases
from chatroom.core.tools.paging import Numbered, interleaved, newest, newest_of_all
from chatroom.core.values.authors import Author
from chatroom.core.values.errors import SearchTooLong
from chatroom.core.values.limits import CROWDED
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.page_reader import UNLIMITED, PageReader, bound, shown_to
from chatroom.logs.sqlite.statements import expression
from chatroom.logs.sqlite.unread import UnreadReader

T = TypeVar("T")

LOOK = 1_000
"""Messages looked at for words with some beginning before the index is asked: 3 ms."""

INSTRUCTIONS = 1_000
"""Instructions of SQLite after which it asks whether to go on: far less than a millisecond."""


class Searcher(PageReader):
    """A reader that searches, for *timeout* of those *seconds* at most; 0 is no limit.

    While other searches wait, which *crowded* tells, a search has a tenth of that.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        retention: Retention,
        timeout: float = 0,
        seconds: Callable[[], float] = lambda: 0.0,
        crowded: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(connection, retention)
        self._timeout = timeout
        self._seconds = seconds
        self._crowded = crowded
        self._began = 0.0
        self._cancelled = False
        self._unread = UnreadReader(connection, retention, self._rows)
        connection.set_progress_handler(self._over, INSTRUCTIONS)

    def limit(self, timeout: float) -> None:
        """Let searches take *timeout* from now on; to be called from any thread."""
        self._timeout = timeout

    def cancel(self) -> None:
        """Cancel the search, and later ones; to be called from any thread."""
        self._cancelled = True

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

        def search() -> Page:
            floor = max(after, self._floor(log))
            return newest(self._found(log, query, floor, bound(before), author, viewer), limit)

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

        def look(log: LogId) -> Iterator[Numbered]:
            # What is asked of a log with little in it is too little for SQLite to ask.
            if self._over():
                raise SearchTooLong
            below = logs[log] + 1 if until is None else min(logs[log], self.upto(log, until - 1)) + 1
            after = self._floor(log) if since is None else max(self.upto(log, since), self._floor(log))
            return self._found(log, query, after, below, author, viewer, look=LOOK // len(logs))

        return self._in_time(lambda: newest_of_all(interleaved(self._times(logs), look), limit))

    def unread(self, wanted: WantedUnread) -> UnreadPage:
        """Return what is unread, by :meth:`chatroom.core.ports.MarkStore.unread`.

        :raises chatroom.core.values.errors.SearchTooLong: likewise.
        """
        return self._in_time(partial(self._unread.page, wanted))

    def _in_time(self, search: Callable[[], T]) -> T:
        """Return what *search* finds in one state of the file."""
        self._began = self._seconds()
        try:
            self._connection.execute("BEGIN")
            try:
                return search()
            finally:
                self._connection.execute("COMMIT")
        except SearchTooLong:
            pass
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
        # Only here, so that it does not hold on to the statement: that is to end now, and in this thread.
        raise SearchTooLong

    def _found(
        self,
        log: LogId,
        query: str,
        floor: int,
        below: int,
        author: Author | None,
        viewer: bytes | None,
        *,
        look: int = LOOK,
    ) -> Iterator[Numbered]:
        """Find messages beyond *floor* and *below* a number, from the newest on."""
        asked = phrases(query, none=author is not None)
        finds = finder(query, author, viewer)
        # Without words there is nothing to ask the index for.
        split = self._split(log, below, look if any(phrase.prefix for phrase in asked) else 0) if asked else 0
        session = author.session if author else None
        yield from (row for row in self._between(log, max(floor, split), below, session) if finds(row[1]))
        if asked:
            indexed = self._indexed(log, asked, floor, min(below, split + 1), session)
            yield from (row for row in shown_to(viewer, indexed) if author is None or author.has_said(row[1]))

    def _times(self, logs: Iterable[LogId]) -> dict[LogId, int]:
        """Return when the newest message of each of *logs* was said; of one that has none nothing."""
        times = {}
        for log in logs:
            newest = "SELECT at FROM messages WHERE log = ? ORDER BY seq DESC LIMIT 1"
            for (at,) in self._connection.execute(newest, (log,)):
                times[log] = at
        return times

    def _over(self) -> bool:
        """Return whether the search has taken all of its time."""
        if self._cancelled:
            return True
        time = self._timeout * (CROWDED if self._crowded() else 1)
        return bool(time) and self._seconds() - self._began > time

    @override
    def _rows(self, source: str, *arguments: object) -> Iterator[Numbered]:
        for row in super()._rows(source, *arguments):
            # To look through a text takes longer than what SQLite does for it, and SQLite does not know.
            if self._over():
                raise SearchTooLong
            yield row

    def _split(self, log: LogId, below: int, look: int) -> int:
        """Return the newest number for which the index is asked; messages above are looked at one by one.

        They are not indexed yet. Of the others, so many of the newest as the search is to *look* at are among them too:
        for a beginning that many words have, the index merges all of these, while a page is soon full of such words.
        """
        indexed = self._connection.execute(
            "SELECT seq FROM messages WHERE log = ? AND id <= (SELECT value FROM meta WHERE name = 'indexed')"
            " ORDER BY seq DESC LIMIT 1",
            (log,),
        ).fetchone()
        split = indexed[0] if indexed else 0
        return max(0, min(below, split + 1) - look) if look else split

    def _indexed(
        self, log: LogId, asked: Iterable[Phrase], floor: int, below: int, session: bytes | None
    ) -> Iterator[Numbered]:
        """Find messages by the index, from the newest on; the index is asked when one is needed."""
        beyond = self._connection.execute(
            "SELECT id FROM messages WHERE log = ? AND seq >= ? ORDER BY seq LIMIT 1", (log, below)
        ).fetchone()
        # The index is walked only as far as the page needs it.
        yield from self._rows(
            "words CROSS JOIN messages ON id = words.rowid"
            " WHERE words MATCH ? AND words.rowid < ? AND seq > ? AND (? IS NULL OR session = ?)"
            " ORDER BY words.rowid DESC",
            expression(log, asked),
            beyond[0] if beyond else UNLIMITED,
            floor,
            session,
            session,
        )
