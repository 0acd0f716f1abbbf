"""The log in SQLite: acknowledged messages survive the process, and with ``full`` a power failure."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, cast

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger

from chatroom.core.ports import (
    AccountStore,
    CloakStore,
    Clock,
    FollowedRoom,
    FollowStore,
    FoundUnread,
    Happened,
    KeptTalk,
    Log,
    LogId,
    MarkStore,
    ModerationStore,
    NewRoom,
    Opened,
    Page,
    PersonalMark,
    Searched,
    SeatId,
    TalkStore,
    Timer,
    WantedUnread,
)
from chatroom.core.tools.stats import BATCH_SIZES, Histogram
from chatroom.core.values.accounts import AccountChange, AllAccounts, Dropped, Merged
from chatroom.core.values.audit import Act
from chatroom.core.values.authors import Author
from chatroom.core.values.changes import (
    Came,
    Change,
    Entry,
    Erased,
    Gone,
    Heard,
    KeptChange,
    Kicked,
    Redaction,
    Reported,
    Resolved,
    Sanctioned,
    Went,
)
from chatroom.core.values.errors import ChatError, StorageFailed
from chatroom.core.values.events import Message
from chatroom.core.values.limits import Limits
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.sanctions import Placed
from chatroom.logs.machinery.ending import Ending
from chatroom.logs.machinery.group_commit import MANY, RETRY, GroupCommit, Work
from chatroom.logs.machinery.health import Health
from chatroom.logs.machinery.read_queue import ReadQueue
from chatroom.logs.machinery.wall_clock import WallClock
from chatroom.logs.machinery.worker import FromThread, Worker
from chatroom.logs.open_log import OpenLog
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.accounts import change_accounts, kept_accounts
from chatroom.logs.sqlite.errors import refusing
from chatroom.logs.sqlite.file import SQLiteFile, Sync, read_only
from chatroom.logs.sqlite.maintenance import Maintenance
from chatroom.logs.sqlite.page_reader import PageReader
from chatroom.logs.sqlite.searcher import Searcher
from chatroom.logs.sqlite.writer import Append, Writer

log = Logger()

IDLE = 0.25
"""Seconds without a commit until messages are indexed; until then a search looks at them one by one."""

OVERDUE = 5.0
"""Seconds that messages wait for such a rest; then they are indexed between commits."""

UNINDEXED = 20_000
"""Messages that wait for a rest, at most."""

COMMIT_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Bounds of the histogram of commits, by their seconds."""

PROMPT = 0.001
"""Seconds that the reactor waits for a commit: mostly it is done before two threads could wake each other."""

QUICK = 0.0007
"""Seconds in which the last commits were done, on average, if the next one is waited for."""

REST = 60.0
"""Seconds between looks for messages that have become too old."""


