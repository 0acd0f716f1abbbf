"""A menu above the line: what it is about, what there is to choose, and the keys."""

from __future__ import annotations

from chatroom.client.drawing.bars import sides
from chatroom.client.drawing.columns import pad
from chatroom.client.drawing.purposes import purposes
from chatroom.client.drawing.rows import Row, Segment
from chatroom.client.drawing.themes import Style
from chatroom.client.keys.bindings import Bindings
from chatroom.client.views.items import Choice
from chatroom.client.views.view import Menu

_WITH_TITLE, _WITH_KEYS = 2, 4
"""Rows from which on there is one for the title, and one for the keys."""


def menu(view: Menu, columns: int, limit: int, keys: Bindings) -> list[Row]:
    """Return at most *limit* rows: the bar, as many choices around the chosen one as there is room for, the keys."""
    left: list[Segment] = [(Style.STATUS, view.title)]
    if view.about:
        left.append((Style.STATUS_DIM, view.about))
    head = [sides(left, (), columns, Style.STATUS)] if limit >= _WITH_TITLE else []
    last = [purposes("", view.keys, keys, columns)] if limit >= _WITH_KEYS else []
    shown = _in_view(view, limit)
    rows: list[Row] = []
    for number in shown:
        look = Style.CHOSEN if number == view.chosen else Style.TEXT
        rows.append(((Style.RULE, " │"), (look, pad(f" {view.choices[number].words}", columns - 3))))
    return [*head, *rows, *last]


def choice_at(view: Menu, limit: int, row: int) -> Choice | None:
    """Return what stands in a *row* of *view*, where that has at most *limit* rows."""
    shown = _in_view(view, limit)
    row -= limit >= _WITH_TITLE
    return view.choices[shown[row]] if 0 <= row < len(shown) else None


def _in_view(view: Menu, limit: int) -> range:
    """Return the numbers of the choices that are shown."""
    room = max(limit - (limit >= _WITH_TITLE) - (limit >= _WITH_KEYS), 1)
    top = min(max(view.chosen - room // 2, 0), max(len(view.choices) - room, 0))
    return range(top, min(top + room, len(view.choices)))
