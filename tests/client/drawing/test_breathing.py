"""Columns as wide as what stands in them: they grow at once, and shrink only when one comes in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.views.lines import Line
from chatroom.client.views.view import HelpView, RoomView, Tab
from tests.client.drawing.reading import a_room, said, texts
from tests.client.drawing.test_widget import ONLINE, ROOM

LONG = "bartholomew-the-third"
SIXTY = tuple(said(number, speaker="bob" if number > 20 else LONG) for number in range(1, 61))


class Screen:
    """A screen of *columns* and *height*."""

    def __init__(self, columns: int = 79, height: int = 12) -> None:
        self.widget = ViewWidget(runs=False)
        self._size = columns, height

    def rows(self, view: RoomView) -> list[str]:
        """Return what is seen of *view*."""
        self.widget.show(view)
        return texts(self.widget.render(self._size))

    def said(self, view: RoomView) -> str:
        """Return the last row of what was said in *view*."""
        return self.rows(view)[-3]


def test_names_have_as_many_columns_as_the_longest_near_what_is_seen() -> None:
    assert Screen().said(a_room(said(1, speaker="bo"))) == " 23:20    bo  message 1"
    assert Screen().said(a_room(said(1, speaker="penelope"), said(2))) == " 23:20      bob  message 2"
    assert Screen().said(a_room(said(1, speaker=LONG), said(2))) == " 23:20            bob  message 2"
    far = tuple(said(number, speaker=LONG) for number in range(1, 5))
    assert Screen().said(a_room(*far, *SIXTY[20:])) == " 23:21   bob  message 60"


def test_the_mark_of_a_role_needs_its_column_too() -> None:
    view = replace(a_room(said(1, speaker="carol"), said(2)), roles={"carol": "owner"})
    assert Screen().said(view) == " 23:20    bob  message 2"


def test_a_name_that_comes_into_view_has_its_columns_at_once_and_keeps_them() -> None:
    screen = Screen()
    view = a_room(*SIXTY)
    assert screen.said(view) == " 23:21   bob  message 60"
    screen.widget.scroll("top")
    assert "bartholomew-t…  message 7" in screen.said(view)
    screen.widget.scroll("end")
    assert screen.said(view) == " 23:21            bob  message 60"


def test_it_is_so_where_a_message_is_pointed_at() -> None:
    view = a_room(*SIXTY)
    assert "bartholomew-t…  message" not in Screen().said(view)
    assert "bartholomew-t…  message" in Screen().said(replace(view, pointed=3))


@pytest.mark.parametrize("other", [replace(a_room(), room="coffee"), HelpView((), ONLINE, ROOM.input)])
def test_who_comes_in_again_sees_it_as_narrow_as_it_can_be(other: RoomView | HelpView) -> None:
    screen = Screen(120)
    tabs = (Tab("tea", 0, False, True), Tab("coffee", 0, False, False))
    wide = replace(
        a_room(said(1, speaker=LONG)), members=(LONG,), count=1, tabs=(*tabs, Tab("x" * 20, 0, False, False))
    )
    narrow = replace(a_room(said(1)), members=("bob",), count=1, tabs=tabs)
    assert screen.rows(narrow)[1].index("│") == 13
    assert screen.rows(wide)[1].index("│") == 16
    assert screen.rows(narrow) == screen.rows(replace(narrow, topic=narrow.topic))
    assert screen.rows(narrow)[1].index("│") == 16
    screen.widget.show(other)
    assert screen.rows(narrow) == Screen(120).rows(narrow)


@pytest.mark.parametrize(("name", "column"), [("bo", 110), ("penelope", 108), (LONG, 102)])
def test_the_list_of_people_is_as_wide_as_its_names(name: str, column: int) -> None:
    rows = Screen(120).rows(replace(ROOM, members=(name,), count=1))
    assert rows[1].rindex("│") == column


def test_so_it_is_by_those_who_have_a_row_and_by_the_number_of_the_others() -> None:
    members = ("bob", *("carol" for _ in range(20)), LONG)
    assert Screen(100).rows(replace(ROOM, members=members, count=22))[1].rindex("│") == 88
    assert Screen(100).rows(replace(ROOM, members=(), count=12_345))[1].rindex("│") == 85


def test_the_list_of_rooms_has_room_for_what_is_new_in_them() -> None:
    screen = Screen(100)
    assert screen.rows(replace(ROOM, tabs=(Tab("coffee", 1, False, False),)))[1].startswith(" 1 coffee  1 │")
    assert screen.rows(replace(ROOM, tabs=(Tab("coffee", 120, True, False),)))[1].startswith(" 1 coffee @99+ │")


@pytest.mark.parametrize("speaker", ["bob", LONG])
def test_with_both_lists_the_text_has_more_than_half_of_the_columns(speaker: str) -> None:
    lines: tuple[Line, ...] = (said(1, "x" * 200, speaker),)
    tabs = (Tab("release-candidates", 120, True, True),)
    rows = Screen(100, 30).rows(replace(ROOM, lines=lines, tabs=tabs, members=(LONG,), count=1))
    text = next(row for row in rows if "xxx" in row)
    assert text.count("x") >= 55
    assert text.count("│") == 2


@pytest.mark.parametrize(("columns", "names"), [(100, 10), (80, 11), (120, 14)])
def test_long_names_give_way_before_the_rooms_are_cut(columns: int, names: int) -> None:
    tabs = (Tab("ops", 0, False, True), Tab("@pamela", 1, True, False))
    view = replace(ROOM, lines=(said(1, "x", LONG),), tabs=tabs, members=("bob",), count=1)
    rows = Screen(columns, 30).rows(view)
    assert any(row.startswith(" 2 @pamela @1 │") for row in rows)
    assert any(f"│ 23:20 {LONG[: names - 1]}…  x" in row for row in rows)


def test_without_lists_they_have_all_their_columns() -> None:
    screen = Screen(80, 30)
    screen.widget.want(rooms=False, members=False)
    assert any(
        row.startswith(" 23:20 bartholomew-t…  x") for row in screen.rows(replace(ROOM, lines=(said(1, "x", LONG),)))
    )
