"""Of what is to be seen, only what has changed is written; what is seen is the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
import urwid
from hypothesis import example, given
from hypothesis import strategies as st

from chatroom.client.drawing.rows import Row, canvas
from chatroom.client.drawing.themes import Style, theme
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.views.view import Connectivity, InputLine, RoomView, Status, Tab, UsernameView, View
from tests.client.drawing.reading import said
from tests.client.drawing.test_disputed import DISPUTED
from tests.client.drawing.test_widget import ROOM
from tests.client.drawing.views import VIEWS
from tests.client.fakes import FakeDisplay
from tests.examples import examples

COLUMNS, ROWS = 60, 16
SIZE = COLUMNS, ROWS


class Desk:
    """A terminal on which one canvas is drawn after the other."""

    def __init__(self, size: tuple[int, int] = SIZE, *, clusters: bool = True) -> None:
        urwid.set_encoding("utf8")
        self.size = size
        self.display = FakeDisplay(*size, clusters=clusters)
        self.display.register_palette(theme("dark").palette)
        self.display.start()

    def draw(self, canvas: urwid.Canvas) -> list[list[object]]:
        """Draw *canvas*; return what is seen then, cell by cell."""
        self.display.draw_screen(self.size, canvas)
        cells = (self.display.screen.row(number) for number in range(self.size[1]))
        # Nobody sees the colour of a blank.
        return [
            [(at, cell if cell.data.strip() else (cell.bg, cell.reverse, cell.underscore)) for at, cell in row]
            for row in cells
        ]


def seen_otherwise(size: tuple[int, int], canvases: Iterable[urwid.Canvas], *, clusters: bool = True) -> list[int]:
    """Return which of *canvases*, drawn one after the other, is not seen as one that is drawn first."""
    desk = Desk(size, clusters=clusters)
    return [
        number
        for number, canvas in enumerate(canvases)
        if desk.draw(canvas) != Desk(size, clusters=clusters).draw(canvas)
    ]


@examples(30)
@given(st.lists(VIEWS, min_size=2, max_size=6), st.booleans())
def test_views_are_seen_as_if_each_were_the_first(views: Sequence[View], clusters: bool) -> None:
    assert seen(views, clusters=clusters) == []


def seen(views: Sequence[View], *, clusters: bool) -> list[int]:
    """Return which of *views*, drawn one after the other, is not seen as one that is drawn first."""
    widget = ViewWidget()

    def drawn(view: View) -> urwid.Canvas:
        widget.show(view)
        return widget.render(SIZE)

    return seen_otherwise(SIZE, map(drawn, views), clusters=clusters)


# Rows as they are in rooms: a list on the left, what is said, a list on the right; and what has no sure place.
SIDES = st.sampled_from(["", " tea", " coffee", "│", " tea  │"])
SAID = st.sampled_from(
    [
        "",
        "hello",
        "hello there",
        "tea?",
        "who has the kettle",
        "  ",
        "茶",
        "e\u0301",
        "0\u093e",
        *list(DISPUTED.values())[:3],
    ]
)
STYLES = st.sampled_from([None, Style.TEXT, Style.DIM, Style.STATUS, f"{Style.LINK} https://example.org/"])
DRAWN: st.SearchStrategy[Row] = st.builds(
    lambda left, style, said, right: (
        (Style.TAB, f"{left:8}"),
        (None, " "),
        (style, said),
        *([(Style.DIM, right)] if right else []),
    ),
    SIDES,
    STYLES,
    SAID,
    SIDES,
)
WIDE, HIGH = 30, 10


@examples(100)
@given(
    st.lists(DRAWN, min_size=1, max_size=6),
    st.lists(st.lists(st.integers(0, 5), min_size=HIGH, max_size=HIGH), max_size=4),
    st.lists(st.tuples(st.integers(-4, 4), st.integers(0, 9), st.integers(0, 9)), max_size=8),
)
@example([((None, "a"),)], [[0] * HIGH], [(1, 0, 9)])
def test_rows_that_move_are_seen_where_they_are(
    rows: list[Row], others: list[list[int]], moves: list[tuple[int, int, int]]
) -> None:
    now: list[Row] = [((Style.TEXT, f"{number} is said here"),) for number in range(HIGH)]
    screens: list[list[Row]] = [[*now]]
    for up, one, another in moves:
        top, bottom = min(one, another), max(one, another) + 1
        now[top:bottom] = [now[top + (place + up) % (bottom - top)] for place in range(bottom - top)]
        screens.append([*now])
        for other in others[:1]:
            now = [rows[each % len(rows)] if each else row for each, row in zip(other, now, strict=True)]
        others = others[1:]
        screens.append([*now])
    assert seen_otherwise((WIDE, HIGH), (canvas(each, WIDE, HIGH) for each in screens)) == []


def test_a_mark_that_terminals_place_otherwise_is_written_with_all_of_its_row() -> None:
    line, status = InputLine("> ", "", 0), Status("alice", Connectivity.NONE, "", None, 0)
    views = [UsernameView("", said, line, status) for said in ("", "0\u093e")]
    for clusters in (True, False):
        assert seen(views, clusters=clusters) == []


def a_room(messages: int) -> RoomView:
    """Return a room in which so many *messages* were said, with twelve rooms and twelve people beside it."""
    tabs = tuple(Tab(f"room{number}", 0, False, number == 1) for number in range(12))
    people = tuple(f"person{number}" for number in range(12))
    lines = tuple(said(number, f"message {number} of some usual length, as people write") for number in range(messages))
    return replace(ROOM, tabs=tabs, members=people, lines=lines)


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_a_message_costs_little_more_than_itself(columns: int) -> None:
    size = columns, 40
    desk, widget = Desk(size), ViewWidget()
    for number in range(80, 90):
        widget.show(a_room(number))
        shown = widget.render(size)
        assert desk.draw(shown) == Desk(size).draw(shown)
    written = len(desk.display.frame)
    desk.display.clear()
    desk.draw(shown)
    assert (written < 2000, len(desk.display.frame) > 5000) == (True, True), written


def test_what_is_the_same_is_not_written() -> None:
    desk, widget = Desk(), ViewWidget()
    widget.show(ROOM)
    desk.draw(widget.render(SIZE))
    desk.draw(widget.render(SIZE))
    assert len(desk.display.frame) < 60


def test_all_is_drawn_anew_that_may_have_been_lost() -> None:
    desk, widget = Desk(), ViewWidget()
    widget.show(ROOM)
    before = desk.draw(widget.render(SIZE))
    desk.display.screen.feed(b"\x1b[2J\x1b[Hsomething else writes here")
    desk.display.clear()
    assert desk.draw(widget.render(SIZE)) == before
