"""Bytes from a peer become lines, and the first of them tells the dialect, however the stream is cut into pieces."""

from __future__ import annotations

from collections.abc import Iterable

from chatroom.core.errors import LineTooLong
from chatroom.wire import opening
from chatroom.wire.telnet import ASK_FOR_MARK, TelnetFilter


class Lines:
    """Lines of at most *limit* bytes that wait to be popped; *is_text* is None until the dialect is known.

    A longer line is the last thing that it takes.
    """

    __slots__ = ("_deaf", "_limit", "_rest", "_waiting", "is_text", "telnet")

    def __init__(self, limit: int) -> None:
        self.is_text: bool | None = None
        self.telnet = TelnetFilter()
        self._limit = limit
        self._rest = b""
        # The next one is the last: a deque would take more memory than all the rest of a connection that is silent.
        self._waiting: list[bytes | None] = []
        self._deaf = False

    def __len__(self) -> int:
        return len(self._waiting)

    def feed(self, data: bytes) -> None:
        """Take *data*, of which an unfinished line stays here until its end comes."""
        if self._deaf:
            return
        if self.is_text is None:
            data = self._rest + data
            rest, decided = opening.skip(data)
            self.telnet.asked_for_mark |= ASK_FOR_MARK in data[: len(data) - len(rest)]
            data = rest
            self._rest = b"" if decided else rest
            if not decided:
                return
            self.is_text = not data.startswith(b"{")
        if self.is_text:
            data = self.telnet.feed(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._take(filter(None, lines))
        if self._is_too_long(self._rest):
            self._take([self._rest])

    def end(self) -> None:
        """Take what came after the last line for a line: nothing follows."""
        rest, self._rest = self._rest, b""
        if rest and not self._deaf:
            self._take([rest])

    def close(self) -> None:
        """Forget what waits, and take nothing more."""
        self._deaf = True
        self._rest = b""
        self._waiting.clear()

    def pop(self) -> bytes:
        """Return the line that has waited longest, without its end.

        :raises chatroom.core.errors.LineTooLong: if it is too long.
        """
        line = self._waiting.pop()
        if line is None:
            raise LineTooLong(self._limit)
        return line

    def _take(self, lines: Iterable[bytes]) -> None:
        taken: list[bytes | None] = []
        for line in lines:
            if self._is_too_long(line):
                self._deaf = True
                self._rest = b""
                taken.append(None)
                break
            if not line.isspace():
                taken.append(line.removesuffix(b"\r"))
        self._waiting[:0] = reversed(taken)

    def _is_too_long(self, line: bytes) -> bool:
        return 0 < self._limit < len(line) and self._limit < len(line.removesuffix(b"\r"))
