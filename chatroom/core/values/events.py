"""What has happened: one frozen value for each event, named as in the protocol."""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal

from msgspec import Struct

from chatroom.core.values.errors import LastError
from chatroom.core.values.names import RoomName, Username

Reason = Literal["left", "quit", "lost", "moved"]
"""Why somebody is out of a room."""

ByeReason = Literal["quit", "replaced", "stopping", "silent", "stalled", "too-many-tries"]
"""Why the server closes a connection, as a ``bye`` says it."""

Ending = Literal[
    ByeReason,
    LastError,
    "lost",  # by the peer, or on the way
    "finished",  # the peer has ended its input, and is answered
    "crashed",  # a defect of the server's
    "tls",  # these two: what the first bytes lead to is not here
    "http",
]
"""Why a connection ended, in one word for the log and the metrics."""


class Message(Struct, frozen=True):
    """What a speaker said, before the log gave it a number; *at* is in milliseconds since 1970 (UTC).

    A speaker who may send it again gave it a *cid* in its *session*: both are there or neither.
    """

    speaker: Username
    text: str
    at: int
    action: bool = False
    session: bytes | None = None
    cid: str | None = None


def digest(text: str, action: bool) -> bytes:
    """Return by what a message that is sent again is known to be the same."""
    return blake2b(text.encode(), digest_size=8, person=b"action" if action else b"").digest()


class Said(Struct, frozen=True):
    """Message number *seq* of *room*, stored."""

    room: RoomName
    seq: int
    message: Message


class Joined(Struct, frozen=True):
    """*username* entered *room*, which has *members* of *capacity* now."""

    room: RoomName
    username: Username
    members: int
    capacity: int


class Left(Struct, frozen=True):
    """*username* is out of *room*, which has *members* of *capacity* now."""

    room: RoomName
    username: Username
    members: int
    capacity: int
    reason: Reason


class Presence(Struct, frozen=True):
    """A big room has *members* now."""

    room: RoomName
    members: int


class Renamed(Struct, frozen=True):
    """A member of *room* changed its name."""

    room: RoomName
    old: Username
    new: Username


class TopicChanged(Struct, frozen=True):
    """*room* is about something else now."""

    room: RoomName
    topic: str
    by: Username


class Level(Struct, frozen=True):
    """A replay or catching up is over: what follows is live."""

    room: RoomName
    seq: int
    members: int
    topic: str


class Gap(Struct, frozen=True):
    """The messages *first* to *last* are skipped; *kept* says whether the log still has them."""

    room: RoomName
    first: int
    last: int
    kept: bool


class Told(Struct, frozen=True):
    """*speaker* said *text* to *to* alone."""

    speaker: Username
    to: Username
    at: int
    text: str


class Deleted(Struct, frozen=True):
    """*room* is gone, and its members are in the lobby."""

    room: RoomName
    by: Username


class RoomInfo(Struct, frozen=True):
    """A room as the lobby shows it; *capacity* 0 means no limit. It may have a *port* of its own."""

    room: RoomName
    topic: str
    members: int
    capacity: int
    port: int | None = None


class Rooms(Struct, frozen=True):
    """A page of the open rooms; *more* come after the last.

    It answers a request, and comes by itself to a watcher of the lobby who fell behind.
    """

    rooms: tuple[RoomInfo, ...]
    more: bool


class RoomsChanged(Struct, frozen=True):
    """Rooms of the lobby are new or changed, others *closed*."""

    rooms: tuple[RoomInfo, ...]
    closed: tuple[RoomName, ...]


class Slowed(Struct, frozen=True):
    """More came than the server takes, which is *rate* requests a second; what was sent waits, and nothing is lost."""

    rate: float


class Bye(Struct, frozen=True):
    """The server closes the connection; who is asked to come back does so after *retry_after* seconds."""

    reason: ByeReason
    retry_after: float | None = None


RoomEvent = Said | Joined | Left | Presence | Renamed | TopicChanged | Deleted | Gap
"""What happens in a room, to its members."""

Event = RoomEvent | Level | Told | RoomsChanged | Rooms | Slowed | Bye
"""What a visitor can be told without a question."""
