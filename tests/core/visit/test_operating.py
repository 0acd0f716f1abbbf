"""Somebody acts as an operator by the password of one, whoever they are, while their connection lasts."""

from __future__ import annotations

from chatroom.core.values.commands import (
    Delete,
    Join,
    ListAccounts,
    Login,
    Operate,
    Quit,
    ReadAudit,
    SetRole,
    StandDown,
    Who,
)
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import AccountList, ActList, Members, Ok, Welcome
from tests.core.scenes import ALICE, TEA, gather, session
from tests.core.visit.test_accounts import SECRET, registered, world
from tests.fakes import Person, World

ROOT = Username("root1")
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


def test_whoever_acts_by_two_connections_does_so_until_the_last_ends() -> None:
    here = with_operator()
    one, other = registered(here, "alice"), here.visit()
    other.do(Login(ALICE, password=RIGHT))
    for person in (one, other, other):
        assert Ok(ROOT) in person.do(Operate(ROOT, RIGHT))
    one.do(Quit())
    assert may_operate(other)
    other.do(StandDown())
    assert not may_operate(other)


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
