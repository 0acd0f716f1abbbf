"""Accounts that are stored late: whatever happens meanwhile, they and the people who are here by them agree."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.values.accounts import AccountChange, AllAccounts, Revoked
from chatroom.core.values.commands import ChangePassword, Create, Join, Register, Rename, Tell, Who
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.events import Called
from chatroom.core.values.events import Renamed as RenamedIn
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import Kept, Members, Ok, Refused, Registered
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import ALICE, AT, BOB, TEA, kinds
from tests.core.visit.accounts.test_accounts import SECRET, login, registered, world
from tests.fakes import Person

ANN, ZOE = Username("ann"), Username("zoe")


class LateStore:
    """A store of accounts whose answers wait until they are let go, in the order of the questions."""

    def __init__(self) -> None:
        self.prompt = True
        self.waiting: deque[Callable[[], None]] = deque()
        self._store = MemoryLog()

    def restore_accounts(self, restored: Callable[[AllAccounts | StorageFailed], None]) -> None:
        self._store.restore_accounts(restored)

    def change_accounts(self, changes: Sequence[AccountChange], done: Callable[[StorageFailed | None], None]) -> None:
        self.waiting.append(lambda: self._store.change_accounts(changes, done))
        if self.prompt:
            self.waiting.popleft()()

    def answer(self) -> None:
        """Answer the first question that waits."""
        self.waiting.popleft()()


class PasswordTests(SynchronousTestCase):
    """Alice changes her password as somebody comes in by the old one, who is to be remembered."""

    @override
    def setUp(self) -> None:
        self.store = LateStore()
        self.world = world(kept=self.store, grace=30)
        self.alice = registered(self.world)
        self.store.prompt = False
        self.stranger = self.world.visit()

    def come(self) -> None:
        self.stranger.ask(login(password=SECRET, remember=True, session=b"s" * 32))
        self.world.settle()

    def change(self) -> None:
        self.alice.ask(ChangePassword(Password(SECRET), Password("battery staple")))
        self.world.settle()

    def stored(self) -> None:
        while self.store.waiting:
            self.store.answer()
            self.world.settle()

    def is_known(self) -> bool:
        """Return whether somebody comes in by what the stranger has."""
        self.store.prompt = True
        return kinds(self.world.visit().do(login(session=b"s" * 32))) != ["Refused"]

    def test_who_was_in_before_goes_and_is_not_remembered(self) -> None:
        self.come()
        self.change()
        self.stored()
        assert kinds(self.stranger.see()) == ["Welcome", "Bye"]
        assert self.alice.see() == [Ok()]
        assert not self.is_known()

    def test_who_was_not_is_not_let_in(self) -> None:
        self.change()
        self.come()
        self.stored()
        [refused] = self.stranger.see()
        assert isinstance(refused, Refused)
        assert refused.error.code == "password-wrong"
        assert not self.is_known()

    def test_who_is_lost_meanwhile_is_not_remembered(self) -> None:
        self.change()
        self.come()
        self.stranger.visitor.lost()
        self.stored()
        assert not self.is_known()


class RevokingTests(SynchronousTestCase):
    """A device that is revoked lets nobody in, even before that is stored."""

    def test_it_is_good_no_more_from_when_that_is_asked_for(self) -> None:
        store = LateStore()
        house = world(kept=store, grace=30)
        registered(house)
        house.visit().do(login(password=SECRET, remember=True, session=b"s" * 32))
        assert house.accounts is not None
        device = house.accounts.device(b"s" * 32)
        assert device is not None
        store.prompt = False
        house.accounts.change([Revoked((device.number,))], lambda error: None)
        assert house.accounts.device(b"s" * 32) is None


class RenamingTests(SynchronousTestCase):
    """Alice has an account and is in a room with Bob; what she asks of it is stored late."""

    @override
    def setUp(self) -> None:
        self.store = LateStore()
        self.world = world(kept=self.store, grace=30)
        self.bob = self.world.enter("bob")
        self.bob.do(Create(TEA))
        self.alice = registered(self.world, session=b"s" * 32)
        self.alice.do(Join(TEA))
        self.bob.see()
        self.store.prompt = False

    def rename(self, person: Person, name: Username) -> None:
        person.ask(Rename(name))
        self.world.settle()

    def name(self) -> Username:
        """Return her name, by which all know her."""
        accounts = self.world.accounts
        assert accounts
        [account] = accounts.after(None, "")
        [members] = [shown for shown in self.bob.do(Who()) if isinstance(shown, Members)]
        assert {*members.usernames} == {account.username, BOB}
        assert members.accounts == (account.username,)
        return account.username

    def test_who_is_lost_before_it_is_stored_comes_back_by_the_new_name(self) -> None:
        self.rename(self.alice, ANN)
        self.alice.visitor.lost()
        self.world.settle()
        self.store.answer()
        self.world.settle()
        assert self.bob.see() == [RenamedIn(TEA, ALICE, ANN)]
        assert self.name() == ANN
        self.store.prompt = True
        again = self.world.enter("alice", session=b"s" * 32)
        assert again.do(Tell(ANN, "me")) == [Kept(ANN, 1, AT)]

    def test_nobody_takes_the_name_meanwhile(self) -> None:
        self.rename(self.alice, ANN)
        self.alice.visitor.lost()
        self.world.settle()
        assert self.world.visit().refused(login("ann")) == "username-taken"
        self.store.answer()
        self.world.settle()
        assert self.name() == ANN

    def test_nobody_takes_one_that_looks_like_it_meanwhile(self) -> None:
        self.rename(self.alice, Username("carl"))
        for look in ("car1", "carI"):
            assert self.world.visit().refused(login(look)) == "username-taken"
            assert self.bob.refused(Rename(Username(look))) == "username-taken"

    def test_of_two_that_look_alike_one_is_registered(self) -> None:
        carl, other = self.world.enter("carl"), self.world.enter("car1")
        carl.ask(Register(Password(SECRET)))
        self.world.settle()
        assert other.refused(Register(Password(SECRET))) == "username-taken"
        self.store.answer()
        assert carl.see() == [Registered(Username("carl"))]

    def test_of_two_names_at_once_the_later_one_is_that_of_both(self) -> None:
        self.store.prompt = True
        other = self.world.enter("alice", password=SECRET)
        self.store.prompt = False
        self.rename(self.alice, ANN)
        self.rename(other, ZOE)
        for _ in range(2):
            self.store.answer()
            self.world.settle()
        assert self.bob.see() == [RenamedIn(TEA, ALICE, ANN), RenamedIn(TEA, ANN, ZOE)]
        assert self.name() == ZOE
        assert Called(ANN, ZOE) in self.alice.see()
        assert other.see() == [Called(ALICE, ANN), Ok(ZOE)]

    def test_of_two_names_at_once_the_later_one_stays_though_both_are_lost(self) -> None:
        self.store.prompt = True
        other = self.world.enter("alice", password=SECRET, session=b"t" * 32)
        self.store.prompt = False
        self.rename(self.alice, ANN)
        self.rename(other, ZOE)
        self.alice.visitor.lost()
        other.visitor.lost()
        for _ in range(2):
            self.store.answer()
            self.world.settle()
        assert self.name() == ZOE
