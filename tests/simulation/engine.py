"""An engine in plain Python: what the functions in the database do, for nodes of one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count

from chatroom.core.ports import LogId, Opened, Page, Resendable, Searched
from chatroom.core.search.query import matcher
from chatroom.core.tools.paging import Numbered, newest, oldest
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.events import Message, digest
from chatroom.core.values.limits import RESENDABLE
from chatroom.core.values.names import RoomName, Username
from chatroom.logs.nodes.changes import Decision, Record, Row
from chatroom.logs.nodes.engine import Appended, Bounds, Engine, Found, Hint, Refused
from chatroom.logs.postgres.writer import REMOVED
from chatroom.logs.retention import Retention
from chatroom.logs.worker import outcome

Soon = Callable[[Callable[[], None]], object]
"""Calls its argument, at once or later."""


@dataclass
class Kept:
    """An entry of a log, as it is kept."""

    pos: int
    seq: int | None
    at: int
    row: Row


@dataclass
class Life:
    """A log: one life of a room."""

    log: LogId
    key: str | None
    room: RoomName
    epoch: str
    topic: str
    capacity: int
    creator: Username | None
    owner: bytes | None
    closed: int | None = None
    pos: int = 0
    seq: int = 0
    at: int = 0
    removed: int = 0
    entries: list[Kept] = field(default_factory=list)
    readers: dict[int, Reading] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, Username]:
        """Who is in, by the keys of their names."""
        return {reading.key: reading.name for reading in self.readers.values()}

    @property
    def members(self) -> int:
        """How many people are in."""
        return len(self.people)


@dataclass
class Reading:
    """A seat that somebody is in by."""

    key: str
    name: Username
    connection: int
    node: int


class World:
    """What all nodes share: the truth. It is *now*, in milliseconds since 1970."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.logs: dict[LogId, Life] = {}
        self.nodes: dict[int, tuple[int, Sequence[Decision]]] = {}
        self.listeners: dict[int, Callable[[Hint], object]] = {}
        self.refuses = False
        self._logs = count(1)
        self._nodes = count(1)

    def join(self, *, alone: bool = True) -> int:
        """Let a server be a node, or *alone* the only one; then nobody is in any room."""
        if alone:
            self.nodes.clear()
            for life in self.logs.values():
                life.readers.clear()
        node = next(self._nodes)
        self.nodes[node] = 0, ()
        return node

    def append(
        self, node: int, number: int, rows: Sequence[Row], known: Mapping[LogId, int], bounds: Bounds
    ) -> Appended:
        """Let the changes of *node*'s batch *number* happen; return what became of each, and what others have added."""
        last, answers = self.nodes[node]
        if last != number:
            if self.refuses:
                raise Refused("there is no space left")
            answers = self._append(node, number, rows, bounds)
        mine = {(answer.log, answer.pos) for answer in answers if answer.outcome == "entry"}
        others = [record for log, pos in known.items() for record in self.records(log, pos)]
        return Appended(answers, [record for record in others if (record.log, record.pos) not in mine])

    def publish(self, node: int, answers: Sequence[Decision]) -> None:
        """Tell all but *node* of the entries that *answers* are about."""
        for log in {answer.log for answer in answers if answer.outcome == "entry" and answer.log is not None}:
            positions = [answer.pos for answer in answers if answer.log == log and answer.outcome == "entry"]
            records = [record for record in self.records(log, 0) if record.pos in positions]
            for other, heard in self.listeners.items():
                if other != node and records:
                    heard(Hint(log, records[-1].pos, records))

    def records(self, log: LogId, after: int) -> list[Record]:
        """Return the entries of *log* beyond the position *after*."""
        life = self.logs.get(log)
        return [recorded(log, kept) for kept in life.entries if kept.pos > after] if life else []

    def _append(self, node: int, number: int, rows: Sequence[Row], bounds: Bounds) -> Sequence[Decision]:
        results: dict[int, Decision] = {}
        opened: set[LogId] = set()
        closing = {row.log for row in rows if row.kind == "close"}
        for at, row in enumerate(rows):
            if row.kind == "open":
                results[at] = answer = self._open(node, row, closing, bounds)
                if answer.log is not None:
                    opened.add(answer.log)
        for at, row in enumerate(rows):
            if row.kind != "open":
                results[at] = self._change(node, row, opened)
        answers = [results[at] for at in range(len(rows))]
        self.nodes[node] = number, answers
        return answers

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Store nothing."""
        self.refuses = True
        yield
        self.refuses = False

    def _open(self, node: int, row: Row, closing: set[LogId | None], bounds: Bounds) -> Decision:
        found = next((life for life in self.logs.values() if life.key == row.key), None)
        if found and is_expired(found, bounds):
            found.key = None
            found = None
        if found and found.closed is None and row.cid is not None and not is_closing(found, node, closing):
            return Decision("room-exists", None, None, None, None)
        if found:
            found.closed = None
            found.topic = row.text or found.topic
            return Decision("opened", found.log, None, None, None)
        if row.other is None:
            return Decision("no-such-room", None, None, None, None)
        log = LogId(next(self._logs))
        creator = None if row.cid is None else Username(row.cid)
        self.logs[log] = Life(
            log, row.key, RoomName(row.name), row.other, row.text or "", row.capacity or 0, creator, row.session
        )
        return Decision("created", log, None, None, None)

    def _change(self, node: int, row: Row, opened: set[LogId]) -> Decision:
        life = self.logs.get(row.log) if row.log is not None else None
        outcome = "none" if row.kind == "nothing" else "no-such-room"
        if life is not None and life.key is not None:
            outcome = self._outcome(life, node, row, opened)
        if life is None or outcome != "entry":
            return Decision(outcome, row.log, life.pos if life else None, None, None)
        life.pos += 1
        life.at = max(life.at, self.now)
        life.seq += row.kind == "said"
        seq = life.seq if row.kind == "said" else None
        life.entries.append(Kept(life.pos, seq, life.at, row))
        return Decision("entry", row.log, life.pos, seq, life.at)

    def _outcome(self, life: Life, node: int, row: Row, opened: set[LogId]) -> str:
        mine = {seat: reading for seat, reading in life.readers.items() if reading.key == row.key}
        match row.kind:
            case "topic":
                life.topic = row.text or ""
            case "gone":
                life.key = None
            case "close":
                life.readers = {seat: reading for seat, reading in life.readers.items() if reading.node != node}
                if not life.readers and life.log not in opened:
                    life.closed = self.now
                return "none"
            case "came":
                if not mine and row.capacity and life.members >= row.capacity:
                    return "room-full"
                assert row.seat is not None
                assert row.connection is not None
                life.readers[row.seat] = Reading(row.key or "", Username(row.name), row.connection, node)
                return "none" if mine else "entry"
            case "went":
                assert row.seat is not None
                assert row.connection is not None
                if row.seat not in mine or mine[row.seat].connection > row.connection:
                    return "none"
                del life.readers[row.seat]
                return "none" if len(mine) > 1 else "entry"
            case "called":
                for reading in mine.values():
                    reading.key, reading.name = row.other or "", Username(row.text or "")
                return "entry" if mine else "none"
        return "entry"

    def sweep(self, bounds: Bounds) -> bool:
        """Remove the next things that are no longer kept."""
        for life in self.logs.values():
            if life.key is not None and is_expired(life, bounds):
                life.key = None
                return True
        for life in list(self.logs.values()):
            if life.key is None:
                if not life.entries:
                    del self.logs[life.log]
                life.entries = life.entries[REMOVED:]
                return True
            said = [kept for kept in life.entries if kept.seq]
            if said and (
                (bounds.most and life.seq - life.removed >= bounds.most + REMOVED) or said[0].at < bounds.oldest
            ):
                gone = [
                    kept
                    for kept in said[:REMOVED]
                    if kept.at < bounds.oldest or (bounds.most and (kept.seq or 0) <= life.seq - bounds.most)
                ]
                life.removed = gone[-1].seq or 0
                life.entries = [kept for kept in life.entries if kept.pos > gone[-1].pos]
                return True
        return False


class SimulatedEngine:
    """The engine of one node in *world*. It answers at once, or through *soon*; hints go through *hints*."""

    def __init__(
        self,
        world: World,
        retention: Retention,
        soon: Soon = lambda call: call(),
        hints: Soon = lambda call: call(),
        *,
        alone: bool = True,
    ) -> None:
        self.name = "the simulated engine"
        self.world = world
        self.reads = SimulatedReads(world, retention, soon)
        self._soon = soon
        self._hints = hints
        self._alone = alone
        self._node = 0

    def start(self, heard: Callable[[Hint | None], None]) -> Sequence[Found]:
        """Become a node, and listen."""
        self._node = self.world.join(alone=self._alone)
        self.world.listeners[self._node] = lambda hint: self._hints(lambda: heard(hint))
        open_ = [life for life in self.world.logs.values() if life.key is not None and life.closed is None]
        return [self._found(life, recall=True) for life in open_]

    def append(
        self,
        number: int,
        rows: Sequence[Row],
        known: Mapping[LogId, int],
        bounds: Bounds,
        done: Callable[[Appended | Exception], None],
    ) -> None:
        """Let the changes of batch *number* happen, and tell the others."""

        def append() -> None:
            result = outcome(lambda: self.world.append(self._node, number, rows, known, bounds))
            if isinstance(result, Appended):
                self.world.publish(self._node, result.answers)
            done(result)

        self._soon(append)

    def find(self, log: LogId, done: Callable[[Found | Exception | None], None]) -> None:
        """Find *log*."""

        def find() -> None:
            life = self.world.logs.get(log)
            done(self._found(life) if life and life.key is not None else None)

        self._soon(find)

    def catch_up(self, log: LogId, after: int, done: Callable[[Sequence[Record] | Exception], None]) -> None:
        """Find the next entries of *log*, a few."""
        self._soon(lambda: done(self.world.records(log, after)[:3]))

    def heads(self, logs: Sequence[LogId], done: Callable[[Mapping[LogId, int] | Exception], None]) -> None:
        """Find the positions of the newest entries of *logs*."""
        self._soon(lambda: done({log: self.world.logs[log].pos for log in logs if log in self.world.logs}))

    def sweep(self, bounds: Bounds, done: Callable[[bool | Exception], None]) -> None:
        """Remove the next things that are no longer kept."""
        self._soon(lambda: done(self.world.sweep(bounds)))

    def stop(self, stopped: Callable[[], None]) -> None:
        """Leave the chat."""
        self.world.listeners.pop(self._node, None)
        self._soon(stopped)

    def _found(self, life: Life, *, recall: bool = False) -> Found:
        return Found(self.reads.opened(life, recall=recall), life.pos, [*life.people.values()])


class SimulatedReads:
    """Reading of *world*."""

    def __init__(self, world: World, retention: Retention, soon: Callable[[Callable[[], None]], object]) -> None:
        self._world = world
        self._retention = retention
        self._soon = soon

    def opened(self, life: Life, *, recall: bool = False) -> Opened:
        """Return *life* as one that is open."""
        first = max(life.removed, self._retention.floor(life.seq)) + 1
        sent = tuple(self._sent(life, first)) if recall else ()
        return Opened(
            life.room, life.log, life.epoch, life.seq, first, life.topic, life.capacity, life.creator, life.owner, sent
        )

    def page(
        self,
        log: LogId,
        after: int | None,
        before: int | None,
        limit: int,
        got: Callable[[Page | StorageFailed], None],
    ) -> None:
        """Read a page."""

        def read() -> None:
            rows = [*self._rows(log)]
            if after is not None:
                got(oldest((row for row in rows if row[0] > after), limit))
            else:
                got(newest((row for row in reversed(rows) if before is None or row[0] < before), limit))

        self._soon(read)

    def search(self, log: LogId, query: str, before: int | None, limit: int, got: Callable[[Searched], None]) -> None:
        """Search all there is."""
        matches = matcher(query)

        def search() -> None:
            rows = [row for row in self._rows(log) if matches(row[1].text) and (before is None or row[0] < before)]
            got(Searched(newest(reversed(rows), limit)))

        self._soon(search)

    def recall(self, room: Opened, opened: Callable[[Opened | StorageFailed], None]) -> None:
        """Give *room* to *opened* with its messages that may be sent again."""

        def recall() -> None:
            opened(replace(room, sent=tuple(self._sent(self._world.logs[room.log], room.first))))

        self._soon(recall)

    def cancel_searches(self) -> None:
        """Do nothing: no search takes long."""

    def _rows(self, log: LogId) -> Iterator[Numbered]:
        life = self._world.logs.get(log)
        if life and life.key is not None:
            floor = self._retention.floor(life.seq)
            for kept in life.entries:
                if kept.seq and kept.seq > floor:
                    yield kept.seq, said(kept)

    def _sent(self, life: Life, first: int) -> Iterator[Resendable]:
        for kept in life.entries:
            if kept.seq and kept.seq >= max(first, life.seq - RESENDABLE + 1) and kept.row.cid and kept.row.session:
                message = said(kept)
                yield Resendable(
                    kept.row.session, kept.row.cid, kept.seq, kept.at, digest(message.text, action=message.action)
                )


def is_expired(life: Life, bounds: Bounds) -> bool:
    """Tell whether *life* has been closed for too long."""
    return life.closed is not None and bounds.expired is not None and life.closed <= bounds.expired


def is_closing(life: Life, node: int, closing: set[LogId | None]) -> bool:
    """Tell whether *life* is among those that *node* is *closing*, and nobody else is there."""
    return life.log in closing and all(reading.node == node for reading in life.readers.values())


def recorded(log: LogId, kept: Kept) -> Record:
    """Return what is *kept* in *log*, as nodes are told of it."""
    row = kept.row
    return Record(log, kept.pos, kept.seq, kept.at, row.kind, row.name, row.text, row.action, row.session, row.cid)


def said(kept: Kept) -> Message:
    """Return the message that is *kept*."""
    row = kept.row
    return Message(Username(row.name), row.text or "", kept.at, bool(row.action), row.session, row.cid)


_: type[Engine] = SimulatedEngine
