"""The terminal on Twisted's reactor: it shows views, at most 30 a second, and gives what is typed."""

from __future__ import annotations

from collections.abc import Callable

import urwid
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IDelayedCall
from twisted.python.failure import Failure
from typing_extensions import override

from chatroom.client.drawing.copy_mode import sheet
from chatroom.client.drawing.paste import Paste, Pastes, Typed
from chatroom.client.drawing.terminal.display import Display
from chatroom.client.drawing.themes import Theme
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.views.view import View

INTERVAL = 1 / 30
"""Seconds between two drawings; what happens meanwhile is drawn at once."""

PASTING = 2.0
"""Seconds without a key after which a paste is over whose end has not come."""


class Terminal:
    """Shows views on *display* by *widget*, in the colours of *theme*; *failed* is called with what goes wrong.

    *mouse* says whether it begins with the mouse, which it else leaves to the terminal.
    """

    def __init__(
        self,
        reactor: ReactorBase,
        display: Display,
        theme: Theme,
        widget: ViewWidget,
        failed: Callable[[Failure], None],
        *,
        mouse: bool = False,
    ) -> None:
        # Whatever the locale says: what the terminal can't show is replaced at its door.
        urwid.set_encoding("utf-8")
        self.widget = widget
        self.widget.mouse = mouse
        self._clock = reactor
        self._display = display
        self._failed = failed
        self._loop = _Loop(
            self.widget,
            theme.palette,
            display,
            handle_mouse=False,
            input_filter=self._keys,
            event_loop=urwid.TwistedEventLoop(reactor, manage_reactor=False),
        )
        self._pastes = Pastes()
        self._pasting: IDelayedCall | None = None
        self._size: tuple[int, int] | None = None
        self._typed: Callable[[list[Typed]], None] = lambda _: None
        self._view: Callable[[], View] | None = None
        self._drawn = float("-inf")
        self._drawing: IDelayedCall | None = None
        self._copying = False

    def start(self, typed: Callable[[list[Typed]], None], view: Callable[[], View]) -> None:
        """Take the terminal; call *typed* with what comes from the keyboard, and *view* for what is to be seen."""
        self._typed = typed
        self._view = view
        self._loop.start()
        self._display.set_mouse_tracking(self.widget.mouse)
        self.show()

    def stop(self) -> None:
        """Give the terminal back as it was."""
        self._view = None
        if self._drawing:
            self._drawing.cancel()
            self._drawing = None
        self._await_paste(False)
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
            self._display.write(sequence)
            self._display.flush()
        except OSError:
            self._failed(Failure())

    def clear(self) -> None:
        """Draw everything anew the next time, whatever is on the screen."""
        self._display.clear()

    def title(self, text: str) -> None:
        """Let *text* be the title of the terminal's window."""
        self._display.title(text)

    def copy_text(self, text: str) -> bool:
        """Put *text* into the clipboard of the desktop; return False if the terminal can't be told to."""
        try:
            return self._display.copy(text)
        except OSError:
            self._failed(Failure())
            return False

    def toggle_mouse(self) -> None:
        """Take the mouse, so that the wheel scrolls and a click chooses; or leave it to the terminal again."""
        self.widget.mouse = not self.widget.mouse
        self._display.set_mouse_tracking(self.widget.mouse)

    def copy(self) -> None:
        """Show nothing but the text, as plain lines that the terminal can mark and copy, until a key is pressed."""
        self._copying = True
        self._display.set_mouse_tracking(False)
        self._show_plain_lines()

    def _show_plain_lines(self) -> None:
        columns, rows = self._display.get_cols_rows()
        self._display.write(sheet(self.widget.plain_lines(columns, rows - 1), columns, rows))
        self._display.flush()

    def _copied(self, typed: list[Typed]) -> list[Typed]:
        """Return what of *typed* is left when its first key has ended the copying, if it has."""
        for number, key in enumerate(typed):
            # To look at another window, perhaps to paste there, is no reason to end it.
            if isinstance(key, str) and key.startswith("focus "):
                continue
            self._copying = False
            self._display.clear()
            self._display.set_mouse_tracking(self.widget.mouse)
            # What is pasted is not lost.
            return typed if isinstance(key, Paste) else typed[:number] + typed[number + 1 :]
        return typed

    def _draw(self) -> None:
        self._drawing = None
        if self._copying:
            return
        self._drawn = self._clock.seconds()
        try:
            if self._view is not None:
                self._measure()
                self.widget.show(self._view())
                self._loop.draw_screen()
        except Exception:
            self._failed(Failure())

    def _measure(self) -> None:
        """Know how large the terminal is now: it may have changed while another program had it, who was told."""
        size = self._display.get_cols_rows()
        if size != self._size:
            self._size, self._loop.screen_size = size, None
            self._display.clear()

    def _keys(self, keys: list[urwid.Key], _: list[int]) -> list[urwid.Key]:
        """Take all keys; what is returned goes on to urwid."""
        try:
            typed = self._pastes.feed([key for key in keys if key != RESIZE])
            if self._copying:
                typed = self._copied(typed)
            if self._copying and RESIZE in keys:
                self._show_plain_lines()
            self._await_paste(self._pastes.begun)
            self._typed(typed)
        except Exception:
            self._failed(Failure())
        self.show()
        return [key for key in keys if key == RESIZE]

    def _await_paste(self, wanted: bool) -> None:
        """Wait for the end of a paste, but not for ever; or, if not *wanted*, no longer."""
        if self._pasting:
            self._pasting.cancel()
            self._pasting = None
        if wanted:
            self._pasting = self._clock.callLater(PASTING, self._give_paste_up)

    def _give_paste_up(self) -> None:
        self._pasting = None
        try:
            self._typed(self._pastes.give_up())
        except Exception:
            self._failed(Failure())
        self.show()


RESIZE = "window resize"


class _Loop(urwid.MainLoop):
    """urwid's loop, but for its drawing by itself: after each key, however many come."""

    @override
    def entering_idle(self) -> None:
        pass
