"""The row above a message that answers another one, and that above the input while one is answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatroom.client.drawing.lines.scrollback import Scrollback
from chatroom.client.drawing.themes import Style
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.views.lines import Line, MessageLine, Pending
from chatroom.client.views.view import Answering, RoomView
from tests.client.drawing.reading import a_room, said, styles, texts


def answer(seq: int, re: int, text: str = "yes please") -> MessageLine:
    return replace(said(seq, text, "alice"), re=re)


def rows(view: RoomView, columns: int = 60) -> list[str]:
    """Return the rows of *view* below that of the day."""
    scrollback = Scrollback()
    scrollback.show(view)
    return [row for row in texts(scrollback.render((columns, 30))) if row][2:]


def test_who_is_answered_stands_above_the_answer_and_how_it_began() -> None:
    assert rows(a_room(said(1, "anyone for\na cup?"), said(2, "or two?"), answer(3, 1))) == [
        " 23:20   bob  anyone for",
        "              a cup?",
        "              or two?",
        "             ┌ bob: anyone for a cup?",
        " 23:20 alice  yes please",
    ]


def test_it_is_dim_and_cut_to_the_width() -> None:
    scrollback = Scrollback()
    scrollback.show(a_room(said(1, "tea " * 40), answer(2, 1)))
    drawn = scrollback.render((40, 30))
    assert styles(drawn, 28) == {"┌ bob: tea tea tea tea te…": Style.DIM}


def test_what_was_done_or_taken_back_is_told_as_that() -> None:
    done = replace(said(1, "waves"), action=True)
    gone = replace(said(2, " "), text="", retraction="taken back")
    drawn = rows(a_room(done, gone, answer(3, 1), answer(4, 2)))
    assert [row.strip() for row in drawn if "┌" in row] == ["┌ * bob waves", "┌ bob: taken back"]


def test_what_is_not_here_has_its_number_until_it_is_known() -> None:
    view = a_room(said(8), answer(9, 3), answer(10, 4))
    scrollback = Scrollback()
    scrollback.show(replace(view, answered={4: said(4, "a cup?")}))
    drawn = [row.strip() for row in texts(scrollback.render((60, 30))) if "┌" in row]
    assert drawn == ["┌ message 3", "┌ bob: a cup?"]
    assert scrollback.missing == {3}


def test_only_what_is_laid_out_is_missing() -> None:
    scrollback = Scrollback()
    scrollback.show(a_room(*(answer(seq, seq - 500) for seq in range(1001, 1201))))
    scrollback.render((60, 6))
    assert scrollback.missing <= set(range(690, 701))


def test_an_answer_that_waits_for_the_server_has_it_too() -> None:
    view = replace(a_room(said(1, "a cup?")), pending=(Pending("c", "alice", "yes", re=1),))
    assert rows(view)[1:] == ["             ┌ bob: a cup?", "     … alice  yes"]


def test_an_answer_begins_a_run() -> None:
    lines = (said(1, "tea?", "alice"), answer(2, 1), said(3, "now", "alice"))
    assert [row.split()[0] for row in rows(a_room(*lines))] == ["23:20", "┌", "23:20", "now"]


@pytest.mark.parametrize("columns", [1, 2, 9, 19])
def test_where_names_have_no_column_it_stands_at_the_edge(columns: int) -> None:
    drawn = rows(a_room(said(1, "tea"), answer(2, 1)), columns)
    assert any(row.startswith(("┌", "…")) for row in drawn)


def test_numbers_are_found_among_lines_that_have_none() -> None:
    between: list[Line] = [Pending("c", "alice", "…")] * 3
    lines = [line for seq in range(1, 90) for line in (*between, said(seq), *between)]
    drawn = rows(a_room(*lines, answer(90, 41)))
    assert drawn[-2].strip() == "┌ bob: message 41"


def test_while_one_answers_it_stands_above_the_input() -> None:
    widget = ViewWidget()
    widget.show(replace(a_room(said(1, "a cup?")), answering=Answering(1, said(1, "a cup?"))))
    drawn = texts(widget.render((60, 24)))
    assert drawn[-2:] == [" ┌ bob: a cup?                               Esc drops this", " >"]
    assert texts(widget.render((18, 4)))[-2:] == [" ┌ bob: a cup?", ">"]
