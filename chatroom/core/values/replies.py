"""What a visitor is answered: one frozen value for each kind of reply, named as in the protocol."""

from __future__ import annotations

from msgspec import Struct

from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Bye, Rooms, Said
from chatroom.core.values.names import RoomName, Username


class Welcome(Struct, frozen=True):
    """The visitor is called *username* and is in the lobby; people are shown the *open_rooms* at once.

    Where it is *resumed*, seats were held in *rooms*, until they are joined again. *motd* is what the operator has to
    say to all who come, or empty.
    """

    username: Username
    open_rooms: Rooms | None
    resumed: bool = False
    rooms: tuple[RoomName, ...] = ()
    motd: str = ""


class Entered(Struct, frozen=True):
    """The visitor is in *room*, whose newest message is *seq*; *resumed* if it reads on where it was.

    The room may have a *port* of its own.
    """

    room: RoomName
    topic: str
    members: int
    capacity: int
    epoch: str
    seq: int
    creator: Username | None
    resumed: bool = False
    port: int | None = None


class Members(Struct, frozen=True):
    """A page of the names in *room*, or of all who are online; *more* come after the last."""

    room: RoomName | None
    usernames: tuple[Username, ...]
    more: bool


class Entries(Struct, frozen=True):
    """A page of a room's log; *more* says that there is more in the direction that was asked for."""

    room: RoomName
    entries: tuple[Said, ...]
    more: bool


class Stored(Struct, frozen=True):
    """What the visitor said in *room* is number *seq* of its log."""

    room: RoomName
    seq: int
    at: int
    cid: str | None = None


class Ok(Struct, frozen=True):
    """It is done, to who or what is called *name*; *event_follows* if an event will show it to the visitor as well."""

    name: str = ""
    event_follows: bool = False


class Pong(Struct, frozen=True):
    """A sign of life."""


class Refused(Struct, frozen=True):
    """It can't be done."""

    error: ChatError


Reply = Welcome | Rooms | Entered | Members | Entries | Stored | Ok | Pong | Refused | Bye
"""What a visitor can be answered."""
