"""Accounts that several nodes share: each knows what the others have done, and nothing older."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace
from twisted.internet.task import Clock
from twisted.logger import LogEvent

from chatroom.core.values.accounts import (
    Account,
    AccountChange,
    AllAccounts,
    Device,
    Dropped,
    Ignored,
    Ignoring,
    Revoked,
    Unlike,
)
from chatroom.core.values.errors import ChatError, NameKept, NoSuchAccount, StorageFailed, StoreAway, UsernameTaken
from chatroom.core.values.names import Username
from chatroom.logs.nodes.accounts import NodeAccounts
from chatroom.logs.nodes.log import NodeLog
from chatroom.logs.nodes.node import LOOK
from chatroom.logs.retention import Retention
from tests.logs.scribe import NOON
from tests.simulation.engine import SimulatedEngine
from tests.simulation.world import World

ALICE = Account(b"alice", Username("alice"), "hash", 1, 1)
PHONE = Device(1, ALICE.id, "token", b"secret", 1, 1, "frames", "here")


class Server:
    """A node of *world*: the accounts that it knows, and what its engine has not been asked yet."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.calls: deque[Callable[[], None]] = deque()
        self.clock = clock
        engine = SimulatedEngine(world, Retention(), self.calls.append)
        self.engine = engine
        self.log = NodeLog(engine, clock=clock, wall=lambda: NOON)
        self.accounts = NodeAccounts(self.log.node, clock)
        self.known: dict[bytes | int, Account | Device] = {}
        self.is_known = False
        self.accounts.heard = self.hear
        self.accounts.restore_accounts(self.restored)
        self.log.start()
        self.settle()

    def restored(self, kept: AllAccounts | StorageFailed) -> None:
        self.is_known = isinstance(kept, AllAccounts)
        if isinstance(kept, AllAccounts):
            self.known = {account.id: account for account in kept.accounts}
            self.known |= {device.number: device for device in kept.devices}

    def hear(self, changes: Sequence[AccountChange]) -> None:
        for change in changes:
            match change:
                case Account(id):
                    self.known[id] = change
                case Device(number):
                    self.known[number] = change
                case Ignoring(id):
                    account = self.known[id]
                    assert isinstance(account, Account)
                    self.known[id] = change.of(account)
                case Dropped(id):
                    self.known.pop(id, None)
                case Revoked(numbers):
                    for number in numbers:
                        self.known.pop(number, None)

    def ask(self, *changes: AccountChange) -> list[ChatError | None]:
        """Ask for *changes*; return what will have the answer."""
        answers: list[ChatError | None] = []

        def done(error: ChatError | None) -> None:
            answers.append(error)
            if error is None:
                self.hear(changes)

        self.accounts.change_accounts(changes, done)
        return answers

    def change(self, *changes: AccountChange) -> ChatError | None:
        """Let *changes* happen, and return the answer."""
        answers = self.ask(*changes)
        self.settle()
        [answer] = answers
        return answer

    def settle(self) -> None:
        """Let all happen that is due."""
        for _ in range(5):
            self.clock.advance(0.01)
            while self.calls:
                self.calls.popleft()()

    def look(self) -> None:
        """Let it look around."""
        self.clock.advance(LOOK)
        self.settle()


class Chat:
    """Two servers."""

    def __init__(self) -> None:
        self.world = World(int(NOON * 1000))
        self.clock = Clock()
        self.one, self.other = (Server(self.world, self.clock) for _ in range(2))


@pytest.fixture
def chat() -> Chat:
    return Chat()


def test_what_one_does_another_knows_at_its_next_look(chat: Chat) -> None:
    assert chat.one.change(ALICE) is None
    assert chat.one.change(PHONE) is None
    chat.other.look()
    assert chat.other.known == chat.one.known == {ALICE.id: ALICE, PHONE.number: PHONE}
    assert chat.other.change(Revoked((1,))) is None
    chat.one.look()
    assert chat.one.known == {ALICE.id: ALICE}
    assert chat.other.change(Dropped(ALICE.id)) is None
    chat.one.look()
    assert chat.one.known == {}


def test_whom_an_account_ignores_another_server_knows(chat: Chat) -> None:
    bob, carol = Ignored(Username("bob"), b"bob"), Ignored(Username("Carol"))
    for change in (ALICE, Ignoring(ALICE.id, bob)):
        assert chat.one.change(change) is None
    chat.other.look()
    assert chat.other.known == chat.one.known == {ALICE.id: replace(ALICE, ignored=(bob,))}
    # What both change at once is both so.
    assert chat.other.change(Ignoring(ALICE.id, carol)) is None
    assert chat.one.change(replace(ALICE, seen=100, ignored=(bob,))) is None
    chat.one.look()
    chat.other.look()
    both = replace(ALICE, seen=100, ignored=(bob, carol))
    assert chat.other.known == chat.one.known == {ALICE.id: both}
    assert chat.one.change(Ignoring(ALICE.id, bob, ends=True)) is None
    assert Server(chat.world, chat.clock).known == {ALICE.id: replace(both, ignored=(carol,))}
    assert isinstance(chat.one.change(Ignoring(b"nobody", bob)), ChatError)


