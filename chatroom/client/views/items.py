"""What lists are made of: the values that screens give to whoever draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chatroom.client.views.lines import Message


@dataclass(frozen=True, slots=True)
class Day:
    """The day on which what follows was said."""

    day: date


@dataclass(frozen=True, slots=True)
class Found:
    """A *message* of *room*, with what was looked for in it at *spans*; *named* says that the room is told too."""

    room: str
    message: Message
    spans: Sequence[tuple[int, int]] = ()
    named: bool = False


@dataclass(frozen=True, slots=True)
class RoomItem:
    """A *room*, how many messages in it are new (*unread*), how many of these name one, and what it is *about*."""

    room: str
    about: str
    unread: int
    mentions: int
    joined: bool


Item = Day | Found | RoomItem
