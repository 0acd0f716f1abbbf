"""Rooms as IRC calls them, and those with a role there."""

from __future__ import annotations

from collections.abc import Mapping

from chatroom.core.values.errors import RoomInvalid
from chatroom.core.values.names import RoomName, room_name
from chatroom.core.values.rights import Trusted

CHANNEL = "#"
"""The letter before the name of a room."""


def channel(room: RoomName) -> str:
    """Return what *room* is called in IRC."""
    return CHANNEL + room


TRUSTED: Mapping[str, Trusted] = {"@": "moderator", "+": "voiced"}
"""Who is meant by a letter before the name of a room there: those with such a role, or more."""

PREFIXES: Mapping[Trusted, str] = {role: letter for letter, role in TRUSTED.items()}


def trusted_in(target: str) -> tuple[Trusted, str] | None:
    """Return of what role those are whom *target* means, and its channel, if it means only some of a room."""
    role = TRUSTED.get(target[:1])
    return (role, target[1:]) if role and is_channel(target[1:]) else None


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