def test_who_comes_later_knows_all(chat: Chat) -> None:
    bob = replace(ALICE, id=b"bob", username=Username("bob"))
    carol = replace(ALICE, id=b"carol", username=Username("carol"))
    for change in (ALICE, PHONE, bob, carol):
        assert chat.one.change(change) is None
    assert Server(chat.world, chat.clock).known == chat.one.known


def test_an_older_look_brings_nothing_back_that_was_revoked(chat: Chat) -> None:
    one = chat.one
    assert one.change(ALICE) is None
    assert one.change(PHONE) is None
    seen = one.engine.world.look(one.engine.node, [], "0").accounts
    assert one.change(Revoked((1,))) is None
    one.log.node.accounts_changed(seen)
    assert one.known == {ALICE.id: ALICE}


def test_what_two_servers_change_of_one_account_at_once_is_both_so(chat: Chat) -> None:
    one, other = chat.one, chat.other
    assert one.change(ALICE) is None
    other.look()
    renamed, promoted = replace(ALICE, username=Username("zoe")), replace(ALICE, role="operator")
    assert one.change(renamed) is None
    assert other.change(promoted) is None
    one.look()
    other.look()
    assert one.known == other.known == {ALICE.id: replace(renamed, role="operator")}


def test_a_name_is_one_accounts_though_two_servers_are_asked_at_once(chat: Chat) -> None:
    another = replace(ALICE, id=b"another", username=Username("Alice"))
    assert chat.one.change(ALICE) is None
    assert isinstance(chat.other.change(another), UsernameTaken)


def test_of_two_names_that_look_alike_one_is_an_accounts_though_two_servers_are_asked_at_once(chat: Chat) -> None:
    one, other = chat.one, chat.other
    another = replace(ALICE, id=b"another", username=Username("a1ice"))
    assert one.change(ALICE, Unlike(ALICE.id)) is None
    refused = other.change(another, Unlike(another.id))
    assert isinstance(refused, NameKept)
    assert refused.username == "a1ice"
    # Nor is it taken later; but what was once alike may be freed, and an operator may do as they like.
    another = replace(another, username=Username("bob"))
    assert other.change(another, Unlike(another.id)) is None
    assert isinstance(other.change(replace(another, username=Username("aIice")), Unlike(another.id)), NameKept)
    assert one.change(replace(ALICE, username=Username("zoe")), Unlike(ALICE.id)) is None
    assert other.change(replace(another, username=Username("a1ice")), Unlike(another.id)) is None
    assert one.change(replace(ALICE, id=b"third", username=Username("aIice"))) is None


def test_of_who_is_gone_nothing_is_changed(chat: Chat) -> None:
    one, other = chat.one, chat.other
    assert one.change(ALICE) is None
    assert one.change(PHONE) is None
    other.look()
    assert one.change(Dropped(ALICE.id)) is None
    assert isinstance(other.change(replace(ALICE, role="operator")), NoSuchAccount)
    assert other.change(replace(PHONE, seen=9)) is not None
    other.look()
    assert other.known == {}


def test_a_device_that_was_seen_elsewhere_as_it_is_revoked_stays_so(chat: Chat) -> None:
    one, other = chat.one, chat.other
    assert one.change(ALICE) is None
    assert one.change(PHONE) is None
    other.look()
    assert one.change(Revoked((1,))) is None
    assert other.change(replace(PHONE, seen=9)) is not None
    other.look()
    assert other.known == {ALICE.id: ALICE}


def test_numbers_of_devices_are_given_once(chat: Chat) -> None:
    numbers: list[int | ChatError] = []
    for server in (chat.one, chat.other, chat.one):
        server.accounts.number(numbers.append)
        server.settle()
    assert numbers == [1, 2, 3]


def test_who_was_given_up_knows_nobody_until_all_are_read_again(chat: Chat, nothing_logged: list[LogEvent]) -> None:
    one, other = chat.one, chat.other
    assert one.change(ALICE) is None
    other.look()
    chat.world.leave(other.engine.node)
    assert one.change(Dropped(ALICE.id)) is None
    assert isinstance(other.change(PHONE), StoreAway)
    assert not other.is_known
    other.look()
    other.look()
    assert other.is_known
    assert other.known == {}
    nothing_logged.clear()
