"""No line of the server is longer than 196,608 bytes, not even the fullest page in characters that take two."""

from __future__ import annotations

import pytest

from chatroom.core.values import commands
from chatroom.core.values.commands import Command, Request
from chatroom.core.values.events import Event, Rooms
from chatroom.core.values.limits import Limits
from chatroom.core.values.names import room_name, username
from chatroom.core.values.replies import Refused, Reply
from chatroom.core.values.texts import MAX_TEXT, MAX_TOPIC
from chatroom.wire.dialect import Misread, Standpoint
from chatroom.wire.frames.frames import Frames
from chatroom.wire.text.text import Text
from tests.fakes import FakeRoomPorts, Person, World

LONGEST = 196_608
TEA = room_name("tea")
ID = "\x01" * 64
"""An id whose characters take six bytes each."""

NAMES = [f"{'é' * 28}{number}" for number in range(1000, 2001)]
"""More names than a page has, as long as may be."""


def length(*sent: Reply | Event, asked: Command | None = None) -> int:
    """Return the length of the longest line in which any of *sent* is written."""
    frames, text = Frames("chatroom", Limits()), Text("2026-11-20")
    request = Request(asked, ID)
    written = b"".join(
        frames.reply(request, one) + text.reply(request, one)
        if isinstance(one, Reply)
        else frames.event(one) + text.event(one)
        for one in sent
    )
    return max(len(line) + 1 for line in written.split(b"\n"))


def alice(world: World) -> Person:
    """Let somebody with a long name be in a room."""
    person = world.enter(username("é" * 32))
    person.do(commands.Create(TEA))
    return person


@pytest.mark.parametrize(("character", "size", "count"), [('"', MAX_TEXT, 17), ("\t", 655, 101), ("\\", 1, 101)])
def test_pages_of_messages_fit(character: str, size: int, count: int) -> None:
    person = alice(World())
    for _ in range(count):
        assert length(*person.do(commands.Say(TEA, character * size, kind="action"))) <= LONGEST
    page = person.do(commands.History(TEA))
    assert page[0].more  # type: ignore[union-attr]
    assert 2 * size * min(count, 100) * 0.9 < length(*page) <= LONGEST


@pytest.mark.parametrize("size", [MAX_TOPIC, 61])
def test_pages_of_rooms_fit(size: int) -> None:
    world = World(FakeRoomPorts(*range(60_000, 62_000)), max_rooms=0, rooms_per_visitor=0, room_capacity=0)
    person = world.enter(username("alice"))
    person.do(commands.List(watch=True))
    for number in range(1001):
        person.ask(commands.Create(room_name(f"{number:04}"), '"' * size, 2**53))
    world.settle(2)
    told = person.connection.take()
    assert length(*told) <= LONGEST
    page = person.do(commands.List())
    assert isinstance(page[0], Rooms)
    assert page[0].more
    assert 100_000 < length(*page) <= LONGEST


def test_pages_of_names_fit() -> None:
    world = World(room_capacity=0)
    for name in NAMES:
        world.enter(username(name)).do(commands.Create(TEA) if name == NAMES[0] else commands.Join(TEA))
    person = world.enter(username("alice"))
    for who in (commands.Who(), commands.Who(TEA)):
        assert 60_000 < length(*person.do(who)) <= LONGEST


@pytest.mark.parametrize("place", [Standpoint(), Standpoint(named=True), Standpoint(named=True, room=TEA)])
def test_errors_fit_whatever_they_are_about(place: Standpoint) -> None:
    long = Limits().max_line
    text, frames = Text("2026-11-20"), Frames("chatroom", Limits())
    for filler in (b"a", b"\x7f", b"\xc2\x9b", "é".encode(), b"\xff", b'"', b" "):
        for start in (b"", b"/", b"list ", b"/list ", b"join ", b"/nick ", b'{"type":"', b'{"type":"join","room":"'):
            line = (start + filler * long)[:long]
            for dialect in (text, frames):
                [read] = dialect.read(line, place)
                answer = Refused(read.error) if isinstance(read, Misread) else Rooms((), more=False)
                assert len(dialect.reply(read.request if isinstance(read, Misread) else read, answer)) <= LONGEST
