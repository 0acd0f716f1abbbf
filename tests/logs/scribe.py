"""Logs that are asked without callbacks, and a SQLite log whose threads are waited for and whose clock stands still."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Empty, Queue
from sqlite3 import connect
from typing import Any, TypeVar, cast

import psycopg
from msgspec.structs import replace
from psycopg.errors import DeadlockDetected
from psycopg.sql import SQL, Composed, Identifier
from twisted.internet.task import Clock
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from typing_extensions import override
from zope.interface import provider

from chatroom.core.ports import Log, LogId, ModerationStore, NewRoom, Opened, Page, Resendable, Searched, SeatId
from chatroom.core.values.accounts import AccountChange
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Change, Entry, Erased, Gone, Redaction, Reported, Retitled
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.events import Message
from chatroom.core.values.names import RoomName, Username
from chatroom.logs.machinery.group_commit import GATHERING
from chatroom.logs.machinery.worker import FromThread
from chatroom.logs.nodes.changes import AskedChange, ChangeRow, changing, claiming, of_seat
from chatroom.logs.nodes.log import NodeLog
from chatroom.logs.postgres.engine import PostgresEngine
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.log import IDLE, SQLiteLog
from tests.fakes import FOREVER
from tests.simulation.engine import SimulatedEngine
from tests.simulation.world import World

T = TypeVar("T")

TEA = RoomName("tea")
NOON = 1_700_000_000.0
ALICE, BOB = Username("alice"), Username("bob")
SEAT = SeatId(1, 1)
PATIENCE = 20.0
"""Seconds after which a test gives up: far more than a loaded machine needs."""


def message(text: str, at: int = 0, **more: Any) -> Message:
    return Message(ALICE, text, at, **more)


def erased(*numbers: int, by: Username = ALICE, note: str = "") -> Erased:
    return Erased(tuple(Redaction(number, ALICE, by, note) for number in numbers))


def texts(page: Page | StorageFailed) -> list[str]:
    assert isinstance(page, Page)
    return [message.text for _, message in page.entries]


def seqs(page: Page | StorageFailed) -> list[int]:
    assert isinstance(page, Page)
    return [seq for seq, _ in page.entries]


def timeless(it: T) -> T:
    """Return *it* as of midnight, 1970: some logs have a clock of their own."""
    match it:
        case Page(entries, more):
            return cast("T", Page([(seq, replace(message, at=0)) for seq, message in entries], more))
        case Entry(Message() as said, seq):
            return cast("T", Entry(replace(said, at=0), seq))
        case Resendable():
            return cast("T", replace(it, at=0))
        case Act():
            # Some numbers are never given out.
            return cast("T", replace(it, at=0, number=0))
    return it


class SlowClock(Clock):
    """A clock by which everything takes a millisecond: the reactor waits for no commit of such a log."""

    @override
    def seconds(self) -> float:
        self.rightNow += 0.001
        return self.rightNow


class Scribe:
    """Asks *log*, and waits for the answer by *until*."""

    def __init__(self, log: Log, until: Callable[[Callable[[], bool]], None] = lambda answered: None) -> None:
        self.log = log
        self.until = until

    def ask(self, question: Callable[[Callable[[Any], None]], None]) -> Any:
        answers = list[Any]()
        question(answers.append)
        self.until(lambda: bool(answers))
        [answer] = answers
        return answer

    def opened(self, room: str = TEA, new: NewRoom | None = NewRoom()) -> Opened:  # noqa: B008
        answer = self.open(room, new)
        assert isinstance(answer, Opened)
        return answer

    def open(self, room: str = TEA, new: NewRoom | None = None) -> Any:
        return self.ask(lambda answer: self.log.open(RoomName(room), new, answer))

    def restored(self) -> Sequence[Opened]:
        opened: Sequence[Opened] = self.ask(self.log.restore)
        return opened

    def say(self, log: LogId, *texts: str, at: int = 0) -> list[int | StorageFailed]:
        return self.append(log, *(message(text, at) for text in texts))

    def append(self, log: LogId, *messages: Message) -> list[int | StorageFailed]:
        """Append all *messages* at once; return their numbers."""
        answers = list[Any]()
        for each in messages:
            self.change(log, each, answers.append)
        self.until(lambda: len(answers) == len(messages))
        return answers

    def topic(self, log: LogId, topic: str) -> Any:
        return self.ask(partial(self.change, log, Retitled(topic, ALICE)))

    def forget(self, log: LogId) -> Any:
        return self.ask(partial(self.change, log, Gone(ALICE)))

    def take_back(self, log: LogId, *seqs: int, note: str = "") -> Any:
        """Let bob take back the messages of alice with these numbers; return the answer."""
        change = Erased(tuple(Redaction(seq, ALICE, BOB, note) for seq in seqs))
        return self.ask(lambda answer: self.log.change(log, change, SEAT, answer))

    def change(self, log: LogId, change: Change, done: Callable[[Any], None] = lambda answer: None) -> None:
        """Ask for *change*, and do not wait; *done* gets the number of a message, or what else is the answer."""
        self.log.change(log, change, SEAT, lambda it: done((it.seq or None) if isinstance(it, Entry) else it))

    def tick(self) -> None:
        """Let the time of a later message be another one, where it is the log's own."""

    def change_accounts(self, *changes: AccountChange) -> None:
        """Let *changes* of accounts happen."""
        if isinstance(self.log, NodeLog):
            self.ask(partial(self._ask, self.log, changing(changes, {}, {})))
        else:
            log: Any = self.log
            assert self.ask(partial(log.change_accounts, changes)) is None

    def seat(self, count: int) -> None:
        """Let so many have seats at this node, numbered from 1: who has none can't come in."""
        assert isinstance(self.log, NodeLog)
        for number in range(1, count + 1):
            self.ask(partial(self._ask, self.log, claiming(Username(f"person-{number}"), None, b"person")))

    def free(self, seat: SeatId) -> None:
        """Give up a *seat*."""
        assert isinstance(self.log, NodeLog)
        self.ask(partial(self._ask, self.log, of_seat("free", seat)))

    def _ask(self, log: NodeLog, row: ChangeRow, done: Callable[[object], None]) -> None:
        log.node.ask(AskedChange([row], done))

    def read(self, log: LogId, *, after: int | None = None, before: int | None = None, limit: int = 100) -> Any:
        return self.ask(lambda answer: self.log.read(log, after=after, before=before, limit=limit, got=answer))

    def search(self, log: LogId, query: str, *, before: int | None = None, limit: int = 100, **more: Any) -> Any:
        return self.searched(log, query, before=before, limit=limit, **more).result

    def erase(self, log: LogId, *numbers: int) -> Any:
        """Take back messages; return those that were not before, ``None`` if all were."""
        answer: object = self.ask(partial(self.log.change, log, erased(*numbers), SEAT))
        match answer:
            case Entry(Erased(redactions)):
                return [redaction.seq for redaction in redactions]
        return answer

    def redactions(self, log: LogId, after: int = 0, limit: int = 100) -> Any:
        return self.ask(lambda got: self.log.redactions(log, after=after, limit=limit, got=got))

    def note(self, act: Act) -> Any:
        return self.ask(partial(cast("ModerationStore", self.log).note, act))

    def audit(self, log: LogId | None = None, *, before: int | None = None, limit: int = 100) -> Any:
        return self.ask(partial(self._audit, log, before, limit))

    def _audit(self, log: LogId | None, before: int | None, limit: int, got: Callable[[object], None]) -> None:
        cast("ModerationStore", self.log).audit(log, before=before, limit=limit, got=got)

    def report(self, house: LogId, reported: Reported) -> Any:
        """Report a message; return that as it is kept, ``None`` if it was before, or the error."""
        answer: object = self.ask(partial(self.log.change, house, reported, SEAT))
        return answer.change if isinstance(answer, Entry) else answer

    def reports(
        self,
        log: LogId | None = None,
        *,
        but: Collection[bytes] = (),
        resolved: bool = False,
        before: int | None = None,
    ) -> Any:
        store = cast("ModerationStore", self.log)
        return self.ask(lambda got: store.reports(log, but=but, resolved=resolved, before=before, limit=100, got=got))

    def sanctions(self, now: int, *, before: int | None = None, limit: int = 100) -> Any:
        store = cast("ModerationStore", self.log)
        return self.ask(lambda got: store.sanctions(before=before, now=now, limit=limit, got=got))

    def searched(self, log: LogId, query: str, *, before: int | None = None, limit: int = 100, **more: Any) -> Searched:
        asked = partial(self.log.search, log, query, before=before, limit=limit, **more)
        found: Searched = self.ask(lambda got: asked(got=got))
        return found


