"""The commands of visitors: one frozen value each, named as in the protocol."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from typing_extensions import override

from chatroom.core.values.accounts import AccountRole
from chatroom.core.values.events import MessageKind, Tags
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.people import Profile
from chatroom.core.values.rights import Role, Trusted, Tuning
from chatroom.core.values.sanctions import Kind, Sanction

LogLevel = Literal["debug", "info", "warn", "error"]
"""What a line of the server's log is, from what only its developers want to the worst that operators can cause."""


class Login(Struct, frozen=True):
    """Take *username* and enter the lobby, or take back the seats that are held for *session*.

    *session* and *token* are the SHA-256 of secrets of the client; a person who chose the session made it *guessable*.
    *look* shows the open rooms to a new user. That an account is one's own is shown by its *password*, a token, or a
    session that is bound to it; to *remember* asks for a token. *client* is what the program calls itself. What
    somebody says of themselves is their *profile*; that of an account's first connection holds for its others. How far
    a guest without a session has read is kept by name and host, if they may come *again*.
    """

    username: Username
    session: bytes | None = None
    look: bool = False
    password: Password | None = None
    token: bytes | None = None
    remember: bool = False
    client: str = ""
    profile: Profile | None = None
    guessable: bool = False
    again: bool = False


class Authenticate(Struct, frozen=True):
    """Be a connection of the account called *username* from now on, in place of a guest; or come in by it later.

    That it is one's own is shown by its *password*, or a *token* as for a :class:`Login`, or by the *certificate* of
    the connection, which needs no name.
    """

    username: Username | None = None
    password: Password | None = None
    token: bytes | None = None
    remember: bool = False
    client: str = ""
    certificate: bool = False


class Trust(Struct, frozen=True):
    """Let the certificate of this connection be a device of one's account, as good as a password."""


class Register(Struct, frozen=True):
    """Make the present name one's own, by a *password*; who has none yet asks for a *username*, and comes in by it.

    Here and below, a command without its passwords asks whether they are worth typing: if so, they are required.
    """

    password: Password | None = None
    username: Username | None = None


class ChangePassword(Struct, frozen=True):
    """Take a *new* password in place of the *old* one, by which all other devices are revoked."""

    old: Password | None = None
    new: Password | None = None


class Unregister(Struct, frozen=True):
    """Give up one's account, and stay as a guest."""

    password: Password | None = None


class Devices(Struct, frozen=True):
    """List the devices of one's account."""


class Revoke(Struct, frozen=True):
    """Let a *device* of one's account be worth nothing any more."""

    device: int


class Ignore(Struct, frozen=True):
    """Be told nothing any more by *username*, under whatever name they go, or, as it *ends*, be told again."""

    username: Username
    ends: bool = False


class ListIgnored(Struct, frozen=True):
    """List those whom one ignores."""


class Operate(Struct, frozen=True):
    """Act as an operator from now on, as long as the connection lasts, by the *password* of one's account."""

    username: Username
    password: Password | None = None


class StandDown(Struct, frozen=True):
    """Act as an operator no longer over this connection."""


class Rename(Struct, frozen=True):
    """Take *username* in place of the present one."""

    username: Username


class Describe(Struct, frozen=True):
    """Say other things of oneself, as in a :class:`~.people.Profile`; what is ``None`` stays as it is.

    Who is *away* for no reason, ``""``, is back.
    """

    realname: str | None = None
    away: str | None = None
    bot: bool | None = None
    invisible: bool | None = None


class List(Struct, frozen=True):
    """List the open rooms with *match* in their names, from the one after *after* on.

    *watch* begins (true) or ends (false) the events about changes.
    """

    match: str = ""
    after: RoomName | None = None
    watch: bool | None = None


class Create(Struct, frozen=True):
    """Open a room and enter it, then leave *instead_of*."""

    room: RoomName
    topic: str = ""
    capacity: int | None = None
    instead_of: RoomName | None = None


