"""Lines: the framing of every dialect on a plain stream; the first one tells the dialect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from chatroom.wire import sniff
from chatroom.wire.dialect import DialectName
from chatroom.wire.framing.framing import Framing
from chatroom.wire.framing.ready_lines import ReadyLines
from chatroom.wire.framing.telnet import ASK_FOR_MARK, COMMAND, HIDE, NO_TIMING_MARK, SHOW, TelnetFilter

PIECE = 2048
"""Bytes that are cut into lines at a time: it takes less than a millisecond, whatever they are."""


class Lines(ReadyLines):
    """Lines of at most *limit* bytes, in a *dialect* that the first one tells; a longer line is the last.

    Blank lines, and the telnet commands in a text, are *wasted*.
    """

    __slots__ = ("_blanks", "_ended", "_telnet", "dialect")

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.dialect: DialectName | Literal["unknown"] = "unknown"
        self._telnet = TelnetFilter()
        self._ended = False
        self._blanks = False

    def feed(self, data: bytes = b"") -> bytes:
        """Take *data*, and cut the next piece unless lines are ready; return the answer to telnet, if it asked."""
        if self._deaf:
            return b""
        self._uncut += data
        if not self._waiting:
            self._cut()
            if self._telnet.asked_for_mark:
                self._telnet.asked_for_mark = False
                return NO_TIMING_MARK
        return b""

    def ask_secretly(self, secretly: bool) -> bytes:
        """Let blank lines count from now on, or no longer; return what asks a telnet client to hide what is typed."""
        self._blanks = secretly
        if not self._telnet.heard:
            return b""
        return HIDE if secretly else SHOW

    def end(self) -> None:
        """Take the rest for a line: the stream has ended."""
        self._ended = True
        if not self._uncut:
            self._take_rest()

    def close(self) -> bytes:
        """Forget everything, and take nothing more; a stream of lines ends without a word."""
        self._deaf = True
        self._rest = self._uncut = b""
        self._waiting.clear()
        return b""

    def _cut(self) -> None:
        """Cut the next piece into lines."""
        data, self._uncut = self._uncut[:PIECE], self._uncut[PIECE:]
        if self.dialect == "unknown":
            data = self._find_dialect(data)
        if self.dialect != "unknown":
            if self.dialect == "text":
                came = len(data)
                data = self._telnet.feed(data)
                self.wasted += max(0, came - len(data))
            *lines, self._rest = (self._rest + data).split(b"\n")
            self._take(lines)
            data = self._rest
        if self._is_too_long(data):
            self._take([data])
        if self._ended and not self._uncut:
            self._take_rest()

    def _find_dialect(self, data: bytes) -> bytes:
        """Return what *data* has of lines; until the dialect is known, it stays here, with telnet's unfinished part."""
        data = self._rest + data
        rest, decided = sniff.skip(data)
        skipped = data[: len(data) - len(rest)]
        self._telnet.asked_for_mark |= ASK_FOR_MARK in skipped
        self._telnet.heard |= COMMAND in skipped
        self.wasted += len(data) - len(rest)
        found = sniff.dialect(rest) if decided else None
        self._rest = rest if found is None else b""
        if found is not None:
            self.dialect = found
        return rest if decided else b""

    def _take_rest(self) -> None:
        rest, self._rest = self._rest, b""
        if rest and not self._deaf:
            if self.dialect == "unknown":
                self.dialect = sniff.dialect(rest, ended=True) or "text"
            self._take([rest])

    def _take(self, lines: Iterable[bytes]) -> None:
        taken: list[bytes | None] = []
        for line in lines:
            if self._is_too_long(line):
                self._deaf = True
                self._rest = self._uncut = b""
                taken.append(None)
                break
            if not self._blanks and (not line or line.isspace()):
                self.wasted += len(line) + 1
            else:
                taken.append(line.removesuffix(b"\r"))
        self._waiting[:0] = reversed(taken)

    def _is_too_long(self, line: bytes) -> bool:
        return 0 < self._limit < len(line) and self._limit < len(line.removesuffix(b"\r"))


_: type[Framing] = Lines
