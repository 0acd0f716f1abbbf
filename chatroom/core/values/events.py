"""Events: one frozen value each, named as in the protocol."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chatroom.core.values.errors import LastError
from chatroom.core.values.moments import Moment
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.people import Aspect, Person
from chatroom.core.values.rights import PLAIN, Role, Settings, ShownRole, Trusted, Tuning

Reason = Literal["left", "quit", "lost", "moved", "kicked", "banned"]
"""Reasons for which a member is out of a room."""

ByeReason = Literal[
    "quit", "replaced", "stopping", "silent", "stalled", "too-many-tries", "kicked", "revoked", "banned"
]
"""Reasons for which the server closes a connection, as given by ``bye``."""

Ending = Literal[
    ByeReason,
    LastError,
    "lost",  # by the peer, or on the way
    "finished",  # the peer has ended its input, and is answered
    "crashed",  # a defect of the server's
    "tls",  # these three: the first bytes of a protocol that is not spoken here
    "http",
    "ssh",
]
"""Reasons for the end of a connection, each a word for the log and the metrics."""


MessageKind = Literal["text", "action", "notice"]
"""What a message is: said; done by its speaker (``/me``); or a notice, which no program answers by itself."""

KINDS: tuple[MessageKind, ...] = ("text", "action", "notice")
"""All of them, each at the number by which stores know it."""

NUMBERS: Mapping[MessageKind, int] = {kind: number for number, kind in enumerate(KINDS)}
"""These numbers."""


def kind_of(number: int) -> MessageKind:
    """Return the kind with that *number*; a message of one that only a newer server knows is shown as its text."""
    return KINDS[number] if 0 <= number < len(KINDS) else "text"


Tags = tuple[tuple[str, str], ...]
"""Tags that the sender of a message gives it, by their names, each with its value or an empty one: no log has them."""

_PERSONS: Mapping[MessageKind, bytes] = {"text": b"", "action": b"action", "notice": b"notice"}


class Message(Struct, frozen=True):
    """A message of a *kind* before the log gives it a number; *at* is in milliseconds since 1970 (UTC).

    *session* is what its speaker is known by: their account, their session, or what stands for that on their
    connection. Who may send it again gave it a *cid*. Of a message that was taken back the *text* is empty. One that
    answers another has the number of that: *re*. In a talk it may be *withheld* from the other side, who ignored its
    speaker. Its *tags* are on their way to who is there, and in no log.
    """

    speaker: Username
    text: str
    at: Moment
    kind: MessageKind = "text"
    session: bytes | None = None
    cid: str | None = None
    re: int | None = None
    withheld: bool = False
    tags: Tags | None = None

    def is_for(self, viewer: bytes | None) -> bool:
        """Return whether a *viewer*, known by that, is shown the message; without one, whether anybody is."""
        return not self.withheld or viewer is None or self.session == viewer


def untagged(message: Message) -> Message:
    """Return *message* as it is kept: without its tags, which only those see who are there."""
    return message if message.tags is None else replace(message, tags=None)


def erased(message: Message) -> Message:
    """Return *message* as it is when it was taken back."""
    return replace(message, text="")


def digest(text: str, kind: MessageKind = "text", re: int | None = None) -> bytes:
    """Return the hash by which a message is recognized when it is sent again; none, if it was taken back."""
    if not text:
        return b""
    salt = b"" if re is None else re.to_bytes(8, "big")
    return blake2b(text.encode(), digest_size=8, person=_PERSONS[kind], salt=salt).digest()


class Said(Struct, frozen=True):
    """Message number *seq* of *room*, stored; that which it answers is *quoted*, if it is at hand.

    Of a talk, *other* is with whom the visitor has it. While it is new, it may have *tags*.
    """

    room: RoomName
    seq: int
    message: Message
    quoted: Message | None = None
    other: Username | None = None
    tags: Tags | None = None


class Redacted(Struct, frozen=True):
    """Message number *seq* of *username* in *room* was taken back *by* somebody, who may have written a *note*.

    It is redaction number *number* there.
    """

    room: RoomName
    seq: int
    username: Username
    by: Username
    number: int
    note: str = ""


class Joined(Struct, frozen=True):
    """*username*, who has a *role* there, entered *room*, which has *members* of *capacity* now."""

    room: RoomName
    username: Username
    members: int
    capacity: int
    role: ShownRole | None = None


class Left(Struct, frozen=True):
    """*username* is out of *room*, which has *members* of *capacity* now.

    Whom somebody has put out is so *by* that one, who may have written a *note*; who has gone by themselves may too. A
    *serial* above 0 is the same in all rooms out of which they are at once.
    """

    room: RoomName
    username: Username
    members: int
    capacity: int
    reason: Reason
    by: Username | None = None
    note: str = ""
    serial: int = 0


class Removed(Struct, frozen=True):
    """The visitor was put out of *room*, *by* somebody who may have written a *note*; *why* is the kind of act.

    Who is banned is so *until* a time, in milliseconds since 1970 (UTC), or for ever.
    """

    room: RoomName
    by: Username
    why: Literal["kicked", "banned"]
    note: str = ""
    until: Moment | None = None


class Muted(Struct, frozen=True):
    """The visitor may not speak in *room* any more, as *by* says, *until* a time, or for ever, for a *reason*.

    Without a *room* they may not anywhere.
    """

    room: RoomName | None
    by: Username
    until: Moment | None = None
    reason: str = ""


class Unmuted(Struct, frozen=True):
    """The visitor may speak in *room* again, or anywhere, as *by* says."""

    room: RoomName | None
    by: Username


class Reported(Struct, frozen=True):
    """*by* has reported message number *seq* of *room*, for a *reason*: that is report *number*.

    In place of a room it may be their talk with an *other*.
    """

    room: RoomName | None
    number: int
    seq: int
    by: Username
    reason: str
    other: Username | None = None


class Appointed(Struct, frozen=True):
    """*by* has given *username* a *role* in *room*, who *was* shown with another one."""

    room: RoomName
    username: Username
    role: Role
    by: Username
    was: ShownRole | None = None


class Configured(Struct, frozen=True):
    """*by* has changed settings of *room*."""

    room: RoomName
    by: Username
    tuning: Tuning


class Invited(Struct, frozen=True):
    """*by* invites the visitor to *room*."""

    room: RoomName
    by: Username


class OtherInvited(Struct, frozen=True):
    """*by* has invited *username* to *room*, as those are told who moderate it."""

    room: RoomName
    username: Username
    by: Username


class Presence(Struct, frozen=True):
    """A big room has *members* now."""

    room: RoomName
    members: int


class Renamed(Struct, frozen=True):
    """A member of *room* changed their name; a *serial* above 0 is the same in all rooms where they are."""

    room: RoomName
    old: Username
    new: Username
    serial: int = 0


class TopicChanged(Struct, frozen=True):
    """*by* gave *room* a new topic."""

    room: RoomName
    topic: str
    by: Username


class Level(Struct, frozen=True):
    """A replay or catching up is over: later events are live."""

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
    """*speaker* said *text* to *to* alone, as a message of a *kind*.

    Of a talk that is kept it is message number *seq*; the visitor has it with an *other*, who may be its speaker. It
    may answer another one there: the one with the number *re*, which is *quoted*, if it is at hand. It may have *tags*.
    """

    speaker: Username
    to: Username
    at: Moment
    text: str
    other: Username | None = None
    seq: int | None = None
    cid: str | None = None
    kind: MessageKind = "text"
    re: int | None = None
    quoted: Message | None = None
    tags: Tags | None = None


class Confided(Struct, frozen=True):
    """*speaker* said *text*, as a message of a *kind*, to those alone who have at least a *role* in *room*.

    It is shown to *to*, who is one of them, or the speaker, who has said it over another connection.
    """

    room: RoomName
    speaker: Username
    to: Username
    at: Moment
    text: str
    kind: MessageKind = "text"
    role: Trusted = "moderator"
    tags: Tags | None = None


class Tagged(Struct, frozen=True):
    """*username* shows *tags* to the members of *room*, or *to* one person; only those are told who want that."""

    room: RoomName | None
    username: Username
    tags: Tags
    to: Username | None = None


class TakenBack(Struct, frozen=True):
    """Message number *seq* of *username*, in the visitor's talk with an *other*, was taken back, with a *note*."""

    other: Username
    seq: int
    username: Username
    note: str = ""


