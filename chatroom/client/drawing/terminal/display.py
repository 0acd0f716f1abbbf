"""A terminal: what it can, what its keys are called, and the sequences that it understands; no tty is needed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

import urwid
from typing_extensions import override
from urwid.display import _raw_display_base as raw

from chatroom.client.drawing.columns import cut
from chatroom.client.drawing.terminal.changes import Changes
from chatroom.client.drawing.terminal.final import Final

_LINE_FEED = 10
_CTRL_J = tuple(b"\x1b[106;5u")
"""Ctrl+j, as terminals write it that tell more keys apart."""

_PLAIN = ("", "dumb", "unknown")
_KNOWN = "256color alacritty contour foot ghostty kitty konsole rxvt screen st tmux vte wezterm xterm".split()

_TITLED = "alacritty contour foot ghostty gnome kitty konsole mlterm rxvt screen st tmux vte wezterm xterm".split()
"""The terminals whose windows have a title; others would print it."""

_LONGEST_TITLE = 80
_LONGEST_COPY = 74_994
"""Characters that xterm takes, and others too, of what is to be copied, as it is encoded."""

_KEEP_TITLE, _RESTORE_TITLE = "\x1b[22;2t", "\x1b]2;\x1b\\\x1b[23;2t"
"""To put the title aside, and to bring it back; where it can't be put aside, there is none at the end."""

_ALT, _RESTORE_ALT = "\x1b[?1036;1039s\x1b[?1036;1039h", "\x1b[?1036;1039r"
"""To get Alt with a key as Esc and that key, which xterm would make another letter of; and to have it as it was."""


def colours(environ: Mapping[str, str]) -> int:
    """Return how many colours the terminal has, as its *environ* says: 1, 16, 256 or 2 ** 24."""
    term = environ.get("TERM", "")
    if term in _PLAIN or term.startswith("vt"):
        return 1
    if environ.get("COLORTERM") in ("truecolor", "24bit") or term.endswith("-direct"):
        return 2**24
    families = term.replace(".", "-").split("-")
    return 256 if "16color" not in families and any(family in _KNOWN for family in families) else 16


class Display(raw.Screen):
    """A terminal that its *environ* describes, read from *input* if it can be read, and written to *output*.

    Links are drawn as such if they are wanted (*links*), and the terminal is none that would print that.

    Nothing here knows how bytes get to it and how big it is: that is for a subclass, as
    :class:`~chatroom.client.drawing.terminal.tty.Tty`.
    """

    def __init__(self, input: Any, output: TextIO, environ: Mapping[str, str], *, links: bool = True) -> None:
        term = environ.get("TERM", "")
        able = term not in _PLAIN and not term.startswith("linux")
        # GNU screen shows in reverse what is to be slanted.
        self._no_italics = term.startswith("screen") and "TMUX" not in environ
        super().__init__(input, output, bracketed_paste_mode=able, focus_reporting=able)
        # What urwid has taken from the environment of this process may be that of another terminal.
        self.term = term
        known = raw.detect_terminal_properties(term, environ)
        self.bg_bright_is_blink, self.back_color_erase = known.bg_bright_is_blink, known.back_color_erase
        self.set_terminal_properties(
            colours(environ),  # type: ignore[arg-type]
            known.fg_bright_is_bold,
            known.has_underline,
        )
        self._has_title = any(family in _TITLED for family in term.replace(".", "-").split("-"))
        # GNU screen knows none, and a title is such a sequence too.
        self.able = self._has_title and not self._no_italics
        self.links = links and self.able
        self._our_title = ""
        self._changes = Changes()
        self._begin, self._end = "", ""
        if self._has_title:
            self._begin, self._end = _KEEP_TITLE, _RESTORE_TITLE
        if term.startswith("xterm"):
            self._begin, self._end = self._begin + _ALT, self._end + _RESTORE_ALT

    @override
    def register_palette_entry(
        self,
        name: Any,
        foreground: str,
        background: str,
        mono: str | tuple[str, ...] | None = None,
        foreground_high: str | None = None,
        background_high: str | None = None,
    ) -> None:
        if self._no_italics:
            foreground = foreground.replace("italics", "")
            foreground_high = foreground_high and foreground_high.replace("italics", "")
        # Bright colours are written as bold ones there, and bold black is black where bold is not bright.
        if self.fg_bright_is_bold and not background:
            foreground = foreground.replace("dark gray", "faint")
        super().register_palette_entry(name, foreground, background, mono, foreground_high, background_high)

    @override
    def draw_screen(self, size: tuple[int, int], canvas: urwid.Canvas) -> None:
        """Draw *canvas*; what the terminal takes for wider or narrower than we do moves nothing beside it."""
        before = self.screen_buf
        if not before:
            self._changes = Changes()
        super().draw_screen(size, Final(canvas, self._changes, links=self.links))
        if self.screen_buf is before:
            # Nothing was drawn, for the size is about to change.
            self.clear()

    def title(self, text: str) -> None:
        """Let any *text* be the title of the terminal's window, if it has one, until the end."""
        text = cut(text, _LONGEST_TITLE)
        if self._has_title and self.started and text != self._our_title:
            self._our_title = text
            self.write(f"\x1b]2;{text}\x1b\\")
            self.flush()

    def copy(self, text: str) -> bool:
        """Put *text* into the clipboard of the desktop (OSC 52); return False if the terminal can't be told to."""
        encoded = b64encode(text.encode()).decode()
        if not (self.able and self.started) or len(encoded) > _LONGEST_COPY:
            return False
        self.write(f"\x1b]52;c;{encoded}\x1b\\")
        self.flush()
        return True

    @override
    def get_available_raw_input(self) -> list[int]:
        """Return the bytes that were typed; urwid takes a line feed for Enter, so it is written in another way."""
        return written_apart(super().get_available_raw_input())

    @override
    def _detect_terminal_modes(self) -> None:
        # Nothing is asked: an answer that comes when all is over would be typed into the shell.
        pass

    def _begin_here(self) -> None:
        """Have the terminal as it is wanted here; urwid has begun already."""
        self.write(self._begin)

    def _end_here(self) -> None:
        """Have the terminal as it was; urwid has yet to end."""
        self.write(self._end)
        self._our_title = ""


def written_apart(codes: Iterable[int]) -> list[int]:
    """Return the bytes *codes* with each Ctrl+j written as another key than Enter."""
    return [code for typed in codes for code in (_CTRL_J if typed == _LINE_FEED else (typed,))]
