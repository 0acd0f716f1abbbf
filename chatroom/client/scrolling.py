"""Scrolling: the user looks further up or down in what is said, and what is not here yet is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chatroom.client.drawing.lines.scrollback import Scroll
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.keys.actions import Action
from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.overlays.lists import Chooser
from chatroom.client.screens.room import RoomScreen
from chatroom.client.screens.screen import Screen
from chatroom.wire.frames.requests import AnyRequest

SCROLLS: Mapping[Action, Scroll] = {
    Action.PAGE_UP: "page_up",
    Action.PAGE_DOWN: "page_down",
    Action.LINE_UP: "line_up",
    Action.LINE_DOWN: "line_down",
    Action.TOP: "top",
    Action.BOTTOM: "end",
}
"""What keys do to what is said."""

Ask = Callable[[AnyRequest | None], object]
"""Asks the server for something, if that is anything."""


def scroll(screen: Screen, widget: ViewWidget, ask: Ask, how: Scroll) -> None:
    """Look further up or down in what *widget* shows of *screen*."""
    widget.scroll(how)
    if isinstance(screen, RoomScreen):
        if how == "end":
            ask(screen.newest())
        elif widget.at_top:
            ask(screen.older())
        elif widget.at_end:
            ask(screen.newer())
        reading = screen.conversation.reading
        reading.follow(widget.following and reading.shown.live, widget.reading_at)


def turn_wheel(screen: Screen, widget: ViewWidget, ask: Ask, *, up: bool) -> None:
    """Turn the wheel by a notch: scroll, or choose where there is something to choose."""
    if isinstance(screen, LobbyScreen | Chooser):
        ask(screen.act(Action.UP if up else Action.DOWN))
    else:
        scroll(screen, widget, ask, "line_up" if up else "line_down")


def see_end(screen: Screen, widget: ViewWidget) -> None:
    """Count nothing in the room as new again, if its end was in view until now."""
    if isinstance(screen, RoomScreen):
        reading = screen.conversation.reading
        if reading.unseen and widget.at_end and reading.shown.live:
            reading.unseen = None
