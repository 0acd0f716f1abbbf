"""A whole screen: its view, with what stands around it."""

from __future__ import annotations

from typing import ClassVar, assert_never

import urwid
from typing_extensions import override

from chatroom.client.drawing import bars, lists
from chatroom.client.drawing.answers import answering_row
from chatroom.client.drawing.aside_box import AsideBox
from chatroom.client.drawing.copy_mode import plain_lines
from chatroom.client.drawing.input_line import hint, input_rows
from chatroom.client.drawing.key_list import key_rows
from chatroom.client.drawing.lobby import lobby
from chatroom.client.drawing.menu import choice_at, menu
from chatroom.client.drawing.mouse import Click, target
from chatroom.client.drawing.panels import elsewhere
from chatroom.client.drawing.pasted import pasted
from chatroom.client.drawing.room import Panels, room
from chatroom.client.drawing.rows import Row, Segment, canvas
from chatroom.client.drawing.scrollback import Scroll, Scrollback
from chatroom.client.drawing.welcome import question, welcome
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import DEFAULT, Bindings
from chatroom.client.views.targets import OnItem, Target
from chatroom.client.views.view import Answering, HelpView, InputLine, ListView, LobbyView, RoomView, UsernameView, View

_SMALL_COLUMNS, _SMALL_HEIGHT = 20, 5
"""Below these there is nothing but the text and the input."""

_TALL = 30
"""Rows from which on there is one for a line under the title."""

_WITH_LATELY = 60
"""Columns from which on the title says how many are here lately."""

_LEAST_ABOVE = 2
"""Rows that a box above the line leaves in any case: for the title, and for what is said."""

Cursor = tuple[int, int]
"""A column and a row."""


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
        self._asides = AsideBox()
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
        if not isinstance(view, HelpView):
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
        scrolled = self._asides.scroll(scroll)
        if scrolled:
            self._invalidate()
        return scrolled

    def at(self, click: Click) -> Target | None:
        """Return the target of *click*, as it was drawn last."""
        top, height = self._body
        if isinstance(self._view, RoomView) and self._view.menu and height and click.row >= top + height:
            choice = choice_at(self._view.menu, _most(self._height), click.row - top - height)
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
        self._asides.begin()
        view = self._view
        if view is None:
            return canvas((), columns, height)
        if isinstance(view, RoomView):
            self._panels.grow(view, height, self._scrollbacks[view.room].name_width(height))
        if columns < _SMALL_COLUMNS or height < _SMALL_HEIGHT:
            return self._small(view, columns, height)
        cursor: Cursor | None = None
        joints = self._panels.joints(columns) if isinstance(view, RoomView) else ()
        foot: list[Row] = [
            bars.status(
                view.status,
                _where(view),
                self._elsewhere(view),
                self._news(view),
                columns,
                self._bindings,
                mouse=self.mouse,
            )
        ]
        if isinstance(view, UsernameView) and not view.status.news:
            # There is nothing to say yet, so there is no bar to say it in.
            foot = [()]
        if isinstance(view, (LobbyView, RoomView, ListView)) and view.input:
            typed, (x, y) = input_rows(_indented(view.input), columns, max(height // 3, 1))
            # What Tab offers takes the place of the bar, so that nothing moves.
            if view.input.hint:
                foot = [hint(view.input.hint, view.input.chosen, columns)]
            elif isinstance(view, RoomView) and view.menu:
                foot = menu(view.menu, columns, _most(height), self._bindings)
            elif isinstance(view, RoomView) and view.pasted:
                foot = pasted(view.pasted, columns, max(height // 3, 1), self._bindings)
            if isinstance(view, RoomView) and view.answering and not view.menu:
                foot.append(self._answering(view.answering, columns))
            if isinstance(view, LobbyView | RoomView) and view.asides:
                most = min(height // 2, height - len(foot) - len(typed) - _LEAST_ABOVE)
                foot = [*self._asides.rows(view.asides, columns, most, self._bindings, joints), *foot]
            cursor = x, height - len(typed) + y
            foot += typed
        head: list[Row] = []
        if not isinstance(view, UsernameView):
            head = [_title(view, columns, self._bindings)]
            if height >= _TALL:
                head.append(bars.rule(columns, joints))
        body_height = height - len(head) - len(foot)
        self._body = len(head), body_height
        parts: list[urwid.Canvas] = [canvas(head, columns, len(head))] if head else []
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
        cursor: Cursor | None = None
        foot: list[Row] = []
        if not isinstance(view, HelpView) and view.input:
            foot, (x, y) = input_rows(view.input, columns, max(height // 3, 1))
            cursor = x, height - len(foot) + y
            if isinstance(view, RoomView) and view.menu and height > len(foot):
                foot = [*menu(view.menu, columns, height - len(foot), self._bindings), *foot]
            elif isinstance(view, RoomView) and view.pasted and height > len(foot):
                foot = [*pasted(view.pasted, columns, 1, self._bindings), *foot]
            elif isinstance(view, RoomView) and view.answering and height > len(foot):
                foot = [self._answering(view.answering, columns), *foot]
            if isinstance(view, LobbyView | RoomView) and view.asides and height > len(foot):
                most = max(height - len(foot) - 1, 1)
                foot = [*self._asides.rows(view.asides, columns, most, self._bindings), *foot]
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

    def _answering(self, answering: Answering, columns: int) -> Row:
        return answering_row(answering.seq, answering.message, columns, self._bindings.label(Action.CANCEL))

    @property
    def _text(self) -> Scrollback | None:
        """The scrollback of the room that is shown, if one is."""
        return self._scrollbacks[self._view.room] if isinstance(self._view, RoomView) else None

    def _key_rows(self, view: HelpView, columns: int, height: int) -> list[Row]:
        rows = key_rows(view, columns)
        self._keys_page = height
        self._keys_top = max(min(self._keys_top, len(rows) - height), 0)
        return rows[self._keys_top :]

    def _elsewhere(self, view: View) -> list[Segment]:
        """Return for the bar what is new elsewhere."""
        return elsewhere(view.status.elsewhere)

    def _news(self, view: View) -> str:
        """Return what there is to say on the right of the bar: that there is more than what is shown."""
        if not isinstance(view, RoomView) or (self.at_end and view.live):
            return ""
        end = self._bindings.label(Action.END) or self._bindings.label(Action.BOTTOM)
        return f"{view.arrived} new{f', {end} to jump' if end else ''}" if view.arrived else "-- more --"


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
            further = bindings.label(Action.PAGE_DOWN)
            closes = f"{further} reads on, any other key closes it" if further else "any key closes it"
            return bars.title("chatroom", "keys", closes, columns)
        case ListView():
            return bars.title(view.title, view.about, view.count, columns)
    assert_never(view)


def _where(view: View) -> str:
    """Return the user's whereabouts, as the bar says them."""
    match view:
        case RoomView():
            return view.room
        case LobbyView():
            return "lobby"
        case UsernameView() | HelpView() | ListView():
            return ""
    assert_never(view)


def _most(height: int) -> int:
    """Return how many of *height* rows are for a menu."""
    return height * 3 // 5


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _indented(typed: InputLine) -> InputLine:
    """Return what is *typed* a column from the edge, as all else is."""
    return InputLine(f" {typed.prompt}", typed.text, typed.cursor)


def _stacked(parts: list[urwid.Canvas], cursor: Cursor | None) -> urwid.Canvas:
    """Return *parts* one above the other."""
    whole = urwid.CanvasCombine([(part, None, False) for part in parts])
    whole.cursor = cursor
    return whole
