"""Limits that change while a node runs: it asks by the new ones, and looks after the dead by them."""

from __future__ import annotations

from dataclasses import replace

from chatroom.core.values.commands import Create
from chatroom.logs.nodes.log import NodeLog
from tests.core.scenes import POND, TEA, gather, kinds
from tests.fakes import World
from tests.lateness import NODE, lateness


def test_rooms_are_counted_by_the_limits_of_now() -> None:
    with lateness(NODE):
        world = World(max_rooms=1)
        [alice] = gather(world, "alice", room=TEA)
        assert alice.refused(Create(POND)) == "too-many-rooms"
        log = world.lobby._log
        assert isinstance(log, NodeLog)
        limits = replace(world.lobby.limits, max_rooms=2)
        log.limit(limits)
        world.lobby.limit(limits)
        assert kinds(alice.do(Create(POND))) == ["Entered", "Level"]
