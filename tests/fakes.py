"""Stand-ins for the world: connections that note their output, and a log that answers when it is told to."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar, cast

from msgspec.structs import replace
from twisted.internet.task import Clock
from typing_extensions import override

from chatroom.core.accounts.accounts import Accounts
from chatroom.core.lobby import Lobby
from chatroom.core.people.directory import Directory
from chatroom.core.people.local_directory import LocalDirectory
from chatroom.core.ports import (
    Connection,
    FollowedRoom,
    FollowStore,
    FoundUnread,
    Hand,
    Happened,
    KeptTalk,
    Log,
    LogId,
    MarkStore,
    Missing,
    ModerationStore,
    NewRoom,
    Opened,
    Page,
    Passwords,
    PersonalMark,
    RoomPorts,
    Searched,
    SeatId,
    TalkStore,
    Trial,
    Verdict,
    WantedUnread,
)
from chatroom.core.search.query import matcher
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.tools.turn import Turn
from chatroom.core.values.audit import Act
from chatroom.core.values.authors import Author
from chatroom.core.values.batch import Batch
from chatroom.core.values.changes import (
    Change,
    Entry,
    Erased,
    Gone,
    Invited,
    Kicked,
    Lifted,
    Ranked,
    Redaction,
    Retitled,
    Sanctioned,
    Tuned,
)
from chatroom.core.values.commands import Command, Create, Join, Login, LogLevel, Request
from chatroom.core.values.errors import (
    ChatError,
    NoSuchConnection,
    NoSuchUser,
    NotAllowed,
    StorageFailed,
    TooManyChecks,
)
from chatroom.core.values.events import Event, Left, Message, Notice, Renamed, Said
from chatroom.core.values.limits import Limits
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import ConnectionList, Entries, Refused, Reloaded, Reply
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.sanctions import Placed
from chatroom.core.visit.visitor import Visitor
from chatroom.logs.machinery.group_commit import GATHERING
from chatroom.logs.memory.log import MemoryLog
from chatroom.logs.nodes.accounts import NodeAccounts
from chatroom.logs.nodes.directory import NodeDirectory
from chatroom.logs.nodes.log import NodeLog
from chatroom.logs.nodes.node import LOOK, Node
from chatroom.logs.retention import Retention
from tests.lateness import Lateness, TardyDirectory, TardyLog, Turns, current
from tests.simulation.engine import SimulatedEngine
from tests.simulation.world import World as Store

FOREVER = 1e9
"""Seconds of a lease that time which passes in leaps does not end."""

NOON = 1_700_000_000.0
"""The time of day at which every test begins: 2023-11-14 22:13:20 UTC."""


class FakeConnection:
    """A connection that notes its output in order: replies, and events whether of a batch or not."""

    def __init__(self) -> None:
        self.busy = False
        self.reads = False
        self.tags = False
        self.waiting = 0
        self.sent: list[Reply | Event] = []
        self.replies: list[tuple[Request, Reply]] = []
        self.batches: list[Batch] = []
        self.rosters: list[Batch] = []
        self.closed = False
        self.crashes: list[BaseException | None] = []
        self.proceeded = 0
        self.when_free: Callable[[], None] = lambda: None

    def reply(self, request: Request, reply: Reply) -> None:
        self.replies.append((request, reply))
        self.sent.append(reply)

    def notify(self, event: Event) -> None:
        self.sent.append(event)

    def show(self, batch: Batch) -> bool:
        if not self.busy:
            self.batches.append(batch)
            self.sent.extend(batch.events)
        return not self.busy

    def keep_roster(self, batch: Batch) -> None:
        self.rosters.append(batch)

    def proceed(self) -> None:
        self.proceeded += 1
        self.when_free()

    def close(self) -> None:
        self.closed = True

    def crashed(self) -> None:
        self.crashes.append(sys.exception())

    def take(self) -> list[Reply | Event]:
        """Return the output since the last call, of what nobody is told who has said it but by name."""
        sent, self.sent = self.sent, []
        return [unsigned(output) for output in sent]


Output = TypeVar("Output", bound=Reply | Event)


def unsigned(output: Output) -> Output:
    """Return *output* without that by which the core knows speakers, and what happens in several rooms at once."""
    if isinstance(output, Said) and output.message.cid is None:
        quoted = output.quoted and replace(output.quoted, session=None)
        return replace(output, message=replace(output.message, session=None), quoted=quoted)
    if isinstance(output, Entries):
        return replace(output, entries=tuple(map(unsigned, output.entries)))
    if isinstance(output, Left | Renamed) and output.serial:
        return replace(output, serial=0)
    return output


STORED: dict[type[Change], str] = {
    Message: "append",
    Retitled: "topic",
    Ranked: "rank",
    Tuned: "tune",
    Sanctioned: "impose",
    Lifted: "lift",
    Erased: "erase",
    Kicked: "kick",
    Invited: "invite",
    Gone: "forget",
}
"""Changes that a log on one machine stores; all others it answers at once."""


class ForwardingLog:
    """A log that passes each question on to *log*, by :meth:`forward`; one *in_hand* answers as its test tells it."""

    in_hand = False

    def __init__(self, log: Log | None = None) -> None:
        self.log = log or MemoryLog()

    def forward(
        self, question: str, ask: Callable[[], None], failed: Callable[[StorageFailed], None] | None = None
    ) -> None:
        """Pass a *question* on by *ask*; *failed* answers in place of the log."""
        ask()

    def restore(self, restored: Callable[[Sequence[Opened] | StorageFailed], None]) -> None:
        self.forward("restore", partial(self.log.restore, restored), restored)

    def open(self, room: RoomName, new: NewRoom | None, opened: Callable[[Opened | ChatError | None], None]) -> None:
        self.forward("open", partial(self.log.open, room, new, opened), opened)

    def follow(self, log: LogId, follower: Callable[[Entry], None]) -> Sequence[Username]:
        return self.log.follow(log, follower)

    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        ask = partial(self.log.change, log, change, by, done)
        if question := STORED.get(type(change)):
            self.forward(question, ask, done)
        else:
            ask()

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
        self.forward(
            "read", partial(self.log.read, log, after=after, before=before, limit=limit, got=got, viewer=viewer), got
        )

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
        search = partial(self.log.search, author=author, viewer=viewer)
        self.forward(
            "search",
            partial(search, log, query, before=before, limit=limit, got=got, after=after),
            lambda failed: got(Searched(failed)),
        )

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
        search = partial(self.log.search_all, author=author, since=since, until=until, viewer=viewer)
        self.forward(
            "search_all",
            partial(search, logs, query, limit=limit, got=got),
            lambda failed: got(Searched(failed)),
        )

    def upto(self, log: LogId, at: int, got: Callable[[int | StorageFailed], None]) -> None:
        self.forward("read", partial(self.log.upto, log, at, got), got)

    def redactions(
        self, log: LogId, *, after: int, limit: int, got: Callable[[Sequence[Redaction] | StorageFailed], None]
    ) -> None:
        self.forward("read", partial(self.log.redactions, log, after=after, limit=limit, got=got), got)

    def note(self, act: Act, done: Callable[[StorageFailed | None], None], log: LogId | None = None) -> None:
        self.forward("note", partial(cast("ModerationStore", self.log).note, act, done, log), done)

    def audit(
        self,
        log: LogId | None,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[Act] | StorageFailed], None],
    ) -> None:
        audit = cast("ModerationStore", self.log).audit
        self.forward("read", partial(audit, log, before=before, limit=limit, got=got), got)

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
        reports = cast("ModerationStore", self.log).reports
        asked = partial(reports, log, but=but, resolved=resolved, before=before, limit=limit, got=got)
        self.forward("read", asked, got)

    def sanctions(
        self, *, before: int | None, now: int, limit: int, got: Callable[[Sequence[Placed] | StorageFailed], None]
    ) -> None:
        sanctions = cast("ModerationStore", self.log).sanctions
        self.forward("read", partial(sanctions, before=before, now=now, limit=limit, got=got), got)

    def follows(self, person: bytes, got: Callable[[Sequence[FollowedRoom] | StorageFailed], None]) -> None:
        cast("FollowStore", self.log).follows(person, got)

    def standings(
        self, person: bytes, logs: Collection[LogId], got: Callable[[Mapping[LogId, Opened] | StorageFailed], None]
    ) -> None:
        self.forward("standings", partial(cast("FollowStore", self.log).standings, person, logs, got), got)

    def marks(self, person: bytes, got: Callable[[Mapping[LogId, Mark] | StorageFailed], None]) -> None:
        self.forward("marks", partial(cast("MarkStore", self.log).marks, person, got), got)

    def keep_marks(self, marks: Sequence[PersonalMark], done: Callable[[StorageFailed | None], None]) -> None:
        self.forward("mark", partial(cast("MarkStore", self.log).keep_marks, marks, done), done)

    def unread(self, wanted: WantedUnread, got: Callable[[FoundUnread], None]) -> None:
        failed = lambda error: got(FoundUnread(error))  # noqa: E731
        self.forward("unread", partial(cast("MarkStore", self.log).unread, wanted, got), failed)

    def talks(
        self,
        person: bytes,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[KeptTalk] | StorageFailed], None],
    ) -> None:
        asked = partial(cast("TalkStore", self.log).talks, person, before=before, limit=limit, got=got)
        self.forward("read", asked, got)

    def close(self, log: LogId) -> None:
        self.forward("close", partial(self.log.close, log))


class BrokenLog(ForwardingLog):
    """A log that raises *error*, a defect of ours, for each of the *broken* questions."""

    in_hand = True

    def __init__(self, error: type[Exception] = ZeroDivisionError) -> None:
        super().__init__()
        self.broken: Collection[str] = ()
        self._error = error

    @override
    def forward(
        self, question: str, ask: Callable[[], None], failed: Callable[[StorageFailed], None] | None = None
    ) -> None:
        if question in self.broken:
            raise self._error
        ask()


class LateLog(ForwardingLog):
    """A log whose answers wait until :meth:`answer` lets them go, in the order of the questions.

    A *prompt* log answers at once.
    """

    in_hand = True

    def __init__(self, log: Log | None = None, *, prompt: bool = False) -> None:
        super().__init__(log)
        self.waiting: deque[Callable[[], None]] = deque()
        self.prompt = prompt
        self.failing = False

    def answer(self, count: int | None = None) -> None:
        """Answer the first *count* waiting questions, or all of them."""
        for _ in range(len(self.waiting) if count is None else count):
            self.waiting.popleft()()

    @override
    def forward(
        self, question: str, ask: Callable[[], None], failed: Callable[[StorageFailed], None] | None = None
    ) -> None:
        def answer() -> None:
            if self.failing and failed:
                failed(StorageFailed())
            else:
                ask()

        if self.prompt and not self.waiting:
            answer()
        else:
            self.waiting.append(answer)


class FakeRoomPorts:
    """The *ports* of rooms; :attr:`rooms` has the rooms into which they lead now."""

    def __init__(self, *ports: int) -> None:
        self.rooms: dict[int, RoomName] = {}
        self._free = list(ports)

    def open(self, room: RoomName) -> int | None:
        port = self._free.pop(0) if self._free else None
        if port is not None:
            self.rooms[port] = room
        return port

    def close(self, port: int) -> None:
        del self.rooms[port]
        self._free.append(port)


class FakeHand:
    """A hold of no connections."""

    def __init__(self) -> None:
        self.reloaded = Reloaded(("read it",), ("could not read it",))
        self.log_level: LogLevel = "debug"
        self.notices: list[Notice] = []

    def connections(self, match: str, after: int, got: Callable[[ConnectionList], None]) -> None:
        """Find none."""
        got(ConnectionList((), more=False))

    def disconnect(
        self, connection: int | None, username: Username | None, note: str, done: Callable[[Missing | ChatError], None]
    ) -> None:
        """Find nobody."""
        done(NoSuchUser(username or "") if connection is None else NoSuchConnection(connection))

    def notify(self, notice: Notice) -> None:
        """Note *notice*."""
        self.notices.append(notice)

    def notify_others(self, notice: Notice, done: Callable[[Missing], None]) -> None:
        """Know of no others."""
        done(())

    def reload(self) -> Reloaded:
        """Read nothing, and say what a test wants to hear."""
        return self.reloaded

    def set_log_level(self, level: LogLevel) -> None:
        """Note *level*."""
        self.log_level = level


class FakePasswords:
    """Passwords whose hashes can be read; they are checked at once, or when :meth:`answer` is called.

    *parameters* are in the hashes, and those with other ones are renewed. With *others*, theirs are the passwords.
    """

    def __init__(self, *, prompt: bool = True) -> None:
        self.prompt = prompt
        self.parameters = 1
        self.waiting: deque[Callable[[], None]] = deque()
        self.checked: list[str | None] = []
        self.full = False
        self.others: dict[str, str] | None = None

    def check_ours(self) -> None:
        """Let passwords be made here, unless they are *others*'."""
        if self.others is not None:
            raise NotAllowed("Passwords are not kept here")

    def encode(self, password: Password, host: bytes | None, got: Callable[[str | ChatError], None]) -> None:
        """Make the hash of *password*."""
        self._answer(lambda: got(TooManyChecks() if self.full else self._hash(password)))

    def check(
        self,
        username: Username,
        kept: str | None,
        password: Password,
        trial: Trial,
        got: Callable[[Verdict | ChatError], None],
    ) -> None:
        """Check *password* against the hash that is *kept*."""
        self.checked.append(kept)

        def answer() -> None:
            if self.full:
                got(TooManyChecks())
                return
            if self.others is not None:
                got(Verdict(self.others.get(username) == password))
                return
            right = kept is not None and kept.partition(":")[2] == password
            renewed = self._hash(password) if right and kept != self._hash(password) else None
            got(Verdict(right, renewed))

        self._answer(answer)

    def answer(self) -> None:
        """Answer all questions that wait."""
        while self.waiting:
            self.waiting.popleft()()

    def _hash(self, password: Password) -> str:
        return f"{self.parameters}:{password}"

    def _answer(self, answer: Callable[[], None]) -> None:
        if self.prompt:
            answer()
        else:
            self.waiting.append(answer)


