"""The rooms that somebody follows: from the first time that they join one until they leave, or are put out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.ports import FollowedRoom
from chatroom.core.values.errors import NoSuchRoom, StorageFailed
from chatroom.core.values.names import RoomName
from chatroom.core.visit.later import Later


async def followed(lobby: Lobby, person: bytes | None) -> tuple[RoomName, ...] | None:
    """Return the rooms that who is known by *person* follows, if that is kept and can be known now."""
    if lobby.follows is None or person is None:
        return None
    with suppress(StorageFailed):
        found: Sequence[FollowedRoom] = await Later(partial(lobby.follows.follows, person))
        return tuple(each.room for each in found)
    return None


async def follow_all(seat: Seat, person: bytes) -> None:
    """Let an account, which is *person*'s, follow the rooms of *seat* from which it is not banned.

    Who has the seat may have been known by nothing until now.
    """
    for reader in list(seat.rooms.values()):
        if reader.room.standing.removal(seat.username, person):
            continue
        with suppress(NoSuchRoom):
            come = partial(reader.room.come, seat.username, seat.id, identity=person, person=person)
            await Later(partial(come, keyed=reader.keyed))
