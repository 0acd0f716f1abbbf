"""The mouse: turns of its wheel, clicks, and the targets of clicks."""

from __future__ import annotations

from dataclasses import dataclass

from chatroom.client.drawing import lists, lobby, panels
from chatroom.client.drawing.lines.scrollback import Scrollback
from chatroom.client.drawing.room import Panels, left_edge
from chatroom.client.keys.bindings import Bindings
from chatroom.client.views.lines import MessageLine, Private
from chatroom.client.views.targets import OnItem, OnLobbyRoom, OnMember, OnMessage, OnSpeaker, OnTab, Target
from chatroom.client.views.view import ListView, LobbyView, RoomView, View


@dataclass(frozen=True, slots=True)
class Click:
    """A button was pressed at this place: the left one, or the right one, which asks for a *menu*."""

    column: int
    row: int
    menu: bool = False


@dataclass(frozen=True, slots=True)
class Wheel:
    """The wheel was turned by one notch: *up*, or down."""

    up: bool


def gesture(event: tuple[object, ...]) -> Click | Wheel | None:
    """Return what one of urwid's *events* of the mouse means, if anything."""
    match event:
        case ("mouse press", 1, int(column), int(row)):
            return Click(column, row)
        case ("mouse press", 3, int(column), int(row)):
            return Click(column, row, menu=True)
        case ("mouse press", 4, *_):
            return Wheel(up=True)
        case ("mouse press", 5, *_):
            return Wheel(up=False)
    return None


def target(
    view: View | None,
    text: Scrollback | None,
    wanted: Panels,
    keys: Bindings,
    columns: int,
    height: int,
    click: Click,
) -> Target | None:
    """Return what stands at *click*, counted from the upper left corner of the body of *view*, in so much room.

    What is said in a room is drawn by *text*.
    """
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
            return _said(text, click.column - left_edge(left), click.row) if text else None
        case LobbyView():
            row = lobby.room_at(view, columns, height, click.row, keys)
            return OnLobbyRoom(row.room) if row else None
        case ListView():
            item = lists.item_at(view, height, click.row)
            return OnItem(item) if item else None
    return None


def _said(text: Scrollback, column: int, row: int) -> OnSpeaker | OnMessage | None:
    """Return what of the lines that *text* has drawn stands in a *column* and *row* of them."""
    line = text.line_at(row)
    if isinstance(line, MessageLine | Private) and column in text.names:
        return OnSpeaker(line.speaker)
    return OnMessage(line) if isinstance(line, MessageLine) and 0 <= column < text.columns else None