class World:
    """A lobby with all that it needs, whose turns end when :meth:`settle` is called.

    Visitors may ask as fast as they like, unless a test sets a *burst* in *limits*. Log and directory answer at once,
    or as late as :func:`~tests.lateness.lateness` says; but not a log that the test has in its hand. With *passwords*
    there are accounts, which *policy* says more of, in a store of their own or *kept*. Where it *follows* that,
    whoever comes is told which rooms are theirs, and it is kept how far they have read.
    """

    def __init__(
        self,
        room_ports: RoomPorts | None = None,
        /,
        *,
        log: Log | None = None,
        passwords: Any = None,
        policy: Any = None,
        kept: Any = None,
        follows: Any = False,
        **limits: float,
    ) -> None:
        self.clock = Clock()
        self.ahead = 0.0
        """Seconds by which the time of day is ahead of the clock, or behind."""
        self.wheel = TimerWheel(self.clock)
        self.turn = Turn(lambda action: self.clock.callLater(0, action))
        self.turns: Turns | None = None
        self.store: Store | None = None
        self.accounts: Accounts | None = None
        self._make_accounts = partial(self._accounts, passwords, policy or {}, kept) if passwords else None
        # A store of accounts that the test has in its hand is none of a node.
        self._kept = kept
        self.cloaks = MemoryLog()
        log, directory = self.parts(log, Limits(**limits), shared=room_ports is None)  # type: ignore[arg-type]
        self.lobby = Lobby(
            log=log,
            audit=cast("ModerationStore", log),
            directory=directory,
            turn=self.turn,
            wheel=self.wheel,
            wall=self.wall,
            limits=Limits(**{"burst": 0, **limits}),  # type: ignore[arg-type]
            room_ports=room_ports,
            accounts=self.accounts,
            follows=cast("FollowStore", log) if follows else None,
            marks=cast("MarkStore", log) if follows else None,
            talks=cast("TalkStore", log),
            cloaks=self.cloaks,
        )
        if self.store and self.accounts:
            # By then the node knows them.
            self.settle()

    def _accounts(
        self, passwords: Any, policy: Any, kept: Any, node: Node | None = None, log: MemoryLog | None = None
    ) -> None:
        """Have accounts: those of a *node* if there is one, or in a store of their own unless in that *log*."""
        shared = NodeAccounts(node, self.clock) if node else None
        self.accounts = Accounts(
            shared or kept or log or MemoryLog(),
            passwords,
            now=lambda: int(self.wall() * 1000),
            seconds=self.clock.seconds,
            others=shared,
            **policy,
        )
        if shared:
            shared.heard = self.accounts.heard
        self.accounts.restore()

    def parts(self, log: Log | None, limits: Limits, *, shared: bool) -> tuple[Log, Directory]:
        """Return the log, which may be that one, and the directory, which may be *shared* with other servers."""
        how = current()
        if how and how.node and log is None and shared and not self._kept:
            return self._as_node(how, limits)
        own = None if log else MemoryLog()
        if self._make_accounts:
            self._make_accounts(log=own)
        in_hand = isinstance(log, ForwardingLog) and log.in_hand
        log = log or own or MemoryLog()
        directory = LocalDirectory(self.wheel, limits.devices, self.accounts.operators if self.accounts else ())
        if not how:
            return log, directory
        self.turns = Turns(how)
        return log if in_hand else TardyLog(log, self.turns), TardyDirectory(directory, self.turns)

    def _as_node(self, how: Lateness, limits: Limits) -> tuple[Log, Directory]:
        """Return the log and the directory of the only node of a chat, whose engine answers late."""
        self.turns = Turns(how)
        self.store = Store(int(NOON * 1000))
        engine = SimulatedEngine(self.store, Retention(), self._soon)
        log = NodeLog(engine, clock=self.clock, wall=self.wall, limits=limits, lease=FOREVER)
        if self._make_accounts:
            self._make_accounts(log.node)
        log.start()
        operators = self.accounts.operators if self.accounts else ()
        return log, NodeDirectory(log.node, self.clock, self.wheel, lambda: self.lobby, operators, limits.devices)

    def wall(self) -> float:
        """Return the time of day; in a node all takes some milliseconds, of which it knows nothing."""
        seconds = self.clock.seconds() + self.ahead
        return NOON + (int(10 * seconds) / 10 if self.store else seconds)

    def _soon(self, call: Callable[[], object]) -> None:
        """Let the engine answer some turns later, at the time that it is."""

        def answer() -> None:
            assert self.store
            self.store.now = int(self.wall() * 1000)
            call()

        assert self.turns
        self.turns.put("engine", answer)

    def settle(self, seconds: float = 0) -> None:
        """Let the turn end, and *seconds* pass; where answers are late, those that were asked for come first."""
        if self.is_late and seconds:
            self.settle()
        while self.store and seconds > LOOK / 2:
            # Each second a node looks around, and what it sees is answered late.
            self.clock.advance(LOOK / 2)
            seconds -= LOOK / 2
            while self.end_turn():
                pass
        self.clock.advance(seconds)
        while self.end_turn():
            pass

    @property
    def is_late(self) -> bool:
        """True if answers come late."""
        return self.turns is not None

    def end_turn(self) -> bool:
        """Let one turn of the reactor end, and return whether there was something to do in it."""
        answered = self.turns is not None and self.turns.end()
        # The log of a node gathers what comes within some milliseconds.
        soon = self.clock.seconds() + (GATHERING if self.store else 0)
        due = [call.getTime() for call in self.clock.getDelayedCalls() if call.getTime() <= soon]
        if due:
            self.clock.advance(max(0.0, min(due) - self.clock.seconds()))
        return answered or bool(due)

    def visit(self, *, one_room: bool = False, entry: Join | None = None, host: str | None = None) -> Person:
        """Let somebody connect from *host*; with *entry*, to the port of a room, which that join enters."""
        return Person(self, one_room=one_room, entry=entry, host=host)

    def operator(self) -> Person:
        """Let an operator connect."""
        return Person(self, operator=Username("/root"))

    def enter(
        self,
        name: str,
        *,
        session: bytes | None = None,
        one_room: bool = False,
        host: str | None = None,
        password: str | None = None,
    ) -> Person:
        """Let somebody connect from *host* and log in as *name*."""
        person = self.visit(one_room=one_room, host=host)
        secret = None if password is None else Password(password)
        person.ask(Login(Username(name), session, password=secret))
        if self.is_late:
            self.settle()
        person.connection.take()
        return person