class Join(Struct, frozen=True):
    """Enter a room, and read its last *backlog* messages; *create* opens a new one where there is none.

    With *after*, a number under *epoch*, they read on behind it, but no more than *backlog* messages. *instead_of* is
    left once the room has admitted the visitor. They know of the first *redactions* of messages there. Who wants the
    *names* of those who are there is told them with the reply. What is *unread* is all behind the mark of who has one
    there, or behind what they were shown, if their seat is held.

    A *provisional* join comes from the port of a room and not from a request: the visitor may join once more, to say
    where they read on. A room may have a *key*, for those who are not known there.
    """

    room: RoomName
    backlog: int | None = None
    after: int | None = None
    epoch: str | None = None
    instead_of: RoomName | None = None
    provisional: bool = False
    redactions: int | None = None
    key: str = ""
    create: bool = False
    names: bool = False
    unread: bool = False

    @override
    def __repr__(self) -> str:
        # Not the key.
        return f"Join({self.room!r}, {self.backlog!r}, {self.after!r}, {self.epoch!r})"


class Leave(Struct, frozen=True):
    """Leave a room, by this connection or *everywhere*; *text* is what the others are told with it."""

    room: RoomName
    everywhere: bool = False
    text: str = ""


class Delete(Struct, frozen=True):
    """Close a room for good, and move its members to the lobby."""

    room: RoomName


class Say(Struct, frozen=True):
    """Say *text* to everybody in a room, as a message of a *kind*.

    A message sent again under the same *cid* is stored once. It may answer another one there: the one with the number
    *re*, or the newest of who has that name. Who is
    there, and wants *tags*, sees those.
    """

    room: RoomName
    text: str
    kind: MessageKind = "text"
    cid: str | None = None
    re: int | Username | None = None
    tags: Tags | None = None


class Tell(Struct, frozen=True):
    """Say *text* to one person, wherever they are, as a message of a *kind*.

    Between accounts it is kept; then a message sent again under the same *cid* is stored once, and one may answer
    another one there: the one with the number *re*. Who wants *tags* sees those.
    """

    to: Username
    text: str
    kind: MessageKind = "text"
    cid: str | None = None
    re: int | None = None
    tags: Tags | None = None


class Confide(Struct, frozen=True):
    """Say *text*, as a message of a *kind*, to those members of *room* alone who have at least a *role*.

    They are told at once, and nothing is kept. Who wants *tags* sees those.
    """

    room: RoomName
    text: str
    kind: MessageKind = "text"
    role: Trusted = "moderator"
    tags: Tags | None = None


class Tag(Struct, frozen=True):
    """Show *tags* to the members of a *room*, or *to* one person, as far as they want such things: nothing is kept."""

    room: RoomName | None
    tags: Tags
    to: Username | None = None


class Talks(Struct, frozen=True):
    """List with whom one has talked: the newest talks, those with a last message from *before* a time."""

    before: int | None = None


class Who(Struct, frozen=True):
    """List the names in a room, or of everybody online, from the one after *after* on.

    A *full* list has all that is known of each of those who fit the *mask*; of a page there may be few, or none.
    """

    room: RoomName | None = None
    after: Username | None = None
    full: bool = False
    mask: str = ""


class WhoIs(Struct, frozen=True):
    """Find all that is known of those who are called by *usernames*."""

    usernames: tuple[Username, ...]


class WhoWas(Struct, frozen=True):
    """Find those who were called *username* until lately: the *most* recent ones, or all."""

    username: Username
    most: int = 0


class Monitor(Struct, frozen=True):
    """Be told by this connection when those come and go whose names are to *add*, and no more of those to *remove*.

    To *clear* is to remove all first. It is answered who of the added ones is here; for the *status*, of all.
    """

    add: tuple[Username, ...] = ()
    remove: tuple[Username, ...] = ()
    clear: bool = False
    status: bool = False


class ShowRoom(Struct, frozen=True):
    """Tell how an open room is, to those in whose lists it is."""

    room: RoomName


class Topic(Struct, frozen=True):
    """Set the topic of a room."""

    room: RoomName
    topic: str


