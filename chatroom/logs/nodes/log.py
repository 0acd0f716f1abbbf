"""The log as a node sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import inf

import msgspec
from twisted.internet.defer import Deferred

from chatroom.core.ports import (
    CloakStore,
    Clock,
    FollowedRoom,
    FoundUnread,
    Happened,
    KeptTalk,
    Log,
    LogId,
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
from chatroom.core.search.query import phrases
from chatroom.core.tools.order import when_all
from chatroom.core.tools.stats import Histogram
from chatroom.core.values.audit import Act
from chatroom.core.values.authors import Author
from chatroom.core.values.changes import Came, Change, Entry, Erased, Kicked, Redaction, Reported, Went
from chatroom.core.values.errors import (
    ChatError,
    CidReused,
    NoSuchMessage,
    NoSuchRoom,
    RoomExists,
    RoomFull,
    StorageFailed,
    StoreAway,
    TooManyReports,
    TooManyRooms,
)
from chatroom.core.values.events import Message
from chatroom.core.values.limits import Limits
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.reports import OPEN_REPORTS, KeptReport
from chatroom.core.values.sanctions import Placed
from chatroom.core.values.talks import is_talk
from chatroom.logs.machinery.group_commit import RETRY
from chatroom.logs.machinery.wall_clock import WallClock
from chatroom.logs.nodes.changes import AskedChange, Decision, closing, marking, noting, opening, row
from chatroom.logs.nodes.engine import Bounds, Engine, Found
from chatroom.logs.nodes.followed import Followed
from chatroom.logs.nodes.node import Node
from chatroom.logs.retention import Retention

REST = 60.0
"""Seconds between looks for messages that have become too old."""

LEASE = 15.0
"""Seconds for which the others take a node for alive that shows no sign of life."""


class NodeLog:
    """The log that *engine* keeps for all nodes, this one from :meth:`start` to :meth:`stop`.

    *wall* returns the time of day in seconds, by which messages grow old; the time of a message is the engine's. The
    *lease* of a node lasts some seconds; *limits* are those of all nodes together.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Clock,
        wall: Callable[[], float],
        retention: Retention = Retention(),  # noqa: B008  # it is frozen
        lease: float = LEASE,
        limits: Limits = Limits(linger=0, max_rooms=0, rooms_per_visitor=0),  # noqa: B008  # likewise
    ) -> None:
        self.node = Node(engine, clock=clock, bounds=self._bounds, lease=lease, grace=limits.grace)
        # The reactor waits for no engine.
        self.commits_awaited = self.commits_late = 0
        self._engine = engine
        self._clock = clock
        self._wall = WallClock(wall, clock.seconds)
        self._retention = retention
        self._limits = limits
        self._open = self.node.following.logs
        self._people: dict[LogId, Sequence[Username]] = {}
        self._timer: Timer | None = None

    @property
    def cloak_key(self) -> bytes:
        """The secret of cloaks, the same at all nodes."""
        return self._engine.cloak_key

    @property
    def commit_sizes(self) -> Histogram:
        """Changes in a commit."""
        return self.node.commit_sizes

    @property
    def commit_seconds(self) -> Histogram:
        """How long a commit takes."""
        return self.node.commit_seconds

    def limit(self, limits: Limits) -> None:
        """Let *limits* hold from now on, as far as this node decides."""
        self._limits = limits
        self.node.limit(limits.grace)
        self._engine.reads.limit_searches(limits.search_timeout)

    def start(self) -> None:
        """Become a node; raise :exc:`~chatroom.logs.store_unusable.StoreUnusable` if that can't be."""
        self.node.start()
        self._sweep_in(REST)

    def cancel_searches(self) -> None:
        """Cancel all searches, later ones too: the server stops, and nobody is to wait for them."""
        if not self.node.closed:
            self._engine.reads.cancel_searches()

    def stop(self, within: float | None = None) -> Deferred[None]:
        """Commit all changes, and leave the chat; after *within* seconds give up waiting."""
        self.cancel_searches()
        return self.node.stop(within, self._sweep_no_more)

    def trouble(self) -> str | None:
        """Return why nothing can be stored, if that is so; try again then, for perhaps nobody else does."""
        return self.node.trouble()

    # The port.

    def restore(self, restored: Callable[[Sequence[Opened] | StorageFailed], None]) -> None:
        """Answer with none: the rooms of the chat are open as long as others are there, and here if somebody comes."""
        restored([])

    def open(self, room: RoomName, new: NewRoom | None, opened: Callable[[Opened | ChatError | None], None]) -> None:
        """Open the log of *room* that is kept, or begin one as *new* says."""

        def answered(answers: Sequence[Decision] | ChatError) -> None:
            if isinstance(answers, ChatError):
                opened(answers)
                return
            [answer] = answers
            if answer.log is None:
                opened(self._refusal(answer.outcome, room))
            else:
                # Before it is found: what others add from then on is to be heard.
                followed = self._open[answer.log] = Followed(room, partial(self.node.misfits, room))
                find = partial(self._engine.find, answer.log)
                self.node.consult(find, partial(found, answer.log, followed, created=answer.outcome == "created"))

        def found(log: LogId, followed: Followed, room: Found | StoreAway | None, *, created: bool) -> None:
            if self._open.get(log) is not followed:
                # That was in another life of the node, which may have opened it again.
                opened(StoreAway())
            elif isinstance(room, Found):
                self._begin(room)
                self._engine.reads.recall(replace(room.opened, created=created), partial(recalled, log, followed))
            elif isinstance(room, StoreAway):
                self.close(log)
                opened(room)
            else:
                del self._open[log]
                followed.end()
                opened(None)

        def recalled(log: LogId, followed: Followed, found: Opened | StorageFailed) -> None:
            if self._open.get(log) is not followed:
                opened(StoreAway())
                return
            if isinstance(found, StorageFailed):
                self.close(log)
            opened(found if log in self._open else StoreAway())

        self.node.ask(AskedChange([opening(room, new)], answered))

    def _refusal(self, outcome: str, room: RoomName) -> ChatError | None:
        """Return the error for which *room* can't be opened; ``None`` if it is not kept."""
        match outcome:
            case "no-such-room":
                return None
            case "room-exists":
                return RoomExists(room)
            case "too-many-rooms":
                return TooManyRooms.in_use(self._limits.max_rooms)
            case "too-many-of-yours":
                return TooManyRooms.of_one_creator(self._limits.rooms_per_visitor)
        return StoreAway()

    def follow(self, log: LogId, follower: Callable[[Entry], None]) -> Sequence[Username]:
        """Give *follower* each entry from now on, and return who is in."""
        followed = self._open[log]
        followed.follow(follower)

        def begin() -> None:
            followed.answered()
            self.node.following.see_to(log, followed)

        # When the follower knows who is in.
        self._clock.callLater(0, begin)
        return self._people.pop(log, ())

    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        """Let *change* happen with the next commit."""
        followed = self._open.get(log)
        if followed is None:
            # This node was given up by the others, with all that was open here.
            done(StoreAway())
            return

        def answered(answers: Sequence[Decision] | ChatError) -> None:
            if isinstance(answers, ChatError):
                done(answers)
                return
            [answer] = answers
            if answer.outcome == "entry" and answer.pos is not None:
                followed.happened(answer.pos, entry(change, answer), done)
            elif answer.pos is None:
                done(NoSuchRoom(followed.room))
            else:
                followed.decided(answer.pos, objection(change, answer, followed.room), done)

        asked = row(log, change, by)
        if by and is_talk(followed.room):
            # Who asks is answered: all others are told.
            asked = asked._replace(seat=by.number, connection=by.connection)
        # Who has gone is gone, however long it takes to be stored.
        since = followed.pos if type(change) is Message else None
        self.node.ask(AskedChange([asked], answered, by, lasts=type(change) is Went, since=since))

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
        if not self.node.lease.held:
            got(StoreAway())
            return

        def read(page: Page | StorageFailed) -> None:
            known = self._known(log)
            if isinstance(page, Page) and page.entries and page.entries[-1][0] > known:
                page = Page([said for said in page.entries if said[0] <= known], more=False)
            got(page)

        below = before if after is not None else self._below(log, before)
        self._engine.reads.page(log, after, below, limit, read, viewer)

    def upto(self, log: LogId, at: int, got: Callable[[int | StorageFailed], None]) -> None:
        """Find the number of the newest message that is not later than *at*."""
        if not self.node.lease.held:
            got(StoreAway())
            return

        def found(seq: int | StorageFailed) -> None:
            got(seq if isinstance(seq, StorageFailed) else int(min(seq, self._known(log))))

        self._engine.reads.upto(log, at, found)

    def _known(self, log: LogId) -> float:
        """Return the number of the newest message of *log* that may be shown.

        What others have added meanwhile can be read before it is certain.
        """
        followed = self._open.get(log)
        return followed.seq if followed else inf

    def _below(self, log: LogId, before: int | None) -> int | None:
        """Return the number below which messages are read that are asked for *before* one."""
        followed = self._open.get(log)
        if followed is None:
            return before
        return followed.seq + 1 if before is None else min(before, followed.seq + 1)

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
        if self.node.lease.held:
            self._engine.reads.search(log, query, self._below(log, before), limit, got, after, author, viewer)
        else:
            phrases(query, none=author is not None)
            got(Searched(StoreAway()))

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
        if self.node.lease.held:
            known = {log: int(min(seq, self._known(log))) for log, seq in logs.items()}
            self._engine.reads.search_all(known, query, limit, got, author, since, until, viewer)
        else:
            phrases(query, none=author is not None)
            got(Searched(StoreAway()))

    def redactions(
        self, log: LogId, *, after: int, limit: int, got: Callable[[Sequence[Redaction] | StorageFailed], None]
    ) -> None:
        """Read at most *limit* of the redactions of messages behind the first *after*."""
        if not self.node.lease.held:
            got(StoreAway())
            return
        followed = self._open.get(log)
        # Likewise: others may be uncertain.
        known = limit if followed is None else max(0, followed.redactions - after)
        self._engine.reads.redactions(log, after, min(limit, known), got)

    def follows(self, person: bytes, got: Callable[[Sequence[FollowedRoom] | StorageFailed], None]) -> None:
        """Find the rooms that *person* follows, at whatever node they have joined them."""
        self.node.consult(partial(self._engine.follows, person), got)

    def standings(
        self, person: bytes, logs: Collection[LogId], got: Callable[[Mapping[LogId, Opened] | StorageFailed], None]
    ) -> None:
        """Find how *logs* are to *person*."""
        if self.node.lease.held:
            self._engine.reads.standings(person, logs, got)
        else:
            got(StoreAway())

    def marks(self, person: bytes, got: Callable[[Mapping[LogId, Mark] | StorageFailed], None]) -> None:
        """Find the marks of *person*."""
        if self.node.lease.held:
            self._engine.reads.marks(person, got)
        else:
            got(StoreAway())

    def keep_marks(self, marks: Sequence[PersonalMark], done: Callable[[StorageFailed | None], None]) -> None:
        """Keep *marks*, with the next commit."""

        def answered(answers: Sequence[Decision] | ChatError) -> None:
            done(answers if isinstance(answers, StorageFailed) else None)

        self.node.ask(AskedChange([marking(marks)], answered))

    def unread(self, wanted: WantedUnread, got: Callable[[FoundUnread], None]) -> None:
        """Find what is unread, of what may be shown here."""
        if self.node.lease.held:
            heads = {log: followed.seq for log, followed in self._open.items()}
            self._engine.reads.unread(replace(wanted, heads=heads), got)
        else:
            got(FoundUnread(StoreAway()))

    def talks(
        self,
        person: bytes,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[KeptTalk] | StorageFailed], None],
    ) -> None:
        """Read the talks of *person* whose newest messages are from *before* a time, the newest first."""

        def found(talks: Sequence[KeptTalk] | StorageFailed) -> None:
            if isinstance(talks, StorageFailed):
                got(talks)
            else:
                # A talk is listed with its newest message once its history has that.
                said = [partial(self.node.following.when_said, talk.log, talk.seq) for talk in talks]
                when_all(said, partial(got, talks))

        self.node.consult(partial(self._engine.talks, person, before, limit), found)

    def note(self, act: Act, done: Callable[[StorageFailed | None], None], log: LogId | None = None) -> None:
        """Keep *act*, with the next commit."""

        def answered(answers: Sequence[Decision] | ChatError) -> None:
            done(answers if isinstance(answers, StorageFailed) else None)

        self.node.ask(AskedChange([noting(act, log)], answered))

    def audit(
        self,
        log: LogId | None,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[Act] | StorageFailed], None],
    ) -> None:
        """Read the newest acts below number *before*, the newest first: those in *log*, or all."""
        if self.node.lease.held:
            self._engine.reads.audit(log, before, limit, got)
        else:
            got(StoreAway())

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
        if self.node.lease.held:
            self._engine.reads.reports(log, but, resolved, before, limit, got)
        else:
            got(StoreAway())

    def sanctions(
        self, *, before: int | None, now: int, limit: int, got: Callable[[Sequence[Placed] | StorageFailed], None]
    ) -> None:
        """Read the newest sanctions below number *before* that hold *now* anywhere, the newest first."""
        if self.node.lease.held:
            self._engine.reads.sanctions(before, now, limit, got)
        else:
            got(StoreAway())

    def close(self, log: LogId) -> None:
        """Keep *log* as long as closed rooms are kept, unless others read it."""
        self._people.pop(log, None)
        if followed := self._open.pop(log, None):
            followed.end()
            self.node.ask(AskedChange([closing(log)], lambda answer: None, lasts=True))

    def _begin(self, room: Found) -> None:
        """Begin where *room* is; what was heard of it meanwhile comes when it is followed."""
        self._people[room.opened.log] = room.people
        self._open[room.opened.log].begin(room.pos, room.opened.seq, room.opened.redactions)

    # Retention.

    def _sweep_in(self, seconds: float) -> None:
        if not self.node.closed:
            self._timer = self._clock.callLater(seconds, self._sweep)

    def _sweep(self) -> None:
        self._timer = None
        self.node.consult(partial(self._engine.sweep, self._bounds()), self._swept)

    def _swept(self, more: bool | StoreAway) -> None:
        self._sweep_in(RETRY if isinstance(more, StoreAway) else 0 if more else REST)
        self._wall.report()

    def _bounds(self) -> Bounds:
        """Return what is no longer kept."""
        now = self._wall.trusted()
        expired = None if now is None else int(self._retention.closed_since(now))
        limits = self._limits
        return Bounds(
            self._retention.messages,
            int(self._retention.oldest(now)),
            expired,
            int(limits.linger * 1000),
            limits.max_rooms,
            limits.rooms_per_visitor,
        )

    def _sweep_no_more(self) -> None:
        if self._timer:
            self._timer.cancel()


