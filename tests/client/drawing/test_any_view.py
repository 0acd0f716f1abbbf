"""Whatever there is to be seen, and however small the terminal: it is drawn, within its bounds, and does no harm."""

from __future__ import annotations

import urwid
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.drawing.columns import width
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.views.view import ListView, View
from tests.client.drawing.test_rows import HARM
from tests.client.drawing.views import SIZES, VIEWS
from tests.examples import examples

ACTIONS = st.sampled_from(("page_up", "page_down", "line_up", "line_down", "top", "end", "rooms", "members"))


def is_sound(canvas: urwid.Canvas, columns: int, height: int) -> bool:
    """Say whether *canvas* fills its rectangle with harmless text, and has its cursor in it, if it has one."""
    rows = [b"".join(text for _, _, text in row).decode() for row in canvas.content()]
    x, y = canvas.cursor or (0, 0)
    return (
        (canvas.cols(), len(rows)) == (columns, height)
        and all(width(row) == columns and not HARM.search(row) for row in rows)
        and 0 <= x < columns
        and 0 <= y < height
    )


@examples(150)
@given(VIEWS, SIZES, st.sampled_from((0, 20, 60, 100)))
def test_any_view_is_drawn_soundly_in_any_size(view: View, size: tuple[int, int], text: int) -> None:
    widget = ViewWidget(text=text)
    widget.show(view)
    assert is_sound(widget.render(size), *size)


@examples(40)
@given(st.lists(st.tuples(VIEWS, SIZES, ACTIONS), max_size=5))
def test_so_it_is_after_others_and_however_it_is_scrolled(steps: list[tuple[View, tuple[int, int], str]]) -> None:
    widget = ViewWidget()
    for view, size, action in steps:
        widget.show(view)
        match action:
            case "rooms":
                widget.toggle_rooms()
            case "members":
                widget.toggle_members()
            case _:
                widget.scroll(action)  # type: ignore[arg-type]
        assert is_sound(widget.render(size), *size)


@given(VIEWS, SIZES)
def test_whoever_can_type_sees_the_cursor(view: View, size: tuple[int, int]) -> None:
    widget = ViewWidget()
    widget.show(view)
    reads_only = isinstance(view, ListView) and view.input is None
    assert (widget.render(size).cursor is None) == reads_only
