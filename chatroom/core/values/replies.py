"""Replies to visitors: one frozen value each, named as in the protocol."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Bye, Rooms, Said
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.rights import PLAIN, Settings, ShownRole
from chatroom.core.values.sanctions import Sanction


class Welcome(Struct, frozen=True):
    """The visitor is in the lobby as *username*; a login with *look* shows the *open_rooms*.

    In a *resumed* session, seats are held in *rooms* until the user joins them again. *motd* is the operator's message
    to everybody who logs in, or empty.
    """

    username: Username
    open_rooms: Rooms | None
    resumed: bool = False
    rooms: tuple[RoomName, ...] = ()
    motd: str = ""


class Entered(Struct, frozen=True):
    """The visitor is in *room*, whose newest message is *seq*; *resumed* if they read on where they were.

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
    settings: Settings = PLAIN


class Members(Struct, frozen=True):
    """A page of the names in *room*, or of everybody online; *more* says that others come after the last.

    Some of them have *roles*.
    """

    room: RoomName | None
    usernames: tuple[Username, ...]
    more: bool
    roles: Mapping[Username, ShownRole] = msgspec.field(default_factory=dict)


class Entries(Struct, frozen=True):
    """A page of a room's log; *more* says that others follow in the direction of the request."""

    room: RoomName
    entries: tuple[Said, ...]
    more: bool


class ConnectionInfo(Struct, frozen=True):
    """Connection number *connection* from *peer*, by the *door*, *since* a time in milliseconds since 1970 (UTC).

    Its user, if it has one, is in *rooms*; *behind* are the messages there that they have not been shown, *waiting* the
    bytes that they have not taken.
    """

    connection: int
    peer: str
    door: str
    since: int
    rooms: tuple[RoomName, ...]
    behind: int
    waiting: int
    username: Username | None


class ConnectionList(Struct, frozen=True):
    """A page of the connections; *more* says that others come after the last."""

    connections: tuple[ConnectionInfo, ...]
    more: bool


class SanctionList(Struct, frozen=True):
    """A page of the *sanctions* of *room*, the newest first; *more* says that there are older ones."""

    room: RoomName
    sanctions: tuple[Sanction, ...]
    more: bool


class Stored(Struct, frozen=True):
    """The visitor's message is number *seq* in the log of *room*."""

    room: RoomName
    seq: int
    at: int
    cid: str | None = None


class Ok(Struct, frozen=True):
    """The command is done, to the user or room *name*; *event_follows* if an event shows it to the visitor too."""

    name: str = ""
    event_follows: bool = False


class Pong(Struct, frozen=True):
    """A sign of life."""


class Refused(Struct, frozen=True):
    """The command can't be done, because of *error*."""

    error: ChatError


Reply = (
    Welcome | Rooms | Entered | Members | Entries | ConnectionList | SanctionList | Stored | Ok | Pong | Refused | Bye
)
"""Every reply to a visitor."""
