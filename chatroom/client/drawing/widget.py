"""A whole screen: its view, with what stands around it."""

from __future__ import annotations

from typing import ClassVar, assert_never

import urwid
from typing_extensions import override

from chatroom.client.drawing import lists
from chatroom.client.drawing.copy_mode import plain_lines
from chatroom.client.drawing.foot import Cursor, Foot, menu_rows
from chatroom.client.drawing.head import head
from chatroom.client.drawing.key_list import key_rows
from chatroom.client.drawing.lines.scrollback import Scroll, Scrollback
from chatroom.client.drawing.lobby import lobby
from chatroom.client.drawing.menu import choice_at
from chatroom.client.drawing.mouse import Click, target
from chatroom.client.drawing.room import Panels, room
from chatroom.client.drawing.rows import Row, canvas
from chatroom.client.drawing.welcome import question, welcome
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import DEFAULT, Bindings
from chatroom.client.views.targets import OnItem, Target
from chatroom.client.views.view import HelpView, ListView, LobbyView, RoomView, UsernameView, View

_SMALL_COLUMNS, _SMALL_HEIGHT = 20, 5
"""Below these there is nothing but the text and the input."""


class ViewWidget(urwid.Widget):
    """Draws a view, and remembers what is no part of one: how far it is scrolled, and which panels are wanted.

    It names the keys as they are bound in *bindings*, and what is said is at most *text* columns wide; 0 is any width.
    In *runs* of lines somebody's name stands once. *mouse* says whether the bar tells that the mouse is the client's.
    """

    _sizing = frozenset([urwid.BOX])
    _selectable = True
    no_cache: ClassVar[list[str]] = ["render"]

    def __init__(self, bindings: Bindings = DEFAULT, text: int = 0, *, runs: bool = True) -> None:
        super().__init__()
        self._runs = runs
        self._bindings = bindings
        self._view: View | None = None
        self._columns = self._height = 0
        self._panels = Panels(text)
        self._scrollbacks: dict[str, Scrollback] = {}
        self._keys_top = self._keys_page = 0
        self._body = 0, 0
        self._foot = Foot(self._bindings)
        self.mouse = False

    def show(self, view: View) -> None:
        """Draw *view* from now on."""
        if isinstance(view, RoomView):
            rooms = {view.room, *(tab.room for tab in view.tabs)}
            self._scrollbacks = {name: kept for name, kept in self._scrollbacks.items() if name in rooms}
            text = self._scrollbacks.setdefault(view.room, Scrollback(runs=self._runs))
            if not isinstance(self._view, RoomView) or self._view.room != view.room:
                text.enter()
                self._panels.enter()
            text.show(view)
        if not (isinstance(view, HelpView) and isinstance(self._view, HelpView) and view.input == self._view.input):
            self._keys_top = 0
        self._view = view
        self._invalidate()

    def scroll(self, action: Scroll) -> None:
        """Look further up or down."""
        if text := self._text:
            text.scroll(action)
        elif isinstance(self._view, HelpView):
            page = max(self._keys_page - 1, 1)
            steps = {"page_up": -page, "page_down": page, "line_up": -1, "line_down": 1}
            # How far it goes is known when it is drawn.
            self._keys_top = {"top": 0, "end": len(key_rows(self._view, self._columns))}.get(
                action, self._keys_top + steps.get(action, 0)
            )
        self._invalidate()

    def read_on(self, scroll: Scroll) -> bool:
        """Read on in what the user was answered; return False if all of it is in view."""
        scrolled = self._foot.asides.scroll(scroll)
        if scrolled:
            self._invalidate()
        return scrolled

    def at(self, click: Click) -> Target | None:
        """Return the target of *click*, as it was drawn last."""
        top, height = self._body
        if isinstance(self._view, RoomView) and self._view.menu and height and click.row >= top + height:
            choice = choice_at(self._view.menu, menu_rows(self._height), click.row - top - height)
            return OnItem(choice) if choice else None
        here = Click(click.column, click.row - top)
        return target(self._view, self._text, self._panels, self._bindings, self._columns, height, here)

    def plain_lines(self, columns: int, height: int) -> list[str]:
        """Return the lines in view without anything around them, as many as fit."""
        first = self._text.first if self._text else None
        return plain_lines(self._view, first, columns, height) if self._view else []

    @property
    def following(self) -> bool:
        """Whether the newest line is shown as it comes."""
        return self._text is None or self._text.following

    @property
    def reading_at(self) -> int | None:
        """The message of the room that the user reads, if that is not the end."""
        return self._text.reading_at if self._text else None

    @property
    def missing(self) -> frozenset[int]:
        """The numbers of messages that are answered by what is in view, and of which nothing else is known."""
        return self._text.missing if self._text else frozenset()

    @property
    def at_top(self) -> bool:
        """Whether the first line of a room here is shown."""
        return self._text is not None and self._text.at_top

    @property
    def at_end(self) -> bool:
        """Whether the last line here is shown."""
        return self._text is None or self._text.at_end

    @property
    def wanted(self) -> tuple[bool | None, bool | None]:
        """Whether the lists of rooms and of members are to be shown; None is as they fit."""
        return self._panels.rooms, self._panels.members

    def want(self, rooms: bool | None, members: bool | None) -> None:
        """Show the list of *rooms* and that of *members*, or not, or (None) as they fit."""
        self._panels.rooms, self._panels.members = rooms, members
        self._invalidate()

    def toggle_rooms(self) -> None:
        """Hide the list of rooms if it is shown, and show it if not."""
        self._panels.toggle_rooms(self._columns)
        self._invalidate()

    def toggle_members(self) -> None:
        """Hide the list of members if it is shown, and show it if not."""
        self._panels.toggle_members(self._columns)
        self._invalidate()

    @override
    def keypress(self, size: tuple[int, int], key: str) -> str:  # type: ignore[override]
        """Leave every key to the screens."""
        return key

    @override
    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        columns, height = size
        self._columns, self._height = columns, height
        self._body = 0, 0
        view = self._view
        if view is None:
            return canvas((), columns, height)
        if isinstance(view, RoomView):
            self._panels.grow(view, height, self._scrollbacks[view.room].name_width(height))
        if columns < _SMALL_COLUMNS or height < _SMALL_HEIGHT:
            return self._small(view, columns, height)
        joints = self._panels.joints(columns) if isinstance(view, RoomView) else ()
        foot, cursor = self._foot.rows(view, columns, height, joints, self._news(view), mouse=self.mouse)
        above = head(view, columns, height, joints, self._bindings)
        body_height = height - len(above) - len(foot)
        self._body = len(above), body_height
        parts: list[urwid.Canvas] = [canvas(above, columns, len(above))] if above else []
        match view:
            case UsernameView():
                rows, cursor = welcome(view, columns, body_height, self._bindings)
                parts.append(canvas(rows, columns, body_height))
            case RoomView():
                parts.append(room(view, self._scrollbacks[view.room], columns, body_height, self._panels))
            case LobbyView():
                parts.append(canvas(lobby(view, columns, body_height, self._bindings), columns, body_height))
            case HelpView():
                parts.append(canvas(self._key_rows(view, columns, body_height), columns, body_height))
            case ListView():
                parts.append(canvas(lists.rows(view, columns, body_height, self._bindings), columns, body_height))
            case _:
                assert_never(view)
        parts.append(canvas(foot, columns, len(foot)))
        return _stacked(parts, cursor)

    def _small(self, view: View, columns: int, height: int) -> urwid.Canvas:
        """Return as much of *view* as makes sense in next to no room: the input, and above it what is new."""
        foot, cursor = self._foot.small(view, columns, height)
        rest = height - len(foot)
        parts: list[urwid.Canvas] = []
        if rest:
            match view:
                case UsernameView():
                    parts.append(canvas(question(view, columns), columns, rest))
                case RoomView():
                    parts.append(self._scrollbacks[view.room].render((columns, rest)))
                case LobbyView():
                    parts.append(canvas(lobby(view, columns, rest, self._bindings), columns, rest))
                case HelpView():
                    parts.append(canvas(self._key_rows(view, columns, rest), columns, rest))
                case ListView():
                    parts.append(canvas(lists.rows(view, columns, rest, self._bindings), columns, rest))
                case _:
                    assert_never(view)
        if foot:
            parts.append(canvas(foot, columns, len(foot)))
        return _stacked(parts, cursor)

    @property
    def _text(self) -> Scrollback | None:
        """The scrollback of the room that is shown, if one is."""
        return self._scrollbacks[self._view.room] if isinstance(self._view, RoomView) else None

    def _key_rows(self, view: HelpView, columns: int, height: int) -> list[Row]:
        rows = key_rows(view, columns)
        self._keys_page = height
        self._keys_top = max(min(self._keys_top, len(rows) - height), 0)
        return rows[self._keys_top :]

    def _news(self, view: View) -> str:
        """Return what there is to say on the right of the bar: that there is more than what is shown."""
        if not isinstance(view, RoomView) or (self.at_end and view.live):
            return ""
        end = self._bindings.label(Action.END) or self._bindings.label(Action.BOTTOM)
        return f"{view.arrived} new{f', {end} to jump' if end else ''}" if view.arrived else "-- more --"


def _stacked(parts: list[urwid.Canvas], cursor: Cursor | None) -> urwid.Canvas:
    """Return *parts* one above the other."""
    whole = urwid.CanvasCombine([(part, None, False) for part in parts])
    whole.cursor = cursor
    return whole
