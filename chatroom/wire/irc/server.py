"""The server, as the dialect tells of it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from chatroom.core.values.events import Message
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.people import Person


class Counts(NamedTuple):
    """How many *users* there are, and were at *most* since the start; and how many *rooms* are open."""

    users: int
    most: int
    rooms: int


class ServerFacts(Protocol):
    """What is known around a connection."""

    name: str
    """What it calls itself, as a source: one word with a dot."""

    network: str
    """The name of the chat, as one word."""

    created: str
    """Since when it runs, as people read it."""

    replay: int
    """Messages that a client is shown of a room that it joins, if it can't ask for them."""

    @property
    def room_capacity(self) -> int:
        """How many members a room may have, whatever its own limit; 0 is any number."""

    @property
    def outbox(self) -> int:
        """How many bytes may wait for a client before it is not told any more who comes and goes; 0 is any number."""

    @property
    def motd(self) -> str:
        """The message of the day, or nothing."""

    def now(self) -> int:
        """Return the time of day, in milliseconds since 1970 (UTC)."""

    def person(self, username: Username) -> Person:
        """Return who has that name, or had it lately; of others what a source needs all the same."""

    def operates(self, username: Username) -> bool:
        """Return whether *username*, who is here, has the rights of an operator, by any connection of theirs."""

    def speaker(self, message: Message) -> Person:
        """Return who has said *message*, if they are called so still, or were until lately; else nobody but a name."""

    def date(self, at: int) -> str:
        """Return the moment *at*, in milliseconds since 1970 (UTC), as people read it."""

    def epoch(self, room: RoomName) -> str:
        """Return the epoch of the log of an open *room*, or nothing."""

    def key(self, room: RoomName) -> str:
        """Return the key of an open *room*, which is for its members alone, or nothing."""

    def talk_epoch(self, one: Username, other: Username) -> str:
        """Return the epoch of the talk of two people with accounts, if it is open, or nothing."""

    def latest(self, room: RoomName) -> int:
        """Return when the newest message of an open *room* was said; 0 if there is none."""

    def heard(self, room: RoomName, username: Username, text: str) -> str:
        """Return what those in *room* are shown of a *text* of *username*: nothing from who may not say it now."""

    def counts(self) -> Counts:
        """Return how many there are now."""

    def counted(self) -> tuple[int, int]:
        """Count the connections without a name, and the operators."""
