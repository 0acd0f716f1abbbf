"""A room: its lines, between the panels of rooms and members."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import urwid

from chatroom.client.drawing import panels
from chatroom.client.drawing.lines.margin import text_room
from chatroom.client.drawing.lines.name_column import WIDEST
from chatroom.client.drawing.lines.scrollback import Scrollback
from chatroom.client.drawing.name_looks import name_style
from chatroom.client.drawing.rows import canvas
from chatroom.client.drawing.themes import Style
from chatroom.client.text.clock import USUAL
from chatroom.client.views.view import RoomView

_WITH_ROOMS, _WITH_MEMBERS = 80, 100
"""Columns from which on the panels are shown by default."""

_LEAST = 24
"""Columns that the panels leave to the text in any case."""

_NARROWEST, _WIDEST = 8, 16
"""Columns that a panel takes at least and at most."""

_PERCENT = 55
"""Of a hundred columns, those that panels wider than the narrowest leave to what is said."""

_NAMES = 10
"""Columns that the names of those who speak have in any case, if they need them; more only beside whole panels."""

_LEFT_RULE, _RIGHT_RULE = "│", "│ "


class Panels:
    """The panels that are shown: as the user wants it (*rooms*, *members*), else by the width of the terminal.

    They are as wide as what is in them, and become narrower only on entering a room. Text between them is at most
    *text* columns wide; 0 is any width.
    """

    def __init__(self, text: int = 0) -> None:
        self.text = text
        self.rooms: bool | None = None
        self.members: bool | None = None
        self._left = self._right = self._names = _NARROWEST
        self._time = USUAL.columns
        self._counted = True

    def enter(self) -> None:
        """Let them take no more columns than they need from now on."""
        self._left = self._right = _NARROWEST

    def grow(self, view: RoomView, height: int, names: int) -> None:
        """Give what is in *view* its room in *height* rows, where the names of those who speak are *names* wide."""
        self._left = max(self._left, min(panels.tabs_width(view.tabs), _WIDEST))
        self._right = max(self._right, min(panels.members_width(view.members, view.count, height), _WIDEST))
        self._names, self._time = names, view.status.clock.columns
        # A talk of two has no list of people.
        self._counted = view.count > 0

    def toggle_rooms(self, columns: int) -> None:
        """Hide the rooms if they are shown among *columns*, and show them if not; as they fit, nothing is wanted."""
        self.rooms = _other(bool(self.fitting(columns)[0]), columns, _WITH_ROOMS)

    def toggle_members(self, columns: int) -> None:
        """Hide the members if they are shown among *columns*, and show them if not; as they fit, nothing is wanted."""
        self.members = _other(bool(self.fitting(columns)[1]), columns, _WITH_MEMBERS)

    def fitting(self, columns: int) -> tuple[int, int]:
        """Return the widths of the panels of rooms and members among *columns*; 0 is hidden."""
        left, right = self._needed(columns)
        spare = self._spare(columns, left, right, min(self._names, self.names(columns)))
        if left + right > spare:
            right = min(right, max(spare - left, _NARROWEST))
            left = min(left, max(spare - right, _NARROWEST))
        room = columns - len(_LEFT_RULE + _RIGHT_RULE) - _LEAST
        if left + right > room:
            right = 0
        if left > room:
            left = 0
        return left, right

    def names(self, columns: int) -> int:
        """Return how wide the names of those who speak are at most: long ones give way to what is in the panels."""
        left, right = self._needed(columns)
        if not (left or right):
            return WIDEST
        lacking = left + right - self._spare(columns, left, right, WIDEST)
        return min(max(WIDEST - lacking, _NAMES), WIDEST)

    def joints(self, columns: int) -> tuple[int, ...]:
        """Return in which columns the lines beside the text are."""
        left, right = self.fitting(columns)
        return (left,) * bool(left) + (columns - right - len(_RIGHT_RULE),) * bool(right)

    def _needed(self, columns: int) -> tuple[int, int]:
        """Return what the panels of rooms and members need among *columns*; 0 is hidden."""
        left = self._left if _wanted(self.rooms, columns, _WITH_ROOMS) else 0
        right = self._right if self._counted and _wanted(self.members, columns, _WITH_MEMBERS) else 0
        return left, right

    def _spare(self, columns: int, left: int, right: int, names: int) -> int:
        """Return how many of *columns* are for panels, *left* and *right* of the text, beside its *names*."""
        rules = len(_LEFT_RULE) * bool(left) + len(_RIGHT_RULE) * bool(right)
        return text_room(columns - rules, names, self._time) - columns * _PERCENT // 100


def left_edge(left: int) -> int:
    """Return in which column the text begins beside a list of rooms that is *left* wide."""
    return left + len(_LEFT_RULE) if left else 0


def room(view: RoomView, text: Scrollback, columns: int, height: int, wanted: Panels) -> urwid.Canvas:
    """Return the canvas of *view*, whose lines are drawn by *text*."""
    left, right = wanted.fitting(columns)
    parts: list[tuple[urwid.Canvas, int]] = []
    if left:
        parts.append((canvas(panels.tabs(view.tabs, left, height), left, height), left))
        parts.append(_rule(_LEFT_RULE, height))
    end: list[tuple[urwid.Canvas, int]] = []
    if right:
        style = _style_for(view.status.username, view.hues)
        names = panels.members(view.members, view.count, right, height, style, view.roles)
        end = [_rule(_RIGHT_RULE, height), (canvas(names, right, height), right)]
    middle = columns - sum(width for _, width in parts + end)
    text.limit_names(wanted.names(columns))
    wide = text.measure(middle, height, wanted.text)
    parts.append((text.render((wide, height)), wide))
    if wide < middle:
        parts.append((canvas((), middle - wide, height), middle - wide))
    return urwid.CanvasJoin([(part, None, False, width) for part, width in parts + end])


def _style_for(username: str, hues: Mapping[str, int]) -> Callable[[str], str]:
    """Return how names look to *username*, in their *hues*: its own as in the talk."""
    return lambda name: Style.OWN if name == username else name_style(name, hues)


def _rule(text: str, height: int) -> tuple[urwid.Canvas, int]:
    """Return a column with *text* in each row."""
    return canvas([((Style.RULE, text),)] * height, len(text), height), len(text)


def _other(shown: bool, columns: int, least: int) -> bool | None:
    """Return the wish for what is not *shown* to be, or is; none if it is so by itself."""
    return None if shown == (columns < least) else not shown


def _wanted(wish: bool | None, columns: int, least: int) -> bool:
    return columns >= least if wish is None else wish