class Described(Struct, frozen=True):
    """*what* is other than before of *username*, who is *person* now: a member of *room*.

    Without a *room* it is the visitor, by another connection of theirs, or somebody of whom they want to know. In all
    rooms it has the same *serial*.
    """

    room: RoomName | None
    username: Username
    person: Person
    what: tuple[Aspect, ...]
    serial: int = 0


class Online(Struct, frozen=True):
    """These *people* have come, or have these names now; the visitor wanted to know."""

    people: tuple[Person, ...]


class Offline(Struct, frozen=True):
    """Nobody has these *usernames* any more; the visitor wanted to know."""

    usernames: tuple[Username, ...]


class Deleted(Struct, frozen=True):
    """*room* is gone, and its members are in the lobby."""

    room: RoomName
    by: Username


class RoomInfo(Struct, frozen=True):
    """A room as the lobby shows it; *capacity* 0 means no limit. It may have a *port* of its own.

    It was *created* then, and has its topic since *topic_at*, in milliseconds since 1970 (UTC); 0 if that is not known.
    """

    room: RoomName
    topic: str
    members: int
    capacity: int
    port: int | None = None
    settings: Settings = PLAIN
    created: Moment = 0
    topic_at: Moment = 0


class Rooms(Struct, frozen=True):
    """A page of the open rooms; *more* says that others come after the last.

    The page answers a request, and comes by itself to a watcher of the lobby who fell behind.
    """

    rooms: tuple[RoomInfo, ...]
    more: bool


