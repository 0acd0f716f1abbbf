"""Private talks of two accounts: what their logs are called, as no room can be."""

from __future__ import annotations

from chatroom.core.values.names import RoomName, Username


def place(account: bytes, other: bytes) -> RoomName:
    """Return what the log of the talk between *account* and *other* is called, which may be the same: notes."""
    return RoomName("".join(f" {each.hex()}" for each in sorted((account, other))))


def is_talk(name: RoomName) -> bool:
    """Return whether a log called *name* is that of a talk, and not of a room or of the house."""
    return name.startswith(" ")


def people(place: RoomName) -> tuple[bytes, bytes] | None:
    """Return whose talk has a log called *place*; ``None`` if it is that of a room, or of the house."""
    if not is_talk(place):
        return None
    _, one, other = place.split(" ")
    return bytes.fromhex(one), bytes.fromhex(other)


def account_with(account: bytes, place: RoomName) -> bytes:
    """Return with which account *account* has the talk at *place*: itself, where it keeps notes."""
    both = people(place)
    assert both is not None, "it is no room"
    one, other = both
    return other if one == account else one


def called_with(other: Username) -> RoomName:
    """Return what a report calls a talk with *other*, who may be called otherwise later, or be gone."""
    return RoomName(f" {other}")


def other_of(name: RoomName) -> Username | None:
    """Return with whom the talk was that a report calls by *name*; ``None`` if that is a room."""
    return Username(name[1:]) if is_talk(name) else None
