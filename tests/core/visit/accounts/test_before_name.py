"""Who has no name yet shows that an account is theirs, or has one made, and comes in by it."""

from __future__ import annotations

import pytest

from chatroom.core.values.accounts import digest
from chatroom.core.values.commands import Authenticate, Join, Login, Quit, Register, RemoveAccount
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import AccountRights, Authenticated, Refused, Registered, Reply, Welcome
from tests.core.scenes import ALICE, BOB, TEA, gather
from tests.core.visit.accounts.test_accounts import SECRET, registered, world
from tests.fakes import Person, World

WRONG = Password("wrong horse")
RIGHT = Password(SECRET)


def absent(here: World, name: str = "alice") -> None:
    """Let there be an account called *name* of somebody who is not here."""
    registered(here, name).do(Quit())


def replies(person: Person, *commands: Authenticate | Register | Login | Join) -> list[Reply]:
    """Return the replies to *commands*, without notices."""
    for command in commands:
        person.do(command)
    return [reply for _, reply in person.connection.replies]


def test_an_account_that_was_shown_is_the_login_s_whatever_name_that_asks_for() -> None:
    here = world()
    absent(here)
    shown, welcome = replies(person := here.visit(), Authenticate(ALICE, RIGHT), Login(BOB))
    assert isinstance(shown, Authenticated)
    assert (shown.username, shown.account.role, shown.account.token) == (ALICE, "member", None)
    assert isinstance(welcome, Welcome)
    assert welcome.username == ALICE
    assert welcome.account == AccountRights("member", (), shown.account.device)
    assert person.visitor.seat is not None
    assert person.visitor.seat.user.has_account


def test_a_token_may_be_given_and_shown() -> None:
    here = world()
    absent(here)
    [shown] = replies(here.visit(), Authenticate(ALICE, RIGHT, remember=True))
    assert isinstance(shown, Authenticated)
    assert shown.account.token is not None
    again = replies(here.visit(), Authenticate(ALICE, token=digest(shown.account.token)), Login(ALICE))
    assert isinstance(again[0], Authenticated)
    assert again[0].account.device == shown.account.device
    assert isinstance(again[1], Welcome)


def test_a_login_with_a_password_shows_by_itself() -> None:
    here = world()
    absent(here)
    absent(here, "bob")
    _, welcome = replies(here.visit(), Authenticate(ALICE, RIGHT), Login(BOB, password=RIGHT))
    assert isinstance(welcome, Welcome)
    assert welcome.username == BOB


def test_who_shows_nothing_that_is_right_is_nobody() -> None:
    here = world()
    absent(here)
    person = here.visit()
    wrong, none, login = replies(person, Authenticate(ALICE, WRONG), Authenticate(ALICE), Login(ALICE))
    codes = [reply.error.code for reply in (wrong, none, login) if isinstance(reply, Refused)]
    assert codes == ["password-wrong", "password-required", "password-required"]
    assert not person.connection.closed
    for _ in range(5):
        person.do(Authenticate(ALICE, WRONG))
    assert person.connection.closed


def test_what_was_shown_is_worth_nothing_once_the_account_is_gone() -> None:
    here = world()
    absent(here)
    person = here.visit()
    replies(person, Authenticate(ALICE, RIGHT))
    here.operator().do(RemoveAccount(ALICE))
    *_, login, guest = replies(person, Login(ALICE), Login(ALICE))
    assert isinstance(login, Refused)
    assert login.error.code == "password-wrong"
    assert isinstance(guest, Welcome)
    assert guest.account is None


def test_one_has_an_account_made_before_one_comes() -> None:
    here = world()
    made, welcome = replies(here.visit(), Register(RIGHT, ALICE), Login(ALICE))
    assert made == Registered(ALICE)
    assert isinstance(welcome, Welcome)
    assert welcome.account is not None
    later, shown = replies(here.visit(), Login(ALICE), Authenticate(ALICE, RIGHT))
    assert isinstance(later, Refused)
    assert isinstance(shown, Authenticated)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Register(RIGHT), "not-logged-in"),
        (Register(Password("short"), BOB), "password-invalid"),
        (Register(RIGHT, ALICE), "username-taken"),
        (Register(RIGHT, Username("carol")), "username-taken"),
    ],
)
def test_no_account_is_made_of_what_is_not_free(command: Register, code: str) -> None:
    here = world()
    absent(here)
    here.enter("carol")
    [refused] = replies(here.visit(), command)
    assert isinstance(refused, Refused)
    assert refused.error.code == code


def test_where_there_are_no_accounts_nobody_shows_one() -> None:
    here = World()
    for command in (Authenticate(ALICE, RIGHT), Register(RIGHT, ALICE)):
        assert here.visit().refused(command) == "not-allowed"


def test_who_has_a_name_registers_that_one() -> None:
    here = world()
    [alice] = gather(here, "alice")
    assert alice.refused(Register(RIGHT, BOB)) == "already-logged-in"
    assert Registered(ALICE) in alice.do(Register(RIGHT, ALICE))
    assert TEA in alice.rooms
