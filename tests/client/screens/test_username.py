"""The first screen: a name is chosen, and what is wrong with it is said in place."""

from __future__ import annotations

import pytest

from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.username import UsernameScreen
from chatroom.client.views.view import Connectivity
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import Error
from tests.client.reader import Reader


def test_a_name_that_is_entered_is_asked_for() -> None:
    reader = Reader()

    assert reader.press("alice", "enter") == requests.Login(username="alice")


def test_the_name_stays_in_sight_until_the_server_has_taken_it() -> None:
    reader = Reader()
    reader.press("alice", "enter")

    assert reader.username_view.input.text == "alice"


@pytest.mark.parametrize("name", ["", "-alice", "two words", "a" * 33, "help"])
def test_a_name_that_can_not_be_one_is_refused_in_place(name: str) -> None:
    reader = Reader()

    assert reader.press(name, "enter") is None

    assert reader.username_view.notice
    assert reader.username_view.input.text == name


def test_what_the_server_has_against_a_name_is_said_in_place() -> None:
    reader = Reader()
    reader.press("alice", "enter")
    assert isinstance(reader.screen, UsernameScreen)

    reader.screen.refused(Error(code="username-taken", message="alice is in use; choose another."))

    assert reader.username_view.notice == "alice is in use; choose another."


def test_another_name_takes_the_objection_away() -> None:
    reader = Reader()
    reader.press("two words", "enter")

    reader.enter("alice")

    assert reader.username_view.notice == ""


@pytest.mark.parametrize("key", ["esc", "ctrl c"])
def test_who_does_not_want_to_goes_away(key: str) -> None:
    reader = Reader()
    assert reader.press("al", key) is None
    assert reader.username_view.input.text == ""

    assert reader.press(key) == requests.Quit()


def test_who_is_welcome_is_in_the_lobby_and_watches_it() -> None:
    reader = Reader()
    reader.come_in()

    assert isinstance(reader.screen, LobbyScreen)
    assert reader.asked == [requests.List(watch=True)]
    assert reader.lobby_view.status.username == "alice"


def test_a_room_that_was_wanted_from_the_start_is_entered_at_once() -> None:
    reader = Reader(wanted="tea")
    reader.come_in()

    assert reader.asked[-1] == requests.Join(room="tea", backlog=100)
    reader.enter_room(request=reader.asked[-1])
    assert reader.room_view.room == "tea"


@pytest.mark.parametrize("key", ["esc", "ctrl c"])
def test_who_waits_for_a_server_can_go_with_one_key(key: str) -> None:
    for link in (Connectivity.LOST, Connectivity.CONNECTING):
        reader = Reader()
        reader.press("alice")
        reader.enter("alice")
        reader.chat.connection_changed(link, "nothing listens on localhost 8080; trying again in 3 s")
        assert reader.press(key) == requests.Quit()


def test_enter_tries_again_by_the_same_name() -> None:
    reader = Reader()
    reader.press("alice", "enter")
    reader.chat.connection_changed(Connectivity.LOST, "nothing listens on localhost 8080; trying again in 3 s")
    assert reader.press("enter") == requests.Login(username="alice")