class History(Struct, frozen=True):
    """Read a page of a room's log, or of one's talk with an *other*.

    That has the first messages beyond *after*, else the newest below *before*.

    Or those *around* one; or the first ones later than *since*, or the newest before *until*, in milliseconds since
    1970 (UTC). Without a *limit*, the server's limit of a page counts. Whoever reads them *numbered* is shown their
    numbers. *unread* wants all that is unread of a talk, as far as it is a page, and at least *limit*.
    """

    room: RoomName | None
    before: int | None = None
    after: int | None = None
    limit: int | None = None
    numbered: bool = False
    around: int | None = None
    since: int | None = None
    until: int | None = None
    other: Username | None = None
    unread: bool = False


class Search(Struct, frozen=True):
    """Find the newest messages below *before* that contain every word of *query*.

    They are in a room, in one's talk with an *other*, or without either in all rooms that the user follows, and all of
    their talks; there is no *before* then. Those of an *author* alone, if there is one: then it may have no words. They
    are later than *since* and earlier than *until*, in milliseconds since 1970 (UTC).
    """

    room: RoomName | None
    query: str
    before: int | None = None
    limit: int | None = None
    newest_first: bool = False
    author: Username | None = None
    since: int | None = None
    until: int | None = None
    other: Username | None = None


class Kick(Struct, frozen=True):
    """Put somebody out of a room, and tell the *reason*."""

    room: RoomName
    username: Username
    reason: str = ""


class Appoint(Struct, frozen=True):
    """Give somebody a *role* in a room.

    It may be about those who are *inside* alone, as in IRC, where a voice makes nobody less than they are; of a role
    that is taken back it may be that one alone (*but_for*).
    """

    room: RoomName
    username: Username
    role: Role
    inside: bool = False
    but_for: Role | None = None


class Configure(Struct, frozen=True):
    """Change settings of a room, or of the whole server."""

    room: RoomName | None
    tuning: Tuning


class Invite(Struct, frozen=True):
    """Tell somebody of a room; of who moderates it, that lets them come in also while it is invite-only."""

    room: RoomName
    username: Username


class Impose(Struct, frozen=True):
    """Let somebody be muted in a room or banned from it, for so many *seconds* or for ever; tell the *reason*.

    Or *everybody* who comes from where they are, but for those with a role. Without a *room* it is the whole server,
    from which a *network* can be banned in place of somebody. In a room it may be on a *mask* in their place.
    """

    kind: Kind
    room: RoomName | None
    username: Username | None
    seconds: int | None = None
    reason: str = ""
    everybody: bool = False
    network: str = ""
    mask: str = ""


class Lift(Struct, frozen=True):
    """Let a sanction in a room, or at the whole server, hold no longer: the one with a *number*.

    Or those of a *kind* of *username*, of a *network* or a *mask*. One that was looked up by its number is *found*.
    """

    kind: Kind
    room: RoomName | None
    username: Username | None = None
    number: int | None = None
    network: str = ""
    found: Sanction | None = None
    mask: str = ""


class Redact(Struct, frozen=True):
    """Take back message number *seq* of a room, or of one's talk with an *other*, and tell the *reason*.

    Without a number: all that *username* has said in the last *seconds*, or without these their newest message; without
    a name one's own newest.
    """

    room: RoomName | None
    seq: int | None = None
    username: Username | None = None
    seconds: int | None = None
    reason: str = ""
    other: Username | None = None


class Report(Struct, frozen=True):
    """Let the moderators of a room know of message number *seq*, for a *reason*.

    Without a number it is the newest of *username*. Of a message in one's talk with an *other* only operators know.
    """

    room: RoomName | None
    reason: str
    seq: int | None = None
    username: Username | None = None
    other: Username | None = None


class Resolve(Struct, frozen=True):
    """Note that report *number* is seen to, with a *note* about that."""

    number: int
    note: str = ""


class ReadReports(Struct, frozen=True):
    """List the reports of messages in a room, or anywhere: the newest, those below a number; *all*, or open ones."""

    room: RoomName | None = None
    before: int | None = None
    limit: int | None = None
    all: bool = False


