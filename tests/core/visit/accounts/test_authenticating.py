"""A guest who is connected shows that an account is theirs: from then on they are one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.accounts import AccountChange, AllAccounts
from chatroom.core.values.commands import (
    Authenticate,
    Configure,
    Create,
    Delete,
    Devices,
    Impose,
    Join,
    Kick,
    Leave,
    Lift,
    Login,
    Quit,
    Register,
    RemoveAccount,
    Rename,
    Say,
    Tell,
    Who,
)
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.events import Left, Memberships, Removed, Renamed
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import AccountRights, Authenticated, DeviceList, Members, Ok, Refused, Welcome
from chatroom.core.values.rights import Tuning
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import ALICE, BOB, CAROL, POND, TEA, affordable, described, gather, kinds, said, vague
from tests.core.visit.accounts.test_accounts import SECRET, devices, login, registered, world
from tests.fakes import FakePasswords, Person, World

ANN = Username("ann")


class FailingStore:
    """A store of accounts that fails, once it is told so."""

    def __init__(self) -> None:
        self.failing = False
        self._store = MemoryLog()

    def restore_accounts(self, restored: Callable[[AllAccounts | StorageFailed], None]) -> None:
        self._store.restore_accounts(restored)

    def change_accounts(self, changes: Sequence[AccountChange], done: Callable[[StorageFailed | None], None]) -> None:
        if self.failing:
            done(StorageFailed())
        else:
            self._store.change_accounts(changes, done)


def authenticated(person: Person, name: str = "alice", **more: Any) -> Authenticated:
    """Let *person* be *name* from now on, and return what they are told."""
    if "token" not in more:
        more["password"] = Password(SECRET)
    shown = person.do(Authenticate(Username(name), **more))
    [reply] = [each for each in shown if isinstance(each, Authenticated)]
    return reply


def with_accounts(*names: str, **more: Any) -> World:
    """Return a world in which those have an account, and are not there."""
    here = world(**more)
    for name in names:
        registered(here, name).do(Quit())
    return here


class AuthenticateTests(SynchronousTestCase):
    def test_a_guest_is_somebody_with_an_account_without_coming_again(self) -> None:
        here = with_accounts("alice")
        ann, bob = gather(here, "ann", "bob")
        reply = authenticated(ann)
        assert reply == Authenticated(ALICE, AccountRights("member", (TEA,), 2))
        assert vague(bob.see()) == [Renamed(TEA, ANN, ALICE), described(TEA, ALICE, "account")]
        assert bob.do(Who(TEA)) == [
            Members(TEA, (ALICE, BOB), more=False, roles={ALICE: "owner"}, accounts=(ALICE,)),
        ]
        assert kinds(ann.do(Kick(TEA, BOB))) == ["Ok", "Left"]
        here.enter("ann")

    def test_what_is_asked_meanwhile_waits_for_it(self) -> None:
        passwords = FakePasswords()
        here = with_accounts("alice", passwords=passwords)
        ann, bob = gather(here, "ann", "bob")
        passwords.prompt = False
        ann.ask(Authenticate(ALICE, Password(SECRET)))
        here.settle()
        assert not ann.visitor.is_free()
        passwords.answer()
        assert vague(bob.see()) == [Renamed(TEA, ANN, ALICE), described(TEA, ALICE, "account")]
        assert ann.visitor.is_free()

    def test_where_the_account_is_already_the_guest_goes_and_reads_on(self) -> None:
        here = world()
        alice, bob = gather(here, "alice", "bob")
        alice.do(Register(Password(SECRET)))
        ann = here.enter("ann")
        ann.do(Join(TEA))
        ann.do(Create(POND))
        bob.see()
        alice.see()
        assert authenticated(ann).account.memberships == (TEA, POND)
        moved = Left(TEA, ANN, 2, 256, "moved")
        assert bob.see() == [moved]
        assert alice.see() == [Memberships((TEA, POND)), moved]
        ann.see()
        assert ann.do(Say(TEA, "hi"))[1:] == alice.see() == bob.see() == [said(1, "alice", "hi")]
        assert bob.do(Who()) == [Members(None, (ALICE, BOB), more=False, accounts=(ALICE,))]
        bob.do(Tell(ALICE, "psst"))
        assert kinds(alice.see()) == kinds(ann.see()) == ["Told"]
        # She is a member until the last of her connections has left.
        alice.do(Leave(TEA))
        assert bob.see() == []
        ann.do(Leave(TEA))
        assert bob.see() == [Left(TEA, ALICE, 1, 256, "left")]

    def test_who_was_put_out_of_a_room_hears_when_they_are_out_of_it_again(self) -> None:
        here = world()
        bob, alice = gather(here, "bob", "alice")
        alice.do(Register(Password(SECRET)))
        again = here.visit()
        again.do(Login(ALICE, password=Password(SECRET)))
        again.do(Join(TEA))
        bob.do(Kick(TEA, ALICE))
        ann = here.enter("ann")
        ann.do(Join(TEA))
        authenticated(ann)
        assert alice.see()[-1] == Memberships((TEA,))
        ann.do(Leave(TEA))
        assert alice.see() == [Memberships(())]

    def test_a_token_does_as_well_and_is_given(self) -> None:
        here = with_accounts("alice")
        first = here.enter("ann")
        token = authenticated(first, password=Password(SECRET), remember=True).account.token
        assert token
        second = here.enter("anna")
        again = authenticated(second, "anybody", token=sha256(token.encode()).digest(), remember=True)
        assert again == Authenticated(ALICE, AccountRights("member", (), 2))
        assert devices(second) == [(2, "token", True)]

    def test_the_session_is_bound(self) -> None:
        here = with_accounts("alice", grace=30)
        ann = here.enter("ann", session=b"hers")
        authenticated(ann)
        [found] = ann.do(Devices())
        assert isinstance(found, DeviceList)
        assert [device.kind for device in found.devices] == ["session"]
        ann.visitor.lost()
        [welcome] = here.visit().do(login("anybody", session=b"hers"))
        assert isinstance(welcome, Welcome)
        assert (welcome.username, welcome.resumed) == (ALICE, True)
        assert welcome.account

    def test_it_is_checked_as_a_login_is(self) -> None:
        here = with_accounts("alice")
        ann = here.enter("ann", host="there")
        assert ann.refused(Authenticate(ALICE)) == "password-required"
        assert ann.refused(Authenticate(ALICE, token=b"none")) == "password-wrong"
        assert ann.refused(Authenticate(Username("nobody"), Password(SECRET))) == "password-wrong"
        # A token is another kind of secret.
        for _ in range(4):
            assert ann.refused(Authenticate(ALICE, Password("wrong"))) == "password-wrong"
        assert kinds(ann.do(Authenticate(ALICE, Password(SECRET)))) == ["Refused", "Bye"]

    def test_who_has_an_account_stays_who_they_are(self) -> None:
        here = with_accounts("bob")
        alice = registered(here)
        assert alice.refused(Authenticate(BOB, Password(SECRET))) == "account-exists"
        assert World().enter("ann").refused(Authenticate(ALICE, Password(SECRET))) == "not-allowed"

    def test_an_account_has_as_many_connections_as_by_logins(self) -> None:
        here = world(devices=1)
        alice = registered(here)
        ann = here.enter("ann")
        assert ann.refused(Authenticate(ALICE, Password(SECRET), remember=True)) == "too-many-connections"
        assert ann.do(Rename(Username("anna"))) == [Ok(Username("anna"))]
        # A token that nobody was told of is none.
        assert devices(alice) == [(1, "connection", True)]

    def test_a_seat_that_is_held_makes_place(self) -> None:
        here = world(devices=1, grace=30)
        registered(here, session=b"hers").visitor.lost()
        authenticated(here.enter("ann"))
        assert here.enter("bob").do(Who()) == [Members(None, (ALICE, BOB), more=False, accounts=(ALICE,))]

    def test_one_may_be_called_so_already(self) -> None:
        """A checker of the operator's knows the password; that makes the account."""
        passwords = FakePasswords()
        here = world(passwords=passwords)
        ann, bob = gather(here, "ann", "bob")
        passwords.others = {"ann": SECRET}
        assert authenticated(ann, "ann").account.memberships == (TEA,)
        assert vague(bob.see()) == [described(TEA, ANN, "account")]
        assert bob.do(Who()) == [Members(None, (ANN, BOB), more=False, accounts=(ANN,))]

    def test_a_store_that_fails_leaves_a_guest(self) -> None:
        here = with_accounts("alice", kept=(kept := FailingStore()))
        ann, bob = gather(here, "ann", "bob")
        kept.failing = True
        assert ann.refused(Authenticate(ALICE, Password(SECRET))) == "storage-failed"
        assert ann.do(Say(TEA, "hi"))[1:] == bob.see() == [said(1, "ann", "hi")]

    def test_who_goes_meanwhile_is_nobody(self) -> None:
        passwords = FakePasswords()
        here = world(passwords=passwords)
        registered(here).do(Quit())
        ann, bob = gather(here, "ann", "bob")
        passwords.prompt = False
        ann.ask(Authenticate(ALICE, Password(SECRET)))
        here.settle()
        ann.visitor.lost()
        passwords.answer()
        assert bob.see() == [Left(TEA, ANN, 1, 256, "lost")]
        assert bob.do(Who()) == [Members(None, (BOB,), more=False)]

    def test_an_account_that_is_gone_meanwhile_is_nobody_s(self) -> None:
        passwords = FakePasswords()
        here = with_accounts("alice", passwords=passwords)
        ann = here.enter("ann")
        passwords.prompt = False
        ann.ask(Authenticate(ALICE, Password(SECRET)))
        here.settle()
        assert here.operator().do(RemoveAccount(ALICE)) == [Ok()]
        passwords.answer()
        [refused] = ann.see()
        assert isinstance(refused, Refused)
        assert refused.error.code == "password-wrong"

    def test_a_password_costs_as_much_as_a_login_with_one(self) -> None:
        here = with_accounts("alice", burst=20)
        ann = here.enter("ann")
        here.settle(100)
        authenticated(ann)
        assert affordable(ann) == 15


