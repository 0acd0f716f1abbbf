"""Members as their room knows them, and the place where they begin to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chatroom.core.ports import Connection
from chatroom.core.values.batch import Batch
from chatroom.core.values.names import Key, Username


@dataclass(frozen=True, slots=True)
class Position:
    """A place behind message *after*; messages up to *skip* are left out. *resumed* if the user was there before."""

    after: int
    skip: int = 0
    resumed: bool = False


class Person(Protocol):
    """A user, as far as a room knows them."""

    username: Username
    key: Key

    @property
    def connection(self) -> Connection:
        """The way out to them."""

    def evicted(self, room: Key) -> None:
        """Note that *room* is deleted, and the user is out of it."""


class Participant(Protocol):
    """A member, as far as the room knows them."""

    cursor: int
    level: bool
    started: bool

    @property
    def user(self) -> Person:
        """The user who is a member."""

    def subscribe(self, position: Position) -> None:
        """Become a reader, from *position* on."""

    def show(self, batch: Batch) -> bool:
        """Show *batch* if they can take it; otherwise the log is read later."""

    def read_on(self) -> None:
        """Take the next step towards the head of the log."""

    def skip_to(self, seq: int, *, kept: bool) -> None:
        """Skip the messages up to *seq*, and tell them so."""

    def release(self) -> None:
        """Call the actions that waited for them to be level."""
