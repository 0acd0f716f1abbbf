"""Lines that are ready: what every framing keeps, and how they are taken."""

from __future__ import annotations

from chatroom.core.values.errors import LineTooLong


class ReadyLines:
    """Lines of at most *limit* bytes that wait; a longer one is ``None``, and the last.

    What is *wasted* made no line.
    """

    __slots__ = ("_deaf", "_limit", "_rest", "_uncut", "_waiting", "wasted")

    def __init__(self, limit: int) -> None:
        self.wasted = 0
        self._limit = limit
        self._uncut = b""
        self._rest = b""
        # The next one is the last: a deque would take more memory than all the rest of a connection that is silent.
        self._waiting: list[bytes | None] = []
        self._deaf = False

    @property
    def pending(self) -> bool:
        """True while lines are ready, or bytes wait to be cut."""
        return bool(self._waiting or self._uncut)

    def __len__(self) -> int:
        """Return how many lines are ready."""
        return len(self._waiting)

    def pop(self) -> bytes:
        """Return the oldest line, without its end.

        :raises chatroom.core.values.errors.LineTooLong: if it is too long.
        """
        line = self._waiting.pop()
        if line is None:
            raise LineTooLong(self._limit)
        return line
