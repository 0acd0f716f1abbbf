"""Somebody acts as an operator by the password of one, whoever they are, while their connection lasts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from chatroom.core.values.accounts import Account, AccountChange, Dropped
from chatroom.core.values.commands import (
    ChangePassword,
    Configure,
    Delete,
    Join,
    Kick,
    ListAccounts,
    Login,
    Operate,
    Quit,
    ReadAudit,
    RemoveAccount,
    Rename,
    SetPassword,
    SetRole,
    StandDown,
    Unregister,
    Who,
)
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import AccountList, ActList, Members, Ok, Refused, Welcome
from chatroom.core.values.rights import Tuning
from tests.core.scenes import ALICE, TEA, gather, session
from tests.core.visit.accounts.test_accounts import SECRET, registered, world
from tests.fakes import LateLog, Person, World

ROOT, OTHER = Username("root1"), Username("root7")
RIGHT, WRONG = Password(SECRET), Password("wrong horse")


def with_operator() -> World:
    """Return a world with an operator's account, whose owner is not there."""
    here = world()
    registered(here, ROOT).do(Quit())
    assert here.operator().do(SetRole(ROOT, "operator")) == [Ok()]
    return here


def may_operate(person: Person) -> bool:
    return any(isinstance(reply, AccountList) for reply in person.do(ListAccounts()))


def test_by_the_password_of_one_anybody_is_one_while_the_connection_lasts() -> None:
    here = with_operator()
    alice, bob = gather(here, "alice", "bob", known=True)
    carol = here.enter("carol")
    assert not may_operate(bob)
    assert bob.do(Operate(ROOT, RIGHT))[-1] == Ok(ROOT)
    assert may_operate(bob)
    assert not may_operate(carol)
    [members] = carol.do(Who())
    assert isinstance(members, Members)
    assert members.roles == {Username("bob"): "operator"}
    bob.visitor.lost()
    back = here.visit()
    assert isinstance(back.do(Login(Username("bob"), session("bob")))[0], Welcome)
    assert not may_operate(back)
    back.do(Join(TEA))
    assert back.refused(Delete(TEA)) == "not-allowed"
    assert alice.do(Delete(TEA))


def test_whoever_wants_to_be_one_no_longer_is_none() -> None:
    here = with_operator()
    bob = here.enter("bob")
    bob.do(Operate(ROOT, RIGHT))
    assert may_operate(bob)
    assert bob.do(StandDown()) == [Ok()]
    assert not may_operate(bob)
    assert bob.do(StandDown()) == [Ok()]


def test_whoever_acts_by_two_connections_ends_it_for_each_by_itself() -> None:
    here = with_operator()
    one, other, third = registered(here, "alice"), here.visit(), here.visit()
    for person in (other, third):
        person.do(Login(ALICE, password=RIGHT))
    for person in (one, other, other):
        assert Ok(ROOT) in person.do(Operate(ROOT, RIGHT))
    assert not may_operate(third)
    one.do(StandDown())
    assert not may_operate(one)
    assert may_operate(other)
    one.do(Quit())
    assert may_operate(other)
    other.do(StandDown())
    assert not may_operate(other)


def test_in_rooms_too_only_that_connection_has_the_rights() -> None:
    here = with_operator()
    [carol] = gather(here, "carol")
    one, other = registered(here, "alice"), here.visit()
    other.do(Login(ALICE, password=RIGHT))
    one.do(Operate(ROOT, RIGHT))
    carol.do(Configure(TEA, Tuning(invite_only=True, hidden=True)))
    assert other.refused(Join(TEA)) == "no-such-room"
    assert other.refused(Delete(TEA)) == "no-such-room"
    assert one.do(Join(TEA))
    for person in (other, carol):
        person.see()
    assert other.refused(Kick(TEA, Username("carol"))) == "not-allowed"
    assert carol.refused(Kick(TEA, ALICE)) == "not-allowed"
    assert one.do(Delete(TEA))


