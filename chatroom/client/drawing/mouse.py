"""The mouse: turns of its wheel, clicks, and the targets of clicks."""

from __future__ import annotations

from dataclasses import dataclass

from chatroom.client.drawing import lists, lobby, panels
from chatroom.client.drawing.room import Panels
from chatroom.client.keys.bindings import Bindings
from chatroom.client.views.targets import OnItem, OnLobbyRoom, OnMember, OnTab, Target
from chatroom.client.views.view import ListView, LobbyView, RoomView, View


@dataclass(frozen=True, slots=True)
class Click:
    """The left button was pressed at this place."""

    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Wheel:
    """The wheel was turned by one notch: *up*, or down."""

    up: bool


def gesture(event: tuple[object, ...]) -> Click | Wheel | None:
    """Return what one of urwid's *events* of the mouse means, if anything."""
    match event:
        case ("mouse press", 1, int(column), int(row)):
            return Click(column, row)
        case ("mouse press", 4, *_):
            return Wheel(up=True)
        case ("mouse press", 5, *_):
            return Wheel(up=False)
    return None


def target(view: View | None, wanted: Panels, keys: Bindings, columns: int, height: int, click: Click) -> Target | None:
    """Return what stands at *click*, counted from the upper left corner of the body of *view*, in so much room."""
    if not 0 <= click.row < height:
        return None
    match view:
        case RoomView():
            left, right = wanted.fitting(columns)
            if click.column < left:
                tab = panels.tab_at(view.tabs, height, click.row)
                return OnTab(tab.room) if tab else None
            if right and click.column >= columns - right:
                name = panels.member_at(view.members, view.count, height, click.row)
                return OnMember(name) if name else None
        case LobbyView():
            row = lobby.room_at(view, columns, height, click.row, keys)
            return OnLobbyRoom(row.room) if row else None
        case ListView():
            item = lists.item_at(view, height, click.row)
            return OnItem(item) if item else None
    return None
