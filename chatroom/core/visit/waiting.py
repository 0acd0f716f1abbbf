"""Moments in rooms for which commands wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from chatroom.core.rooms.reader import Reader
from chatroom.core.rooms.transcript import Transcript
from chatroom.core.tools.order import when_all
from chatroom.core.values.errors import NotAMember
from chatroom.core.visit.later import Later, when


def in_turn(rooms: Iterable[Transcript]) -> Later[None]:
    """Wait until all messages taken before in each of *rooms*, or talks, are stored or refused."""
    return when(partial(when_all, [room.in_turn for room in rooms]))


def still_in(reader: Reader) -> Reader:
    """Return *reader* after a wait.

    :raises chatroom.core.values.errors.NotAMember: if the room was deleted meanwhile, or its user put out.
    """
    if not reader.is_in:
        raise NotAMember(reader.room.name)
    return reader


async def shown(readers: Sequence[Reader]) -> None:
    """Wait until all messages taken until now have been shown to *readers*, who are all one user."""
    await in_turn([reader.room for reader in readers])
    while True:
        for reader in readers:
            reader.room.audience.flush_messages()
        behind = next((reader for reader in readers if reader.is_behind), None)
        if behind is None:
            return
        await when(behind.when_level)
