"""A room that closes because it is empty, while somebody elsewhere is about to change it."""

from __future__ import annotations

from chatroom.core.ports import SeatId
from chatroom.core.values.changes import Entry
from chatroom.core.values.commands import Leave
from chatroom.core.values.errors import ChatError, NoSuchRoom
from chatroom.core.values.names import Username, key
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import ALICE, TEA, gather
from tests.fakes import World

ROOT = Username("/root")


def test_what_is_asked_of_a_closed_room_is_refused() -> None:
    world = World(log=MemoryLog(lambda action: action()), linger=0)
    [alice] = gather(world, "alice")
    room = world.lobby.rooms[key(TEA)]
    alice.do(Leave(TEA))
    assert world.lobby.rooms == {}
    answers: list[Entry | ChatError | None] = []
    room.invite(ALICE, b"alice", ROOT, SeatId(0, 0), answers.append)
    [error] = answers
    assert isinstance(error, NoSuchRoom)
    assert error.room == TEA
