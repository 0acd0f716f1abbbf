"""How far somebody has read, and what is unread."""

from __future__ import annotations

from msgspec import Struct

from chatroom.core.values.events import Said
from chatroom.core.values.moments import Moment


class Mark(Struct, frozen=True, gc=False):
    """All messages up to number *seq* are read, as of a time in milliseconds since 1970 (UTC)."""

    seq: int
    at: Moment

    def joined(self, other: Mark) -> Mark:
        """Return how far it is with *other* too: a mark never goes back."""
        return Mark(max(self.seq, other.seq), max(self.at, other.at))


class Unread(Struct, frozen=True):
    """What is unread in a room or talk, of which *newest* is the newest message.

    Beyond the number *marked* there are *unread* messages of others, from number *first* on; some are *mentions* of
    whoever asks, the newest of which is *mention*.
    """

    newest: Said
    marked: int
    first: int
    unread: int
    mentions: int = 0
    mention: Said | None = None