class ListSanctions(Struct, frozen=True):
    """List the sanctions that hold in a room, or all there are, those below a number."""

    room: RoomName | None
    before: int | None = None


class ReadAudit(Struct, frozen=True):
    """List what was done to others, in a room or anywhere: the newest acts, those below a number."""

    room: RoomName | None = None
    before: int | None = None
    limit: int | None = None


class MarkRead(Struct, frozen=True):
    """Note that the visitor has read a room, or their talk with an *other*, up to message *seq*.

    Or up to the newest one that is not later than *at*, in milliseconds since 1970 (UTC).
    """

    room: RoomName | None
    seq: int | None = None
    at: int | None = None
    other: Username | None = None


class ListUnread(Struct, frozen=True):
    """List the rooms that the visitor follows, and their talks, in which something is unread.

    Their newest messages are from *before* a time.
    """

    before: int | None = None


class Connections(Struct, frozen=True):
    """List the connections behind number *after* with *match* in the name of their user, or in where they come from."""

    match: str = ""
    after: int = 0


class Disconnect(Struct, frozen=True):
    """Hang up on one *connection*, or on all of the user called *username*, with a *reason* for them."""

    connection: int | None = None
    username: Username | None = None
    reason: str = ""


class Notify(Struct, frozen=True):
    """Show *text* to everybody."""

    text: str


class Reload(Struct, frozen=True):
    """Read again what an operator may have changed: certificates, the message of the day, and limits."""


class SetLogLevel(Struct, frozen=True):
    """Let the server's log show what is of *level*, and all above it."""

    level: LogLevel


class ListAccounts(Struct, frozen=True):
    """List the accounts with *match* in their names, from the one after *after* on."""

    match: str = ""
    after: Username | None = None


class AddAccount(Struct, frozen=True):
    """Make an account called *username*."""

    username: Username
    password: Password


class SetPassword(Struct, frozen=True):
    """Give the account called *username* another *password*, and revoke its devices."""

    username: Username
    password: Password


class SetRole(Struct, frozen=True):
    """Give the account called *username* a *role* everywhere."""

    username: Username
    role: AccountRole


class RemoveAccount(Struct, frozen=True):
    """Let the account called *username* be no more."""

    username: Username


class Ping(Struct, frozen=True):
    """Ask for a sign of life; *shown*, when all that was caused before is shown."""

    shown: bool = False


class Pong(Struct, frozen=True):
    """Give a sign of life."""


class Local(Struct, frozen=True):
    """Ask, in its turn, for a reply that the dialect writes by itself; *query* is the dialect's own."""

    query: object


class Quit(Struct, frozen=True):
    """Leave the server for good; *text* is what those in one's rooms are told with it."""

    text: str = ""


Command = (
    Login
    | Authenticate
    | Trust
    | Register
    | ChangePassword
    | Unregister
    | Devices
    | Revoke
    | Ignore
    | ListIgnored
    | Operate
    | StandDown
    | Rename
    | Describe
    | List
    | Create
    | Join
    | Leave
    | Delete
    | Say
    | Tell
    | Confide
    | Tag
    | Talks
    | Who
    | WhoIs
    | WhoWas
    | Monitor
    | ShowRoom
    | Topic
    | History
    | Search
    | Kick
    | Appoint
    | Configure
    | Invite
    | Impose
    | Lift
    | Redact
    | Report
    | Resolve
    | ReadReports
    | ListSanctions
    | ReadAudit
    | MarkRead
    | ListUnread
    | Connections
    | Disconnect
    | Notify
    | Reload
    | SetLogLevel
    | ListAccounts
    | AddAccount
    | SetPassword
    | SetRole
    | RemoveAccount
    | Ping
    | Pong
    | Local
    | Quit
)
"""Every command of a visitor."""


class Request(Struct, frozen=True):
    """A command as it arrived, None if it could not be read; *id*, the dialect's own, comes back with its reply.

    One that is *granted* costs no token: a dialect grants the few questions that its programs ask by themselves.
    """

    command: Command | None = None
    id: object = None
    granted: bool = False