class ThreadedScribe(Scribe):
    """A scribe with a log that has threads, started."""

    log: SQLiteLog | NodeLog

    def __init__(self, make: Callable[..., SQLiteLog | NodeLog], now: float = NOON, clock: Clock | None = None) -> None:
        self.now = now
        self.clock = clock or Clock()
        self.calls = Queue[Callable[[], None]]()
        log = make(clock=self.clock, from_thread=self.calls.put, wall=lambda: self.now)
        log.start()
        super().__init__(log, self._until)

    def stop(self) -> None:
        stopped = self.log.stop()
        self._until(lambda: bool(stopped.called))

    def wait(self, seconds: float) -> None:
        """Let time pass, by both clocks."""
        self.now += seconds
        self.clock.advance(seconds)

    def tend(self) -> None:
        """Let time pass in which the log indexes and removes all that there is to be."""
        self.clock.advance(60)
        while not self._rests():
            # Either a thread is at work, or the log waits for a rest: then nothing comes before some time has passed.
            with suppress(Empty):
                self.calls.get(timeout=0.01)()
            self.clock.advance(IDLE)

    def _rests(self) -> bool:
        calls = [call.getTime() for call in self.clock.getDelayedCalls()]
        return bool(calls) and min(calls) > self.clock.seconds() + 0.5

    def _until(self, condition: Callable[[], bool]) -> None:
        """Do what comes from the threads, and end turns, until *condition* holds."""
        self.clock.advance(GATHERING)
        while not condition():
            self.calls.get(timeout=PATIENCE)()
            # So long the log waits at the most for others to be stored with what came.
            self.clock.advance(GATHERING)