LOSSES: list[Callable[[World], object]] = [
    lambda here: here.operator().do(SetRole(ROOT, "member")),
    lambda here: here.operator().do(SetPassword(ROOT, WRONG)),
    lambda here: here.operator().do(RemoveAccount(ROOT)),
    lambda here: here.enter(ROOT, password=SECRET).do(ChangePassword(RIGHT, WRONG)),
    lambda here: here.enter(ROOT, password=SECRET).do(Unregister(RIGHT)),
    # At another server.
    lambda here: elsewhere(here, lambda root: replace(root, role="member")),
    lambda here: elsewhere(here, lambda root: replace(root, password="another")),
    lambda here: elsewhere(here, lambda root: Dropped(root.id)),
]


def elsewhere(here: World, change: Callable[[Account], AccountChange]) -> None:
    """Let the world hear of a *change* of the operator's account at another server."""
    assert here.accounts
    root = here.accounts.named(ROOT)
    assert root
    here.accounts.heard([change(root)])


@pytest.mark.parametrize("lose", LOSSES)
def test_it_ends_with_the_rights_by_which_it_began(lose: Callable[[World], object]) -> None:
    here = with_operator()
    registered(here, OTHER).do(Quit())
    here.operator().do(SetRole(OTHER, "operator"))
    bob, carol, dave = here.enter("bob"), here.enter("carol"), registered(here, "dave")
    for person, by in ((bob, ROOT), (carol, OTHER), (dave, ROOT)):
        person.do(Operate(by, RIGHT))
    lose(here)
    assert [may_operate(person) for person in (bob, carol, dave)] == [False, True, False]
    [members] = carol.do(Who())
    assert isinstance(members, Members)
    assert Username("bob") not in members.roles


def test_other_changes_of_that_account_do_not_end_it() -> None:
    here = with_operator()
    bob = here.enter("bob")
    bob.do(Operate(ROOT, RIGHT))
    here.enter(ROOT, password=SECRET).do(Rename(Username("root2")))
    assert may_operate(bob)


def test_a_right_that_is_lost_while_that_is_written_down_is_none() -> None:
    log = LateLog(prompt=True)
    here = world(log=log)
    registered(here, ROOT).do(Quit())
    here.operator().do(SetRole(ROOT, "operator"))
    bob = here.enter("bob")
    log.prompt = False
    bob.ask(Operate(ROOT, RIGHT))
    elsewhere(here, lambda root: replace(root, role="member"))
    log.prompt = True
    log.answer()
    assert "password-wrong" in [reply.error.code for reply in bob.see() if isinstance(reply, Refused)]
    assert not may_operate(bob)


def test_it_is_noted() -> None:
    here = with_operator()
    bob = here.enter("bob")
    bob.do(Operate(ROOT, RIGHT))
    [acts] = bob.do(ReadAudit())
    assert isinstance(acts, ActList)
    assert next((act.by, act.action, act.username) for act in acts.acts) == ("bob", "operate", ROOT)


def test_what_is_wrong_is_a_guess_and_tells_nothing_of_who_is_no_operator() -> None:
    here = with_operator()
    registered(here, "alice").do(Quit())
    for command in (Operate(ROOT, WRONG), Operate(ALICE, RIGHT), Operate(Username("nobody1"), RIGHT)):
        bob = here.enter("bob")
        assert bob.refused(command) == "password-wrong"
        assert not may_operate(bob)
        bob.do(Quit())
    mallory = here.enter("mallory")
    for _ in range(5):
        mallory.do(Operate(ALICE, RIGHT))
    assert mallory.connection.closed


def test_who_is_one_already_has_nothing_to_ask_for() -> None:
    here = with_operator()
    root = here.visit()
    root.do(Login(ROOT, password=RIGHT))
    assert root.do(Operate(ROOT, RIGHT)) == [Ok(ROOT)]
    [acts] = root.do(ReadAudit())
    assert isinstance(acts, ActList)
    assert "operate" not in [act.action for act in acts.acts]


def test_where_there_are_no_accounts_nobody_is_one() -> None:
    assert World().enter("bob").refused(Operate(ROOT, RIGHT)) == "not-allowed"
