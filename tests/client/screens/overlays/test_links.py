"""The links in a room."""

from __future__ import annotations

import pytest

from chatroom.client.model.wishes import Copy, Open
from chatroom.client.screens.overlays.links import LinksScreen
from chatroom.client.screens.room import RoomScreen
from chatroom.client.text.clock import clock
from chatroom.client.views.items import Choice
from chatroom.client.views.view import ListView
from tests.client.reader import Reader, said


@pytest.fixture
def reader() -> Reader:
    """Alice, in the room tea, where links were said."""
    reader = Reader()
    reader.come_in(features=["replies"])
    reader.enter_room("tea")
    reader.hear_said("https://a.example and https://b.example", "tea", "https://c.example", "again https://a.example")
    return reader


def view(reader: Reader) -> ListView:
    assert isinstance(reader.screen, LinksScreen)
    return reader.screen.view()


def listed(reader: Reader) -> list[str]:
    return [item.words for item in view(reader).items if isinstance(item, Choice)]


def test_the_newest_are_first_and_each_is_there_once(reader: Reader) -> None:
    reader.press("a draft", "meta o")
    assert listed(reader) == ["https://a.example", "https://c.example", "https://b.example"]
    assert (view(reader).title, view(reader).count, view(reader).chosen) == ("Links in tea", "3 links", 0)
    assert view(reader).items[1] == Choice("https://c.example", "bob, 12:03")
    reader.press("meta o")
    assert reader.room_view.input.text == "a draft"


def test_times_are_as_the_user_reads_them() -> None:
    reader = Reader(clock=clock("%-I:%M %p"))
    reader.come_in()
    reader.enter_room("tea")
    reader.hear_said("https://a.example")
    reader.press("meta o")
    assert view(reader).items == (Choice("https://a.example", "bob, 12:01 PM"),)


def test_enter_opens_one_and_another_key_copies_one(reader: Reader) -> None:
    reader.press("meta o", "down", "enter")
    assert isinstance(reader.screen, RoomScreen)
    reader.press("meta o", "ctrl y")
    assert isinstance(reader.screen, RoomScreen)
    assert reader.chat.wishes == [Open("https://c.example"), Copy("https://a.example")]
    assert reader.room_view.input.text == ""


def test_further_up_the_first_in_view_is_chosen(reader: Reader) -> None:
    reader.chat.conversations["tea"].reading.follow(False, 2)
    reader.press("meta o")
    assert view(reader).chosen == 1


def test_nothing_is_listed_of_people_who_are_ignored(reader: Reader) -> None:
    reader.hear(said(5, "https://evil.example", speaker="eve"))
    reader.enter("/ignore eve")
    reader.press("meta o")
    assert "https://evil.example" not in listed(reader)


def test_what_is_said_meanwhile_moves_nothing(reader: Reader) -> None:
    reader.press("meta o")
    reader.hear(said(5, "https://d.example"))
    assert listed(reader)[0] == "https://a.example"


def test_where_there_is_none_it_says_so(reader: Reader) -> None:
    reader.enter_room("milk")
    reader.press("meta o")
    assert view(reader).notice.startswith("There is no link")
    assert reader.press("enter", "ctrl y") is None
    assert reader.chat.wishes == []


def test_the_lobby_has_none(reader: Reader) -> None:
    reader.press("f2", "meta o")
    assert reader.lobby_view.status.remark == "You are in the lobby"