class SQLiteScribe(ThreadedScribe):
    """A scribe with the SQLite log in *path*, started."""

    log: SQLiteLog

    def __init__(self, path: Path, *, now: float = NOON, clock: Clock | None = None, **options: Any) -> None:
        super().__init__(partial(SQLiteLog, path, **{"busy_timeout": 0, **options}), now, clock)

    def crash(self) -> None:
        """Leave the file as it is when a process is killed."""
        log = self.log
        log._writing.stop()
        log._reads.abandon()
        log._file.abandon()


class PostgresScribe(ThreadedScribe):
    """A scribe with the log in the database *where*, started."""

    log: NodeLog

    def __init__(
        self,
        where: str,
        *,
        now: float = NOON,
        clock: Clock | None = None,
        retention: Retention = Retention(),  # noqa: B008  # it is frozen
        search_timeout: float = 0,
        lease: float = FOREVER,
    ) -> None:
        def make(clock: Clock, from_thread: FromThread, wall: Callable[[], float]) -> NodeLog:
            self.engine = PostgresEngine(
                where,
                from_thread=from_thread,
                seconds=clock.seconds,
                search_timeout=search_timeout,
                retention=retention,
            )
            return NodeLog(self.engine, clock=clock, wall=wall, retention=retention, lease=lease)

        super().__init__(make, now, clock)
        self._where = where

    @override
    def tick(self) -> None:
        with psycopg.connect(self._where) as other:
            [(before,)] = other.execute("SELECT chat.now()")
            while other.execute("SELECT chat.now()").fetchone() == (before,):
                pass

    def crash(self) -> None:
        """Leave the database as when a process is killed."""
        self.engine.abandon()


@contextmanager
def health_lines() -> Iterator[list[str]]:
    """Note what is logged of the health of logs."""
    with _lines("chatroom.logs.machinery.health.Health") as lines:
        yield lines


@contextmanager
def migration_lines() -> Iterator[list[str]]:
    """Note what is logged of stores that are brought to another form."""
    with _lines("chatroom.logs.migrating") as lines:
        yield lines


@contextmanager
def _lines(namespace: str) -> Iterator[list[str]]:
    lines: list[str] = []

    @provider(ILogObserver)
    def observe(event: LogEvent) -> None:
        if event["log_namespace"] == namespace:
            lines.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    try:
        yield lines
    finally:
        globalLogPublisher.removeObserver(observe)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock the file *path* against writing, as another program might."""
    with closing(connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def refusing_writes(where: str, table: str = "entries") -> Iterator[None]:
    """Let the database *where* store nothing in *table*."""
    with psycopg.connect(where, autocommit=True) as other:
        other.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$"
        )
        trigger = SQL("CREATE TRIGGER refuse BEFORE INSERT ON chat.{} EXECUTE FUNCTION refuse()")
        _change_table(other, trigger.format(Identifier(table)))
        yield
        _change_table(other, SQL("DROP FUNCTION refuse CASCADE"))


def _change_table(other: psycopg.Connection[Any], statement: SQL | Composed) -> None:
    """Carry out *statement*, which changes a table, also while the keeper makes an index of it anew.

    That waits for whoever has begun before, who waits for it: PostgreSQL ends one of the two, which has to try again.
    """
    while True:
        with suppress(DeadlockDetected):
            other.execute(statement)
            return


@contextmanager
def sqlite(path: Path, **options: Any) -> Iterator[SQLiteScribe]:
    """Have a SQLite log in *path*, and stop it."""
    scribe = SQLiteScribe(path, **options)
    try:
        yield scribe
    finally:
        scribe.stop()


@contextmanager
def postgres(where: str, **options: Any) -> Iterator[PostgresScribe]:
    """Have a log in the database *where*, and stop it."""
    scribe = PostgresScribe(where, **options)
    try:
        yield scribe
    finally:
        scribe.stop()


class SimulatedScribe(Scribe):
    """A scribe with the log of the only node in *world*, whose engine is plain Python."""

    def __init__(self, world: World, *, retention: Retention = Retention()) -> None:  # noqa: B008  # it is frozen
        self.world = world
        self.clock = Clock()
        engine = SimulatedEngine(world, retention)
        log = NodeLog(engine, clock=self.clock, wall=lambda: NOON, retention=retention, lease=FOREVER)
        log.start()
        super().__init__(log, self._until)

    @override
    def tick(self) -> None:
        self.world.now += 1

    def tend(self) -> None:
        """Let time pass in which the log removes all that there is to be."""
        self.clock.advance(60)
        for _ in range(100):
            self.clock.advance(0)

    def stop(self) -> None:
        assert isinstance(self.log, NodeLog)
        self.log.stop()
        self.clock.advance(1)

    def crash(self) -> None:
        """Leave the world as when a process is killed."""

    def _until(self, condition: Callable[[], bool]) -> None:
        self.clock.advance(GATHERING)
        while not condition():
            self.clock.advance(GATHERING)
