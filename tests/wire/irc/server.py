"""A server that the dialect tells of, without one."""

from __future__ import annotations

from datetime import UTC, datetime

from chatroom.core.values.events import Message
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.people import Person
from chatroom.wire.irc.server import Counts, ServerFacts

NOON = 1_764_072_000_000
"""2025-11-25 12:00:00 UTC, in milliseconds since 1970."""


class FakeServer:
    """A server on which everybody is who *people* say, or else from nowhere."""

    name = "chat.example"
    network = "chat"
    created = "2025-11-25 12:00:00 UTC"
    replay = 10
    outbox = 1000
    room_capacity = 0
    motd = ""

    def __init__(self, *people: Person) -> None:
        self.people = {person.username: person for person in people}

    def now(self) -> int:
        return NOON

    def person(self, username: Username) -> Person:
        return self.people.get(username) or Person(username, "~u", "log")

    def operates(self, username: Username) -> bool:
        return False

    def speaker(self, message: Message) -> Person:
        return self.person(message.speaker)

    def date(self, at: int) -> str:
        return datetime.fromtimestamp(at / 1000, UTC).isoformat()

    def epoch(self, room: RoomName) -> str:
        return "e" * 22

    def key(self, room: RoomName) -> str:
        return ""

    def talk_epoch(self, one: Username, other: Username) -> str:
        return "t" * 22

    def latest(self, room: RoomName) -> int:
        return 0

    def heard(self, room: RoomName, username: Username, text: str) -> str:
        return text

    def counts(self) -> Counts:
        return Counts(1, 2, 3)

    def counted(self) -> tuple[int, int]:
        return 4, 5


_: type[ServerFacts] = FakeServer
