"""The port between the bytes of a connection and the lines, or messages, that they make."""

from __future__ import annotations

from typing import Protocol


class Framing(Protocol):
    """Cuts a stream into lines that wait to be popped; its length is the number of lines that are ready.

    *wasted* counts the bytes that made no line, until somebody sets it back.
    """

    wasted: int

    @property
    def pending(self) -> bool:
        """True while lines are ready, or bytes wait to be cut by the next call of :meth:`feed`."""

    def __len__(self) -> int:
        """Return how many lines are ready."""

    def feed(self, data: bytes = b"") -> bytes:
        """Take *data*, and cut the next piece unless lines are ready; return the bytes to answer at once."""

    def pop(self) -> bytes:
        """Return the oldest line, without its end.

        :raises chatroom.core.values.errors.LineTooLong: if it is too long.
        """

    def ask_secretly(self, secretly: bool) -> bytes:
        """Let the next lines be secrets that are typed, and may be empty; return what asks a terminal to hide them."""

    def end(self) -> None:
        """Take the rest for a line: the stream has ended."""

    def close(self) -> bytes:
        """Forget everything, and take nothing more; return the last bytes to send, once."""
