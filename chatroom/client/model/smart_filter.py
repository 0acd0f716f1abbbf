"""The smart filter: people in a room whose coming and going is worth a line."""

from __future__ import annotations

from collections import deque

from chatroom.client.views.lines import Traffic

LATELY = 100
"""Messages that count as said lately."""

ADDRESSED = 2000
"""People addressed last, who are known for it."""


class SmartFilter:
    """The people whom the user deals with in a room: they spoke lately, or were addressed.

    Lately is a number of messages, not a time: in a busy room few are known, in a quiet one all that have ever spoken.
    """

    def __init__(self) -> None:
        self._spoken: deque[str] = deque(maxlen=LATELY)
        self._gone: deque[str] = deque(maxlen=LATELY)
        self._addressed: dict[str, None] = {}

    def knows(self, username: str) -> bool:
        """Return whether the user deals with *username*; people who were seen to go are seen to come back."""
        return username in self._addressed or username in self._spoken or username in self._gone

    def spoke(self, username: str) -> None:
        """Know that *username* said something."""
        self._spoken.append(username)

    def address(self, username: str) -> None:
        """Know that the user has spoken to *username*."""
        self._addressed[username] = None
        if len(self._addressed) > ADDRESSED:
            del self._addressed[next(iter(self._addressed))]

    def traffic(self, traffic: Traffic) -> None:
        """Know of people who came, went, or have another name."""
        for name in traffic.joined:
            while name in self._gone:
                self._gone.remove(name)
        if not traffic.quiet:
            self._gone.extend(traffic.left)
        for old, new in traffic.renamed:
            for order in (self._spoken, self._gone):
                renamed = [new if name == old else name for name in order]
                order.clear()
                order.extend(renamed)
            if old in self._addressed:
                del self._addressed[old]
                self._addressed[new] = None