class RoomsChanged(Struct, frozen=True):
    """Rooms of the lobby are new or changed, others *closed*."""

    rooms: tuple[RoomInfo, ...]
    closed: tuple[RoomName, ...]


class Slowed(Struct, frozen=True):
    """Requests came faster than *rate* a second: they wait, and none is lost."""

    rate: float


class Notice(Struct, frozen=True):
    """The operator *by* has something to say to everybody."""

    text: str
    by: Username


class Bye(Struct, frozen=True):
    """The server closes the connection; with *retry_after*, the client may come back after that many seconds.

    *note* is what a person has written about the reason. Who is banned is so *until* a time, in milliseconds since 1970
    (UTC), or for ever.
    """

    reason: ByeReason
    retry_after: float | None = None
    note: str = ""
    until: Moment | None = None


class Called(Struct, frozen=True):
    """The visitor is no longer called *old* but *new*, as another connection of theirs has asked."""

    old: Username
    new: Username


class Memberships(Struct, frozen=True):
    """The visitor is in these *rooms*, by this connection or another one of theirs."""

    rooms: tuple[RoomName, ...]


class Marked(Struct, frozen=True):
    """The visitor has read *room* up to message *seq*, as of *at*: another connection of theirs says so.

    Without a *room* that is their talk with an *other*.
    """

    room: RoomName | None
    seq: int
    at: Moment
    other: Username | None = None


class Missed(Struct, frozen=True):
    """Who has just logged in and reads by hand was told so many messages meanwhile, each in one of *talks*.

    There are *more* such talks; or it can't be found out now, if nothing is *known*.
    """

    talks: tuple[tuple[Username, int], ...]
    more: bool = False
    known: bool = True


RoomEvent = (
    Said
    | Redacted
    | Joined
    | Left
    | Presence
    | Renamed
    | Described
    | TopicChanged
    | Appointed
    | Configured
    | Deleted
    | Gap
)
"""Every event that the members of a room are shown."""

Event = (
    RoomEvent
    | Level
    | Removed
    | Muted
    | Unmuted
    | Reported
    | Invited
    | OtherInvited
    | Told
    | Confided
    | Tagged
    | TakenBack
    | Called
    | Memberships
    | Marked
    | Missed
    | Online
    | Offline
    | RoomsChanged
    | Rooms
    | Slowed
    | Notice
    | Bye
)
"""Every event: a visitor is told it without a request."""
