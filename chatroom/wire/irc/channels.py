"""Rooms as IRC calls them."""

from __future__ import annotations

from chatroom.core.values.errors import RoomInvalid
from chatroom.core.values.names import RoomName, room_name

CHANNEL = "#"
"""The letter before the name of a room."""


def channel(room: RoomName) -> str:
    """Return what *room* is called in IRC."""
    return CHANNEL + room


def is_channel(target: str) -> bool:
    """Return whether *target* is called like a room."""
    return target.startswith(CHANNEL)


def room_of(target: str) -> RoomName:
    """Return the room that is called *target* in IRC.

    :raises chatroom.core.values.errors.RoomInvalid: if it can't be one.
    """
    if not is_channel(target):
        raise RoomInvalid(f"The name of a room begins with {CHANNEL}")
    return room_name(target[1:])
