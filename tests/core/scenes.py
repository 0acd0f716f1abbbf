"""Where most tests of the core begin: some people in a room, and short ways to say what they saw."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.core.commands import Create, Join
from chatroom.core.events import Event, Message, Said
from chatroom.core.names import RoomName, Username
from chatroom.core.replies import Reply, Stored
from tests.fakes import NOON, Person, World

TEA, POND = RoomName("tea"), RoomName("pond")
ALICE, BOB, CAROL = Username("alice"), Username("bob"), Username("carol")

AT = int(NOON * 1000)
"""When everything is said, unless time passes."""


def gather(world: World, *names: str, room: RoomName = TEA) -> list[Person]:
    """Let people called *names* be in *room*, which the first creates; they have seen all that happened."""
    people = [world.enter(name) for name in names]
    for person in people:
        person.do(Join(room) if person is not people[0] else Create(room))
    for person in people:
        person.connection.take()
    return people


def said(seq: int, speaker: str, text: str, *, room: RoomName = TEA, at: int = AT) -> Said:
    """Return what members see of a message."""
    return Said(room, seq, Message(Username(speaker), text, at))


def stored(seq: int, *, room: RoomName = TEA, at: int = AT) -> Stored:
    """Return what the speaker is answered."""
    return Stored(room, seq, at)


def seqs(sent: Sequence[Reply | Event]) -> list[int]:
    """Return the numbers of the messages in *sent*."""
    return [it.seq for it in sent if isinstance(it, Said)]


def kinds(sent: Sequence[Reply | Event]) -> list[str]:
    """Return the names of what is in *sent*."""
    return [type(it).__name__ for it in sent]
