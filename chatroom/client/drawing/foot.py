"""The foot of a screen: the line that is typed, what there is to say about it, and the bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from chatroom.client.drawing import bars, panels
from chatroom.client.drawing.aside_box import AsideBox
from chatroom.client.drawing.input_line import hint, input_rows
from chatroom.client.drawing.lines.answers import answering_row
from chatroom.client.drawing.menu import menu
from chatroom.client.drawing.pasted import pasted
from chatroom.client.drawing.rows import Row
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import Bindings
from chatroom.client.views.view import Answering, HelpView, InputLine, ListView, LobbyView, RoomView, UsernameView, View

_LEAST_ABOVE = 2
"""Rows that a box above the line leaves in any case: for the title, and for what is said."""

Cursor = tuple[int, int]
"""A column and a row."""


class Foot:
    """Draws what stands below a body; *asides* remember how far the user has read them."""

    def __init__(self, bindings: Bindings) -> None:
        self.asides = AsideBox()
        self._bindings = bindings

    def rows(
        self, view: View, columns: int, height: int, joints: Sequence[int], news: str, *, mouse: bool
    ) -> tuple[list[Row], Cursor | None]:
        """Return the last of *height* rows of *view*, and the cursor; the bar says what is *news*.

        The lines between columns above it are at the *joints*. *mouse* says whether that is the client's.
        """
        self.asides.begin()
        cursor: Cursor | None = None
        foot: list[Row] = [
            bars.status(
                view.status,
                _where(view),
                panels.elsewhere(view.status.elsewhere),
                news,
                columns,
                self._bindings,
                mouse=mouse,
            )
        ]
        if isinstance(view, UsernameView) and not view.status.news:
            # There is nothing to say yet, so there is no bar to say it in.
            foot = [()]
        if isinstance(view, (LobbyView, RoomView, HelpView, ListView)) and view.input:
            typed, (x, y) = input_rows(_indented(view.input), columns, max(height // 3, 1))
            # What Tab offers takes the place of the bar, so that nothing moves.
            if view.input.hint:
                foot = [hint(view.input.hint, view.input.chosen, columns)]
            elif isinstance(view, RoomView) and view.menu:
                foot = menu(view.menu, columns, menu_rows(height), self._bindings)
            elif isinstance(view, RoomView) and view.pasted:
                foot = pasted(view.pasted, columns, max(height // 3, 1), self._bindings)
            if isinstance(view, RoomView) and view.answering and not view.menu:
                foot.append(self._answering(view.answering, columns))
            if isinstance(view, LobbyView | RoomView) and view.asides:
                most = min(height // 2, height - len(foot) - len(typed) - _LEAST_ABOVE)
                foot = [*self.asides.rows(view.asides, columns, most, self._bindings, joints), *foot]
            cursor = x, height - len(typed) + y
            foot += typed
        return foot, cursor

    def small(self, view: View, columns: int, height: int) -> tuple[list[Row], Cursor | None]:
        """Return the same where there is next to no room: no bar."""
        self.asides.begin()
        cursor: Cursor | None = None
        foot: list[Row] = []
        if view.input:
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
                foot = [*self.asides.rows(view.asides, columns, most, self._bindings), *foot]
        return foot, cursor

    def _answering(self, answering: Answering, columns: int) -> Row:
        return answering_row(answering.seq, answering.message, columns, self._bindings.label(Action.CANCEL))


def menu_rows(height: int) -> int:
    """Return how many of *height* rows are for a menu."""
    return height * 3 // 5


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


def _indented(typed: InputLine) -> InputLine:
    """Return what is *typed* a column from the edge, as all else is."""
    return InputLine(f" {typed.prompt}", typed.text, typed.cursor)
