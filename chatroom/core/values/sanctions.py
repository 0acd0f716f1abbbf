"""Sanctions: what keeps somebody out of a room, or from speaking there."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from chatroom.core.values.moments import Moment
from chatroom.core.values.names import Key, RoomName, Username, fold, key

Kind = Literal["mute", "ban", "exempt", "invite"]
"""A mute keeps somebody from speaking, a ban from coming in.

The others are for masks alone: whoever is exempt is touched by neither, who is invited comes into an invite-only room.
"""

CENTURY = 100 * 365 * 86_400
"""Seconds: as long as a sanction can last that has an end."""


class Sanction(Struct, frozen=True):
    """A sanction of *username*, who is known by *person* and came from *host*, imposed *by* somebody.

    Of a guest it holds for that person, and for that name from that host; for *everybody* there, if it says so. One on
    a *network*, as :func:`~chatroom.core.values.networks.network` writes it, is on nobody else, nor
    is one on a *mask*, as those of :mod:`~chatroom.core.values.masks`: it holds for whomever that fits. Times are in
    milliseconds since 1970 (UTC); it ends at *until*, or never. A store gives it a *number*.
    """

    kind: Kind
    username: Username
    person: bytes
    host: bytes | None
    by: Username
    at: Moment
    until: Moment | None = None
    reason: str = ""
    everybody: bool = False
    network: str = ""
    mask: str = ""
    number: int = 0

    @property
    def whom(self) -> Key:
        """The network or mask that it is on, or the key of the name; no name is written like one of these."""
        if self.mask:
            return on_mask(self.mask)
        return Key(self.network) if self.network else key(self.username)

    def holds(self, now: int) -> bool:
        """Return whether it has not ended."""
        return self.until is None or now < self.until


def on_mask(mask: str) -> Key:
    """Return by what a sanction is found that is on *mask*."""
    return Key(f"mask {fold(mask)}")


class Placed(Struct, frozen=True):
    """A *sanction*, and the *room* in which it holds; without one it does at the whole server."""

    room: RoomName | None
    sanction: Sanction
