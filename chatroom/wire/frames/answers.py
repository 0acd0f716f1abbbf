"""The frames that the server sends: one shape for each reply and each event."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, field
from typing_extensions import override

from chatroom.core.values.rights import Trusted
from chatroom.wire.frames.requests import Id


class ReplyFrame(Struct, frozen=True, kw_only=True, tag_field="type"):
    """A reply; it has the *id* of its request, if that had one."""

    id: Id | UnsetType = UNSET


class Limits(Struct, frozen=True, kw_only=True):
    """The server's limits: bytes a line and a text, rows a page, rooms a visitor may create, members a room.

    *burst* requests at once and *rate* a second after that, where neither is 0; and for *grace* seconds it holds the
    seats of a session whose connection was lost.
    """

    line: int
    text: int
    burst: int
    rate: float
    page: int
    rooms: int
    capacity: int
    grace: float


class Welcome(ReplyFrame, frozen=True, kw_only=True, tag="welcome"):
    """The reply to ``login``; *server* is the name that the operator has given it, *version* that of its program.

    *features* are words for what it has. With an *account* one has a *role* everywhere and *memberships* of rooms, the
    connection is a *device*, and may get a new *token*; a web page gets a *ticket* for it. One *follows* the rooms that
    one has joined and not left.
    """

    username: str
    server: str
    protocol: int
    version: str | UnsetType = UNSET
    resumed: bool
    rooms: list[str]
    heartbeat: float
    limits: Limits
    motd: str | UnsetType = UNSET
    features: list[str] = field(default_factory=list)
    account: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    token: str | UnsetType = UNSET
    ticket: str | UnsetType = UNSET
    device: int | UnsetType = UNSET
    memberships: list[str] | UnsetType = UNSET
    follows: list[str] | UnsetType = UNSET

    @override
    def __repr__(self) -> str:
        # Not the token, which is as good as a password.
        return f"Welcome(username={self.username!r})"


class RoomInfo(Struct, frozen=True, kw_only=True):
    """A room as the lobby shows it; a *capacity* of 0 means no limit. It may have a *port* of its own.

    In a *slow* one there are so many seconds between two messages of one person; in a *locked* one only moderators
    speak. Into an *invite_only* one come those alone who are invited, and one that is *hidden* is in no list of others:
    both together are *private*. Where *topic_locked* holds, moderators alone set the topic; a *keyed* one has a key.
    """

    room: str
    topic: str
    members: int
    capacity: int
    port: int | UnsetType = UNSET
    slow: int | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    guests: bool | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    invite_only: bool | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET
    topic_locked: bool | UnsetType = UNSET
    keyed: bool | UnsetType = UNSET


class Rooms(ReplyFrame, frozen=True, kw_only=True, tag="rooms"):
    """The reply to ``list``; without *id*, all rooms anew for a watcher who fell behind."""

    rooms: list[RoomInfo]
    more: bool


class Mute(Struct, frozen=True, kw_only=True):
    """Why one may not speak in a room: *by* has said so, *until* a time or for ever, for a *reason*."""

    by: str
    until: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class Entered(ReplyFrame, frozen=True, kw_only=True, tag="entered"):
    """The reply to ``create`` and ``join``; *seq* is the newest message's, 0 if there is none.

    There were *redactions* of messages until now; an older server does not count them. Who is *muted* there is told
    why. One had read up to message number *marked*, as of *marked_at*. The *key* is that of the room.

    Without *id*, it follows the ``welcome`` of a visitor who has connected to the room's own *port*.
    """

    room: str
    topic: str
    members: int
    capacity: int
    epoch: str
    seq: int
    resumed: bool
    port: int | UnsetType = UNSET
    creator: str | UnsetType = UNSET
    slow: int | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    guests: bool | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    invite_only: bool | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET
    topic_locked: bool | UnsetType = UNSET
    keyed: bool | UnsetType = UNSET
    redactions: int = 0
    muted: Mute | UnsetType = UNSET
    marked: int | UnsetType = UNSET
    marked_at: str | UnsetType = UNSET
    key: str | UnsetType = UNSET

    @override
    def __repr__(self) -> str:
        # Not the key.
        return f"Entered(room={self.room!r})"


class Members(ReplyFrame, frozen=True, kw_only=True, tag="members"):
    """The reply to ``who``; without *room*, everybody online.

    *roles* are those of some of the *usernames*, and *accounts* those among them that are accounts'. Some are *away*,
    as far as this server knows, each for a reason.
    """

    room: str | UnsetType = UNSET
    usernames: list[str]
    more: bool
    roles: dict[str, str] | UnsetType = UNSET
    accounts: list[str] | UnsetType = UNSET
    away: dict[str, str] | UnsetType = UNSET


class PersonsRoom(Struct, frozen=True, kw_only=True):
    """A *room* in which somebody is, with their *role* there."""

    room: str
    role: str | UnsetType = UNSET


class Person(Struct, frozen=True, kw_only=True):
    """Who somebody is: what they say of themselves, a word for their *host* that is no address, and their *rooms*.

    Online *since* a time, or *gone* since; while they are *held*, their connections are lost.
    """

    username: str
    host: str
    account: str | UnsetType = UNSET
    realname: str | UnsetType = UNSET
    away: str | UnsetType = UNSET
    bot: bool | UnsetType = UNSET
    operator: bool | UnsetType = UNSET
    since: str | UnsetType = UNSET
    gone: str | UnsetType = UNSET
    held: bool | UnsetType = UNSET
    secure: bool | UnsetType = UNSET
    role: str | UnsetType = UNSET
    rooms: list[PersonsRoom] | UnsetType = UNSET


class People(ReplyFrame, frozen=True, kw_only=True, tag="people"):
    """The reply to ``whois`` and ``whowas``."""

    room: str | UnsetType = UNSET
    people: list[Person]
    more: bool


class Monitored(ReplyFrame, frozen=True, kw_only=True, tag="monitored"):
    """The reply to ``monitor``: you are told of *usernames*. Some of those asked for are *online*, others *offline*.

    Those that were *refused* are too many.
    """

    usernames: list[str]
    online: list[str]
    offline: list[str]
    refused: list[str] | UnsetType = UNSET


class Message(Struct, frozen=True, kw_only=True):
    """A message of the log; *at* is in RFC 3339, UTC, to the millisecond. Of a *redacted* one the *text* is empty.

    It may answer message number *re*. Among messages of several rooms and talks each says its *room*, or *with* whom it
    was.
    """

    room: str | UnsetType = UNSET
    with_: str | UnsetType = field(name="with", default=UNSET)
    seq: int
    at: str
    from_: str = field(name="from")
    text: str
    action: bool | UnsetType = UNSET
    notice: bool | UnsetType = UNSET
    redacted: bool | UnsetType = UNSET
    re: int | UnsetType = UNSET


class Entries(ReplyFrame, frozen=True, kw_only=True, tag="entries"):
    """The reply to ``history`` and ``search``, in a *room* or *with* somebody; *more* follow in that direction.

    Around a message there are *more_before*, *more_after* in its place. Of several rooms and talks each one says its
    *room*, or *with* whom it was.
    """

    room: str | UnsetType = UNSET
    with_: str | UnsetType = field(name="with", default=UNSET)
    entries: list[Message]
    more: bool | UnsetType = UNSET
    more_before: bool | UnsetType = UNSET
    more_after: bool | UnsetType = UNSET


class UnreadPlace(Struct, frozen=True, kw_only=True):
    """A room, or a talk *with* somebody, where something is unread; message number *seq* is the newest there.

    One has read up to number *marked* (0 if one never has). Beyond that there are *unread* messages of others, the
    first of them number *first*, and *mentions* of one's name, the newest of which is *mention*.
    """

    room: str | UnsetType = UNSET
    with_: str | UnsetType = field(name="with", default=UNSET)
    seq: int
    at: str
    from_: str = field(name="from")
    text: str
    action: bool | UnsetType = UNSET
    notice: bool | UnsetType = UNSET
    redacted: bool | UnsetType = UNSET
    first: int
    mention: Message | UnsetType = UNSET
    marked: int
    unread: int
    mentions: int


class Unread(ReplyFrame, frozen=True, kw_only=True, tag="unread"):
    """The reply to ``unread``: the rooms and talks with the newest messages first."""

    unread: list[UnreadPlace]
    more: bool


class Talk(Struct, frozen=True, kw_only=True):
    """A talk *with* somebody, whose account may be *gone*: its newest message, *from* one of the two.

    One has read up to number *marked* (0 if one never has); beyond that there are *unread* messages of the other side.
    """

    with_: str = field(name="with")
    seq: int
    at: str
    from_: str = field(name="from")
    text: str
    action: bool | UnsetType = UNSET
    notice: bool | UnsetType = UNSET
    redacted: bool | UnsetType = UNSET
    re: int | UnsetType = UNSET
    gone: bool | UnsetType = UNSET
    marked: int
    unread: int


class Talks(ReplyFrame, frozen=True, kw_only=True, tag="talks"):
    """The reply to ``talks``, the newest first."""

    talks: list[Talk]
    more: bool


class ConnectionInfo(Struct, frozen=True, kw_only=True):
    """A connection from *peer*, by a *door*, *since* a time (RFC 3339), whose user is in *rooms*.

    *behind* are the messages there that were not shown to it yet, *waiting* the bytes that it has not taken. By an
    *account* it is a *device*. Of several servers it is at the *node* of that name.
    """

    connection: int
    peer: str
    door: str
    since: str
    rooms: list[str]
    behind: int
    waiting: int
    username: str | UnsetType = UNSET
    account: str | UnsetType = UNSET
    device: int | UnsetType = UNSET
    node: str | UnsetType = UNSET


class Connections(ReplyFrame, frozen=True, kw_only=True, tag="connections"):
    """The reply to ``connections``, without those at servers that have not answered and are *missing*."""

    connections: list[ConnectionInfo]
    more: bool
    missing: list[str] | UnsetType = UNSET


class Sanction(Struct, frozen=True, kw_only=True):
    """A sanction in *room*, or anywhere, with a number, that *by* has imposed then.

    Its *kind* is ``mute``, ``ban``, ``exempt`` or ``invite``. With *host* it holds for every guest from
    where they were, with *network* for all who come from there, with *mask* or *account* for all whom that fits.
    """

    sanction: int
    kind: str
    by: str
    at: str
    room: str | UnsetType = UNSET
    username: str | UnsetType = UNSET
    network: str | UnsetType = UNSET
    mask: str | UnsetType = UNSET
    account: str | UnsetType = UNSET
    host: bool | UnsetType = UNSET
    until: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class Sanctions(ReplyFrame, frozen=True, kw_only=True, tag="sanctions"):
    """The reply to ``sanctions``."""

    sanctions: list[Sanction]
    more: bool


class Report(Struct, frozen=True, kw_only=True):
    """A report with a number: *by* has said then, for a *reason*, that somebody is to look at message *seq* of *room*.

    In place of that it may be the reporter's talk *with* somebody. It is a copy, *from* whom and *said* when it was:
    *text* stays, also when the message is taken back. It may answer message number *re*. *context* are the messages
    before it. One that is *resolved* was so then, by the *resolver*, with a *note*.
    """

    report: int
    room: str | UnsetType = UNSET
    with_: str | UnsetType = field(name="with", default=UNSET)
    seq: int
    from_: str = field(name="from")
    by: str
    at: str
    reason: str
    said: str
    text: str
    action: bool | UnsetType = UNSET
    notice: bool | UnsetType = UNSET
    re: int | UnsetType = UNSET
    context: list[Message]
    resolved: str | UnsetType = UNSET
    resolver: str | UnsetType = UNSET
    note: str | UnsetType = UNSET


class Reports(ReplyFrame, frozen=True, kw_only=True, tag="reports"):
    """The reply to ``reports``, the newest first."""

    reports: list[Report]
    more: bool


class Act(Struct, frozen=True, kw_only=True):
    """What *by* did *at* a time: an *action*, which is the type of a request, in *room* or on the whole server.

    To *username*, a *connection* or a *network*, with *host* to all from where they were, or to message *seq*; *until*
    a time or for ever. *role* and the settings are what was set, *account* is what was done to one.
    """

    entry: int
    at: str
    by: str
    action: str
    room: str | UnsetType = UNSET
    username: str | UnsetType = UNSET
    host: bool | UnsetType = UNSET
    connection: int | UnsetType = UNSET
    network: str | UnsetType = UNSET
    mask: str | UnsetType = UNSET
    seq: int | UnsetType = UNSET
    until: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    account: str | UnsetType = UNSET
    slow: int | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    guests: bool | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    invite_only: bool | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET
    topic_locked: bool | UnsetType = UNSET
    keyed: bool | UnsetType = UNSET
    capacity: int | UnsetType = UNSET


class Audit(ReplyFrame, frozen=True, kw_only=True, tag="audit"):
    """The reply to ``audit``, the newest acts first."""

    audit: list[Act]
    more: bool


class Device(Struct, frozen=True, kw_only=True):
    """A device of one's account: a ``token``, or a ``session`` or ``connection`` that is here by its password.

    It was *seen* last by a *door* from a *host*; *client* is what it calls itself. One's own is *current*.
    """

    device: int
    kind: str
    created: str
    seen: str
    current: bool
    door: str
    host: str
    client: str | UnsetType = UNSET


class Devices(ReplyFrame, frozen=True, kw_only=True, tag="devices"):
    """The reply to ``devices``; it is *incomplete* if a server has not answered where others may be."""

    devices: list[Device]
    more: bool
    incomplete: bool | UnsetType = UNSET


class Ignored(ReplyFrame, frozen=True, kw_only=True, tag="ignored"):
    """The reply to ``ignored``: those whom one ignores, by their names of now."""

    usernames: list[str]


class AccountInfo(Struct, frozen=True, kw_only=True):
    """An *account* with its *role* everywhere, *created* and *seen* last at these times (RFC 3339)."""

    account: str
    role: str
    created: str
    seen: str


class Accounts(ReplyFrame, frozen=True, kw_only=True, tag="accounts"):
    """The reply to ``accounts``."""

    accounts: list[AccountInfo]
    more: bool


class Ok(ReplyFrame, frozen=True, kw_only=True, tag="ok"):
    """The reply to a request that is carried out; to ``say`` with the message's place in the log, to ``tell`` likewise.

    To ``register`` and ``authenticate`` it names the *account* that one has now; to the latter it has besides what
    ``welcome`` has of that. Where many messages are taken back, *count* is how many, or how many people were told by
    ``confide``. To ``reload`` it says in sentences
    what has *changed*, and what has *failed*. To ``disconnect`` and ``notice`` it names the servers that are *missing*:
    they have not answered. To ``mark`` it tells up to which number a room is read, as of *marked_at*. To ``tell`` it
    says why the other one is *away*.
    """

    room: str | UnsetType = UNSET
    seq: int | UnsetType = UNSET
    at: str | UnsetType = UNSET
    cid: str | UnsetType = UNSET
    account: str | UnsetType = UNSET
    username: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    token: str | UnsetType = UNSET
    ticket: str | UnsetType = UNSET
    device: int | UnsetType = UNSET
    memberships: list[str] | UnsetType = UNSET
    follows: list[str] | UnsetType = UNSET
    marked_at: str | UnsetType = UNSET
    count: int | UnsetType = UNSET
    changed: list[str] | UnsetType = UNSET
    failed: list[str] | UnsetType = UNSET
    missing: list[str] | UnsetType = UNSET
    away: str | UnsetType = UNSET

    @override
    def __repr__(self) -> str:
        # Not the token, which is as good as a password.
        return f"Ok(id={self.id!r}, room={self.room!r}, seq={self.seq!r}, account={self.account!r})"


class Error(ReplyFrame, frozen=True, kw_only=True, tag="error"):
    """The reply to a request that can't be carried out; *message* is for a person, *code* for a program.

    Where it could be after some seconds, these are *retry_after*. A sanction has a *reason*, and lasts *until* a time.
    """

    code: str
    message: str
    room: str | UnsetType = UNSET
    username: str | UnsetType = UNSET
    cid: str | UnsetType = UNSET
    retry_after: float | UnsetType = UNSET
    until: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class Pong(ReplyFrame, frozen=True, kw_only=True, tag="pong"):
    """The reply to ``ping``."""


class Bye(ReplyFrame, frozen=True, kw_only=True, tag="bye"):
    """The reply to ``quit``, or an event: the server closes. Come back after *retry_after* seconds if it is there.

    *note* is what a person has written about it. Who is banned is so *until* a time, or for ever.
    """

    reason: str
    retry_after: float | UnsetType = UNSET
    note: str | UnsetType = UNSET
    until: str | UnsetType = UNSET


class Event(Struct, frozen=True, kw_only=True, tag_field="type"):
    """An event; it has nothing but its type."""


class Said(Event, frozen=True, kw_only=True, tag="said"):
    """A message, shown to every member of *room*. Of a *redacted* one the *text* is empty.

    It may answer message number *re*. To a *notice* no program answers by itself.
    """

    room: str
    seq: int
    at: str
    from_: str = field(name="from")
    text: str
    action: bool | UnsetType = UNSET
    notice: bool | UnsetType = UNSET
    redacted: bool | UnsetType = UNSET
    re: int | UnsetType = UNSET


class Redacted(Event, frozen=True, kw_only=True, tag="redacted"):
    """Message *seq* of *room*, which *from* had said, was taken back; *note* is what *by* wrote about that.

    With it there were so many *redactions* in the room. In place of that it may be your talk *with* somebody.
    """

    room: str | UnsetType = UNSET
    with_: str | UnsetType = field(name="with", default=UNSET)
    seq: int
    from_: str = field(name="from")
    by: str
    redactions: int | UnsetType = UNSET
    note: str | UnsetType = UNSET


class Joined(Event, frozen=True, kw_only=True, tag="joined"):
    """Somebody entered *room*, which has *members* now; their *role* there is as that of ``members``."""

    room: str
    username: str
    members: int
    role: str | UnsetType = UNSET


class Left(Event, frozen=True, kw_only=True, tag="left"):
    """Somebody is out of *room*: *reason* is ``left``, ``quit``, ``lost``, ``moved``, ``kicked`` or ``banned``.

    A moderator has put out who was kicked or banned: *by* is their name, *note* what they wrote. Who went by themselves
    may have written a *note* too.
    """

    room: str
    username: str
    members: int
    reason: str
    by: str | UnsetType = UNSET
    note: str | UnsetType = UNSET


class Removed(Event, frozen=True, kw_only=True, tag="removed"):
    """You were put out of *room*: *why* is ``kicked`` or ``banned`` (*until* a time, or for ever).

    *note* is what *by* wrote.
    """

    room: str
    by: str
    why: str
    note: str | UnsetType = UNSET
    until: str | UnsetType = UNSET


class Sanctioned(Event, frozen=True, kw_only=True, tag="sanctioned"):
    """You may not speak in *room*, or anywhere, any more (*kind* is ``mute``), *until* a time or for ever."""

    kind: str
    by: str
    room: str | UnsetType = UNSET
    until: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class Lifted(Event, frozen=True, kw_only=True, tag="lifted"):
    """You may speak in *room*, or anywhere, again (*kind* is ``mute``)."""

    kind: str
    by: str
    room: str | UnsetType = UNSET


class Reported(Event, frozen=True, kw_only=True, tag="reported"):
    """*by* wants moderators to look at message *seq* of *room*, for a *reason*: that is a *report* with a number.

    In place of a room it may be their talk *with* somebody.
    """

    room: str | UnsetType = UNSET
    with_: str | UnsetType = field(name="with", default=UNSET)
    report: int
    seq: int
    by: str
    reason: str


class Appointed(Event, frozen=True, kw_only=True, tag="appointed"):
    """*by* has given somebody a *role* in *room*: ``owner``, ``moderator``, or with ``member`` none any more."""

    room: str
    username: str
    role: str
    by: str


class Configured(Event, frozen=True, kw_only=True, tag="configured"):
    """*by* has changed settings of *room*: those that it names."""

    room: str
    by: str
    slow: int | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    guests: bool | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    invite_only: bool | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET
    topic_locked: bool | UnsetType = UNSET
    keyed: bool | UnsetType = UNSET
    capacity: int | UnsetType = UNSET


class Invited(Event, frozen=True, kw_only=True, tag="invited"):
    """*by* invites you to *room*: if they moderate it, you may enter it also while it is private."""

    room: str
    by: str


class OtherInvited(Event, frozen=True, kw_only=True, tag="other-invited"):
    """*by* has invited *username* to *room*, which you moderate."""

    room: str
    username: str
    by: str


class Presence(Event, frozen=True, kw_only=True, tag="presence"):
    """A big room has *members* now."""

    room: str
    members: int


class Memberships(Event, frozen=True, kw_only=True, tag="memberships"):
    """You are in these *rooms* now, by one of your connections: another one has come or gone, or was put out."""

    rooms: list[str]


class Marked(Event, frozen=True, kw_only=True, tag="marked"):
    """You have read *room*, or your talk *with* somebody, up to message *seq*, as of *marked_at*.

    Another connection of yours says so.
    """

    room: str | UnsetType = UNSET
    with_: str | UnsetType = field(name="with", default=UNSET)
    seq: int
    marked_at: str


class Renamed(Event, frozen=True, kw_only=True, tag="renamed"):
    """A member of *room* changed their name; without *room*, another connection of yours has changed yours."""

    room: str | UnsetType = UNSET
    from_: str = field(name="from")
    to: str


class Profile(Event, frozen=True, kw_only=True, tag="profile"):
    """What a member of *room* says of themselves now; without *room* it is you, by another connection of yours.

    Who is not *away*, has no *account* or no *realname*, or is no *bot*, is so by what is missing.
    """

    room: str | UnsetType = UNSET
    username: str
    account: str | UnsetType = UNSET
    realname: str | UnsetType = UNSET
    away: str | UnsetType = UNSET
    bot: bool | UnsetType = UNSET


class Online(Event, frozen=True, kw_only=True, tag="online"):
    """Those have come, or have these names now, of whom you want to be told."""

    usernames: list[str]


class Offline(Event, frozen=True, kw_only=True, tag="offline"):
    """Those have gone, or have other names now, of whom you want to be told."""

    usernames: list[str]


class TopicChanged(Event, frozen=True, kw_only=True, tag="topic-changed"):
    """*room* is about something else now."""

    room: str
    topic: str
    by: str


class Level(Event, frozen=True, kw_only=True, tag="level"):
    """A replay or catching up is over."""

    room: str
    seq: int
    members: int
    topic: str


class Gap(Event, frozen=True, kw_only=True, tag="gap"):
    """The messages *first* to *last* are skipped; *kept* says whether ``history`` still has them."""

    room: str
    first: int
    last: int
    kept: bool


class Told(Event, frozen=True, kw_only=True, tag="told"):
    """Somebody said *text* to *to* alone, or did it (*action*), or it is a *notice*.

    One that is kept is message *seq* of your talk *with* the other side; it may have a *cid*, and answer number *re*.
    What those alone are told who have at least a *role* in a *room* is kept nowhere.
    """

    from_: str = field(name="from")
    to: str
    at: str
    text: str
    with_: str | UnsetType = field(name="with", default=UNSET)
    seq: int | UnsetType = UNSET
    cid: str | UnsetType = UNSET
    action: bool | UnsetType = UNSET
    notice: bool | UnsetType = UNSET
    re: int | UnsetType = UNSET
    room: str | UnsetType = UNSET
    role: Trusted | UnsetType = UNSET


class Deleted(Event, frozen=True, kw_only=True, tag="deleted"):
    """*room* is gone."""

    room: str
    by: str


class RoomsChanged(Event, frozen=True, kw_only=True, tag="rooms-changed"):
    """Rooms are new or changed, or *closed*."""

    rooms: list[RoomInfo]
    closed: list[str]


class Slowed(Event, frozen=True, kw_only=True, tag="slowed"):
    """Requests came faster than the server takes them, which is *rate* a second; they wait, and nothing is lost."""

    rate: float


class Notice(Event, frozen=True, kw_only=True, tag="notice"):
    """The operator *by* has something to say to everybody."""

    text: str
    by: str


class Ping(Event, frozen=True, kw_only=True, tag="ping"):
    """The server wants a sign of life: ``pong``."""


AnyReply = (
    Welcome
    | Rooms
    | Entered
    | Members
    | People
    | Monitored
    | Entries
    | Unread
    | Talks
    | Connections
    | Sanctions
    | Reports
    | Audit
    | Devices
    | Ignored
    | Accounts
    | Ok
    | Error
    | Pong
    | Bye
)
"""A reply: it comes back for a request."""

AnyEvent = (
    Said
    | Redacted
    | Joined
    | Left
    | Removed
    | Sanctioned
    | Lifted
    | Reported
    | Appointed
    | Configured
    | Invited
    | OtherInvited
    | Presence
    | Renamed
    | Profile
    | Online
    | Offline
    | Memberships
    | Marked
    | TopicChanged
    | Level
    | Gap
    | Told
    | Deleted
    | RoomsChanged
    | Slowed
    | Notice
    | Ping
)
"""An event: it comes by itself."""
