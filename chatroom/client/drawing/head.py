"""The head of a screen: its title, and the line under that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from chatroom.client.drawing import bars
from chatroom.client.drawing.rows import Row
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import Bindings
from chatroom.client.views.view import HelpView, ListView, LobbyView, RoomView, UsernameView, View

_TALL = 30
"""Rows from which on there is one for a line under the title."""

_WITH_LATELY = 60
"""Columns from which on the title says how many are here lately."""


def head(view: View, columns: int, height: int, joints: Sequence[int], bindings: Bindings) -> list[Row]:
    """Return the rows above the body of *view*, whose lines between columns are at *joints*."""
    if isinstance(view, UsernameView):
        return []
    rows = [_title(view, columns, bindings)]
    if height >= _TALL:
        rows.append(bars.rule(columns, joints))
    return rows


def _title(view: RoomView | LobbyView | HelpView | ListView, columns: int, bindings: Bindings) -> Row:
    """Return the first row of *view*."""
    match view:
        case RoomView():
            people = _counted(view.count, "person", "people") if view.count else ""
            lately = (
                f" · {view.lately} here lately" if view.lately and view.count > 1 and columns >= _WITH_LATELY else ""
            )
            return bars.title(view.room, view.topic, people + lately, columns)
        case LobbyView():
            if view.total is None:
                return bars.title("chatroom", "", view.server, columns)
            rooms = _counted(view.total, "room", "rooms")
            some = f"{len(view.rooms)} of {rooms}" if len(view.rooms) < view.total else rooms
            return bars.title("chatroom", some, view.server, columns)
        case HelpView():
            further, closes = bindings.label(Action.PAGE_DOWN), bindings.label(Action.CANCEL)
            keys = [f"{key} {does}" for key, does in ((further, "reads on"), (closes, "goes back")) if key]
            return bars.title("chatroom", "keys", ", ".join(["type to find", *keys]), columns)
        case ListView():
            return bars.title(view.title, view.about, view.count, columns)
    assert_never(view)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
