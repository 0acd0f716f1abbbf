"""The first screen: a name is chosen, and what is wrong with it is said in place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.username import UsernameScreen
from chatroom.client.views.view import Connectivity
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import Error
from chatroom.wire.frames.requests import AnyRequest
from tests.client.reader import Reader


def test_a_name_that_is_entered_is_asked_for() -> None:
    reader = Reader()

    assert reader.press("alice", "enter") == requests.Login(username="alice")


def test_the_name_stays_in_sight_until_the_server_has_taken_it() -> None:
    reader = Reader()
    reader.press("alice", "enter")

    assert reader.username_view.input.text == "alice"


@pytest.mark.parametrize("name", ["", "-alice", "two words", "a" * 33])
def test_a_name_that_can_not_be_one_is_refused_in_place(name: str) -> None:
    reader = Reader()

    assert reader.press(name, "enter") is None

    assert reader.username_view.notice
    assert reader.username_view.input.text == name


def test_what_the_server_has_against_a_name_is_said_in_place() -> None:
    reader = Reader()
    reader.press("join-us", "enter")
    assert isinstance(reader.screen, UsernameScreen)

    reader.screen.refused(Error(code="username-invalid", message="join-us is none; choose another."))

    assert reader.username_view.notice == "join-us is none; choose another."
    assert reader.screen.retry() is None


IN_USE = Error(code="username-taken", message="alice is in use; choose another.")


def pass_time(reader: Reader, seconds: int) -> list[AnyRequest]:
    """Let time go by, and the server refuse the name all the while; return what was asked."""
    assert isinstance(reader.screen, UsernameScreen)
    asked = []
    for _ in range(seconds):
        reader.time += timedelta(seconds=1)
        if retry := reader.screen.retry():
            asked.append(retry)
            reader.screen.refused(IN_USE)
    return asked


def refused() -> Reader:
    """Somebody whose name is in use."""
    reader = Reader()
    reader.press("alice", "enter")
    assert isinstance(reader.screen, UsernameScreen)
    reader.screen.refused(IN_USE)
    return reader


def test_a_name_that_may_be_held_for_oneself_is_tried_again_until_it_is_not() -> None:
    reader = refused()
    waits = "alice is in use; choose another. If that is you, it is free soon: trying again in"
    assert reader.username_view.notice == f"{waits} 5 s."
    assert pass_time(reader, 4) == []
    assert reader.username_view.notice == f"{waits} 1 s."
    assert pass_time(reader, 60) == [requests.Login(username="alice")] * 7
    assert reader.username_view.notice == "alice is in use; choose another."
    reader.press("enter")
    assert isinstance(reader.screen, UsernameScreen)
    reader.screen.refused(IN_USE)
    assert reader.username_view.notice == f"{waits} 5 s."


def test_who_types_another_name_is_left_alone() -> None:
    reader = refused()
    reader.press("2")
    assert pass_time(reader, 60) == []
    assert reader.username_view.notice == "alice is in use; choose another."


def test_a_name_that_another_client_has_is_not_waited_for() -> None:
    reader = Reader(sessions=Busy())
    reader.chat.sessions.begin("alice")
    reader.press("alice", "enter")
    assert isinstance(reader.screen, UsernameScreen)
    reader.screen.refused(IN_USE)
    assert reader.username_view.notice == f"{IN_USE.message} Another client of yours may have it."
    assert pass_time(reader, 60) == []


class Busy:
    """Sessions that another client has."""

    def take(self, username: str) -> str:
        return ""

    def release(self) -> None:
        pass


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
