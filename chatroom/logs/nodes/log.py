"""The log as a node sees it: batches of changes for an engine, each asked for until it is known what became of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import inf

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger

from chatroom.core.ports import Clock, Happened, Log, LogId, NewRoom, Opened, Page, Searched, SeatId, Timer
from chatroom.core.tools.stats import BATCH_SIZES, Histogram
from chatroom.core.values.changes import Came, Change, Entry
from chatroom.core.values.errors import ChatError, NoSuchRoom, RoomExists, RoomFull, StorageFailed, StoreAway
from chatroom.core.values.events import Message
from chatroom.core.values.names import RoomName, Username
from chatroom.logs.ending import Ending
from chatroom.logs.group_commit import RETRY, GroupCommit
from chatroom.logs.health import Health
from chatroom.logs.nodes.changes import PROBE, Asked, Decision, Record, closing, opening, row
from chatroom.logs.nodes.engine import Appended, Bounds, Engine, Found, Hint, OutcomeUnknown, Refused, Unreachable
from chatroom.logs.nodes.followed import Followed
from chatroom.logs.retention import Retention
from chatroom.logs.wall_clock import WallClock

log = Logger()

TROUBLE = (OutcomeUnknown, Refused, Unreachable)
"""What an engine may be at fault for."""

AGAIN = 0.25
"""Seconds until an engine is asked again that could not be reached."""

PATIENCE = 15.0
"""Seconds for which changes wait for an engine that is away; then all are refused that were not sent."""

MOST = 1024
"""Changes that wait, at most: beyond that, they are refused at once."""

COMMIT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Bounds of the histogram of commits, by their seconds."""

LOOK = 1.0
"""Seconds between looks at some of the rooms: whether there is more than was heard of."""

LOOKS = 10
"""Looks in which each room has its turn."""

REST = 60.0
"""Seconds between looks for messages that have become too old."""


