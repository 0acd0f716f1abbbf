"""Whatever somebody with an account does over several connections, they are one person, and each sees all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from typing_extensions import override

from chatroom.core.ports import Happened, LogId, NewRoom, Opened, SeatId
from chatroom.core.rooms.room import Room
from chatroom.core.values.accounts import AccountChange, AllAccounts, Merged
from chatroom.core.values.changes import Change, Ranked
from chatroom.core.values.commands import (
    Appoint,
    Authenticate,
    ChangePassword,
    Command,
    Configure,
    Create,
    Delete,
    Devices,
    Impose,
    Invite,
    Join,
    Kick,
    Leave,
    Lift,
    Login,
    Quit,
    Register,
    Rename,
    Revoke,
    Say,
    Tell,
    Unregister,
)
from chatroom.core.values.errors import ChatError, StorageFailed
from chatroom.core.values.events import Bye, Called, Deleted, Event, Gap, Level, Memberships, Removed, Said
from chatroom.core.values.names import Key, RoomName, Username, key
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import (
    Authenticated,
    DeviceList,
    Entered,
    Ok,
    Refused,
    Registered,
    Reply,
    Stored,
    Welcome,
)
from chatroom.core.values.rights import Tuning
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import TEA
from tests.examples import examples
from tests.fakes import FakePasswords, LateLog, Person, World

SECRETS = Password("correct horse"), Password("battery staple")
CONNECTIONS = 3

ACTS = "say say tell kick kick ban ban lift delete create appoint dismiss hide show invite".split()
"""What bob does, who owns the rooms."""

TRIED = "appoint own kick ban lift lock unlock show".split()
"""What only who moderates may do, some of it, and others try."""

BOB = Username("bob")

rooms = st.sampled_from(["tea", "tea", "pond"]).map(RoomName)
names = st.sampled_from(["alice", "anna", "a1ice"]).map(Username)
which = st.integers(0, CONNECTIONS - 1)


@dataclass
class View:
    """What one connection has been shown: the rooms that it *reads*, up to which number, and what it is *called*.

    *memberships* are the rooms of its person, as far as it can know: of those that it has left it is *unsure*, for the
    person may still be there by another connection. *asked* is what it waits for.
    """

    person: Person
    called: Key = field(default_factory=lambda: Key(""))
    reads: dict[Key, int] = field(default_factory=dict)
    memberships: set[Key] = field(default_factory=set)
    unsure: set[Key] = field(default_factory=set)
    asked: list[Command] = field(default_factory=list)
    has_account: bool = False
    over: bool = False

    @property
    def is_named(self) -> bool:
        """Whether the connection is there, and has been welcomed."""
        return bool(self.called) and not self.over


class Rolls(LateLog):
    """A late log that remembers by what all are known to whom bob gave rights, in each room."""

    def __init__(self) -> None:
        super().__init__(prompt=True)
        self.given: dict[LogId, set[bytes]] = defaultdict(set)

    @override
    def open(self, room: RoomName, new: NewRoom | None, opened: Callable[[Opened | ChatError | None], None]) -> None:
        def noted(answer: Opened | ChatError | None) -> None:
            if isinstance(answer, Opened) and answer.created and new and new.owner and new.creator == BOB:
                self.given[answer.log].add(new.owner)
            opened(answer)

        super().open(room, new, noted)

    @override
    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        if isinstance(change, Ranked) and change.role != "member" and change.by == BOB:
            self.given[log].add(change.person)
        super().change(log, change, by, done)


class Kept:
    """A store of accounts that remembers which guests they were made of."""

    def __init__(self) -> None:
        self.merged: dict[bytes, set[bytes]] = defaultdict(set)
        self._store = MemoryLog()

    def restore_accounts(self, restored: Callable[[AllAccounts | StorageFailed], None]) -> None:
        self._store.restore_accounts(restored)

    def change_accounts(self, changes: Sequence[AccountChange], done: Callable[[StorageFailed | None], None]) -> None:
        for change in changes:
            if isinstance(change, Merged):
                self.merged[change.person].add(change.account)
        self._store.change_accounts(changes, done)


class Chat(RuleBasedStateMachine):
    """alice, who has an account and up to three connections, and bob, who owns the rooms."""

    @initialize(late=st.booleans())
    def they_come(self, late: bool) -> None:
        self.log = Rolls()
        self.passwords = FakePasswords()
        self.kept = Kept()
        limits = {"grace": 5, "devices": CONNECTIONS, "max_rooms": 2}
        self.world = World(log=self.log, passwords=self.passwords, kept=self.kept, **limits)
        self.bob = self.world.enter("bob")
        self.bob.do(Create(TEA))
        self.views: list[View | None] = [None] * CONNECTIONS
        self.said: dict[str, int] = {}
        self.secret = 0
        self.said_by_bob = 0
        self.views[0] = alice = View(self.world.visit(), asked=[Login(Username("alice"))])
        alice.person.ask(alice.asked[0])
        self.look()
        self.ask(0, Register(SECRETS[0]))
        assert alice.has_account
        self.log.prompt = self.passwords.prompt = not late

    # What happens.

    def view(self, number: int) -> View | None:
        view = self.views[number]
        return view if view and view.is_named else None

    def ask(self, number: int, command: Command) -> None:
        if (view := self.view(number)) and view.person.visitor.is_free():
            view.asked.append(command)
            view.person.ask(command)
            self.look()

    def come(self, number: int, *, token: bool) -> None:
        view = self.views[number]
        if view is None or view.over:
            person = self.world.visit()
            self.views[number] = view = View(person)
            session = b"session %d" % number if token else None
            command = Login(Username("alice"), session, password=SECRETS[self.secret], remember=token)
            view.asked.append(command)
            person.ask(command)
            self.look()

    @rule(number=which, token=st.booleans())
    def connect(self, number: int, token: bool) -> None:
        self.come(number, token=token)

    @rule(number=which, room=rooms)
    def come_as_a_guest(self, number: int, room: RoomName) -> None:
        view = self.views[number]
        if view is None or view.over:
            person = self.world.visit()
            self.views[number] = view = View(person, asked=[Login(Username(f"guest{number}"))])
            person.ask(view.asked[0])
            self.look()
            self.ask(number, Join(room))

    @rule(number=which)
    def authenticate(self, number: int) -> None:
        if (view := self.view(number)) and not view.has_account:
            # Under which name there is an account, somebody else may know who is there.
            others = [other.called for other in self.views if other and other.is_named and other.has_account]
            self.ask(number, Authenticate(Username(others[0] if others else "alice"), SECRETS[self.secret]))

    @rule(number=which, room=rooms, everywhere=st.booleans())
    def move(self, number: int, room: RoomName, everywhere: bool) -> None:
        if view := self.view(number):
            inside = key(room) in view.reads
            self.ask(number, Leave(room, everywhere) if inside or everywhere else Join(room))

    @rule(number=which)
    def enter(self, number: int) -> None:
        self.ask(number, Join(TEA))

    @rule(number=which, room=rooms)
    def say(self, number: int, room: RoomName) -> None:
        self.ask(number, Say(room, "hi"))

    @rule(number=which, name=names)
    def rename(self, number: int, name: Username) -> None:
        self.ask(number, Rename(name))

    @rule(number=which, how=st.sampled_from(["quit", "lost", "lost"]))
    def go(self, number: int, how: str) -> None:
        if how == "quit":
            self.ask(number, Quit())
        elif view := self.view(number):
            view.over = True
            view.person.visitor.lost()
            self.look()

    @rule(number=which, other=which, what=st.sampled_from(["devices", "revoke", "password", "account"]))
    def look_after_the_account(self, number: int, other: int, what: str) -> None:
        view, found = self.view(number), self.view(other)
        if view is None or found is None:
            return
        assert found.person.visitor.seat
        acts: dict[str, Command] = {
            "devices": Devices(),
            "revoke": Revoke(found.person.visitor.seat.device),
            "password": ChangePassword(SECRETS[self.secret], SECRETS[1 - self.secret]),
            "account": Unregister(SECRETS[self.secret]) if view.has_account else Register(SECRETS[self.secret]),
        }
        self.ask(number, acts[what])

    @rule(number=which, what=st.sampled_from(TRIED), room=rooms, whom=names | st.just(BOB))
    def try_to_moderate(self, number: int, what: str, room: RoomName, whom: Username) -> None:
        tried: dict[str, Command] = {
            "appoint": Appoint(room, whom, "moderator"),
            "own": Appoint(room, whom, "owner"),
            "kick": Kick(room, whom),
            "ban": Impose("ban", room, whom),
            "lift": Lift("ban", room, whom),
            "lock": Configure(room, Tuning(locked=True)),
            "unlock": Configure(room, Tuning(locked=False)),
            "show": Configure(room, Tuning(private=False)),
        }
        self.ask(number, tried[what])

    @rule(what=st.sampled_from(ACTS), room=rooms)
    def bob_acts(self, what: str, room: RoomName) -> None:
        if not self.bob.visitor.is_free():
            return
        alice = next((view.called for view in self.views if view and view.is_named), "alice")
        name = Username(alice)
        acts: dict[str, Command] = {
            "say": Say(room, f"bob's {self.said_by_bob}"),
            "tell": Tell(name, "psst"),
            "kick": Kick(room, name),
            "ban": Impose("ban", room, name),
            "lift": Lift("ban", room, name),
            "delete": Delete(room),
            "create": Create(room),
            "appoint": Appoint(room, name, "moderator"),
            "dismiss": Appoint(room, name, "member"),
            "hide": Configure(room, Tuning(private=True)),
            "show": Configure(room, Tuning(private=False)),
            "invite": Invite(room, name),
        }
        self.said_by_bob += 1
        self.bob.ask(acts[what])
        self.look()

    @rule(count=st.integers(1, 3))
    def answer(self, count: int) -> None:
        self.log.answer(min(count, len(self.log.waiting)))
        self.passwords.answer()
        self.look()

    @rule(seconds=st.sampled_from([0.0, 1.0, 6.0]))
    def pass_time(self, seconds: float) -> None:
        self.world.settle(seconds)
        self.look()

    # What is shown.

    def look(self) -> None:
        """Let the turn end, and note what each connection was shown."""
        self.world.settle()
        for view in filter(None, self.views):
            for shown in view.person.connection.take():
                self.take(view, shown)
            view.over |= view.person.connection.closed
        self.bob.connection.take()

    def take(self, view: View, shown: Reply | Event) -> None:
        assert not view.over
        match shown:
            case Welcome(username, _, _, held, _, account):
                # These are given up if it does not join them in time.
                view.unsure = set(map(key, held))
                view.asked.pop(0)
                view.called = key(username)
                view.has_account = account is not None
                view.memberships = set(map(key, account.memberships)) if account else set()
            case Entered(room=room, seq=seq):
                view.asked.pop(0)
                view.reads[key(room)] = seq
                view.memberships.add(key(room))
            case Registered():
                view.asked.pop(0)
                view.has_account = True
            case Authenticated(username, account):
                view.asked.pop(0)
                view.has_account = True
                view.called = key(username)
                view.memberships = set(map(key, account.memberships))
            case Ok() | Refused() | DeviceList() | Stored():
                self.answered(view, view.asked.pop(0), shown)
            case Said(room, seq):
                assert seq == view.reads[key(room)] + 1
                view.reads[key(room)] = seq
            case Gap(room, _, last, _):
                view.reads[key(room)] = last
            case Removed(room) | Deleted(room):
                # Also where it is held, and not read yet.
                assert key(room) in view.reads.keys() | view.unsure
                view.reads.pop(key(room), None)
                view.memberships.discard(key(room))
            case Memberships(found):
                view.memberships = set(map(key, found))
                # By another one they have left everywhere; who was put out just before is told that too.
                view.unsure = view.reads.keys() - view.memberships
                view.reads = {name: seq for name, seq in view.reads.items() if name in view.memberships}
            case Called(_, new):
                view.called = key(new)
            case Bye():
                view.over = True

    def answered(self, view: View, command: Command, reply: Reply) -> None:
        match command, reply:
            case (Leave(room), Ok()):
                view.reads.pop(key(room), None)
                view.unsure.add(key(room))
            case (Rename(name), Ok()):
                view.called = key(name)
            case (ChangePassword(_, new), Ok()):
                self.secret = SECRETS.index(new)
            case (Unregister(), Ok()):
                view.has_account = False

    # What holds.

    @invariant()
    def each_is_a_member_once_while_any_connection_reads(self) -> None:
        if not hasattr(self, "world"):
            return
        for room in self.world.lobby.rooms.values():
            members = [member.key for member in room.members.after(None)]
            assert sorted(set(members)) == sorted(members)
            assert set(members) == {reader.name for reader in room.audience.readers}
        for name, user in self.world.lobby.users.items():
            assert user.key == name
            assert user.seats
            assert len([seat for seat in user.seats if not seat.leaving]) <= CONNECTIONS

    def rooms(self) -> Collection[Room]:
        return self.world.lobby.rooms.values() if hasattr(self, "world") else ()

    @invariant()
    def nobody_is_where_they_are_banned_from(self) -> None:
        # For a ban that came along with a guest, the account's other connections go in turn.
        if not hasattr(self, "world") or self.log.waiting:
            return
        for room in self.rooms():
            for member in room.members.after(None):
                user = self.world.lobby.users[member.key]
                assert room.standing.ban_of(user.username, user.identity, user.host) is None

    @invariant()
    def nobody_has_a_right_that_nobody_gave(self) -> None:
        for room in self.rooms():
            given = self.log.given[room.log_id]
            given |= {account for person in given for account in self.kept.merged[person]}
            assert {*room.standing.moderators, room.standing.owner} <= {*given, None}

    @override
    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        for _ in range(20):
            self.log.answer()
            self.passwords.answer()
            self.world.settle(0.5)
            self.look()
        self.each_is_a_member_once_while_any_connection_reads()
        self.nobody_is_where_they_are_banned_from()
        for view in self.views:
            if view and view.is_named:
                self.see_that_all_is_known_to(view)

    def see_that_all_is_known_to(self, view: View) -> None:
        assert not view.asked
        seat = view.person.visitor.seat
        assert seat
        assert view.called == seat.user.key
        assert view.has_account is seat.user.has_account
        assert view.reads.keys() == seat.rooms.keys()
        for name, reader in seat.rooms.items():
            assert reader.level
            assert view.reads[name] == reader.room.head
        if seat.user.has_account:
            # What one does oneself, one knows; the rest one is told.
            inside = {name for other in seat.user.seats for name in other.rooms}
            assert inside <= view.memberships
            assert view.memberships <= inside | view.unsure


_ = Level
TestChat: Callable[[], None] = Chat.TestCase  # type: ignore[assignment]
Chat.TestCase.settings = examples(100, stateful_step_count=40)
