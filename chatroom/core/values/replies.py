"""Replies to visitors: one frozen value each, named as in the protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import Struct
from typing_extensions import override

from chatroom.core.values.accounts import AccountRole
from chatroom.core.values.audit import Act
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Bye, Message, Muted, RoomInfo, Rooms, Said
from chatroom.core.values.marks import Mark, Unread
from chatroom.core.values.moments import Moment
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.people import Gone, Known, Person
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.rights import PLAIN, Settings, ShownRole
from chatroom.core.values.sanctions import Placed


class AccountRights(Struct, frozen=True):
    """What somebody with an account is told of it: their *role* everywhere, and the rooms of their *memberships*.

    The connection is a *device*; a new *token*, which is told once, stands for the password from now on.
    """

    role: AccountRole
    memberships: tuple[RoomName, ...]
    device: int
    token: str | None = None

    @override
    def __repr__(self) -> str:
        # Not the token, which is as good as a password.
        return f"Admission({self.role!r}, {self.memberships!r}, {self.device})"


class Welcome(Struct, frozen=True):
    """The visitor is in the lobby as *username*; a login with *look* shows the *open_rooms*.

    In a *resumed* session, seats are held in *rooms* until the user joins them again. *motd* is the operator's message
    to everybody who logs in, or empty. Who has an *account* is told what that means. Where that is known,
    *follows* are the rooms that they have joined and not left, however long ago.
    """

    username: Username
    open_rooms: Rooms | None
    resumed: bool = False
    rooms: tuple[RoomName, ...] = ()
    motd: str = ""
    account: AccountRights | None = None
    follows: tuple[RoomName, ...] | None = None


class Entered(Struct, frozen=True, kw_only=True):
    """The visitor is in *room*, whose newest message is *seq*; *resumed* if they read on where they were.

    The room may have a *port* of its own. Until now there were *redactions* of messages there. Who may not speak there
    is told why, as by the event *muted*. The *mark* tells how far the user had read, if it is known. Who asked for them
    is told the *names* of those who are there in this moment. Who is in may know the *key*, if there is one. The room
    was *created* then, and *topic_by* has set the topic, in milliseconds since 1970 (UTC); 0 if that is not known.
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
    redactions: int = 0
    muted: Muted | None = None
    mark: Mark | None = None
    key: str = ""
    created: Moment = 0
    topic_by: Username | None = None
    topic_at: Moment = 0
    names: Members | None = None

    @override
    def __repr__(self) -> str:
        # Not the key.
        return f"Entered({self.room!r}, {self.topic!r}, {self.members}, {self.capacity}, {self.epoch!r}, {self.seq})"


class RoomShown(Struct, frozen=True):
    """A room by its *info*; *topic_by* has set the topic. Who *is_in* may know the *key*, if there is one."""

    info: RoomInfo
    topic_by: Username | None = None
    is_in: bool = False
    key: str = ""

    @override
    def __repr__(self) -> str:
        # Not the key.
        return f"RoomShown({self.info!r}, {self.topic_by!r}, {self.is_in})"


class Members(Struct, frozen=True):
    """A page of the names in *room*, or of everybody online; *more* says that others come after the last.

    Some of them have *roles*, or *accounts*, or are *away* for some reason.
    """

    room: RoomName | None
    usernames: tuple[Username, ...]
    more: bool
    roles: Mapping[Username, ShownRole] = msgspec.field(default_factory=dict)
    accounts: tuple[Username, ...] = ()
    away: Mapping[Username, str] = msgspec.field(default_factory=dict)


class People(Struct, frozen=True):
    """All that is known of some *people*: a page of those in *room*, or of everybody, or who was asked for by name.

    *more* says that others come after the *last* name that was looked at.
    """

    room: RoomName | None
    people: tuple[Known, ...]
    more: bool
    last: Username | None = None


class Departed(Struct, frozen=True):
    """Those who had a name until lately, the last one first."""

    people: tuple[Gone, ...]


class Monitored(Struct, frozen=True):
    """The visitor is told of those called by *usernames*.

    Of those who were asked for some are *online*, others *offline*. Some names were *refused*: they are too many.
    """

    usernames: tuple[Username, ...]
    online: tuple[Person, ...] = ()
    offline: tuple[Username, ...] = ()
    refused: tuple[Username, ...] = ()


class Entries(Struct, frozen=True):
    """A page of the log of a *room*, of one's talk with an *other*, or without either of several rooms.

    *more* says that others follow in the direction of the request. Around a message *more* are after them, and
    *more_before* says whether others are before.
    """

    room: RoomName | None
    entries: tuple[Said, ...]
    more: bool
    more_before: bool | None = None
    other: Username | None = None


class TalkInfo(Struct, frozen=True):
    """A talk with an *other*, whose account may be *gone*; message number *seq* is the newest.

    Beyond the number *marked* there are *unread* messages of theirs.
    """

    other: Username
    seq: int
    message: Message
    gone: bool = False
    marked: int = 0
    unread: int = 0


class TalkList(Struct, frozen=True):
    """A page of one's *talks*, the newest first; *more* says that there are older ones."""

    talks: tuple[TalkInfo, ...]
    more: bool


