"""The items of lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chatroom.client.views.lines import MessageLine


@dataclass(frozen=True, slots=True)
class Day:
    """The day on which what follows was said."""

    day: date


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A *message* of *room*, with the matches at *spans*; a *named* one is shown with its room.

    In a *talk* with one person, *room* is the name of its page.
    """

    room: str
    message: MessageLine
    spans: Sequence[tuple[int, int]] = ()
    named: bool = False
    talk: bool = False

    @property
    def place(self) -> str:
        """Where it was said, in words."""
        return f"with {self.room[1:]}" if self.talk else self.room


@dataclass(frozen=True, slots=True)
class RoomItem:
    """A *room* with its *unread* messages, the *mentions* among these, and its topic (*about*).

    In a *private* talk all of them are for the user.
    """

    room: str
    about: str
    unread: int
    mentions: int
    joined: bool
    private: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A row of which it is clear by its *words* alone what it is; *about* says a little more."""

    words: str
    about: str = ""


Item = Day | FoundMessage | RoomItem | Choice