class SQLiteLog:
    """The log in the file *path*, from :meth:`start` to :meth:`stop`.

    One thread writes, a group of changes a commit. Another one reads, and a third one searches, for *search_timeout*
    seconds at most; 0 is no limit. Their answers come through *from_thread*. *wall* returns the time of day in seconds,
    by which messages grow old.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        from_thread: FromThread,
        wall: Callable[[], float],
        sync: Sync = "full",
        busy_timeout: float = 5,
        search_timeout: float = 0,
        retention: Retention = Retention(),  # noqa: B008  # it is frozen
    ) -> None:
        self.path = path
        self.commit_sizes = Histogram(BATCH_SIZES)
        self.commit_seconds = Histogram(COMMIT_SECONDS)
        self.commits_awaited = self.commits_late = 0
        self._usual = QUICK
        self._clock = clock
        self._from_thread = from_thread
        self._wall = WallClock(wall, clock.seconds)
        self._sync: Sync = sync
        self._busy_timeout = busy_timeout
        self._search_timeout = search_timeout
        self._retention = retention
        self._storing = Health(f"store messages in {path}", sqlite3.Error, clock)
        self._commits: GroupCommit[Append | Work] = GroupCommit(
            clock, self._store, self._storing, lambda: Work(self._writer.try_out, lambda _: None)
        )
        self._open: dict[LogId, OpenLog] = {}
        self._timer: Timer | None = None
        self._due = inf
        self._committed = self._waiting_since = -inf
        self._unindexed = 0
        self._maintaining = Health(f"index or remove messages in {path}", sqlite3.Error)

    def start(self) -> None:
        """Take the file; raise :exc:`~chatroom.logs.store_unusable.StoreUnusable` if that can't be."""
        self._file = SQLiteFile(self.path, busy_timeout=self._busy_timeout)
        try:
            self._file.begin(self._sync)
            self._writer = Writer(self._file.connection, self._retention, self._wall.now, self._wall.trusted)
            self._maintenance = Maintenance(
                self._file.connection, self._retention, self._wall.trusted, self._clock.seconds
            )
            self._reads = self._read_queue()
        except BaseException:
            self._file.abandon()
            raise
        try:
            # Before anybody can ask for a room: the same room must not be opened twice.
            with refusing(self.path):
                restore = Work(self._writer.restore), Work(partial(kept_accounts, self._file.connection))
                found, accounts = self._writer.commit(restore)
                rooms = cast("Sequence[Opened]", found)
                self.cloak_key = self._file.cloak_key()
                self._restored_accounts = cast("AllAccounts", accounts)
                self._restored = [*map(self._reads.recalled, rooms)]
                self._open = {opened.log: OpenLog(opened.room) for opened in rooms}
        except BaseException:
            self._reads.abandon()
            self._file.abandon()
            raise
        self._commits.open()
        self._writing = Worker("log-writer", self._from_thread)
        self._maintain_within(IDLE)

    def limit(self, limits: Limits) -> None:
        """Let *limits* hold from now on, as far as they are about searches."""
        self._reads.limit_searches(limits.search_timeout)

    def cancel_searches(self) -> None:
        """Cancel all searches, later ones too: the server stops, and nobody is to wait for them."""
        if not self._commits.closed:
            self._reads.cancel_searches()

    def stop(self, within: float | None = None) -> Deferred[None]:
        """Commit all changes, and release the file; after *within* seconds give up waiting."""
        if self._commits.closed:
            return succeed(None)
        self.cancel_searches()
        self._ending = Ending(self._clock, within, self._give_up)
        self._commits.drain(self._finish)
        return self._ending.reached

    def trouble(self) -> str | None:
        """Return why nothing can be stored, if that is so."""
        return self._storing.trouble

    # The port.

    def restore(self, restored: Callable[[Sequence[Opened] | StorageFailed], None]) -> None:
        """Answer with the rooms that were open when the last process ended."""
        found, self._restored = self._restored, []
        restored(found)

    def open(self, room: RoomName, new: NewRoom | None, opened: Callable[[Opened | ChatError | None], None]) -> None:
        """Open the log of *room* that is kept, or begin one as *new* says."""

        def found(log: Opened | ChatError | None) -> None:
            if isinstance(log, Opened):
                self._open[log.log] = OpenLog(log.room)
            if not isinstance(log, Opened) or log.created:
                opened(log)
            else:
                self._reads.recall(log, partial(recalled, log.log))

        def recalled(log: LogId, found: Opened | StorageFailed) -> None:
            if isinstance(found, StorageFailed):
                self.close(log)
            opened(found)

        self._commits.add(Work(partial(self._writer.open, room, new), found))

    def follow(self, log: LogId, follower: Callable[[Entry], None]) -> Sequence[Username]:
        """Give *follower* each entry; nobody is in yet."""
        return self._open[log].follow(follower)

    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        """Let *change* happen: with the next commit if it is stored, else at once."""
        now = self._open[log]
        if isinstance(change, Message):
            self._commits.add(Append(log, change, by, now, done))
        elif type(change) is Came and now.begins(change):
            self._come(log, now, change, by, done)
        elif type(change) is Went and now.ends(change, by):
            self._go(log, now, change, by, done)
        elif isinstance(change, KeptChange) and not (type(change) is Kicked and not now.has(change.username)):
            store = partial(self._writer.store, log, now.room, change)
            self._commits.add(Work(store, partial(self._stored, log, change, done)))
        elif isinstance(change, Heard):
            raise AssertionError(f"{change} can't be asked for")
        else:
            now.change(change, by, done)

    def _come(self, log: LogId, now: OpenLog, change: Came, by: SeatId | None, done: Happened) -> None:
        """Let somebody come in once it is stored that they follow *log*."""
        person = change.person
        assert person is not None, "others follow nothing"

        def stored(result: Any) -> None:
            now.expect_no_more(change)
            if isinstance(result, StorageFailed):
                done(result)
                return
            for dropped in result:
                if dropped in self._open:
                    self._open[dropped].forget(person)
            now.follows(person, change.keyed)
            now.change(change, by, done)

        if full := now.expect(change):
            done(full)
        else:
            self._commits.add(Work(partial(self._writer.follow, log, person, change.keyed), stored))

    def _go(self, log: LogId, now: OpenLog, change: Went, by: SeatId | None, done: Happened) -> None:
        """Let somebody go once it is stored that they follow *log* no more."""
        person = change.person
        assert person is not None, "others follow nothing"

        def stored(result: Any) -> None:
            keyed = now.forget(person)
            if isinstance(result, StorageFailed):
                # Who goes is gone: that may be stored later.
                self._commits.add(Work(partial(self._writer.unfollow, log, person)))
            now.change(change, by, done)
            if now.has(change.username):
                # By another seat, which has come in meanwhile.
                self._commits.add(Work(partial(self._writer.follow, log, person, keyed)))

        self._commits.add(Work(partial(self._writer.unfollow, log, person), stored))

    def follows(self, person: bytes, got: Callable[[Sequence[FollowedRoom] | StorageFailed], None]) -> None:
        """Find the rooms that *person* follows, behind all that was asked before."""
        self._commits.add(Work(partial(self._writer.followed, person), got))

    def standings(
        self, person: bytes, logs: Collection[LogId], got: Callable[[Mapping[LogId, Opened] | StorageFailed], None]
    ) -> None:
        """Find how *logs* are to *person*."""
        self._reads.standings(person, logs, got)

    def marks(self, person: bytes, got: Callable[[Mapping[LogId, Mark] | StorageFailed], None]) -> None:
        """Find the marks of *person*."""
        self._reads.marks(person, got)

    def keep_marks(self, marks: Sequence[PersonalMark], done: Callable[[StorageFailed | None], None]) -> None:
        """Keep *marks*, with the next commit."""
        self._commits.add(Work(partial(self._writer.keep_marks, marks), done))

    def unread(self, wanted: WantedUnread, got: Callable[[FoundUnread], None]) -> None:
        """Find what is unread, where searches are made."""
        self._reads.unread(wanted, got)

    def _stored(self, log: LogId, change: KeptChange, done: Happened, result: Any) -> None:
        now = self._open[log]
        if type(change) is Gone and not isinstance(result, StorageFailed):
            del self._open[log]
        if type(change) is Kicked:
            now.forget(change.person)
        elif type(change) is Sanctioned:
            now.forget(change.sanction.person)
        if type(change) is Erased:
            now.erased(done, result)
        elif type(change) is Reported or type(change) is Resolved:
            now.became(result, done)
        elif type(change) is Kicked and not isinstance(result, StorageFailed):
            now.change(change, None, done)
        else:
            now.stored(change, done, result)

    def read(
        self,
        log: LogId,
        *,
        after: int | None,
        before: int | None,
        limit: int,
        got: Callable[[Page | StorageFailed], None],
        viewer: bytes | None = None,
    ) -> None:
        """Read the first messages beyond *after*, or without it the newest below *before*."""
        self._reads.page(log, after, before, limit, got, viewer)

    def search(
        self,
        log: LogId,
        query: str,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Searched], None],
        after: int = 0,
        author: Author | None = None,
        viewer: bytes | None = None,
    ) -> None:
        """Find the newest messages below *before* that match *query*."""
        self._reads.search(log, query, before, limit, got, after, author, viewer)

    def search_all(
        self,
        logs: Mapping[LogId, int],
        query: str,
        *,
        limit: int,
        got: Callable[[Searched], None],
        author: Author | None = None,
        since: int | None = None,
        until: int | None = None,
        viewer: bytes | None = None,
    ) -> None:
        """Find the newest messages that match *query* in all *logs*, up to some number in each."""
        self._reads.search_all(logs, query, limit, got, author, since, until, viewer)

    def upto(self, log: LogId, at: int, got: Callable[[int | StorageFailed], None]) -> None:
        """Find the number of the newest message that is not later than *at*."""
        self._reads.upto(log, at, got)

    def redactions(
        self, log: LogId, *, after: int, limit: int, got: Callable[[Sequence[Redaction] | StorageFailed], None]
    ) -> None:
        """Read at most *limit* of the redactions of messages behind the first *after*."""
        self._reads.redactions(log, after, limit, got)

    def note(self, act: Act, done: Callable[[StorageFailed | None], None], log: LogId | None = None) -> None:
        """Keep *act*, with the next commit."""
        self._commits.add(Work(partial(self._writer.note, act, log), done))

    def audit(
        self,
        log: LogId | None,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[Act] | StorageFailed], None],
    ) -> None:
        """Read the newest acts below number *before*, the newest first: those in *log*, or all."""
        self._reads.audit(log, before, limit, got)

    def reports(
        self,
        log: LogId | None,
        *,
        but: Collection[bytes],
        resolved: bool,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[KeptReport] | StorageFailed], None],
    ) -> None:
        """Read the newest reports below number *before*, the newest first: those of messages in *log*, or all."""
        self._reads.reports(log, but, resolved, before, limit, got)

    def sanctions(
        self, *, before: int | None, now: int, limit: int, got: Callable[[Sequence[Placed] | StorageFailed], None]
    ) -> None:
        """Read the newest sanctions below number *before* that hold *now* anywhere, the newest first."""
        self._reads.sanctions(before, now, limit, got)

    def talks(
        self,
        person: bytes,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[KeptTalk] | StorageFailed], None],
    ) -> None:
        """Read the talks of *person* whose newest messages are from *before* a time, the newest first."""
        self._reads.read(LogId(0), partial(self._reader.talks, person, before, limit), got)

    def close(self, log: LogId) -> None:
        """Keep *log* as long as closed rooms are kept, and a talk always."""
        room = self._open.pop(log).room
        self._commits.add(Work(partial(self._writer.close, log, room)))

    def restore_accounts(self, restored: Callable[[AllAccounts | StorageFailed], None]) -> None:
        """Answer with the accounts that were kept when the last process ended."""
        found, self._restored_accounts = self._restored_accounts, AllAccounts()
        restored(found)

    def change_accounts(self, changes: Sequence[AccountChange], done: Callable[[StorageFailed | None], None]) -> None:
        """Let *changes* happen with the next commit."""

        def changed(failed: StorageFailed | None) -> None:
            for change in changes:
                if isinstance(change, Merged | Dropped):
                    for now in self._open.values():
                        now.forget(change.person if isinstance(change, Merged) else change.account)
            done(failed)

        self._commits.add(Work(partial(change_accounts, self._file.connection, changes), changed))

    def _store(self, changes: Sequence[Append | Work], stored: Callable[[Sequence[object] | Exception], None]) -> None:
        """Make *changes* in one commit, in the thread that writes."""

        def done(results: Sequence[object] | Exception) -> None:
            # First the answers, by which messages are shown.
            stored(results)
            if not isinstance(results, Exception):
                self._committed = self._clock.seconds()
                if not self._unindexed:
                    self._waiting_since = self._committed
                self._unindexed += len(changes)
                self._maintain_within(0 if self._unindexed >= UNINDEXED else IDLE)

        commit = partial(self._commit, changes)
        # The one place where the reactor waits: for a moment, for a few changes, and never for a slow disk.
        if len(changes) < MANY and self._usual < QUICK and self._due != -inf:
            if self._writing.do_within(PROMPT, commit, done):
                self.commits_awaited += 1
            else:
                self.commits_late += 1
        else:
            self._writing.do(commit, done)

    def _commit(self, changes: Sequence[Append | Work]) -> Sequence[object]:
        """Commit *changes* and count them; other threads only look at the counts."""
        began = self._clock.seconds()
        results = self._writer.commit(changes)
        took = self._clock.seconds() - began
        self._usual += (took - self._usual) / 8
        self.commit_seconds.add(took)
        self.commit_sizes.add(len(changes))
        return results

    # Maintenance: one step, then a commit of what was said meanwhile, then the next step.

    def _maintain_within(self, seconds: float) -> None:
        """Take a step of maintenance within *seconds*, unless one is being taken."""
        due = self._clock.seconds() + seconds
        if due < self._due and not self._commits.closed:
            if self._timer:
                self._timer.cancel()
            self._due = due
            self._timer = self._clock.callLater(seconds, self._maintain)

    def _maintain(self) -> None:
        now = self._clock.seconds()
        self._timer = None
        self._due = inf
        is_overdue = self._unindexed >= UNINDEXED or (self._unindexed and now - self._waiting_since >= OVERDUE)
        if now < self._committed + IDLE and not is_overdue:
            self._maintain_within(self._committed + IDLE - now)
            return
        self._due = -inf
        self._writing.do(partial(self._maintenance.step, lambda: self._writing.others_wait), self._maintained)

    def _maintained(self, more: bool | Exception) -> None:
        self._due = inf
        if isinstance(more, Exception):
            self._maintaining.failed(more)
            self._maintain_within(RETRY)
        else:
            self._maintaining.recovered()
            if not more:
                self._unindexed = 0
            self._maintain_within(0 if more else REST)
        self._wall.report()

    def _read_queue(self) -> ReadQueue:
        seconds = self._clock.seconds
        search = partial(Searcher, read_only(self.path), self._retention, self._search_timeout, seconds)
        self._reader = PageReader(read_only(self.path), self._retention)
        return ReadQueue(
            self._reader,
            search,
            health=Health(f"read messages in {self.path}", sqlite3.Error),
            from_thread=self._from_thread,
            seconds=seconds,
        )

    # The end.

    def _finish(self) -> None:
        self._commits.close()
        if self._timer:
            self._timer.cancel()
        self._reads.stop(lambda: self._writing.do(self._file.close, self._finished))

    def _finished(self, result: Exception | None) -> None:
        if result:
            self._storing.failed(result)
        self._writing.stop()
        self._ending.reach()

    def _give_up(self) -> None:
        """End although a thread is still busy: for the file, that is like a kill."""
        log.warn("{path} was not closed in time; the next start finds it in order", path=self.path)
        self._commits.close()


_: tuple[
    type[Log],
    type[AccountStore],
    type[ModerationStore],
    type[FollowStore],
    type[MarkStore],
    type[TalkStore],
    type[CloakStore],
] = (
    SQLiteLog,
    SQLiteLog,
    SQLiteLog,
    SQLiteLog,
    SQLiteLog,
    SQLiteLog,
    SQLiteLog,
)