class NodeLog:
    """The log that *engine* keeps, from :meth:`start` to :meth:`stop`.

    *wall* returns the time of day in seconds, by which messages grow old; the time of a message is the engine's.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Clock,
        wall: Callable[[], float],
        retention: Retention = Retention(),  # noqa: B008  # it is frozen
    ) -> None:
        self.commit_sizes = Histogram(BATCH_SIZES)
        self.commit_seconds = Histogram(COMMIT_SECONDS)
        # The reactor waits for no engine.
        self.commits_awaited = self.commits_late = 0
        self._engine = engine
        self._clock = clock
        self._wall = WallClock(wall, clock.seconds)
        self._retention = retention
        self._storing = Health(f"store messages in {engine.name}", (*TROUBLE, StoreAway))
        self._hearing = Health(f"hear what others add to {engine.name}", TROUBLE)
        self._sweeping = Health(f"remove messages in {engine.name}", TROUBLE)
        self._commits: GroupCommit[Asked] = GroupCommit(clock, self._store, self._storing)
        self._open: dict[LogId, Followed] = {}
        self._people: dict[LogId, Sequence[Username]] = {}
        self._catching_up: set[LogId] = set()
        self._to_look_at: deque[LogId] = deque()
        self._looking: Timer | None = None
        self.holes_filled = 0
        self._batch = 0
        self._away_since = inf
        self._timer: Timer | None = None

    def start(self) -> None:
        """Become a node; raise :exc:`~chatroom.logs.store_unusable.StoreUnusable` if that can't be."""
        found = self._engine.start(self._heard)
        self._restored = [room.opened for room in found]
        for room in found:
            self._open[room.opened.log] = Followed(room.opened.room)
            self._begin(room)
        self._commits.open()
        self._sweep_in(REST)
        self._look_in(LOOK)

    def cancel_searches(self) -> None:
        """Cancel all searches, later ones too: the server stops, and nobody is to wait for them."""
        if not self._commits.closed:
            self._engine.reads.cancel_searches()

    def stop(self, within: float | None = None) -> Deferred[None]:
        """Commit all changes, and leave the engine; after *within* seconds give up waiting."""
        if self._commits.closed:
            return succeed(None)
        self.cancel_searches()
        self._ending = Ending(self._clock, within, self._give_up)
        self._commits.drain(self._finish)
        return self._ending.reached

    def trouble(self) -> str | None:
        """Return why nothing can be stored, if that is so; try again then, for perhaps nobody else does."""
        if self._storing.trouble and not self._commits.running:
            self._commits.add(Asked(PROBE, lambda answer: None))
        return self._storing.trouble

    # The port.

    def restore(self, restored: Callable[[Sequence[Opened] | StorageFailed], None]) -> None:
        """Answer with the rooms that were open when the last process ended."""
        found, self._restored = self._restored, []
        restored(found)

    def open(self, room: RoomName, new: NewRoom | None, opened: Callable[[Opened | ChatError | None], None]) -> None:
        """Open the log of *room* that is kept, or begin one as *new* says."""

        def answered(answer: Decision | ChatError) -> None:
            if isinstance(answer, ChatError):
                opened(answer)
            elif answer.outcome == "room-exists":
                opened(RoomExists(room))
            elif answer.log is None:
                opened(None)
            else:
                # Before it is found: what others add from then on is to be heard.
                self._open[answer.log] = Followed(room)
                self._engine.find(answer.log, partial(found, answer.log, created=answer.outcome == "created"))

        def found(log: LogId, room: Found | Exception | None, *, created: bool) -> None:
            if isinstance(room, Found):
                self._begin(room)
                self._engine.reads.recall(replace(room.opened, created=created), partial(recalled, log))
            elif room is None:
                del self._open[log]
                opened(None)
            else:
                self._storing.failed(room)
                self.close(log)
                opened(StoreAway())

        def recalled(log: LogId, found: Opened | StorageFailed) -> None:
            if isinstance(found, StorageFailed):
                self.close(log)
            opened(found)

        self._ask(Asked(opening(room, new), answered))

    def follow(self, log: LogId, follower: Callable[[Entry], None]) -> Sequence[Username]:
        """Give *follower* each entry from now on, and return who is in."""
        followed = self._open[log]
        followed.follow(follower)

        def begin() -> None:
            followed.answered()
            self._see_to(log, followed)

        # When the follower knows who is in.
        self._clock.callLater(0, begin)
        return self._people.pop(log, ())

    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        """Let *change* happen with the next commit."""
        followed = self._open[log]

        def answered(answer: Decision | ChatError) -> None:
            if isinstance(answer, ChatError):
                done(answer)
            elif answer.pos is None or answer.outcome == "no-such-room":
                done(NoSuchRoom(followed.room))
            elif answer.outcome == "entry":
                followed.happened(answer.pos, _entry(change, answer), done)
            else:
                refusal = None
                if answer.outcome == "room-full" and isinstance(change, Came):
                    refusal = RoomFull(followed.room, change.capacity)
                followed.decided(answer.pos, refusal, done)

        self._ask(Asked(row(log, change, by), answered, by))

    def read(
        self,
        log: LogId,
        *,
        after: int | None,
        before: int | None,
        limit: int,
        got: Callable[[Page | StorageFailed], None],
    ) -> None:
        """Read the first messages beyond *after*, or without it the newest below *before*."""
        self._engine.reads.page(log, after, before, limit, got)

    def search(
        self, log: LogId, query: str, *, before: int | None, limit: int, got: Callable[[Searched], None]
    ) -> None:
        """Find the newest messages below *before* that match *query*."""
        self._engine.reads.search(log, query, before, limit, got)

    def close(self, log: LogId) -> None:
        """Keep *log* as long as closed rooms are kept, unless others read it."""
        del self._open[log]
        self._people.pop(log, None)
        self._ask(Asked(closing(log), lambda answer: None, lasts=True))

    # Writing.

    @property
    def _is_cut_off(self) -> bool:
        """Whether the engine has been away for so long that nobody is to wait for it."""
        return self._clock.seconds() >= self._away_since + PATIENCE

    def _ask(self, asked: Asked) -> None:
        if (self._commits.gathered >= MOST or (self._is_cut_off and self._commits.running)) and not asked.lasts:
            asked.answer(StoreAway())
        else:
            self._commits.add(asked)

    def _store(self, changes: Sequence[Asked], stored: Callable[[Sequence[object] | Exception], None]) -> None:
        """Make *changes* in one commit; ask again until it is known what became of them."""
        self._batch += 1
        rows = [change.row for change in changes]
        number = self._batch
        logs = {row.log: self._open[row.log] for row in rows if row.log is not None and row.log in self._open}
        for followed in logs.values():
            followed.ask()
        began = self._clock.seconds()
        sent = False

        def ask() -> None:
            known = {log: followed.pos for log, followed in logs.items()}
            self._engine.append(number, rows, known, self._bounds(), done)

        def done(result: Appended | Exception) -> None:
            nonlocal sent
            if isinstance(result, OutcomeUnknown | Unreachable):
                self._away_since = min(self._away_since, self._clock.seconds())
                sent = sent or isinstance(result, OutcomeUnknown)
                self._storing.failed(result)
                if self._is_cut_off:
                    self._commits.refuse(StoreAway())
                if sent or not self._is_cut_off:
                    self._clock.callLater(AGAIN, ask)
                    return
                result = StoreAway()
            else:
                self._away_since = inf
            if isinstance(result, Appended):
                self.commit_seconds.add(self._clock.seconds() - began)
                self.commit_sizes.add(len(changes))
                for record in result.others:
                    logs[record.log].learn([(record.pos, record.entry())])
                stored(result.answers)
            else:
                stored(result)
            for log, followed in logs.items():
                followed.answered()
                self._see_to(log, followed)

        ask()

    # What others add.

    def _begin(self, room: Found) -> None:
        """Begin where *room* is; what was heard of it meanwhile comes when it is followed."""
        self._people[room.opened.log] = room.people
        self._open[room.opened.log].pos = room.pos

    def _heard(self, hint: Hint | None) -> None:
        """Take a *hint*, or look at all rooms."""
        if hint is None:
            self._look([*self._open])
        elif followed := self._open.get(hint.log):
            followed.hear([(record.pos, record.entry()) for record in hint.records], hint.pos)
            self._see_to(hint.log, followed)

    def _see_to(self, log: LogId, followed: Followed) -> None:
        """Catch up with *followed*, if entries are missing of it; let it go, if it is gone."""
        if self._open.get(log) is not followed or followed.is_asking:
            return
        if followed.gone:
            del self._open[log]
            return
        if not followed.misses or log in self._catching_up:
            return
        self._catching_up.add(log)

        def got(records: Sequence[Record] | Exception) -> None:
            self._catching_up.discard(log)
            if self._open.get(log) is not followed:
                return
            if isinstance(records, Exception):
                # It will be looked at again.
                self._hearing.failed(records)
                return
            self._hearing.recovered()
            self.holes_filled += len(records)
            followed.hear([(record.pos, record.entry()) for record in records])
            if records:
                self._see_to(log, followed)

        self._engine.catch_up(log, followed.pos, got)

    def _look_in(self, seconds: float) -> None:
        if not self._commits.closed:
            self._looking = self._clock.callLater(seconds, self._look_around)

    def _look_around(self) -> None:
        """Look at the next rooms: the loss of a hint is found out in some seconds."""
        self._looking = None
        if not self._to_look_at:
            self._to_look_at = deque(self._open)
        some = [self._to_look_at.popleft() for _ in range(min(len(self._to_look_at), 1 + len(self._open) // LOOKS))]
        self._look(some)
        self._look_in(LOOK)

    def _look(self, logs: Sequence[LogId]) -> None:
        """Look whether there is more in *logs* than was heard."""

        def found(heads: Mapping[LogId, int] | Exception) -> None:
            if isinstance(heads, Exception):
                self._hearing.failed(heads)
                return
            self._hearing.recovered()
            for log, head in heads.items():
                if followed := self._open.get(log):
                    followed.hear((), head)
                    self._see_to(log, followed)

        if logs:
            self._engine.heads(logs, found)

    # Retention.

    def _sweep_in(self, seconds: float) -> None:
        if not self._commits.closed:
            self._timer = self._clock.callLater(seconds, self._sweep)

    def _sweep(self) -> None:
        self._timer = None
        self._engine.sweep(self._bounds(), self._swept)

    def _swept(self, more: bool | Exception) -> None:
        if isinstance(more, Exception):
            self._sweeping.failed(more)
            self._sweep_in(RETRY)
        else:
            self._sweeping.recovered()
            self._sweep_in(0 if more else REST)
        self._wall.report()

    def _bounds(self) -> Bounds:
        """Return what is no longer kept."""
        now = self._wall.trusted()
        expired = None if now is None else int(self._retention.closed_since(now))
        return Bounds(self._retention.messages, int(self._retention.oldest(now)), expired)

    # The end.

    def _finish(self) -> None:
        self._commits.close()
        for timer in (self._timer, self._looking):
            if timer:
                timer.cancel()
        self._engine.stop(self._ending.reach)

    def _give_up(self) -> None:
        """End although the engine has not answered: for that, it is like a kill."""
        log.warn("{store} was not left in time", store=self._engine.name)
        self._commits.close()


def _entry(change: Change, answer: Decision) -> Entry:
    """Return the entry of *change*; the time of a message is the engine's."""
    if type(change) is Message and answer.at is not None:
        # Copied by hand: this is on the way of every message.
        change = Message(change.speaker, change.text, answer.at, change.action, change.session, change.cid)
    return Entry(change, answer.seq or 0)


_: type[Log] = NodeLog
