"""The text alone, to be copied: whole lines, and no more of them than there is room for."""

from __future__ import annotations

from hypothesis import given

from chatroom.client.drawing.columns import width
from chatroom.client.drawing.copy_mode import HINT, plain_lines, sheet
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.views.lines import MessageLine, Private
from chatroom.client.views.view import View
from tests.client.drawing.reading import EVENING, a_room, said
from tests.client.drawing.test_rows import HARM
from tests.client.drawing.test_widget import LOBBY
from tests.client.drawing.views import SIZES, VIEWS
from tests.client.emulator import Emulator

LINK = "https://example.org/" + "a" * 50


def test_a_line_is_whole_however_long_it_is() -> None:
    assert plain_lines(a_room(said(1, LINK)), None, 20, 10) == [f"23:20 <bob> {LINK}"]


def test_what_was_said_in_several_lines_has_its_head_once() -> None:
    lines = (MessageLine(1, EVENING, "bob", "def f():\n\treturn 1"), Private(EVENING, "bob", "alice", "one\ntwo"))
    assert plain_lines(a_room(*lines), None, 80, 10) == [
        "23:20 <bob> def f():",
        "    return 1",
        "23:20 [bob] one",
        "two",
    ]


def test_the_last_lines_are_shown_or_those_that_one_has_scrolled_to() -> None:
    room = a_room(*(said(number) for number in range(1, 10)))
    assert plain_lines(room, None, 80, 2) == ["23:20 <bob> message 8", "23:20 <bob> message 9"]
    assert plain_lines(room, 3, 80, 2) == ["23:20 <bob> message 4", "23:20 <bob> message 5"]


def test_a_line_that_wraps_takes_the_room_of_others() -> None:
    room = a_room(said(1), said(2, "b" * 30), said(3))
    assert [len(plain_lines(room, None, 21, height)) for height in (1, 2, 3, 4)] == [1, 1, 2, 3]


def test_a_screen_without_talk_is_empty() -> None:
    assert plain_lines(LOBBY, None, 80, 10) == []


def test_the_terminal_itself_wraps_it_and_the_last_row_says_how_one_gets_back() -> None:
    screen = Emulator(20, 8)
    screen.feed(sheet([f"23:20 <bob> {LINK}", "23:20 <bob> hi"], 20, 8).encode())
    assert "".join(screen.lines[:6]) == f"23:20 <bob> {LINK}23:20 <bob> hi"
    assert screen.lines[7] == HINT[:18] + "…"


def test_it_begins_where_the_room_is_scrolled_to() -> None:
    widget = ViewWidget()
    widget.show(a_room(*(said(number) for number in range(1, 100))))
    widget.render((80, 12))
    assert widget.plain_lines(80, 10)[-1] == "23:21 <bob> message 99"
    widget.scroll("top")
    assert widget.plain_lines(80, 10)[0] == "23:20 <bob> message 1"


@given(VIEWS, SIZES)
def test_whatever_there_is_it_is_harmless_and_fits(view: View, size: tuple[int, int]) -> None:
    columns, height = size
    lines = plain_lines(view, None, columns, height)
    assert sum(max(-(-width(line) // columns), 1) for line in lines) <= height
    assert not any(HARM.search(line) for line in lines)