def entry(change: Change, answer: Decision) -> Entry:
    """Return the entry of *change*; the time of a message is the engine's, and so may be the name of its speaker."""
    if type(change) is Message and answer.at is not None:
        speaker = change.speaker if answer.name is None else Username(answer.name)
        text = change.text if answer.content is None else answer.content
        # Copied by hand: this is on the way of every message.
        asked = change.session, change.cid, change.re, change.withheld
        change = Message(speaker, text, answer.at, change.kind, *asked, change.tags)
    elif type(change) is Came and answer.name is not None:
        # At another node they were given another name.
        change = Came(Username(answer.name), change.capacity, role=change.role)
    elif type(change) is Went and answer.name is not None:
        change = Went(Username(answer.name), change.reason, change.person, note=change.note, serial=change.serial)
    elif type(change) is Kicked and answer.name is not None:
        change = Kicked(Username(answer.name), change.by, change.note, change.person)
    elif type(change) is Erased and answer.content is not None:
        change = msgspec.json.decode(answer.content, type=Erased)
    elif type(change) is Reported and answer.content is not None:
        change = msgspec.json.decode(answer.content, type=Reported)
    return Entry(change, answer.seq or 0)


def objection(change: Change, answer: Decision, room: RoomName) -> ChatError | None:
    """Return the error for which *change* made no entry, if there is one."""
    if answer.outcome == "no-such-room":
        return NoSuchRoom(room)
    if answer.outcome == "room-full" and isinstance(change, Came):
        return RoomFull(room, change.capacity)
    if answer.outcome == "cid-reused" and isinstance(change, Message) and change.cid is not None:
        return CidReused(change.cid, room)
    if answer.outcome == "no-such-message" and isinstance(change, Reported):
        return NoSuchMessage(change.room, change.seq)
    if answer.outcome == "too-many-reports" and isinstance(change, Reported):
        return TooManyReports(change.room, OPEN_REPORTS)
    # Somebody else has this seat meanwhile, over another node (``replaced``); or only a newer server knows why not.
    return None if answer.outcome in ("entry", "none") else StoreAway()


_: tuple[type[Log], type[ModerationStore], type[TalkStore], type[CloakStore]] = (NodeLog, NodeLog, NodeLog, NodeLog)
