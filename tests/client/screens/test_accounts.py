"""An account at the screens: passwords are asked for, and seen nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from chatroom.client.model.chat import PAGE_SIZE
from chatroom.client.model.wanted_rooms import MAX_FOLLOWED
from chatroom.client.screens.commands import COMMANDS
from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.overlays.password import PasswordScreen
from chatroom.client.screens.room import RoomScreen
from chatroom.client.screens.username import UsernameScreen
from chatroom.client.views.view import Connectivity, LobbyView, RoomView
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import Error
from tests.client.reader import LIMITS, Reader, entered, rooms

REQUIRED = Error(code="password-required", message="alice is registered.", username="alice")
WRONG = Error(code="password-wrong", message="That is not right; try again.")
SECRET = "correct horse"
WELCOME = answers.Welcome(
    username="alice", server="chatroom", protocol=1, resumed=False, rooms=[], heartbeat=60, limits=LIMITS
)


@pytest.fixture
def visitor() -> Reader:
    """Somebody who has given the name alice, and is asked for its password."""
    reader = Reader()
    reader.press("alice", "enter")
    refuse(reader, REQUIRED)
    return reader


def refuse(reader: Reader, error: Error) -> None:
    assert isinstance(reader.screen, UsernameScreen)
    reader.screen.refused(error)


def member(account: str = "alice", **settings: Any) -> Reader:
    """Return somebody in the room tea, on a server with accounts, who may have one."""
    reader = Reader(**settings)
    reader.come_in(features=["accounts"], account=account or UNSET)
    reader.hear(answers.Rooms(rooms=rooms("tea"), more=False), requests.List(watch=True))
    reader.enter_room("tea")
    return reader


def seen(reader: Reader) -> str:
    """Return all that the view has, whatever is drawn of it."""
    return repr(reader.screen.view())


# The page of the name.


def test_the_page_asks_for_the_password_of_a_name_that_has_one(visitor: Reader) -> None:
    view = visitor.username_view
    assert (view.why, view.input.prompt, view.input.text, view.notice) == ("alice is registered.", "Password: ", "", "")


def test_a_password_is_sent_with_its_name_and_never_seen(visitor: Reader) -> None:
    visitor.press(*SECRET)
    assert visitor.username_view.input.text == "•" * len(SECRET)
    assert visitor.username_view.input.cursor == len(SECRET)
    asked = visitor.press("enter")
    assert asked == requests.Login(username="alice", password=SECRET)
    assert SECRET not in repr(asked)
    assert SECRET not in seen(visitor)


def test_spaces_around_a_password_belong_to_it(visitor: Reader) -> None:
    assert visitor.press("  pass word ", "enter") == requests.Login(username="alice", password="  pass word ")


def test_a_wrong_password_is_told_and_asked_for_again(visitor: Reader) -> None:
    visitor.press(SECRET, "enter")
    refuse(visitor, WRONG)
    view = visitor.username_view
    assert (view.notice, view.input.prompt, view.input.text) == (WRONG.message, "Password: ", "")
    visitor.press("another one", "enter")
    assert visitor.username_view.notice == ""
    refuse(visitor, Error(code="too-many-tries", message="Try again in 600 s."))
    assert (visitor.username_view.notice, visitor.username_view.input.prompt) == ("Try again in 600 s.", "Password: ")


@pytest.mark.parametrize("key", ["esc", "ctrl c"])
def test_one_can_go_back_to_the_name(visitor: Reader, key: str) -> None:
    visitor.press(SECRET)
    assert visitor.press(key) is None
    view = visitor.username_view
    assert (view.why, view.input.prompt, view.input.text) == ("", "Your name: ", "alice")
    assert visitor.enter("bob") == requests.Login(username="bob")
    refuse(visitor, REQUIRED)
    assert visitor.username_view.input.text == ""


def test_the_password_stays_to_be_tried_again_until_the_server_has_said_something(visitor: Reader) -> None:
    visitor.press(SECRET, "enter")
    visitor.chat.connection_changed(Connectivity.LOST, "the connection broke")
    assert visitor.press("enter") == requests.Login(username="alice", password=SECRET)


def test_what_can_be_no_password_is_told_in_place(visitor: Reader) -> None:
    assert visitor.press("enter") is None
    assert visitor.press("x" * 1025, "enter") is None
    assert visitor.username_view.notice == "A password has at most 1,024 bytes."


def test_a_name_that_was_taken_meanwhile_is_chosen_anew(visitor: Reader) -> None:
    visitor.press(SECRET, "enter")
    refuse(visitor, Error(code="username-taken", message="alice is in use."))
    assert visitor.username_view.input.prompt == "Your name: "
    assert visitor.username_view.notice.startswith("alice is in use.")


def test_what_is_cut_out_of_a_password_can_be_put_nowhere_else(visitor: Reader) -> None:
    visitor.press(SECRET, "ctrl u", "esc", "ctrl u", "ctrl y", "ctrl y")
    assert visitor.username_view.input.text == "alicealice"
    visitor.come_in()
    visitor.press("ctrl y")
    assert SECRET not in seen(visitor)


def test_who_is_asked_again_goes_on_where_they_were_with_what_they_had_typed() -> None:
    for reader in (member(), lobby()):
        reader.press("half a sentence")
        under = reader.screen
        reader.chat.connection_changed(Connectivity.NONE)
        reader.screen = UsernameScreen(reader.chat, under=under)
        refuse(reader, REQUIRED)
        assert reader.press(SECRET, "enter") == requests.Login(username="alice", password=SECRET)
        reader.come_in(account="alice")
        assert reader.screen is under
        assert under.editor.text == "half a sentence"


def lobby() -> Reader:
    reader = Reader()
    reader.come_in()
    return reader


# Commands.


@pytest.mark.parametrize(
    ("account", "line", "typed", "asked"),
    [
        ("", "/login bob", [SECRET], requests.Authenticate(username="bob", password=SECRET)),
        ("", "/register", [SECRET, SECRET], requests.Register(password=SECRET)),
        ("alice", "/password", ["old one", SECRET, SECRET], requests.ChangePassword(old="old one", new=SECRET)),
        ("alice", "/unregister", [SECRET], requests.Unregister(password=SECRET)),
    ],
)
def test_passwords_are_typed_in_the_line_and_never_seen(
    account: str, line: str, typed: list[str], asked: requests.AnyRequest
) -> None:
    reader = member(account)
    assert reader.enter(line) is None
    for password in typed:
        assert isinstance(reader.screen, PasswordScreen)
        reader.press(*password)
        view = reader.screen.view()
        assert isinstance(view, RoomView)
        assert (view.room, view.input.text) == ("tea", "•" * len(password))
        assert "password" in view.input.prompt.lower() or view.input.prompt == "The same again: "
        assert password not in seen(reader)
        last = reader.press("enter")
    assert last == asked
    assert isinstance(reader.screen, RoomScreen)
    reader.press("up")
    assert reader.room_view.input.text == line
    assert not any(SECRET in sent.text for sent in reader.chat.input_history.lines)
    assert SECRET not in repr(asked)


def test_they_are_asked_for_in_the_lobby_too() -> None:
    reader = lobby()
    reader.hear(answers.Rooms(rooms=rooms("tea"), more=False), requests.List(watch=True))
    reader.chat.features = frozenset(["accounts"])
    reader.enter("/register")
    reader.paste(f"{SECRET}\nand more")
    view = reader.screen.view()
    assert isinstance(view, LobbyView)
    assert view.input.text == "•" * len(SECRET)
    assert len(view.rooms) == 1
    reader.press("esc")
    assert isinstance(reader.screen, LobbyScreen)
    assert reader.lobby_view.input.text == ""


def test_a_new_password_that_is_typed_in_two_ways_is_asked_for_anew() -> None:
    reader = member("")
    reader.enter("/register")
    assert reader.press("one password", "enter", "another password", "enter") is None
    assert reader.press(SECRET, "enter", SECRET, "enter") == requests.Register(password=SECRET)
    assert reader.told == ["! These were not the same; type the new password once more, and again."]


def test_an_empty_one_and_one_that_can_be_none_are_asked_for_again() -> None:
    reader = member("")
    reader.enter("/register")
    assert reader.press("enter", "x" * 1025, "enter") is None
    assert reader.press(SECRET, "enter", SECRET, "enter") == requests.Register(password=SECRET)


def test_one_can_go_back_from_a_password() -> None:
    reader = member()
    for keys in ([SECRET, "ctrl u"], [SECRET, "enter", SECRET, "ctrl u"]):
        reader.press("/password", "enter", *keys, "esc")
        assert isinstance(reader.screen, RoomScreen)
        reader.press("ctrl y")
        assert reader.room_view.input.text == ""
    assert reader.enter("/password") is None
    view = reader.screen.view()
    assert isinstance(view, RoomView)
    assert (view.input.prompt, view.status.remark) == ("Your password: ", "Esc goes back")


def test_what_is_said_meanwhile_is_seen_and_the_room_may_go() -> None:
    reader = member()
    reader.enter("/password")
    reader.hear_said("hello")
    view = reader.screen.view()
    assert isinstance(view, RoomView)
    assert len(view.lines) == 1
    reader.hear(answers.Deleted(room="tea", by="bob"))
    assert isinstance(reader.screen, PasswordScreen)
    assert isinstance(reader.screen.view(), LobbyView)
    reader.press("esc")
    assert isinstance(reader.screen, LobbyScreen)


def test_a_password_that_is_typed_where_it_is_seen_is_neither_used_nor_kept() -> None:
    for account, line in (("", "/register"), ("alice", "/password"), ("alice", "/unregister")):
        reader = member(account)
        assert reader.enter(f"{line} {SECRET}") is None
        assert reader.told[-1] == f"! Write {line} alone: what it needs is asked for then, and not shown."
        assert reader.room_view.input.text == line
        reader.press("ctrl u", "up")
        assert SECRET not in seen(reader)
    reader = member("")
    assert reader.enter(f"/login alice {SECRET}") is None
    assert reader.told[-1] == "! Write no more than the name: the password is asked for then, and not shown."
    assert reader.room_view.input.text == "/login alice"


def test_where_there_are_no_accounts_it_says_so(reader: Reader) -> None:
    for line in ("/login alice", "/register", "/password", "/unregister", "/devices", "/revoke 1"):
        assert reader.enter(line) is None
        assert reader.told[-1] == "! This server has no accounts."
        assert isinstance(reader.screen, RoomScreen)


def test_who_has_no_account_and_who_has_one_are_told() -> None:
    reader = member("")
    for line in ("/password", "/unregister", "/devices", "/revoke 1"):
        assert reader.enter(line) is None
        assert reader.told[-1] == "! You have no account; /register makes your name yours."
    reader = member("alice")
    assert reader.enter("/register") is None
    assert reader.enter("/login bob") is None
    assert reader.told == [
        "! You have an account already; /password changes its password.",
        "! You are alice already; quit, and log in as bob.",
    ]


def test_devices_are_listed_by_number() -> None:
    reader = member()
    at = "2026-11-20T11:00:00.000Z"
    shared = {"created": at, "seen": at, "door": "frames", "host": "192.0.2.7"}
    one = answers.Device(device=7, kind="token", current=True, client="chatroom-urwid 1", **shared)
    other = answers.Device(device=9, kind="connection", current=False, **shared)
    reader.hear(answers.Devices(devices=[one, other], more=True), reader.enter("/devices"))
    assert reader.told[-1].split("\n") == [
        "Your devices; /revoke and the number signs one out:",
        "7 chatroom-urwid 1 (frames from 192.0.2.7), this one, remembered",
        "9 (frames from 192.0.2.7), seen 2026-11-20 11:00, until it goes",
        "There are more.",
    ]
    assert reader.enter("/revoke 9") == requests.Revoke(device=9)
    reader.hear(answers.Ok(), requests.Revoke(device=9))
    assert reader.told[-1] == "Device 9 is signed out."


def test_what_is_no_device_is_told() -> None:
    reader = member()
    for word in ("x", "0", "-1", "²", "9" * 20):
        assert reader.enter(f"/revoke {word}") is None
        assert reader.told[-1] == f"! {word} is no device; /devices lists them by number."
    assert reader.enter("/revoke") is None
    assert reader.told[-1] == "! Write /revoke number: sign out one of your devices."


class Store:
    """A place for tokens, where there are none."""

    def recall(self, username: str) -> str:
        return ""

    def keep(self, username: str, token: str) -> None:
        """Keep nothing."""

    def forget(self, token: str) -> None:
        """Forget nothing."""


def test_who_registers_is_told_what_will_be_asked_the_next_time() -> None:
    for settings, told in (
        ({}, "At each start you are asked for the password."),
        (
            {"tokens": Store()},
            "At the next start you may be asked for the password once, and then are remembered here.",
        ),
    ):
        reader = member("", **settings)
        reader.hear(answers.Ok(account="alice"), requests.Register(password=SECRET))
        assert reader.told == [f"alice is yours now. {told}"]
        reader.enter("/password")
        assert isinstance(reader.screen, PasswordScreen)


def test_a_guest_becomes_who_has_the_account_and_is_remembered_where_that_can_be() -> None:
    reader = member("", tokens=Store())
    reader.enter("/login Bob")
    asked = reader.press(SECRET, "enter")
    assert asked == requests.Authenticate(username="Bob", password=SECRET, remember=True)
    reader.hear(answers.Left(room="tea", username="alice", members=2, reason="moved"))
    reader.hear(answers.Ok(account="bob", username="bob", role="member", device=3, memberships=["tea"]), asked)
    assert reader.told[-1] == "You are bob now, and no guest any more."
    assert (reader.chat.username, reader.chat.account) == ("bob", "bob")
    assert reader.enter("/devices") == requests.Devices()


def test_what_was_done_to_an_account_is_told() -> None:
    reader = member()
    reader.hear(answers.Ok(), requests.ChangePassword(old=SECRET, new="another one"))
    reader.hear(answers.Ok(), requests.Unregister(password=SECRET))
    assert reader.told == [
        "Your password is another one now, and all your other devices are signed out.",
        "You have no account any more; alice is yours until you go.",
    ]
    reader.enter("/devices")
    assert reader.told[-1] == "! You have no account; /register makes your name yours."


def test_a_password_that_is_not_right_is_told_as_that_and_other_errors_as_they_are() -> None:
    reader = member()
    reader.hear(WRONG, requests.ChangePassword(old=SECRET, new="another one"))
    reader.hear(WRONG, requests.Unregister(password=SECRET))
    reader.hear(Error(code="password-invalid", message="A password is longer."), requests.Register(password="x"))
    reader.hear(Error(code="password-required", message="Only who has an account."), requests.Join(room="den"))
    assert reader.told == [
        *["! That is not your password; nothing was changed."] * 2,
        "! A password is longer.",
        "! Only who has an account.",
    ]


def test_the_commands_are_in_the_table() -> None:
    assert {"login", "register", "password", "unregister", "devices", "revoke"} <= {
        command.name for command in COMMANDS
    }


def test_what_the_server_says_itself_is_told_and_another_name_of_ones_own_is_known() -> None:
    reader = member()
    reader.hear(answers.Notice(by="server", text="It came unencrypted."))
    reader.hear(answers.Memberships(rooms=["tea", "coffee"]))
    reader.hear(answers.Renamed(from_="alice", to="alicia"))
    assert reader.texts == ["It came unencrypted."]
    assert reader.room_view.status.username == "alicia"


def test_a_new_device_shows_the_rooms_of_the_account_behind_the_first_one() -> None:
    reader = Reader(wanted="tea")
    asked = reader.hear(replace(WELCOME, account="alice", follows=["pond", "Tea", "den"]))
    assert asked == [requests.List(watch=True), requests.Join(room="tea", backlog=PAGE_SIZE)]
    reader.hear(entered("tea"), asked[1])
    _, *joins = reader.hear(answers.Level(room="tea", seq=0, members=1, topic=""))
    assert joins == [requests.Join(room=room, backlog=PAGE_SIZE) for room in ("pond", "den")]
    for join in joins:
        assert isinstance(join, requests.Join)
        reader.hear(entered(join.room), join)
    # They are there, and one looks at what one came for.
    assert reader.chat.current is reader.chat.conversations["tea"]
    assert list(reader.chat.conversations) == ["tea", "pond", "den"]
    # Whoever comes back is where they were.
    assert reader.hear(replace(WELCOME, account="alice", follows=["garden"])) == [requests.List(watch=True)]


def test_in_the_lobby_they_are_entered_at_once_and_a_guest_has_none() -> None:
    assert Reader().hear(replace(WELCOME, follows=["pond"])) == [requests.List(watch=True)]
    many = [f"room{number}" for number in range(MAX_FOLLOWED + 1)]
    _, *joins = Reader().hear(replace(WELCOME, account="alice", follows=many))
    assert [join.room for join in joins if isinstance(join, requests.Join)] == many[1:]
