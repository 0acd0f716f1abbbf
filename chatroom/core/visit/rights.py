"""Rights to a room."""

from __future__ import annotations

from chatroom.core.rooms.room import Room
from chatroom.core.rooms.user import User
from chatroom.core.values.errors import NotAllowed
from chatroom.core.values.names import key


def delete(user: User, room: Room) -> None:
    """Let the creator of a room delete it, over the connection or session by which they created it.

    :raises chatroom.core.values.errors.NotAllowed: for anybody else.
    """
    if room.permanent:
        raise NotAllowed(f"{room.name} is the operator's, and stays", room.name)
    if room.owner != user.identity:
        if room.creator and key(room.creator) == user.key:
            raise NotAllowed("It was created over another connection, and only that could delete it", room.name)
        if room.creator is None:
            raise NotAllowed(f"{room.name} was the operator's; it closes by itself when it is empty", room.name)
        raise NotAllowed(f"Only {room.creator}, who created {room.name}, may delete it", room.name)
