"""Operators look after accounts, by the control socket or by an account of their own."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.values.commands import (
    AddAccount,
    Connections,
    Create,
    Delete,
    Join,
    Kick,
    ListAccounts,
    Login,
    Quit,
    RemoveAccount,
    SetPassword,
    SetRole,
    Who,
)
from chatroom.core.values.events import Bye, Left, Removed
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import AccountInfo, AccountList, ConnectionList, Members, Ok, Welcome
from tests.core.scenes import ALICE, AT, BOB, TEA, kinds
from tests.fakes import FakeHand, FakePasswords, Person, World

SECRET = Password("correct horse")


class KeepingTests(SynchronousTestCase):
    @override
    def setUp(self) -> None:
        self.world = World(passwords=FakePasswords())
        self.hand = FakeHand()
        self.world.lobby.hand = self.hand
        self.root = self.world.operator()

    def came(self, name: str = "alice", password: Password = SECRET) -> Person:
        """Return somebody who has come in by a password."""
        person = self.world.visit()
        [welcome] = person.do(Login(Username(name), password=password))
        assert isinstance(welcome, Welcome)
        assert welcome.account
        return person

    def test_an_account_is_made_and_listed(self) -> None:
        assert self.root.do(AddAccount(ALICE, SECRET)) == [Ok()]
        assert self.root.do(AddAccount(BOB, SECRET)) == [Ok()]
        assert self.root.refused(AddAccount(ALICE, SECRET)) == "account-exists"
        assert self.root.refused(AddAccount(Username("carl"), Password("short"))) == "password-invalid"
        alice, bob = AccountInfo(ALICE, "member", AT, AT), AccountInfo(BOB, "member", AT, AT)
        assert self.root.do(ListAccounts()) == [AccountList((alice, bob), more=False)]
        assert self.root.do(ListAccounts("LI")) == [AccountList((alice,), more=False)]
        assert self.root.do(ListAccounts(after=ALICE)) == [AccountList((bob,), more=False)]
        self.came()

    def test_none_is_made_that_could_be_mistaken(self) -> None:
        self.root.do(AddAccount(ALICE, SECRET))
        for name in ("a1ice", "\u0430\u04cf\u0456\u0441\u0435", "NickServ", "admin", "root", "adm1n"):
            assert self.root.refused(AddAccount(Username(name), SECRET)) == "username-taken", name

    def test_a_guest_who_has_the_name_makes_way(self) -> None:
        alice = self.world.enter("alice")
        self.root.do(AddAccount(ALICE, SECRET))
        assert alice.see() == [Bye("revoked")]
        self.came()

    def test_another_password_logs_all_out(self) -> None:
        self.root.do(AddAccount(ALICE, SECRET))
        alice = self.came()
        assert self.root.do(SetPassword(ALICE, Password("another one"))) == [Ok()]
        assert alice.see() == [Bye("revoked")]
        self.came(password=Password("another one"))
        assert self.root.refused(SetPassword(BOB, SECRET)) == "no-such-user"

    def test_one_that_is_removed_is_a_free_name(self) -> None:
        self.root.do(AddAccount(ALICE, SECRET))
        alice = self.came()
        assert self.root.do(RemoveAccount(ALICE)) == [Ok()]
        assert alice.see() == [Bye("revoked")]
        [welcome] = self.world.visit().do(Login(ALICE))
        assert isinstance(welcome, Welcome)
        assert self.root.refused(RemoveAccount(ALICE)) == "no-such-user"

    def test_who_is_made_an_operator_has_all_rights_at_once(self) -> None:
        self.root.do(AddAccount(ALICE, SECRET))
        alice, bob = self.came(), self.world.enter("bob")
        bob.do(Create(TEA))
        assert alice.refused(Kick(TEA, BOB)) == "not-allowed"
        assert alice.refused(Connections()) == alice.refused(ListAccounts()) == "not-allowed"
        assert self.root.do(SetRole(ALICE, "operator")) == [Ok()]
        assert alice.do(Who()) == [
            Members(None, (ALICE, BOB), more=False, roles={ALICE: "operator"}, accounts=(ALICE,))
        ]
        assert alice.do(Connections()) == [ConnectionList((), more=False)]
        assert kinds(alice.do(ListAccounts())) == ["AccountList"]
        alice.do(Join(TEA))
        bob.see()
        assert bob.refused(Kick(TEA, ALICE)) == "not-allowed"
        assert alice.do(Kick(TEA, BOB))[1:] == [Left(TEA, BOB, 1, 256, "kicked", ALICE)]
        assert bob.see() == [Removed(TEA, ALICE, "kicked")]
        assert kinds(alice.do(Delete(TEA))) == ["Ok", "Deleted"]
        self.root.do(SetRole(ALICE, "member"))
        assert alice.refused(Connections()) == "not-allowed"
        alice.do(Quit())
        assert self.came().refused(ListAccounts()) == "not-allowed"

    def test_where_there_are_no_accounts_there_are_none_to_keep(self) -> None:
        root = World().operator()
        for command in (ListAccounts(), AddAccount(ALICE, SECRET), RemoveAccount(ALICE)):
            assert root.refused(command) == "not-allowed"
