"""The pace of a slow room: when each of its speakers may say the next message."""

from __future__ import annotations

from math import ceil

from chatroom.core.values.names import Key


class Pace:
    """When those who wait have said something, by a clock that never runs backwards: seconds."""

    def __init__(self) -> None:
        # In the order of these times: whoever need not wait any more is at the beginning.
        self._said: dict[Key, float] = {}

    def wait(self, speaker: Key, slow: int, now: float) -> int:
        """Return in how many seconds *speaker* may say something, where there are *slow* ones between two messages."""
        while (first := next(iter(self._said), None)) is not None and self._said[first] + slow <= now:
            del self._said[first]
        said = self._said.get(speaker)
        return 0 if said is None else ceil(said + slow - now)

    def said(self, speaker: Key, now: float) -> None:
        """Note that *speaker* says something."""
        self._said.pop(speaker, None)
        self._said[speaker] = now

    def refused(self, speaker: Key) -> None:
        """Note that what *speaker* was about to say is not stored: they had no need to wait before."""
        self._said.pop(speaker, None)

    def called(self, old: Key, new: Key) -> None:
        """Note that a speaker is called otherwise."""
        if old in self._said:
            self._said = {new if name == old else name: said for name, said in self._said.items()}
