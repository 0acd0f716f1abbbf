"""Moments in rooms for which commands wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from chatroom.core.rooms.member import Member
from chatroom.core.rooms.room import Room
from chatroom.core.tools.order import in_turn_of_all
from chatroom.core.visit.later import Later, when


def in_turn(rooms: Iterable[Room]) -> Later[None]:
    """Wait until all messages taken before in each of *rooms* are stored or refused."""
    return when(partial(in_turn_of_all, rooms))


async def shown(members: Sequence[Member]) -> None:
    """Wait until all messages taken until now have been shown to *members*, who are all one user."""
    await in_turn([member.room for member in members])
    while True:
        for member in members:
            member.room.flush_messages()
        behind = next((member for member in members if member.is_behind), None)
        if behind is None:
            return
        await when(behind.when_level)
