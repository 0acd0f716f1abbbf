"""Bytes from a peer become lines, and the first of them tells the dialect, however the stream is cut into pieces."""

from __future__ import annotations

from collections.abc import Iterable

from chatroom.core.errors import LineTooLong
from chatroom.wire import opening
from chatroom.wire.telnet import ASK_FOR_MARK, TelnetFilter

PIECE = 2048
"""Bytes that are cut into lines at a time: it takes less than a millisecond, whatever they are."""


class Lines:
    """Lines of at most *limit* bytes that wait to be popped; *is_text* is None until the dialect is known.

    A longer line is the last thing that it takes. What comes is cut into lines piece by piece. *wasted* are bytes of
    which no line came, since somebody looked last.
    """

    __slots__ = ("_deaf", "_ended", "_limit", "_rest", "_uncut", "_waiting", "is_text", "telnet", "wasted")

    def __init__(self, limit: int) -> None:
        self.is_text: bool | None = None
        self.telnet = TelnetFilter()
        self.wasted = 0
        self._limit = limit
        self._uncut = b""
        self._rest = b""
        # The next one is the last: a deque would take more memory than all the rest of a connection that is silent.
        self._waiting: list[bytes | None] = []
        self._deaf = False
        self._ended = False

    def __bool__(self) -> bool:
        return bool(self._waiting or self._uncut)

    @property
    def ready(self) -> bool:
        """Whether a line waits to be popped; otherwise the next piece may be cut."""
        return bool(self._waiting)

    def feed(self, data: bytes) -> None:
        """Take *data*, and cut it if it is short and nothing waits; an unfinished line stays here until its end."""
        if not self._deaf:
            self._uncut += data
            if not self._waiting:
                self.cut()

    def cut(self) -> None:
        """Cut the next piece of what came into lines."""
        data, self._uncut = self._uncut[:PIECE], self._uncut[PIECE:]
        if self.is_text is None:
            data = self._find_dialect(data)
        if self.is_text is not None:
            came = len(data)
            if self.is_text:
                data = self.telnet.feed(data)
                self.wasted += max(0, came - len(data))
            *lines, self._rest = (self._rest + data).split(b"\n")
            self._take(lines)
            if self._is_too_long(self._rest):
                self._take([self._rest])
        if self._ended and not self._uncut:
            self._take_rest()

    def end(self) -> None:
        """Take what came after the last line for a line: nothing follows."""
        self._ended = True
        if not self._uncut:
            self._take_rest()

    def close(self) -> None:
        """Forget what waits, and take nothing more."""
        self._deaf = True
        self._rest = self._uncut = b""
        self._waiting.clear()

    def pop(self) -> bytes:
        """Return the line that has waited longest, without its end.

        :raises chatroom.core.errors.LineTooLong: if it is too long.
        """
        line = self._waiting.pop()
        if line is None:
            raise LineTooLong(self._limit)
        return line

    def _find_dialect(self, data: bytes) -> bytes:
        """Return what is left of *data* once the dialect is known; until then what may decide stays here."""
        data = self._rest + data
        rest, decided = opening.skip(data)
        self.telnet.asked_for_mark |= ASK_FOR_MARK in data[: len(data) - len(rest)]
        self.wasted += len(data) - len(rest)
        self._rest = b"" if decided else rest
        if decided:
            self.is_text = not rest.startswith(b"{")
        return rest

    def _take_rest(self) -> None:
        rest, self._rest = self._rest, b""
        if rest and not self._deaf:
            self._take([rest])

    def _take(self, lines: Iterable[bytes]) -> None:
        taken: list[bytes | None] = []
        for line in lines:
            if self._is_too_long(line):
                self._deaf = True
                self._rest = self._uncut = b""
                taken.append(None)
                break
            if not line or line.isspace():
                self.wasted += len(line) + 1
            else:
                taken.append(line.removesuffix(b"\r"))
        self._waiting[:0] = reversed(taken)

    def _is_too_long(self, line: bytes) -> bool:
        return 0 < self._limit < len(line) and self._limit < len(line.removesuffix(b"\r"))
