"""What is pasted and waits: how much it is, how it begins, what can be done."""

from __future__ import annotations

from dataclasses import replace

from chatroom.client.drawing.pasted import pasted
from chatroom.client.drawing.themes import Style
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.keys.bindings import DEFAULT
from chatroom.client.views.view import InputLine, Pasted
from tests.client.drawing.reading import EMPTY, styles, texts

ROOM = replace(EMPTY, input=InputLine("> ", "look: ", 6), pasted=Pasted([f"line {n}" for n in range(1, 9)], 60, 4000))

KEYS = " Enter send as one message · Ctrl+e edit · Esc drop"


def drawn(pasted: Pasted, limit: int, columns: int = 60) -> list[str]:
    widget = ViewWidget()
    widget.show(replace(ROOM, pasted=pasted))
    return texts(widget.render((columns, 3 * limit)))[-limit - 1 : -1]


def test_it_stands_above_the_input_with_the_keys_below_it() -> None:
    widget = ViewWidget()
    widget.show(ROOM)
    canvas = widget.render((60, 18))
    assert texts(canvas)[-7:] == [
        " 8 lines pasted",
        " │ line 1",
        " │ line 2",
        " │ line 3",
        " │ … 5 more",
        KEYS,
        " > look:",
    ]
    assert canvas.cursor == (9, 17)
    assert styles(canvas, 16)["Enter"] == Style.KEY


def test_what_fits_is_shown_in_full() -> None:
    view = Pasted(["one", "", "three"], 10, 4000)
    assert drawn(view, 6)[-5:] == [
        " 3 lines pasted",
        " │ one",
        " │",
        " │ three",
        KEYS,
    ]


def test_a_long_line_is_cut() -> None:
    (bar, line, _) = drawn(Pasted(["x" * 100_000], 100_000, 4000, 25), 3)
    assert bar == " 1 line pasted · too long for one message: 100,000 bytes o…"
    assert line == " │ " + "x" * 55 + "…"


def test_what_is_too_long_goes_in_pieces_or_can_only_be_edited_or_dropped() -> None:
    assert drawn(Pasted(["x"], 4001, 4000, 2), 1) == [" Enter send as 2 messages · Ctrl+e edit · Esc drop"]
    assert drawn(Pasted(["x"], 4001, 4000, 0), 1) == [" Ctrl+e edit · Esc drop"]
    assert drawn(Pasted(["x"], 4001, 4000, 0), 3)[0] == " 1 line pasted · too long to send: 4,001 bytes of 4,000"
    assert drawn(Pasted(["x"], 800, 4000, 2), 3)[0] == " 1 line pasted · too long for one message: more than 400 l…"
    assert drawn(Pasted(["x"], 4000, 4000), 1) == [KEYS]


def test_the_keys_go_last() -> None:
    view = Pasted(["one", "two", "three"], 13, 4000)
    assert drawn(view, 2) == [" 3 lines pasted", KEYS]
    assert drawn(view, 3) == [" 3 lines pasted", " │ … 3 more", KEYS]
    assert [len(pasted(view, 60, limit, DEFAULT)) for limit in range(1, 7)] == [1, 2, 3, 4, 5, 5]


def test_in_next_to_no_room_there_are_the_keys_at_least() -> None:
    widget = ViewWidget()
    widget.show(ROOM)
    assert texts(widget.render((60, 4)))[-2:] == [KEYS, "> look:"]
    assert texts(widget.render((60, 1))) == ["> look:"]


def test_where_the_keys_have_no_room_one_sees_that_something_waits() -> None:
    widget = ViewWidget()
    widget.show(ROOM)
    assert texts(widget.render((20, 5)))[-2:] == [" 8 lines pasted", " > look:"]
