"""What the mouse does, and what stands where it is clicked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.drawing.mouse import Click, Wheel, gesture
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.views.lines import MessageLine, NoticeLine, Private
from chatroom.client.views.targets import OnItem, OnLobbyRoom, OnMember, OnMessage, OnSpeaker, OnTab, Target
from chatroom.client.views.view import LobbyRoom, LobbyView, RoomView, Tab, View
from tests.client.drawing.reading import EVENING, said, texts
from tests.client.drawing.test_lists import FOUND, PLACES
from tests.client.drawing.test_widget import LOBBY, ROOM
from tests.client.drawing.views import SIZES, VIEWS


@pytest.mark.parametrize(
    ("event", "meaning"),
    [
        (("mouse press", 1, 7, 3), Click(7, 3)),
        (("mouse press", 4, 7, 3), Wheel(up=True)),
        (("mouse press", 5, 7, 3), Wheel(up=False)),
        (("mouse press", 2, 7, 3), None),
        (("mouse press", 3, 7, 3), Click(7, 3, menu=True)),
        (("mouse release", 0, 7, 3), None),
        (("mouse drag", 1, 7, 3), None),
        (("ctrl mouse press", 1, 7, 3), None),
        (("cursor position", 7, 3), None),
    ],
)
def test_the_buttons_and_the_wheel_mean_something(event: tuple[object, ...], meaning: object) -> None:
    assert gesture(event) == meaning


def clicked(view: View, text: str, columns: int = 100, height: int = 12) -> Target | None:
    """Return what one clicks who clicks where *text* stands in the drawing of *view*."""
    widget = ViewWidget()
    widget.show(view)
    rows = texts(widget.render((columns, height)))
    [(row, column)] = [(number, row.index(text)) for number, row in enumerate(rows) if text in row]
    return widget.at(Click(column, row))


def test_each_room_and_each_name_is_where_it_is_seen() -> None:
    assert clicked(ROOM, "1 tea") == OnTab("tea")
    assert clicked(ROOM, "2 coffee") == OnTab("coffee")
    assert clicked(ROOM, "│ alice", height=20) is None
    assert clicked(replace(ROOM, members=("eve", "zoe")), "eve") == OnMember("eve")
    assert clicked(replace(ROOM, members=("eve", "zoe")), "zoe", height=30) == OnMember("zoe")


def test_each_line_of_a_list_is_where_it_is_seen() -> None:
    assert clicked(FOUND, "The kettle is on") == OnItem(FOUND.items[1])
    assert clicked(PLACES, "coffee") == OnItem(PLACES.items[2])
    long = (*FOUND.items, *FOUND.items, *FOUND.items, *FOUND.items, PLACES.items[2])
    assert clicked(replace(FOUND, items=long, chosen=10), "coffee") == OnItem(PLACES.items[2])
    assert clicked(FOUND, "Enter go there") is None


def test_who_speaks_and_what_is_said_are_where_they_are_seen() -> None:
    said = MessageLine(1, EVENING, "eve", "two\nlines")
    for columns in (100, 79, 60):
        room = replace(ROOM, members=(), lines=(said,))
        assert clicked(room, "two", columns) == OnMessage(said)
        assert clicked(room, "lines", columns) == OnMessage(said)
        assert clicked(room, " eve  two", columns) == OnSpeaker("eve")
    assert clicked(replace(ROOM, lines=(said,)), "eve: two", 20) == OnMessage(said)


def test_who_writes_privately_has_a_name_to_click_and_other_lines_have_nothing() -> None:
    private = Private(EVENING, "eve", "alice", "psst")
    notice = NoticeLine(EVENING, "You are eve now.")
    room = replace(ROOM, members=(), lines=(private, notice))
    assert clicked(room, " eve  [") == OnSpeaker("eve")
    assert clicked(room, "psst") is None
    assert clicked(room, "--") is None
    assert clicked(room, "You are") is None
    assert clicked(room, "Friday") is None


def test_beside_the_text_is_nothing_to_click() -> None:
    widget = ViewWidget(text=60)
    widget.show(replace(ROOM, lines=(said(1),)))
    [row] = [number for number, row in enumerate(texts(widget.render((140, 12)))) if "message 1" in row]
    assert isinstance(widget.at(Click(60, row)), OnMessage)
    assert widget.at(Click(13, row)) is None
    assert widget.at(Click(119, row)) is None


def test_the_title_the_bar_and_the_line_are_nothing_to_click() -> None:
    for text in ("Tea and biscuits", " alice · tea", " > hello"):
        assert clicked(replace(ROOM, members=()), text) is None


def test_where_there_are_more_rooms_than_rows_each_is_where_it_is_seen() -> None:
    rooms = tuple(Tab(f"room{number}", 0, False, number == 30) for number in range(40))
    assert clicked(replace(ROOM, tabs=rooms), "room30") == OnTab("room30")
    assert clicked(replace(ROOM, tabs=rooms), "room28") == OnTab("room28")


def test_below_the_rooms_and_on_the_number_of_the_others_there_is_nothing() -> None:
    assert clicked(replace(ROOM, members=tuple("abcdefghijklmnop"), count=16), "+ 8 more") is None
    widget = ViewWidget()
    widget.show(ROOM)
    widget.render((100, 12))
    assert widget.at(Click(3, 8)) is None


@pytest.mark.parametrize("height", [6, 9, 12, 30])
def test_each_room_of_the_lobby_is_where_it_is_seen(height: int) -> None:
    for room, text in (("tea", "Tea and biscuits"), ("coffee", "For those who must")):
        assert clicked(LOBBY, text, height=height) == OnLobbyRoom(room)


def test_a_lobby_that_is_longer_than_the_screen_is_scrolled_to_what_is_chosen() -> None:
    rows = tuple(LobbyRoom(f"room{number:02}", "", 1, 0, joined=False, own=False) for number in range(60))
    assert clicked(replace(LOBBY, rooms=rows, chosen=40), "room42") == OnLobbyRoom("room42")
    assert clicked(replace(LOBBY, rooms=rows, chosen=40), "room   ") is None


@given(VIEWS, SIZES, st.tuples(st.integers(0, 400), st.integers(0, 100)))
def test_wherever_one_clicks_there_is_nothing_or_what_the_view_has(
    view: View, size: tuple[int, int], place: tuple[int, int]
) -> None:
    widget = ViewWidget()
    widget.show(view)
    widget.render(size)
    match widget.at(Click(*place)):
        case OnTab(room):
            assert isinstance(view, RoomView)
            assert room in {tab.room for tab in view.tabs}
        case OnMember(name):
            assert isinstance(view, RoomView)
            assert name in view.members
        case OnLobbyRoom(room):
            assert isinstance(view, LobbyView)
            assert room in {row.room for row in view.rooms}


def test_before_anything_is_drawn_there_is_nothing_to_click() -> None:
    assert ViewWidget().at(Click(0, 0)) is None
