"""A member: a person in a room."""

from __future__ import annotations

from msgspec import Struct

from chatroom.core.values.names import Key, Username


class Member(Struct, frozen=True, gc=False):
    """Somebody in a room, counted and named, however many connections of theirs read it, here or elsewhere."""

    key: Key
    username: Username
