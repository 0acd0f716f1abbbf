"""The tty: a terminal that this process has, on which every key arrives as itself, left as it was found."""

from __future__ import annotations

import os
import sys
import termios
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TextIO

from typing_extensions import override
from urwid.display import raw

from chatroom.client.drawing.terminal.display import Display

_IFLAG, _LFLAG, _CC = 0, 3, 6
"""Indices in the list of termios: flags of the input, local flags, control characters."""


class Tty(Display, raw.Screen):
    """The terminal behind *input* and *output*; *closed* is called when it is no longer there to read from.

    Ctrl+c, Ctrl+j, Ctrl+q, Ctrl+s, Ctrl+v and Ctrl+y are keys like any other; Ctrl+z suspends, and comes back.
    """

    def __init__(
        self,
        closed: Callable[[], None],
        input: TextIO = sys.stdin,
        output: TextIO = sys.stdout,
        environ: Mapping[str, str] = os.environ,
        *,
        links: bool = True,
    ) -> None:
        super().__init__(input, output, environ, links=links)
        self._closed = closed
        self._found: list[Any] | None = None

    @override
    def get_cols_rows(self) -> tuple[int, int]:
        """Return the size of the terminal; some (of serial lines, of containers) have never been told theirs."""
        columns, rows = super().get_cols_rows()
        self.maxrow = rows or 24
        return columns or 80, self.maxrow

    @override
    def _read_raw_input(self, timeout: float) -> bytearray:
        try:
            return super()._read_raw_input(timeout)
        except (OSError, RuntimeError):
            # So urwid says that there is nothing more to read; it would say so again and again.
            self._closed()
            return bytearray()

    @override
    def _start(self, alternate_buffer: bool = True, *args: Any, **kwargs: Any) -> None:
        terminal = self._terminal()
        if terminal is not None:
            self._found = termios.tcgetattr(terminal)
        super()._start(alternate_buffer, *args, **kwargs)
        self._begin_here()
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
            self._end_here()
            super()._stop()
        terminal = self._terminal()
        if terminal is not None and self._found is not None:
            with suppress(termios.error):
                termios.tcsetattr(terminal, termios.TCSANOW, self._found)

    def _terminal(self) -> int | None:
        """Return the descriptor of the terminal that is read from, if it is one."""
        number = self._input_fileno()
        return number if number is not None and os.isatty(number) else None
