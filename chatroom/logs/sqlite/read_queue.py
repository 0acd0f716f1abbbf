"""What is read of the log, each in its turn: pages in one thread, searches in another, and both beside the commits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from chatroom.core.errors import SearchTooLong, StorageFailed
from chatroom.core.limits import RECALLED, RESENDABLE
from chatroom.core.ports import LogId, Opened, Page, Searched, Sent
from chatroom.core.query import phrases
from chatroom.logs.sqlite.file import read_only
from chatroom.logs.sqlite.health import Health
from chatroom.logs.sqlite.maintenance import Retention
from chatroom.logs.sqlite.reader import Reader
from chatroom.logs.sqlite.searcher import Searcher
from chatroom.logs.worker import FromThread, Worker, outcome

T = TypeVar("T")


class ReadQueue:
    """Reads the log in *path* until :meth:`stop`, and tells what it found through *from_thread*.

    Rooms have turns: where much is read of one, the others need not wait for all of it.

    A search takes *search_timeout* of those *seconds* at most, unless that is 0.
    """

    def __init__(
        self,
        path: Path,
        retention: Retention,
        *,
        from_thread: FromThread,
        seconds: Callable[[], float],
        search_timeout: float,
    ) -> None:
        self._seconds = seconds
        self._stopping = False
        self._health = Health(f"read messages in {path}")
        self._reader = Reader(read_only(path), retention)
        self._pages = Worker("log-reader", from_thread)
        self._searches = Worker("log-searcher", from_thread)
        self._searcher = Searcher(
            read_only(path),
            retention,
            timeout=search_timeout,
            seconds=seconds,
            crowded=lambda: self._searches.others_wait,
        )

    def page(
        self,
        log: LogId,
        after: int | None,
        before: int | None,
        limit: int,
        got: Callable[[Page | StorageFailed], None],
    ) -> None:
        """Read a page as :meth:`chatroom.core.ports.Log.read` says."""
        self._read(log, partial(self._reader.page, log, after, before, limit), got)

    def search(self, log: LogId, query: str, before: int | None, limit: int, got: Callable[[Searched], None]) -> None:
        """Search as :meth:`chatroom.core.ports.Log.search` says."""
        phrases(query)

        def work() -> tuple[Page | Exception, float]:
            began = self._seconds()
            return outcome(partial(self._searcher.search, log, query, before, limit)), self._seconds() - began

        def done(found: tuple[Page | Exception, float] | Exception) -> None:
            assert not isinstance(found, Exception)
            page, seconds = found
            got(Searched(page if isinstance(page, SearchTooLong) else self._found(page), seconds))

        if self._stopping:
            got(Searched(StorageFailed()))
        else:
            self._searches.do(work, done, of=log)

    def recall(self, room: Opened, opened: Callable[[Opened | StorageFailed], None]) -> None:
        """Give *room* to *opened*, with what may be sent again: that is looked up piece by piece, and pages between."""
        sent = list[Sent]()
        pieces = iter(_pieces(room))

        def go_on(found: Sequence[Sent] | StorageFailed) -> None:
            if isinstance(found, StorageFailed):
                opened(found)
                return
            sent.extend(found)
            piece = next(pieces, None)
            if piece is None:
                opened(replace(room, sent=tuple(sent)))
            else:
                self._read(room.log, partial(self._reader.sent, room.log, *piece), go_on)

        go_on([])

    def recalled(self, room: Opened) -> Opened:
        """Return *room* with what may be sent again: when the server starts, nobody waits."""
        return replace(
            room, sent=tuple(sent for piece in _pieces(room) for sent in self._reader.sent(room.log, *piece))
        )

    def call_off_searches(self) -> None:
        """End the search that runs, and all that wait or come."""
        self._searcher.call_off()

    def stop(self, stopped: Callable[[], None]) -> None:
        """Let the file go, without reading all that was asked for; call *stopped* when that is done."""
        self._stopping = True
        self.call_off_searches()

        def close_pages(_: Exception | None) -> None:
            self._pages.do_last(self._reader.close, end)

        def end(_: Exception | None) -> None:
            self._end_threads()
            stopped()

        self._searches.do_last(self._searcher.close, close_pages)

    def abandon(self) -> None:
        """Let the file go at once: nobody has asked for anything, or waits for it."""
        self._end_threads()
        self._searcher.close()
        self._reader.close()

    def _end_threads(self) -> None:
        for worker in self._searches, self._pages:
            worker.stop()

    def _read(self, log: LogId, work: Callable[[], T], got: Callable[[T | StorageFailed], None]) -> None:
        """Do *work* for *log* in the thread of pages, and give what comes of it to *got*."""

        def unless_stopping() -> T | StorageFailed:
            return StorageFailed() if self._stopping else work()

        def done(found: T | Exception) -> None:
            got(self._found(found))

        if self._stopping:
            got(StorageFailed())
        else:
            self._pages.do(unless_stopping, done, of=log)

    def _found(self, found: T | Exception) -> T | StorageFailed:
        """Return what was *found*, or that it could not be read."""
        if isinstance(found, StorageFailed):
            return found
        if isinstance(found, Exception):
            self._health.failed(found)
            return StorageFailed()
        self._health.recovered()
        return found


def _pieces(room: Opened) -> Iterable[tuple[int, int]]:
    """Return beyond which number, and up to which, the pieces are of what may be sent again in *room*."""
    first = max(room.seq - RESENDABLE, room.first - 1)
    return ((after, min(after + RECALLED, room.seq)) for after in range(first, room.seq, RECALLED))
