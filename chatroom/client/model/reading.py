"""The place in a room where the user reads, and the way there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chatroom.client.model.lookups import Lookup
from chatroom.client.model.window import Window
from chatroom.client.views.lines import MessageLine
from chatroom.client.views.view import Anchor


class Visited(Protocol):
    """A conversation that the user has looked at."""

    name: str


@dataclass(frozen=True, slots=True)
class ReturnPoint:
    """A place to go back to: the lobby, or *conversation* at the message *at*, or (None) at its end."""

    conversation: Visited | None
    at: int | None


@dataclass(frozen=True, slots=True)
class Unseen:
    """News that the user has not come to: *unread* messages behind *read_to*, *mentions* by number among them."""

    unread: int
    mentions: Sequence[int]
    read_to: int | None


class Reading:
    """The place in a room where the user reads: mostly the end of *live*, the window that goes on with the log.

    While *following*, new messages come into view by themselves; else the user reads around the message *at*, and
    :attr:`arrived` counts messages meanwhile. A place further up may be :attr:`elsewhere`: in a window of its own, up
    to which *live* does not reach.
    """

    def __init__(self, live: Window) -> None:
        self.following = True
        self.arrived = 0
        self.at: int | None = None
        self.elsewhere: Window | None = None
        # To be brought into view, and to stand out there.
        self.anchor: Anchor | None = None
        self.emphasized: int | None = None
        # On the way to a place, for what it takes to get there.
        self.lookup: Lookup | None = None
        self.back: ReturnPoint | None = None
        # What was new when one came to a place further up, until one has been at the end.
        self.unseen: Unseen | None = None
        self._live = live

    @property
    def shown(self) -> Window:
        """The window that the user looks at."""
        return self.elsewhere or self._live

    def follow(self, following: bool, at: int | None = None) -> None:
        """Know whether the end is in view (*following*), or the user reads further up, around the message *at*."""
        self.following = following
        self.at = None if following else at
        if following:
            self.arrived = 0
            self.back = self.unseen = None

    def arrive(self, seq: int, elsewhere: Window | None, *, emphasized: bool) -> None:
        """Look at the message *seq*, which is *elsewhere* or in the live window; it may be *emphasized*."""
        self.lookup = None
        self.elsewhere = elsewhere
        self.anchor = Anchor(seq)
        self.emphasized = seq if emphasized else None
        self.follow(False, seq)

    def return_to_live(self) -> None:
        """Look at the live window again, and forget the way elsewhere."""
        self.elsewhere = self.emphasized = self.lookup = self.back = self.unseen = None

    def go_on(self, window: Window, messages: Sequence[MessageLine], *, more: bool) -> None:
        """Put *messages* behind *window* and look at it; where it reaches the live window, both become one."""
        window.add_newer(messages, live=False)
        first = self._live.first
        self.elsewhere = window
        if not more or (first is not None and window.last is not None and window.last >= first - 1):
            known = [line for line in window.lines if isinstance(line, MessageLine)]
            older = [message for message in known if first is None or message.seq < first]
            self._live.add_older(older, more=not window.complete)
            self.elsewhere = None
