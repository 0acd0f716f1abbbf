"""Readers as their room knows them, and the place where they begin to read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from chatroom.core.ports import Connection
from chatroom.core.values.batch import Batch
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Confided, Event, Removed, Tagged
from chatroom.core.values.names import Key, Username


@dataclass(frozen=True, slots=True)
class Position:
    """A place behind message *after*; messages up to *skip* are left out. *resumed* if the user was there before.

    Whoever reads on from there has been told of the first *redactions* of messages.
    """

    after: int
    skip: int = 0
    resumed: bool = False
    redactions: int = 0


class Participant(Protocol):
    """A reader, as far as the audience knows them."""

    cursor: int

    @property
    def name(self) -> Key:
        """The key of the name of the user."""

    @property
    def identity(self) -> bytes:
        """By which rooms know the user."""

    @property
    def connection(self) -> Connection:
        """The way out to the user."""

    def tell(self, event: Event) -> None:
        """Show *event* to the user alone, if they are there."""

    def tag(self, tagged: Tagged) -> None:
        """Show *tagged* to the user alone, if they want such things, and can take them now."""

    def confide(self, confided: Confided) -> bool:
        """Show *confided* to the user alone; return whether they are there, and not too far behind with reading."""

    def put_out(self, removed: Removed) -> None:
        """Be out of the room, and learn so as *removed* when all is read that was said before."""

    def expel(
        self, removed: Removed, done: Callable[[ChatError | None], None], *, follower: bytes | None = None
    ) -> None:
        """Let the user go, in turn, who learns as *removed* why they may not be in; then call *done*."""

    def show(self, batch: Batch) -> bool:
        """Show *batch* if they can take it; otherwise the log is read later."""

    def read_on(self) -> None:
        """Take the next step towards the head of the log."""

    def evict(self, by: Username) -> None:
        """Be out of the room, which *by* has deleted."""

    def release(self) -> None:
        """Call the actions that waited for them to be level."""
