"""Reads of the log, queued: pages in one thread, searches in another, both beside the commits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar

from chatroom.core.ports import FoundUnread, LogId, Opened, Page, Resendable, Searched, UnreadPage, WantedUnread
from chatroom.core.search.query import phrases
from chatroom.core.values.audit import Act
from chatroom.core.values.authors import Author
from chatroom.core.values.changes import Redaction
from chatroom.core.values.errors import SearchTooLong, StorageFailed
from chatroom.core.values.limits import RECALLED, RESENDABLE, RESENT_WITHIN
from chatroom.core.values.marks import Mark
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.sanctions import Placed
from chatroom.logs.machinery.health import Health
from chatroom.logs.machinery.worker import FromThread, Worker, outcome

T = TypeVar("T")

ALL = 0
"""Of what a search is in turn that looks through several rooms: no log has this number."""


class LogReader(Protocol):
    """Reads pages, in a thread of its own."""

    def page(self, log: LogId, after: int | None, before: int | None, limit: int, viewer: bytes | None = None) -> Page:
        """Return a page, by :meth:`chatroom.core.ports.Log.read`."""

    def sent(self, log: LogId, after: int, upto: int) -> Sequence[Resendable]:
        """Return the messages beyond number *after* and up to *upto* that may be sent again."""

    def upto(self, log: LogId, at: int) -> int:
        """Return the number of a message, by :meth:`chatroom.core.ports.Log.upto`."""

    def redactions(self, log: LogId, after: int, limit: int) -> Sequence[Redaction]:
        """Return at most *limit* of the redactions of messages behind the first *after*."""

    def audit(self, log: LogId | None, before: int | None, limit: int) -> Sequence[Act]:
        """Return acts, by :meth:`chatroom.core.ports.AuditStore.audit`."""

    def reports(
        self, log: LogId | None, but: Collection[bytes], resolved: bool, before: int | None, limit: int
    ) -> Sequence[KeptReport]:
        """Return reports, by :meth:`chatroom.core.ports.ModerationStore.reports`."""

    def sanctions(self, before: int | None, now: int, limit: int) -> Sequence[Placed]:
        """Return sanctions, by :meth:`chatroom.core.ports.ModerationStore.sanctions`."""

    def marks(self, person: bytes) -> Mapping[LogId, Mark]:
        """Return marks, by :meth:`chatroom.core.ports.MarkStore.marks`."""

    def standings(self, person: bytes, logs: Collection[LogId]) -> Mapping[LogId, Opened]:
        """Return how rooms are to *person*, by :meth:`chatroom.core.ports.FollowStore.standings`."""

    def close(self) -> None:
        """Release what it reads."""


class LogSearcher(Protocol):
    """Searches, in a thread of its own."""

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

    def unread(self, wanted: WantedUnread) -> UnreadPage:
        """Return what is unread, by :meth:`chatroom.core.ports.MarkStore.unread`.

        :raises chatroom.core.values.errors.SearchTooLong: likewise.
        """

    def limit(self, timeout: float) -> None:
        """Let searches take *timeout* from now on; to be called from any thread."""

    def cancel(self) -> None:
        """Cancel the search, and later ones; to be called from any thread."""

    def close(self) -> None:
        """Release what it searches."""


class ReadQueue:
    """Reads of a log, answered through *from_thread* until :meth:`stop`; *health* is that of reading.

    Rooms take turns: where much is read of one, the others need not wait for all of it. *searcher* makes the searcher,
    given what tells whether other searches wait. *seconds* tells how long a search took.
    """

    def __init__(
        self,
        reader: LogReader,
        searcher: Callable[[Callable[[], bool]], LogSearcher],
        *,
        health: Health,
        from_thread: FromThread,
        seconds: Callable[[], float],
    ) -> None:
        self._seconds = seconds
        self._stopping = False
        self._health = health
        self._reader = reader
        self._pages = Worker("log-reader", from_thread)
        self._searches = Worker("log-searcher", from_thread)
        self._searcher = searcher(lambda: self._searches.others_wait)

    def page(
        self,
        log: LogId,
        after: int | None,
        before: int | None,
        limit: int,
        got: Callable[[Page | StorageFailed], None],
        viewer: bytes | None = None,
    ) -> None:
        """Read a page, by :meth:`chatroom.core.ports.Log.read`."""
        self.read(log, partial(self._reader.page, log, after, before, limit, viewer), got)

    def search(
        self,
        log: LogId,
        query: str,
        before: int | None,
        limit: int,
        got: Callable[[Searched], None],
        after: int = 0,
        author: Author | None = None,
        viewer: bytes | None = None,
    ) -> None:
        """Search, by :meth:`chatroom.core.ports.Log.search`."""
        phrases(query, none=author is not None)
        find = partial(self._searcher.search, log, query, before, limit, after, author, viewer)
        self._search(log, find, lambda page, seconds: got(Searched(page, seconds)))

    def search_all(
        self,
        logs: Mapping[LogId, int],
        query: str,
        limit: int,
        got: Callable[[Searched], None],
        author: Author | None,
        since: int | None,
        until: int | None,
        viewer: bytes | None = None,
    ) -> None:
        """Search, by :meth:`chatroom.core.ports.Log.search_all`: these searches take turns with those of each room."""
        phrases(query, none=author is not None)
        find = partial(self._searcher.search_all, logs, query, limit, author, since, until, viewer)
        self._search(ALL, find, lambda page, seconds: got(Searched(page, seconds)))

    def unread(self, wanted: WantedUnread, got: Callable[[FoundUnread], None]) -> None:
        """Find what is unread, by :meth:`chatroom.core.ports.MarkStore.unread`."""
        find = partial(self._searcher.unread, wanted)
        self._search(wanted.person, find, lambda page, seconds: got(FoundUnread(page, seconds)))

    def _search(
        self, of: Hashable, find: Callable[[], T], got: Callable[[T | SearchTooLong | StorageFailed, float], None]
    ) -> None:
        """Do what *find* does in the thread of searches, in the turn *of* a room or somebody; *got* has its seconds."""

        def work() -> tuple[T | Exception, float]:
            began = self._seconds()
            return outcome(find), self._seconds() - began

        def done(found: tuple[T | Exception, float] | Exception) -> None:
            assert not isinstance(found, Exception)
            page, seconds = found
            got(page if isinstance(page, SearchTooLong) else self._found(page), seconds)

        if self._stopping:
            got(StorageFailed(), 0)
        else:
            self._searches.do(work, done, of=of)

    def upto(self, log: LogId, at: int, got: Callable[[int | StorageFailed], None]) -> None:
        """Find the number of a message, by :meth:`chatroom.core.ports.Log.upto`."""
        self.read(log, partial(self._reader.upto, log, at), got)

    def redactions(
        self, log: LogId, after: int, limit: int, got: Callable[[Sequence[Redaction] | StorageFailed], None]
    ) -> None:
        """Read redactions, by :meth:`chatroom.core.ports.Log.redactions`."""
        self.read(log, partial(self._reader.redactions, log, after, limit), got)

    def audit(
        self, log: LogId | None, before: int | None, limit: int, got: Callable[[Sequence[Act] | StorageFailed], None]
    ) -> None:
        """Read the audit, by :meth:`chatroom.core.ports.AuditStore.audit`."""
        self.read(log or LogId(0), partial(self._reader.audit, log, before, limit), got)

    def reports(
        self,
        log: LogId | None,
        but: Collection[bytes],
        resolved: bool,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[KeptReport] | StorageFailed], None],
    ) -> None:
        """Read reports, by :meth:`chatroom.core.ports.ModerationStore.reports`."""
        self.read(log or LogId(0), partial(self._reader.reports, log, but, resolved, before, limit), got)

    def sanctions(
        self, before: int | None, now: int, limit: int, got: Callable[[Sequence[Placed] | StorageFailed], None]
    ) -> None:
        """Read sanctions, by :meth:`chatroom.core.ports.ModerationStore.sanctions`."""
        self.read(LogId(0), partial(self._reader.sanctions, before, now, limit), got)

    def marks(self, person: bytes, got: Callable[[Mapping[LogId, Mark] | StorageFailed], None]) -> None:
        """Read marks, by :meth:`chatroom.core.ports.MarkStore.marks`."""
        self.read(LogId(0), partial(self._reader.marks, person), got)

    def standings(
        self, person: bytes, logs: Collection[LogId], got: Callable[[Mapping[LogId, Opened] | StorageFailed], None]
    ) -> None:
        """Read how rooms are to *person*, by :meth:`chatroom.core.ports.FollowStore.standings`."""
        self.read(LogId(0), partial(self._reader.standings, person, logs), got)

    def recall(self, room: Opened, opened: Callable[[Opened | StorageFailed], None]) -> None:
        """Give *room* to *opened* with its messages that may be sent again, looked up in pieces, with pages between."""
        sent = list[Resendable]()

        def begin(after: int | StorageFailed) -> None:
            if isinstance(after, StorageFailed):
                opened(after)
            else:
                go_on(_pieces(after, room.seq), [])

        def go_on(pieces: Iterator[tuple[int, int]], found: Sequence[Resendable] | StorageFailed) -> None:
            if isinstance(found, StorageFailed):
                opened(found)
                return
            sent.extend(found)
            piece = next(pieces, None)
            if piece is None:
                opened(replace(room, sent=tuple(sent)))
            else:
                self.read(room.log, partial(self._reader.sent, room.log, *piece), partial(go_on, pieces))

        self.read(room.log, partial(self._sent_after, room), begin)

    def recalled(self, room: Opened) -> Opened:
        """Return *room* with its messages that may be sent again: when the server starts, nobody waits."""
        pieces = _pieces(self._sent_after(room), room.seq)
        return replace(room, sent=tuple(sent for piece in pieces for sent in self._reader.sent(room.log, *piece)))

    def _sent_after(self, room: Opened) -> int:
        """Return the number beyond which the messages of *room* are looked through that may be sent again."""
        too_old = self._reader.upto(room.log, room.at - RESENT_WITHIN)
        return max(room.seq - RESENDABLE, room.first - 1, too_old)

    def read(self, log: LogId, work: Callable[[], T], got: Callable[[T | StorageFailed], None]) -> None:
        """Do *work* for *log* with the reader, in its thread, and give the result to *got*."""

        def unless_stopping() -> T | StorageFailed:
            return StorageFailed() if self._stopping else work()

        def done(found: T | Exception) -> None:
            got(self._found(found))

        if self._stopping:
            got(StorageFailed())
        else:
            self._pages.do(unless_stopping, done, of=log)

    def limit_searches(self, timeout: float) -> None:
        """Let searches take *timeout* from now on."""
        self._searcher.limit(timeout)

    def cancel_searches(self) -> None:
        """Cancel all searches, later ones too."""
        self._searcher.cancel()

    def stop(self, stopped: Callable[[], None]) -> None:
        """Release the log with reads unanswered, then call *stopped*."""
        self._stopping = True
        self.cancel_searches()

        def close_pages(_: Exception | None) -> None:
            self._pages.do_last(self._reader.close, end)

        def end(_: Exception | None) -> None:
            self._end_threads()
            stopped()

        self._searches.do_last(self._searcher.close, close_pages)

    def abandon(self) -> None:
        """Release the log at once: nobody waits for a read."""
        self._end_threads()
        self._searcher.close()
        self._reader.close()

    def _end_threads(self) -> None:
        for worker in self._searches, self._pages:
            worker.stop()

    def _found(self, found: T | Exception) -> T | StorageFailed:
        """Return the result *found*, or that it could not be read."""
        if isinstance(found, StorageFailed):
            return found
        if isinstance(found, Exception):
            self._health.failed(found)
            return StorageFailed()
        self._health.recovered()
        return found


def _pieces(after: int, upto: int) -> Iterator[tuple[int, int]]:
    """Return the bounds of the pieces in which messages beyond number *after* are looked up that may be sent again."""
    return ((first, min(first + RECALLED, upto)) for first in range(after, upto, RECALLED))
