"""Telnet commands, which come between the bytes that a person types."""

from __future__ import annotations

from typing import Literal

SE, SB, WILL, DO, DONT = 240, 250, 251, 253, 254
TIMING_MARK = 6

COMMAND = b"\xff"
"""The byte by which every command begins."""

HIDE, SHOW = b"\xff\xfb\x01", b"\xff\xfc\x01"
"""WILL ECHO and WONT ECHO: a client shows nothing of what is typed if the server will, and then it does not."""

ASK_FOR_MARK = bytes([255, DO, TIMING_MARK])
NO_TIMING_MARK = b"\xff\xfc\x06"
"""The answer to a client that asks for a mark: it shows nothing more until it has one."""


class TelnetFilter:
    """Takes the telnet commands out of a stream of bytes, however it is cut into pieces.

    *asked_for_mark* is set when the client has sent ``DO TIMING-MARK``, as it does when Ctrl-C is pressed; *heard* when
    it has sent any command.
    """

    __slots__ = ("_at", "_code", "asked_for_mark", "heard")

    def __init__(self) -> None:
        self.asked_for_mark = False
        self.heard = False
        self._code = 0
        self._at: Literal["text", "command", "option", "inside", "command inside"] = "text"

    def feed(self, data: bytes) -> bytes:
        """Return what of *data* is no telnet command."""
        first, *others = data.split(b"\xff")
        kept = [self._plain(first)]
        for piece in others:
            kept.append(self._marker())
            kept.append(self._plain(piece))
        return b"".join(kept)

    def _marker(self) -> bytes:
        """Take the byte 255, by which every command begins; twice, it means itself."""
        match self._at:
            case "text":
                self._at = "command"
                self.heard = True
            case "command":
                self._at = "text"
                return b"\xff"
            case "option":
                self._at = "text"
            case "inside":
                self._at = "command inside"
            case "command inside":
                self._at = "inside"
        return b""

    def _plain(self, piece: bytes) -> bytes:
        """Take bytes without that one."""
        if not piece or self._at == "inside":
            return b""
        match self._at:
            case "command":
                self._code = code = piece[0]
                self._at = "inside" if code == SB else "option" if WILL <= code <= DONT else "text"
                return self._plain(piece[1:])
            case "option":
                self._at = "text"
                self.asked_for_mark |= self._code == DO and piece[0] == TIMING_MARK
                return piece[1:]
            case "command inside":
                self._at = "text" if piece[0] == SE else "inside"
                return self._plain(piece[1:])
        return piece