class SanctionTests(SynchronousTestCase):
    def test_sanctions_of_the_guest_go_with_them(self) -> None:
        here = with_accounts("alice")
        bob, ann = gather(here, "bob", "ann")
        bob.do(Impose("mute", TEA, ANN))
        bob.do(Create(POND))
        bob.do(Impose("ban", POND, ANN))
        ann.see()
        authenticated(ann)
        assert ann.refused(Say(TEA, "hi")) == "muted"
        assert ann.refused(Join(POND)) == "banned"
        # By which name it was imposed, it is lifted.
        bob.do(Lift("mute", TEA, ANN))
        assert kinds(ann.do(Say(TEA, "hi")))[-2:] == ["Stored", "Said"]

    def test_they_do_in_rooms_that_are_closed_meanwhile_too(self) -> None:
        here = with_accounts("alice", linger=0)
        bob, ann = gather(here, "bob", "ann")
        bob.do(Create(POND))
        bob.do(Impose("ban", POND, ANN))
        bob.do(Leave(POND))
        authenticated(ann)
        assert ann.refused(Join(POND)) == "banned"

    def test_who_is_muted_everywhere_stays_so(self) -> None:
        here = with_accounts("alice")
        here.lobby.restore(())
        [ann] = gather(here, "ann")
        here.operator().do(Impose("mute", None, ANN))
        ann.see()
        authenticated(ann)
        assert ann.refused(Say(TEA, "hi")) == "muted"

    def test_who_is_banned_from_a_room_is_put_out_there(self) -> None:
        here = with_accounts("alice")
        bob, ann, carol = gather(here, "bob", "ann", "carol")
        bob.do(Impose("ban", TEA, ALICE, reason="not you"))
        shown = ann.do(Authenticate(ALICE, Password(SECRET)))
        assert Removed(TEA, BOB, "banned", "not you") in shown
        [reply] = [each for each in shown if isinstance(each, Authenticated)]
        assert reply.account.memberships == ()
        assert carol.see()[-1] == Left(TEA, ANN, 2, 256, "banned")
        assert ann.refused(Join(TEA)) == "banned"

    def test_a_ban_of_the_guest_puts_out_the_account_s_other_connections(self) -> None:
        here = world()
        bob, alice = gather(here, "bob", "alice")
        alice.do(Register(Password(SECRET)))
        again = here.visit()
        again.do(Login(ALICE, password=Password(SECRET)))
        again.do(Join(TEA))
        ann = here.enter("ann")
        bob.do(Impose("ban", TEA, ANN, reason="not you"))
        alice.see()
        again.see()
        bob.see()
        authenticated(ann)
        removed = Removed(TEA, BOB, "banned", "not you")
        for told in (alice.see(), again.see()):
            # The one that is out first may hear that the other is in still, and then that it is not.
            assert told in ([removed], [removed, Memberships((TEA,)), Memberships(())])
        assert bob.see() == [Left(TEA, ALICE, 1, 256, "banned")]
        assert alice.refused(Join(TEA)) == "banned"

    def test_who_is_banned_everywhere_stays_a_guest(self) -> None:
        here = with_accounts("alice")
        here.lobby.restore(())
        here.settle()
        assert here.operator().do(Impose("ban", None, ALICE)) == [Ok()]
        ann = here.enter("ann")
        assert ann.refused(Authenticate(ALICE, Password(SECRET))) == "banned"
        assert ann.do(Rename(CAROL)) == [Ok(CAROL)]

    def test_roles_go_with_them_and_do_not_stay(self) -> None:
        here = with_accounts("alice", grace=0)
        ann = here.enter("ann", session=b"hers")
        ann.do(Create(TEA))
        bob = here.enter("bob")
        bob.do(Join(TEA))
        authenticated(ann)
        ann.do(Quit())
        again = here.enter("ann", session=b"hers")
        again.do(Join(TEA))
        assert again.refused(Delete(TEA)) == "not-allowed"
        alice = here.visit()
        alice.do(Login(ALICE, password=Password(SECRET)))
        assert kinds(alice.do(Configure(TEA, Tuning(locked=True)))) == ["Ok"]