def in_one_room(command: Command, visitor: Visitor) -> Command:
    """Return *command* for a *visitor* who is in one room at a time."""
    rooms = visitor.seat.rooms if visitor.seat else {}
    match command:
        case Login():
            return replace(command, look=True)
        case Join() | Create() if rooms:
            return replace(command, instead_of=next(iter(rooms.values())).room.name)
    return command


class Person:
    """Somebody connected, who asks by commands and sees the output of the connection."""

    def __init__(
        self,
        world: World,
        *,
        one_room: bool = False,
        entry: Join | None = None,
        host: str | None = None,
        operator: Username | None = None,
    ) -> None:
        self.world = world
        self.connection = FakeConnection()
        where = host.encode() if host else None
        self.visitor = Visitor(world.lobby, self.connection, entry=entry, host=where, operator=operator)
        self._one_room = one_room
        self._asked = 0
        self._waiting: deque[Command] = deque()
        if world.is_late:
            self.connection.when_free = self._take

    @property
    def rooms(self) -> list[RoomName]:
        """The rooms in which they are."""
        return [reader.room.name for reader in self.visitor.seat.rooms.values()] if self.visitor.seat else []

    def ask(self, command: Command) -> None:
        """Ask for *command*, and leave the turn open; where answers are late, as soon as the visitor is free for it."""
        self._waiting.append(command)
        self._take()

    def _take(self) -> None:
        while self._waiting and (self._is_free() or not self.world.is_late):
            command = self._waiting.popleft()
            self._asked += 1
            if self._one_room:
                command = in_one_room(command, self.visitor)
            self.visitor.take(Request(command, self._asked))

    def _is_free(self) -> bool:
        """Return whether the visitor is free, as if the connection could take more: so a test may ask for anybody."""
        busy, self.connection.busy = self.connection.busy, False
        try:
            return self.visitor.is_free()
        finally:
            self.connection.busy = busy

    def do(self, command: Command) -> list[Reply | Event]:
        """Ask for *command*, let the turn end, and return the output until now."""
        self.ask(command)
        self.world.settle()
        return self.connection.take()

    def see(self) -> list[Reply | Event]:
        """Let the turn end, and return the output until now."""
        self.world.settle()
        return self.connection.take()

    def refused(self, command: Command) -> str:
        """Ask for *command*, and return the code of the error that is the whole answer."""
        [answer] = self.do(command)
        assert isinstance(answer, Refused)
        return answer.error.code


_: tuple[type[Connection], type[Log], type[RoomPorts], type[Passwords], type[Hand]] = (
    FakeConnection,
    LateLog,
    FakeRoomPorts,
    FakePasswords,
    FakeHand,
)
