"""What a click does."""

from __future__ import annotations

from chatroom.client.screens.overlays.catchup import CatchupScreen
from chatroom.client.screens.pointing import point
from chatroom.client.views.items import FoundMessage, RoomItem
from chatroom.client.views.lines import MessageLine
from chatroom.client.views.targets import OnItem, OnLobbyRoom, OnMember, OnMessage, OnSpeaker, OnTab, Target
from chatroom.client.views.view import Menu, RoomView
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


def open_menu(reader: Reader) -> Menu | None:
    """Return the menu that is open, if there is one."""
    seen = reader.screen.view()
    return seen.menu if isinstance(seen, RoomView) else None


def test_the_other_button_opens_the_menu_of_a_name() -> None:
    reader = in_two_rooms()
    point(reader.screen, OnMember("bob"), menu=True)
    reader.screen = reader.screen.change_state()
    menu = open_menu(reader)
    assert menu
    assert menu.title == "bob"


def test_a_click_on_a_speaker_or_a_message_opens_its_menu_and_one_beside_it_closes_it() -> None:
    reader = in_two_rooms()
    reader.hear_said("hello", room="coffee")
    [message] = reader.room_view.lines
    assert isinstance(message, MessageLine)
    for target, title in ((OnSpeaker("bob"), "bob"), (OnMessage(message), "bob, 12:01"), (OnSpeaker("bob"), "bob")):
        click(reader, target)
        menu = open_menu(reader)
        assert menu
        assert menu.title == title
    assert point(reader.screen, None) is None
    reader.screen = reader.screen.change_state()
    assert open_menu(reader) is None
    click(reader, OnSpeaker("alice"))
    assert (open_menu(reader), reader.room_view.status.remark) == (None, "That is you")


def test_a_click_on_a_message_takes_it_while_one_is_chosen() -> None:
    reader = in_two_rooms()
    reader.hear_said("one", "two", room="coffee")
    first = reader.room_view.lines[0]
    assert isinstance(first, MessageLine)
    reader.press("f9")
    click(reader, OnMessage(first))
    menu = open_menu(reader)
    assert menu
    assert menu.about == "one"


def test_in_a_menu_the_first_click_chooses_and_the_second_does_it() -> None:
    reader = in_two_rooms()
    click(reader, OnSpeaker("bob"))
    menu = open_menu(reader)
    assert menu
    click(reader, OnItem(menu.choices[2]))
    menu = open_menu(reader)
    assert menu
    assert menu.chosen == 2
    click(reader, OnItem(menu.choices[0]))
    click(reader, OnItem(menu.choices[0]))
    assert reader.room_view.input.text == "bob: "


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
    [anyone] = [item for item in reader.screen.items() if isinstance(item, FoundMessage)]
    [tea] = [item for item in reader.screen.items() if isinstance(item, RoomItem) and item.room == "tea"]

    click(reader, OnItem(tea))
    click(reader, OnItem(anyone))
    click(reader, OnItem(coffee))
    assert reader.screen.view().items[reader.screen.view().chosen or 0] == coffee
    click(reader, OnItem(tea))
    click(reader, OnItem(tea))
    assert reader.room_view.room == "tea"
