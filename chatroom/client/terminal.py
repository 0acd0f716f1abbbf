"""The terminal on Twisted's reactor: it shows views, at most 30 a second, and gives what is typed."""

from __future__ import annotations

from collections.abc import Callable

import urwid
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IDelayedCall
from twisted.python.failure import Failure
from typing_extensions import override

from chatroom.client.drawing.frame import Frame
from chatroom.client.drawing.paste import Paste, Pastes
from chatroom.client.drawing.screen import Screen
from chatroom.client.drawing.themes import Theme
from chatroom.client.pages.views import View

INTERVAL = 1 / 30
"""Seconds between two drawings; what happens meanwhile is drawn at once."""


class Terminal:
    """Shows views on *screen* by *frame*, in the colours of *theme*; *failed* is called with what goes wrong."""

    def __init__(
        self, reactor: ReactorBase, screen: Screen, theme: Theme, frame: Frame, failed: Callable[[Failure], None]
    ) -> None:
        # Whatever the locale says: what the terminal can't show is replaced at its door.
        urwid.set_encoding("utf8")
        self.frame = frame
        self._clock = reactor
        self._screen = screen
        self._failed = failed
        self._loop = _Loop(
            self.frame,
            theme.palette,
            screen,
            handle_mouse=False,
            input_filter=self._keys,
            event_loop=urwid.TwistedEventLoop(reactor, manage_reactor=False),
        )
        self._pastes = Pastes()
        self._typed: Callable[[list[str | Paste]], None] = lambda _: None
        self._view: Callable[[], View] | None = None
        self._drawn = float("-inf")
        self._drawing: IDelayedCall | None = None

    def start(self, typed: Callable[[list[str | Paste]], None], view: Callable[[], View]) -> None:
        """Take the terminal; call *typed* with what comes from the keyboard, and *view* for what is to be seen."""
        self._typed = typed
        self._view = view
        self._loop.start()
        self.show()

    def stop(self) -> None:
        """Give the terminal back as it was."""
        self._view = None
        if self._drawing:
            self._drawing.cancel()
            self._drawing = None
        self._loop.stop()

    def show(self) -> None:
        """Show the view anew, soon."""
        if self._drawing is None and self._view is not None:
            delay = max(0.0, self._drawn + INTERVAL - self._clock.seconds())
            self._drawing = self._clock.callLater(delay, self._draw)

    def write(self, sequence: str) -> None:
        """Write *sequence*, which draws nothing, as long as the terminal is ours."""
        if self._view is None:
            return
        try:
            self._screen.write(sequence)
            self._screen.flush()
        except OSError:
            self._failed(Failure())

    def clear(self) -> None:
        """Draw everything anew the next time, whatever is on the screen."""
        self._screen.clear()

    def _draw(self) -> None:
        self._drawing = None
        self._drawn = self._clock.seconds()
        try:
            if self._view is not None:
                self.frame.show(self._view())
                self._loop.draw_screen()
        except Exception:
            self._failed(Failure())

    def _keys(self, keys: list[urwid.Key], _: list[int]) -> list[urwid.Key]:
        """Take all keys; what is returned goes on to urwid."""
        try:
            self._typed(self._pastes.feed([key for key in keys if isinstance(key, str) and key != RESIZE]))
        except Exception:
            self._failed(Failure())
        self.show()
        return [key for key in keys if key == RESIZE]


RESIZE = "window resize"


class _Loop(urwid.MainLoop):
    """urwid's loop, but for its drawing by itself: after each key, however many come."""

    @override
    def entering_idle(self) -> None:
        pass
