"""What terminals take for wider or narrower than we do moves nothing that stands right of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import urwid
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.views.view import RoomView
from tests.client.drawing.reading import a_room, said
from tests.client.drawing.test_widget import ROOM
from tests.client.fakes import FakeDisplay

COLUMNS, ROWS = 100, 12
DISPUTED = {
    "hearts": "❤️❤️❤️❤️❤️ hearts",
    "keycaps": "1️⃣2️⃣3️⃣ keys",
    "flags": "🇩🇪🇫🇷 flags",
    "tones of skin": "👍🏽👍🏾 tones",
    "a family": "👨‍👩‍👧‍👦 family",
    "text": "☺︎☹︎ faces",
}


class Desk:
    """A terminal that measures *clusters* as we do, or each character by itself."""

    def __init__(self, *, clusters: bool, columns: int = COLUMNS) -> None:
        self.display = FakeDisplay(columns, ROWS, clusters=clusters)
        self._size = columns, ROWS
        self.display.start()
        self._widget = ViewWidget(runs=False)

    def show(self, view: RoomView) -> list[str]:
        """Return the rows of the terminal when it shows *view*."""
        urwid.set_encoding("utf8")
        self._widget.show(view)
        self.display.draw_screen(self._size, self._widget.render(self._size))
        return self.display.screen.lines

    def columns(self, text: str) -> list[list[int]]:
        """Return for each row in which of its columns *text* stands."""
        rows = (self.display.screen.row(number) for number in range(ROWS))
        return [[column for column, cell in row if cell.data == text] for row in rows]


def room(*lines: str) -> RoomView:
    return replace(ROOM, lines=tuple(said(number, text) for number, text in enumerate(lines, 1)))


@pytest.mark.parametrize("clusters", [True, False])
@pytest.mark.parametrize("text", DISPUTED.values(), ids=DISPUTED)
def test_no_border_moves(text: str, clusters: bool) -> None:
    desk = Desk(clusters=clusters)
    desk.show(room("tea", text))
    assert [columns for columns in desk.columns("│") if columns] == [[13, 90]] * 9
    assert text.split()[1] in desk.display.screen.lines[9]


@pytest.mark.parametrize("clusters", [True, False])
def test_what_was_there_before_is_gone(clusters: bool) -> None:
    desk = Desk(clusters=clusters)
    desk.show(room("x" * 60))
    assert "x" not in desk.show(room("❤️❤️❤️ hearts"))[9]
    assert desk.show(room("tea"))[9] == Desk(clusters=clusters).show(room("tea"))[9]


def test_what_is_wider_at_the_right_edge_begins_no_other_row() -> None:
    desk = Desk(clusters=False, columns=79)
    # What is below is drawn once.
    desk.show(a_room(said(1, "tea"), said(2, "x" * 64)))
    rows = desk.show(a_room(said(1, "tea"), said(2, "x" * 62 + "👨‍👩‍👧‍👦")))
    assert rows[-4] == " 23:20   bob  tea"
    assert rows[-3].startswith(" 23:20   bob  xxx")
    assert rows[-2].startswith(" alice · tea")


def test_nothing_is_placed_where_nothing_is_disputed() -> None:
    desk = Desk(clusters=False)
    desk.show(room("grüße, お茶会, नमस्ते, שלום, 👍"))
    assert b"G" not in desk.display.frame.replace(b"\x1b[G", b"")
    assert b"\x1b[?7l" not in desk.display.frame


@given(st.lists(st.sampled_from((*DISPUTED.values(), "tea", "お茶", "👍", "नमस्ते")), max_size=40).map("".join))
def test_where_widths_are_agreed_it_all_is_as_it_would_be(text: str) -> None:
    desk = Desk(clusters=True)
    rows = desk.show(room(text))
    assert [columns for columns in desk.columns("│") if columns] == [[13, 90]] * 9
    assert rows[-2:] == [" alice · tea · ● 23 ms" + "coffee 2".rjust(77), " > hello"]
