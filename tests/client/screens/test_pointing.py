"""What a click does."""

from __future__ import annotations

from chatroom.client.screens.overlays.catchup import CatchupScreen
from chatroom.client.screens.pointing import point
from chatroom.client.views.items import Found, RoomItem
from chatroom.client.views.targets import OnItem, OnLobbyRoom, OnMember, OnTab, Target
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest
from tests.client.reader import Reader, rooms


def click(reader: Reader, target: Target) -> AnyRequest | None:
    asked = point(reader.screen, target)
    reader.screen = reader.screen.change_state()
    return asked


def in_two_rooms() -> Reader:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea")
    reader.enter_room("coffee")
    return reader


def test_a_click_on_a_room_goes_there_and_what_is_typed_stays_where_it_was() -> None:
    reader = in_two_rooms()
    reader.press("a draft")
    click(reader, OnTab("tea"))
    assert (reader.room_view.room, reader.room_view.input.text) == ("tea", "")
    click(reader, OnTab("coffee"))
    assert (reader.room_view.room, reader.room_view.input.text) == ("coffee", "a draft")


def test_what_tab_offers_in_another_room_begins_anew() -> None:
    reader = in_two_rooms()
    reader.hear(answers.Members(room="tea", usernames=["bob", "bert"], more=False), requests.Who(room="tea"))
    reader.hear(answers.Members(room="coffee", usernames=["bob", "bert"], more=False), requests.Who(room="coffee"))
    reader.press("b", "tab")
    click(reader, OnTab("tea"))
    reader.press("tab")
    assert reader.room_view.input.text == "bert: "


def test_a_room_that_was_left_meanwhile_is_not_gone_to() -> None:
    reader = in_two_rooms()
    click(reader, OnTab("biscuits"))
    assert reader.room_view.room == "coffee"


def test_a_click_on_a_name_addresses_it() -> None:
    reader = in_two_rooms()
    click(reader, OnMember("bob"))
    click(reader, OnMember("eve"))
    reader.press("and")
    click(reader, OnMember("bob"))
    assert reader.room_view.input.text == "bob: eve and bob "


def in_the_lobby() -> Reader:
    reader = Reader()
    reader.come_in()
    reader.hear(answers.Rooms(rooms=rooms("coffee", "tea"), more=False))
    return reader


def test_in_the_lobby_the_first_click_chooses_and_the_second_enters() -> None:
    reader = in_the_lobby()
    assert click(reader, OnLobbyRoom("tea")) is None
    assert reader.lobby_view.chosen == 1
    assert click(reader, OnLobbyRoom("coffee")) is None
    assert isinstance(asked := click(reader, OnLobbyRoom("coffee")), requests.Join)
    assert asked.room == "coffee"


def test_enter_takes_what_a_click_has_chosen() -> None:
    reader = in_the_lobby()
    click(reader, OnLobbyRoom("tea"))
    assert isinstance(asked := reader.press("enter"), requests.Join)
    assert asked.room == "tea"


def test_while_something_is_asked_a_click_chooses_nothing() -> None:
    reader = in_the_lobby()
    reader.press("meta delete")
    assert click(reader, OnLobbyRoom("tea")) is None
    assert click(reader, OnLobbyRoom("tea")) is None
    assert reader.lobby_view.question


def test_a_room_that_is_gone_or_what_is_not_on_the_screen_does_nothing() -> None:
    reader = in_the_lobby()
    for target in (OnLobbyRoom("biscuits"), OnTab("tea"), OnMember("bob")):
        assert click(reader, target) is None
    assert reader.lobby_view.chosen == 0


def test_in_a_list_the_first_click_chooses_a_line_and_the_second_goes_there() -> None:
    reader = in_two_rooms()
    reader.hear_said("anyone?", room="tea")
    reader.press("f3")
    assert isinstance(reader.screen, CatchupScreen)
    [coffee] = [item for item in reader.screen.items() if isinstance(item, RoomItem) and item.room == "coffee"]
    [anyone] = [item for item in reader.screen.items() if isinstance(item, Found)]
    [tea] = [item for item in reader.screen.items() if isinstance(item, RoomItem) and item.room == "tea"]

    click(reader, OnItem(tea))
    click(reader, OnItem(anyone))
    click(reader, OnItem(coffee))
    assert reader.screen.view().items[reader.screen.view().chosen or 0] == coffee
    click(reader, OnItem(tea))
    click(reader, OnItem(tea))
    assert reader.room_view.room == "tea"
