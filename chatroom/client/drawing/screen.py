"""The terminal: urwid's raw screen, on which every key arrives as itself, and which leaves no trace at its end."""

from __future__ import annotations

import os
import sys
import termios
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TextIO

from typing_extensions import override
from urwid.display import raw

from chatroom.client.drawing.safe import cut

_LINE_FEED = 10
_CTRL_J = tuple(b"\x1b[106;5u")
"""How terminals that tell more keys apart write Ctrl+j."""

_IFLAG, _LFLAG, _CC = 0, 3, 6
"""Where in its list termios has the flags of the input, the local ones, and the control characters."""

_PLAIN = ("", "dumb", "unknown")
_KNOWN = "256color alacritty contour foot ghostty kitty konsole rxvt screen st tmux vte wezterm xterm".split()

_TITLED = "alacritty contour foot ghostty gnome kitty konsole mlterm rxvt screen st tmux vte wezterm xterm".split()
"""The terminals whose windows have a title; others would print it."""

_LONGEST_TITLE = 80
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


class Screen(raw.Screen):
    """The terminal behind *input* and *output*; *closed* is called when it is no longer there to read from.

    Ctrl+c, Ctrl+j, Ctrl+q, Ctrl+s, Ctrl+v and Ctrl+y are keys like any other; Ctrl+z suspends, and comes back.
    """

    def __init__(
        self,
        closed: Callable[[], None],
        input: TextIO = sys.stdin,
        output: TextIO = sys.stdout,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        term = environ.get("TERM", "")
        able = term not in _PLAIN and not term.startswith("linux")
        # GNU screen shows in reverse what is to be slanted.
        self._no_italics = term.startswith("screen") and "TMUX" not in environ
        super().__init__(input, output, bracketed_paste_mode=able, focus_reporting=able)
        self.set_terminal_properties(colors=colours(environ))  # type: ignore[arg-type]
        self._closed = closed
        self._found: list[Any] | None = None
        self._has_title = any(family in _TITLED for family in term.replace(".", "-").split("-"))
        self._our_title = ""
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
        super().register_palette_entry(name, foreground, background, mono, foreground_high, background_high)

    def title(self, text: str) -> None:
        """Let any *text* be the title of the terminal's window, if it has one, until the end."""
        text = cut(text, _LONGEST_TITLE)
        if self._has_title and self.started and text != self._our_title:
            self._our_title = text
            self.write(f"\x1b]2;{text}\x1b\\")
            self.flush()

    @override
    def get_cols_rows(self) -> tuple[int, int]:
        """Return the size of the terminal; some (of serial lines, of containers) have never been told theirs."""
        columns, rows = super().get_cols_rows()
        self.maxrow = rows or 24
        return columns or 80, self.maxrow

    @override
    def get_available_raw_input(self) -> list[int]:
        """Return the bytes that were typed; urwid takes a line feed for Enter, so it is written in another way."""
        codes = super().get_available_raw_input()
        return [code for typed in codes for code in (_CTRL_J if typed == _LINE_FEED else (typed,))]

    @override
    def _read_raw_input(self, timeout: float) -> bytearray:
        try:
            return super()._read_raw_input(timeout)
        except (OSError, RuntimeError):
            # So urwid says that there is nothing more to read; it would say so again and again.
            self._closed()
            return bytearray()

    @override
    def _detect_terminal_modes(self) -> None:
        # Nothing is asked: an answer that comes when all is over would be typed into the shell.
        pass

    @override
    def _start(self, alternate_buffer: bool = True, *args: Any, **kwargs: Any) -> None:
        terminal = self._terminal()
        if terminal is not None:
            self._found = termios.tcgetattr(terminal)
        super()._start(alternate_buffer, *args, **kwargs)
        self.write(self._begin)
        if terminal is not None:
            mode = termios.tcgetattr(terminal)
            mode[_IFLAG] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON)
            # Some systems keep Ctrl+v, Ctrl+o and Ctrl+y by it.
            mode[_LFLAG] &= ~termios.IEXTEN
            mode[_CC][termios.VINTR] = bytes([os.fpathconf(terminal, "PC_VDISABLE")])
            termios.tcsetattr(terminal, termios.TCSANOW, mode)

    @override
    def _stop(self) -> None:
        # A terminal that is gone needs no restoring, and must not keep the rest from ending in order.
        with suppress(OSError, termios.error):
            self.write(self._end)
            self._our_title = ""
            super()._stop()
        terminal = self._terminal()
        if terminal is not None and self._found is not None:
            with suppress(termios.error):
                termios.tcsetattr(terminal, termios.TCSANOW, self._found)

    def _terminal(self) -> int | None:
        """Return the descriptor of the terminal that is read from, if it is one."""
        number = self._input_fileno()
        return number if number is not None and os.isatty(number) else None
