"""What is printed, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TextIO

from chatroom.client.views.printed import Printed, information


class Printer:
    """Prints lines to *out*, or to *err* what went wrong; calls *closed* with the reason if that can't be done."""

    def __init__(self, out: TextIO, err: TextIO, closed: Callable[[OSError], None]) -> None:
        self.failed = False
        self._out = out
        self._err = err
        self._closed = closed

    def print(self, lines: Iterable[Printed]) -> None:
        """Print *lines*; that something went wrong is kept in :attr:`failed`."""
        for line in lines:
            self.failed |= line.error and not line.warning
            self._write(self._err if line.error else self._out, line.text)

    def say_state(self, text: str) -> None:
        """Print *text* about the state of the client, which nobody has asked for, beside the rest."""
        self._write(self._err, information([text])[0].text)

    def _write(self, where: TextIO, line: str) -> None:
        try:
            where.write(f"{line}\n")
            where.flush()
        except OSError as error:
            self._closed(error)
