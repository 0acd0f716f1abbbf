"""Lines that come in by a descriptor: from a person's terminal, a pipe or a file."""

from __future__ import annotations

import os
import termios
from collections.abc import Callable

from twisted.internet.interfaces import IReactorFDSet, IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer

from chatroom.client.ports import LineSource

_LFLAG = 3
"""The index of the local flags in the list of termios."""

LONGEST = 65_536
"""Bytes of a line that are kept: far more than anybody may say at once."""


@implementer(IReadDescriptor)
class DescriptorLines:
    """Lines read from the descriptor *number*; it stays a blocking one, for others share it."""

    def __init__(self, reactor: IReactorFDSet, number: int) -> None:
        self._reactor = reactor
        self._number = number
        self._rest = b""
        self._over = False
        self._hidden = False
        self._take: Callable[[bytes], None] = lambda _: None
        self._ended: Callable[[], None] = lambda: None

    def start(self, take: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        """Call *take* with each line, and *ended* when there are no more."""
        self._take, self._ended = take, ended
        self.read(True)

    def read(self, wanted: bool) -> None:
        """Read on, or not for now; of what has been read already, lines may still come."""
        if wanted and not self._over:
            self._reactor.addReader(self)
        else:
            self._reactor.removeReader(self)

    def echo(self, wanted: bool) -> None:
        """Let the terminal show what is typed, as it has done, or not for now, if it is one."""
        try:
            settings = termios.tcgetattr(self._number)
        except termios.error:
            return
        if not wanted and settings[_LFLAG] & termios.ECHO:
            self._hidden = True
            settings[_LFLAG] &= ~termios.ECHO
        elif wanted and self._hidden:
            self._hidden = False
            settings[_LFLAG] |= termios.ECHO
        else:
            return
        # What was typed before is read, and what goes out comes first.
        termios.tcsetattr(self._number, termios.TCSADRAIN, settings)

    def fileno(self) -> int:
        """Return what is read from."""
        return self._number

    def logPrefix(self) -> str:  # noqa: N802
        """Return what this is called in a log."""
        return "lines"

    def doRead(self) -> None:  # noqa: N802
        """Read what is there."""
        try:
            data = os.read(self._number, LONGEST)
        except BlockingIOError:
            # Somebody else who has it made it so, and was quicker.
            return
        except OSError:
            # A terminal that is gone.
            data = b""
        if not data:
            self._end()
            return
        *lines, rest = data.split(b"\n")
        for line in lines:
            self._take((self._rest + line)[:LONGEST])
            self._rest = b""
        self._rest = (self._rest + rest)[:LONGEST]

    def connectionLost(self, reason: Failure) -> None:  # noqa: N802
        """Know that the other end is closed: of a pipe from which all was read, this tells before the read does."""
        self._end()

    def _end(self) -> None:
        if self._over:
            return
        self._over = True
        self.read(False)
        if rest := self._rest:
            self._rest = b""
            self._take(rest)
        self._ended()


_: type[LineSource] = DescriptorLines