class MarkKept(Struct, frozen=True):
    """The visitor has read a room or talk as far as *mark* says; not at all, if there is none."""

    mark: Mark | None


class UnreadList(Struct, frozen=True):
    """A page of the *rooms* and talks where something is unread, the newest first; *more* says that some are older."""

    rooms: tuple[Unread, ...]
    more: bool


class ConnectionInfo(Struct, frozen=True):
    """Connection number *connection* from *peer*, by the *door*, *since* a time in milliseconds since 1970 (UTC).

    Its user, if it has one, is in *rooms*; *behind* are the messages there that they have not been shown, *waiting* the
    bytes that they have not taken. Of several servers it is at one that is called *node*. By an *account* it is a
    *device*.
    """

    connection: int
    peer: str
    door: str
    since: Moment
    rooms: tuple[RoomName, ...]
    behind: int
    waiting: int
    username: Username | None
    node: str = ""
    account: Username | None = None
    device: int | None = None


class ConnectionList(Struct, frozen=True):
    """A page of the connections; *more* says that others come after the last.

    Without those at the servers that are *missing*, by their names: they have not answered.
    """

    connections: tuple[ConnectionInfo, ...]
    more: bool
    missing: tuple[str, ...] = ()


class Reloaded(Struct, frozen=True):
    """What was read again: what has *changed* by it, and what has *failed* and is as before; each is a sentence."""

    changed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


class SanctionList(Struct, frozen=True):
    """A page of the *sanctions* in *room*, or of all, the newest first; *more* says that there are older ones."""

    room: RoomName | None
    sanctions: tuple[Placed, ...]
    more: bool


class ReportList(Struct, frozen=True):
    """A page of *reports*, the newest first; *more* says that there are older ones."""

    reports: tuple[KeptReport, ...]
    more: bool


class ActList(Struct, frozen=True):
    """A page of the audit, the newest acts first; *more* says that there are older ones."""

    acts: tuple[Act, ...]
    more: bool


class DeviceInfo(Struct, frozen=True):
    """Device number *device* of an account, by which somebody came in by a *door* from a *host*, *seen* last then.

    Its *kind* says by what it is known; a connection that brought a password alone is one too. *current* is the one of
    who asks. Times are in milliseconds since 1970 (UTC).
    """

    device: int
    kind: Literal["token", "session", "certificate", "connection"]
    created: Moment
    seen: Moment
    current: bool
    door: str
    host: str
    client: str = ""


class DeviceList(Struct, frozen=True):
    """The devices of one's account; it is *incomplete* if a server has not answered where others may be."""

    devices: tuple[DeviceInfo, ...]
    incomplete: bool = False


class IgnoredList(Struct, frozen=True):
    """Those whom one ignores, by their names of now."""

    usernames: tuple[Username, ...]


class AccountInfo(Struct, frozen=True):
    """The account called *account*, *created* and *seen* last at times in milliseconds since 1970 (UTC)."""

    account: Username
    role: AccountRole
    created: Moment
    seen: Moment


class AccountList(Struct, frozen=True):
    """A page of the accounts; *more* says that others come after the last."""

    accounts: tuple[AccountInfo, ...]
    more: bool


class Registered(Struct, frozen=True):
    """The visitor's name is *account* now: their own."""

    account: Username


class Authenticated(Struct, frozen=True):
    """The visitor is no guest any more, but *username*, to whom an *account* belongs, and who *follows* rooms."""

    username: Username
    account: AccountRights
    follows: tuple[RoomName, ...] | None = None


class Stored(Struct, frozen=True):
    """The visitor's message is number *seq* in the log of *room*."""

    room: RoomName
    seq: int
    at: Moment
    cid: str | None = None


class Kept(Struct, frozen=True):
    """What the visitor has told is message number *seq* of their talk with an *other*, who may be *away*."""

    other: Username
    seq: int
    at: Moment
    cid: str | None = None
    away: str | None = None


class Ok(Struct, frozen=True):
    """The command is done, to the user or room *name*; *event_follows* if an event shows it to the visitor too.

    *count* says to how many it was done, where that is a question. The servers that are *missing*, by their names, have
    not answered whether they have done it. Who was told something, *at* that time, may be *away*.
    """

    name: str = ""
    event_follows: bool = False
    count: int | None = None
    missing: tuple[str, ...] = ()
    away: str | None = None
    at: Moment = 0


class Pong(Struct, frozen=True):
    """A sign of life."""


class Refused(Struct, frozen=True):
    """The command can't be done, because of *error*."""

    error: ChatError


Reply = (
    Welcome
    | Rooms
    | Entered
    | RoomShown
    | Members
    | People
    | Departed
    | Monitored
    | Entries
    | MarkKept
    | UnreadList
    | TalkList
    | ConnectionList
    | SanctionList
    | ReportList
    | ActList
    | DeviceList
    | IgnoredList
    | AccountList
    | Registered
    | Authenticated
    | Reloaded
    | Stored
    | Kept
    | Ok
    | Pong
    | Refused
    | Bye
)
"""Every reply to a visitor."""
