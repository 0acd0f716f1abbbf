"""A menu above the line: what it is about, the choices, the keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatroom.client.drawing.mouse import Click
from chatroom.client.drawing.themes import Style
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.keys.actions import Action
from chatroom.client.views.items import Choice
from chatroom.client.views.targets import OnItem
from chatroom.client.views.view import InputLine, Menu
from tests.client.drawing.reading import EMPTY, said, styles, texts

CHOICES = tuple(Choice(f"choice {number}") for number in range(1, 7))
KEYS = ((Action.SUBMIT, "does it"), (Action.CANCEL, "back"))
MENU = Menu("bob", "moderator", CHOICES, 1, KEYS)
ROOM = replace(EMPTY, input=InputLine("> ", "a draft", 7), lines=tuple(map(said, range(1, 30))), menu=MENU)


def drawn(height: int, menu: Menu = MENU, columns: int = 60) -> tuple[ViewWidget, list[str]]:
    widget = ViewWidget()
    widget.show(replace(ROOM, menu=menu))
    return widget, texts(widget.render((columns, height)))


def test_it_stands_above_the_line_with_the_keys_below_it() -> None:
    widget, rows = drawn(20)
    assert rows[-9:] == [
        " bob · moderator",
        *(f" │ choice {number}" for number in range(1, 7)),
        " Enter does it · Esc back",
        " > a draft",
    ]
    canvas = widget.render((60, 20))
    assert styles(canvas, 13)["choice 2"] == Style.CHOSEN
    assert styles(canvas, 14)["choice 3"] == Style.TEXT
    assert canvas.cursor == (10, 19)


def test_in_a_low_window_it_shows_the_choices_around_the_chosen_one() -> None:
    _, rows = drawn(10, replace(MENU, chosen=4))
    assert rows[-7:-1] == [
        " bob · moderator",
        *(f" │ choice {number}" for number in range(3, 7)),
        " Enter does it · Esc back",
    ]


@pytest.mark.parametrize(
    ("height", "rows"), [(4, [" bob · moderator", " │ choice 1", " │ choice 2"]), (2, [" │ choice 2"])]
)
def test_where_there_is_hardly_room_the_chosen_one_is_seen(height: int, rows: list[str]) -> None:
    assert drawn(height)[1] == [*rows, "> a draft"]


@pytest.mark.parametrize("height", [10, 20])
def test_each_choice_is_where_it_is_seen(height: int) -> None:
    widget, rows = drawn(height)
    for number, row in enumerate(rows):
        shown = next((choice for choice in CHOICES if choice.words in row), None)
        if shown or "message" not in row:
            assert widget.at(Click(5, number)) == (OnItem(shown) if shown else None)


def test_in_a_window_that_shows_next_to_nothing_there_is_nothing_to_click() -> None:
    widget, rows = drawn(4)
    assert [widget.at(Click(3, number)) for number in range(len(rows))] == [None] * 4
