"""Who has an account can ignore somebody: nothing that they tell is shown any more, and nobody learns of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.accounts.accounts import IGNORED
from chatroom.core.values.accounts import AccountChange, AllAccounts
from chatroom.core.values.commands import (
    Configure,
    Create,
    Ignore,
    Invite,
    ListIgnored,
    Register,
    Rename,
    Tell,
    Unregister,
)
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.events import Invited, Told
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import IgnoredList, Kept, Ok
from chatroom.core.values.rights import Tuning
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import ALICE, AT, BOB, CAROL, TEA
from tests.fakes import FakePasswords, Person, World

SECRET = Password("correct horse")


def ignored(person: Person) -> tuple[Username, ...]:
    [found] = person.do(ListIgnored())
    assert isinstance(found, IgnoredList)
    return found.usernames


class IgnoringTests(SynchronousTestCase):
    @override
    def setUp(self) -> None:
        self.kept = MemoryLog()
        self.world = World(passwords=FakePasswords(), kept=self.kept)
        self.alice, self.bob, self.carol = map(self.world.enter, ("alice", "bob", "carol"))
        for person in (self.alice, self.bob):
            person.do(Register(SECRET))

    def test_what_they_tell_is_not_shown_and_they_do_not_learn_of_it(self) -> None:
        assert self.alice.do(Ignore(BOB)) == [Ok()]
        assert self.bob.do(Tell(ALICE, "hi")) == [Kept(ALICE, 1, AT)]
        assert self.carol.do(Tell(ALICE, "hello")) == [Ok(ALICE, at=AT)]
        assert self.alice.see() == [Told(CAROL, ALICE, AT, "hello")]
        assert self.alice.do(Ignore(BOB, ends=True)) == [Ok()]
        self.bob.do(Tell(ALICE, "hi again"))
        assert self.alice.see() == [Told(BOB, ALICE, AT, "hi again", BOB, 2)]

    def test_one_tells_them_as_ever(self) -> None:
        self.alice.do(Ignore(BOB))
        assert self.alice.do(Tell(BOB, "go away")) == [Kept(BOB, 1, AT)]
        assert self.bob.see() == [Told(ALICE, BOB, AT, "go away", ALICE, 1)]

    def test_it_holds_for_all_connections_of_the_account(self) -> None:
        other = self.world.enter("alice", password="correct horse")
        self.alice.do(Ignore(BOB))
        assert ignored(other) == (BOB,)
        self.bob.do(Tell(ALICE, "hi"))
        assert self.alice.see() == other.see() == []

    def test_their_invitations_are_not_shown(self) -> None:
        self.bob.do(Create(TEA))
        self.bob.do(Configure(TEA, Tuning(private=True)))
        self.alice.do(Ignore(BOB))
        assert self.bob.do(Invite(TEA, ALICE)) == [Ok(TEA)]
        assert self.alice.see() == []
        self.alice.do(Ignore(BOB, ends=True))
        assert self.bob.do(Invite(TEA, ALICE)) == [Ok(TEA)]
        assert self.alice.see() == [Invited(TEA, BOB)]

    def test_an_account_is_ignored_under_all_its_names(self) -> None:
        robert = Username("robert")
        self.alice.do(Ignore(BOB))
        self.bob.do(Rename(robert))
        self.bob.do(Tell(ALICE, "hi"))
        assert self.alice.see() == []
        assert ignored(self.alice) == (robert,)
        # By its former name as well.
        assert self.alice.do(Ignore(BOB, ends=True)) == [Ok()]
        assert ignored(self.alice) == ()

    def test_a_guest_is_ignored_by_name(self) -> None:
        dave = Username("Dave")
        self.alice.do(Ignore(CAROL))
        self.alice.do(Ignore(dave))
        self.carol.do(Tell(ALICE, "hi"))
        self.carol.do(Rename(Username("caroline")))
        self.carol.do(Tell(ALICE, "it is me"))
        self.world.enter("dave").do(Tell(ALICE, "hi"))
        assert self.alice.see() == [Told(Username("caroline"), ALICE, AT, "it is me")]
        assert ignored(self.alice) == (CAROL, dave)

    def test_who_was_ignored_as_a_guest_is_so_with_an_account(self) -> None:
        self.alice.do(Ignore(CAROL))
        self.carol.do(Register(SECRET))
        self.carol.do(Tell(ALICE, "hi"))
        assert self.alice.see() == []
        self.alice.do(Ignore(CAROL))
        assert ignored(self.alice) == (CAROL,)
        self.alice.do(Ignore(CAROL, ends=True))
        assert ignored(self.alice) == ()

    def test_an_account_that_is_removed_is_ignored_no_more(self) -> None:
        self.alice.do(Ignore(BOB))
        self.bob.do(Unregister(SECRET))
        assert ignored(self.alice) == ()
        self.bob.do(Tell(ALICE, "hi"))
        assert self.alice.see() == [Told(BOB, ALICE, AT, "hi")]

    def test_it_is_known_after_the_next_start(self) -> None:
        self.alice.do(Ignore(BOB))
        self.alice.do(Ignore(CAROL))
        world = World(passwords=FakePasswords(), kept=self.kept)
        assert ignored(world.enter("alice", password="correct horse")) == (BOB, CAROL)

    def test_ignored_twice_they_are_ignored_once(self) -> None:
        assert self.alice.do(Ignore(BOB)) == self.alice.do(Ignore(BOB)) == [Ok()]
        assert ignored(self.alice) == (BOB,)
        assert self.alice.do(Ignore(CAROL, ends=True)) == [Ok()]

    def test_guests_can_not_and_nobody_ignores_themselves(self) -> None:
        for command in (Ignore(BOB), ListIgnored()):
            assert self.carol.refused(command) == "password-required"
        assert self.alice.refused(Ignore(ALICE)) == "not-allowed"

    def test_there_are_not_too_many(self) -> None:
        for number in range(IGNORED):
            assert self.alice.do(Ignore(Username(f"user{number}"))) == [Ok()]
        assert self.alice.refused(Ignore(BOB)) == "not-allowed"
        assert self.alice.do(Ignore(Username("user7"))) == [Ok()]
        self.alice.do(Ignore(Username("user7"), ends=True))
        assert self.alice.do(Ignore(BOB)) == [Ok()]


class LateAccounts:
    """A store of accounts that makes changes when it is told to, while it is not *prompt*."""

    def __init__(self) -> None:
        self.prompt = True
        self._store = MemoryLog()
        self._waiting: list[Callable[[], None]] = []

    def restore_accounts(self, restored: Callable[[AllAccounts | StorageFailed], None]) -> None:
        self._store.restore_accounts(restored)

    def change_accounts(self, changes: Sequence[AccountChange], done: Callable[[StorageFailed | None], None]) -> None:
        self._waiting.append(lambda: self._store.change_accounts(changes, done))
        if self.prompt:
            self.go_on()

    def go_on(self) -> None:
        while self._waiting:
            self._waiting.pop(0)()


class MeanwhileTests(SynchronousTestCase):
    def test_a_name_that_is_taken_meanwhile_changes_nothing_of_it(self) -> None:
        kept = LateAccounts()
        world = World(passwords=FakePasswords(), kept=kept)
        alice = world.enter("alice")
        alice.do(Register(SECRET))
        other = world.enter("alice", password="correct horse")
        kept.prompt = False
        alice.do(Ignore(BOB))
        other.do(Rename(Username("alicia")))
        kept.prompt = True
        kept.go_on()
        assert Ok() in alice.see()
        assert other.see()
        assert ignored(alice) == ignored(other) == (BOB,)
        world = World(passwords=FakePasswords(), kept=kept)
        assert ignored(world.enter("alicia", password="correct horse")) == (BOB,)
