"""Answers that come late: after some turns, in the order of the questions, or in any order that a port allows."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from itertools import count
from random import Random
from typing import NamedTuple, TypeVar, cast

from chatroom.core.people.directory import Attendance, Directory, DirectoryPage, Somebody
from chatroom.core.people.seat import Seat
from chatroom.core.people.user import User
from chatroom.core.ports import (
    Connection,
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
    WantedUnread,
)
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.viewer import Viewer
from chatroom.core.search.query import matcher
from chatroom.core.values.audit import Act
from chatroom.core.values.authors import Author
from chatroom.core.values.changes import Change, Entry, Gone, Redaction, Retitled
from chatroom.core.values.errors import ChatError, StorageFailed
from chatroom.core.values.events import Confided, Message, Told
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import Key, RoomName, Username
from chatroom.core.values.people import Aspect, Known, Person
from chatroom.core.values.replies import DeviceList, Members
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.sanctions import Placed


class Lateness(NamedTuple):
    """How late answers come: after *turns*, at least and at most, in the order of the questions or in any.

    They may be those of the engine of a *node*.
    """

    turns: tuple[int, int]
    any_order: bool = False
    node: bool = False


LATE = Lateness((2, 2))
NODE = Lateness((1, 2), node=True)
ANY_ORDER = Lateness((1, 4), any_order=True)

T = TypeVar("T", bound="Callable[..., object]")

_lateness: ContextVar[Lateness | None] = ContextVar("lateness", default=None)


@contextmanager
def lateness(how: Lateness | None) -> Iterator[None]:
    """Let each world that is made meanwhile have a log and a directory that answer so late; ``None`` is at once."""
    token = _lateness.set(how)
    try:
        yield
    finally:
        _lateness.reset(token)


def current() -> Lateness | None:
    """Return how late the answers of a new world come."""
    return _lateness.get()


def at_once(test: T) -> T:
    """Mark a *test* that counts on answers at once: it tells of one turn, or answers for the log itself."""
    test.at_once = True  # type: ignore[attr-defined]
    return test


def one_server(test: T) -> T:
    """Mark a *test* of what is otherwise where several servers share rooms and people."""
    test.one_server = True  # type: ignore[attr-defined]
    return test


class Turns:
    """Lets things happen after some turns: of one line in order, of several in any.

    A turn ends when :meth:`end` is called, for which *soon* is asked if anything waits.
    """

    def __init__(self, how: Lateness, soon: Callable[[Callable[[], object]], object] = lambda end: None) -> None:
        self._how = how
        self._soon = soon
        self._waiting: list[Callable[[], None]] = []
        self._chance = Random(0)
        self._lines: dict[Hashable, deque[Callable[[], object]]] = defaultdict(deque)
        self._others = count()

    def put(self, line: Hashable, action: Callable[[], object]) -> None:
        """Call *action* later, behind all that is in *line*."""
        self._lines[line].append(action)
        self._wait(self._chance.randint(*self._how.turns), partial(self._next, line))

    def put_anywhere(self, action: Callable[[], object]) -> None:
        """Call *action* later, behind all others only if there is an order."""
        self.put(("any", next(self._others)) if self._how.any_order else "one", action)

    def end(self) -> bool:
        """Let a turn end, and return whether anything waited for that."""
        due, self._waiting = self._waiting, []
        for action in due:
            action()
        return bool(due)

    def _wait(self, turns: int, action: Callable[[], None]) -> None:
        if not self._waiting:
            self._soon(self.end)
        self._waiting.append(action if turns == 1 else partial(self._wait, turns - 1, action))

    def _next(self, line: Hashable) -> None:
        self._lines[line].popleft()()


class TardyLog:
    """What *log* does, some turns later: what is stored in order, and who comes and goes in that of each room."""

    def __init__(self, log: Log, turns: Turns) -> None:
        self._log = log
        self._turns = turns

    def restore(self, restored: Callable[[Sequence[Opened] | StorageFailed], None]) -> None:
        self._log.restore(restored)

    def open(self, room: RoomName, new: NewRoom | None, opened: Callable[[Opened | ChatError | None], None]) -> None:
        self._turns.put("opening", partial(self._log.open, room, new, opened))

    def follow(self, log: LogId, follower: Callable[[Entry], None]) -> Sequence[Username]:
        return self._log.follow(log, follower)

    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        line = "stored" if isinstance(change, Message | Retitled | Gone) else log
        self._turns.put(line, partial(self._log.change, log, change, by, done))

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
        read = partial(self._log.read, log, after=after, before=before, limit=limit, got=got, viewer=viewer)
        self._turns.put_anywhere(read)

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
        matcher(query, none=author is not None)
        search = partial(self._log.search, author=author, viewer=viewer)
        self._turns.put_anywhere(partial(search, log, query, before=before, limit=limit, got=got, after=after))

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
        matcher(query, none=author is not None)
        search = partial(self._log.search_all, author=author, since=since, until=until, viewer=viewer)
        self._turns.put_anywhere(partial(search, logs, query, limit=limit, got=got))

    def upto(self, log: LogId, at: int, got: Callable[[int | StorageFailed], None]) -> None:
        self._turns.put_anywhere(partial(self._log.upto, log, at, got))

    def redactions(
        self, log: LogId, *, after: int, limit: int, got: Callable[[Sequence[Redaction] | StorageFailed], None]
    ) -> None:
        self._turns.put_anywhere(partial(self._log.redactions, log, after=after, limit=limit, got=got))

    def note(self, act: Act, done: Callable[[StorageFailed | None], None], log: LogId | None = None) -> None:
        self._turns.put_anywhere(partial(cast("ModerationStore", self._log).note, act, done, log))

    def audit(
        self,
        log: LogId | None,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[Act] | StorageFailed], None],
    ) -> None:
        audit = cast("ModerationStore", self._log).audit
        self._turns.put_anywhere(partial(audit, log, before=before, limit=limit, got=got))

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
        reports = cast("ModerationStore", self._log).reports
        asked = partial(reports, log, but=but, resolved=resolved, before=before, limit=limit, got=got)
        self._turns.put_anywhere(asked)

    def sanctions(
        self, *, before: int | None, now: int, limit: int, got: Callable[[Sequence[Placed] | StorageFailed], None]
    ) -> None:
        sanctions = cast("ModerationStore", self._log).sanctions
        self._turns.put_anywhere(partial(sanctions, before=before, now=now, limit=limit, got=got))

    def follows(self, person: bytes, got: Callable[[Sequence[FollowedRoom] | StorageFailed], None]) -> None:
        self._turns.put_anywhere(partial(cast("FollowStore", self._log).follows, person, got))

    def standings(
        self, person: bytes, logs: Collection[LogId], got: Callable[[Mapping[LogId, Opened] | StorageFailed], None]
    ) -> None:
        self._turns.put_anywhere(partial(cast("FollowStore", self._log).standings, person, logs, got))

    def marks(self, person: bytes, got: Callable[[Mapping[LogId, Mark] | StorageFailed], None]) -> None:
        self._turns.put_anywhere(partial(cast("MarkStore", self._log).marks, person, got))

    def keep_marks(self, marks: Sequence[PersonalMark], done: Callable[[StorageFailed | None], None]) -> None:
        self._turns.put_anywhere(partial(cast("MarkStore", self._log).keep_marks, marks, done))

    def unread(self, wanted: WantedUnread, got: Callable[[FoundUnread], None]) -> None:
        self._turns.put_anywhere(partial(cast("MarkStore", self._log).unread, wanted, got))

    def talks(
        self,
        person: bytes,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[KeptTalk] | StorageFailed], None],
    ) -> None:
        asked = partial(cast("TalkStore", self._log).talks, person, before=before, limit=limit, got=got)
        self._turns.put_anywhere(asked)

    def close(self, log: LogId) -> None:
        # In its place among what was asked for: a room that is opened again is opened behind that.
        self._turns.put("opening", partial(self._log.close, log))


class TardyDirectory:
    """What *directory* does, some turns later, and its answers some turns after that."""

    def __init__(self, directory: Directory, turns: Turns) -> None:
        self._directory = directory
        self._turns = turns

    @property
    def shared(self) -> bool:
        return self._directory.shared

    @property
    def users(self) -> Mapping[Key, User]:
        return self._directory.users

    def _late(self, answer: Callable[..., None]) -> Callable[..., None]:
        return lambda *result: self._turns.put_anywhere(partial(answer, *result))

    def limit(self, most: int) -> None:
        self._directory.limit(most)

    def report_to(self, people: Attendance) -> None:
        self._directory.report_to(people)

    def claim(self, seat: Seat, got: Callable[[Seat | ChatError], None]) -> None:
        self._turns.put_anywhere(partial(self._directory.claim, seat, self._late(got)))

    def close(self, seat: Seat) -> None:
        self._directory.close(seat)

    def unregistered(self, seat: Seat, identity: bytes) -> None:
        self._directory.unregistered(seat, identity)

    def told(self, told: Told, seat: Seat) -> None:
        self._directory.told(told, seat)

    def free(self, seat: Seat, done: Callable[[], None]) -> None:
        self._turns.put_anywhere(partial(self._directory.free, seat, self._late(done)))

    def reserve(self, user: User, username: Username, by: SeatId, got: Callable[[ChatError | None], None]) -> None:
        self._turns.put_anywhere(partial(self._directory.reserve, user, username, by, self._late(got)))

    def disclaim(self, by: SeatId) -> None:
        self._directory.disclaim(by)

    def rename(self, user: User, username: Username, got: Callable[[ChatError | None], None]) -> None:
        # Its rooms hear of a new name when it is told: that is one thing.
        self._turns.put_anywhere(partial(self._directory.rename, user, username, got))

    def authenticate(
        self, seat: Seat, account: Somebody, got: Callable[[ChatError | tuple[RoomName, ...] | None], None]
    ) -> None:
        # Likewise.
        self._turns.put_anywhere(partial(self._directory.authenticate, seat, account, got))

    def tell(self, told: Told, got: Callable[[Username | ChatError], None]) -> None:
        self._turns.put_anywhere(partial(self._directory.tell, told, self._late(got)))

    def confide(self, confided: Confided, speaker: bytes, got: Callable[[frozenset[Key]], None]) -> None:
        self._turns.put_anywhere(partial(self._directory.confide, confided, speaker, self._late(got)))

    def elsewhere(self, user: User, got: Callable[[DeviceList], None]) -> None:
        self._turns.put_anywhere(partial(self._directory.elsewhere, user, self._late(got)))

    def find(self, username: Username, got: Callable[[Somebody | ChatError], None]) -> None:
        self._turns.put_anywhere(partial(self._directory.find, username, self._late(got)))

    def are(self, usernames: Sequence[Username], got: Callable[[Sequence[Known]], None]) -> None:
        self._turns.put_anywhere(partial(self._directory.are, usernames, self._late(got)))

    def tell_of(self, person: Person, what: Sequence[Aspect], rooms: Sequence[RoomName]) -> None:
        self._directory.tell_of(person, what, rooms)

    def who_is(self, username: Username, viewer: Viewer, got: Callable[[Known | None], None]) -> None:
        self._turns.put_anywhere(partial(self._directory.who_is, username, viewer, self._late(got)))

    def who(
        self,
        room: RoomName | None,
        after: Username | None,
        viewer: Viewer | None,
        got: Callable[[Members | ChatError], None],
    ) -> None:
        self._turns.put_anywhere(partial(self._directory.who, room, after, viewer, self._late(got)))

    def rooms(
        self,
        match: str,
        after: RoomName | None,
        viewer: Viewer | None,
        got: Callable[[DirectoryPage | ChatError], None],
        *,
        watcher: Connection | None = None,
    ) -> None:
        # Changes are told since the list was made.
        late = got if watcher else self._late(got)
        self._turns.put_anywhere(partial(self._directory.rooms, match, after, viewer, late, watcher=watcher))

    def unwatch(self, watcher: Connection) -> None:
        self._directory.unwatch(watcher)

    def drained(self, watcher: Connection) -> None:
        self._directory.drained(watcher)

    def changed(self, room: Room) -> None:
        self._directory.changed(room)

    def closed(self, room: Room) -> None:
        self._directory.closed(room)


_: tuple[type[Log], type[Directory]] = (TardyLog, TardyDirectory)
