"""What a visitor can ask for: one frozen value for each command, named as in the protocol."""

from __future__ import annotations

from msgspec import Struct

from chatroom.core.values.names import RoomName, Username


class Login(Struct, frozen=True):
    """Be called *username*, and come into the lobby; or take back the seats that are held for *session*.

    *session* is the SHA-256 of what the client made up. *look* shows the open rooms to somebody who is new.
    """

    username: Username
    session: bytes | None = None
    look: bool = False


class Rename(Struct, frozen=True):
    """Be called *username* from now on."""

    username: Username


class List(Struct, frozen=True):
    """See the open rooms whose name contains *match*, from the one after *after* on.

    *watch* true or false: be told of changes from now on, or no longer.
    """

    match: str = ""
    after: RoomName | None = None
    watch: bool | None = None


class Create(Struct, frozen=True):
    """Open a room and enter it, and go out of *instead_of* then."""

    room: RoomName
    topic: str = ""
    capacity: int | None = None
    instead_of: RoomName | None = None


class Join(Struct, frozen=True):
    """Enter a room, and see the last *backlog* messages.

    With *after* and the *epoch* under which that number was given: read on behind it, but no more than *backlog*.
    *instead_of* is left once the room has let the visitor in. *provisional* lets them join again, to say where they
    read on: they have connected to the port of the room, and not asked for it yet.
    """

    room: RoomName
    backlog: int | None = None
    after: int | None = None
    epoch: str | None = None
    instead_of: RoomName | None = None
    provisional: bool = False


class Leave(Struct, frozen=True):
    """Go out of a room."""

    room: RoomName


class Delete(Struct, frozen=True):
    """Close a room and put its members into the lobby."""

    room: RoomName


class Say(Struct, frozen=True):
    """Say *text* to everybody in a room; *action* means that the visitor does it (``/me``).

    What comes with the same *cid* again is the same message, and is stored once.
    """

    room: RoomName
    text: str
    action: bool = False
    cid: str | None = None


class Tell(Struct, frozen=True):
    """Say *text* to one person, wherever that person is; it is not kept."""

    to: Username
    text: str


class Who(Struct, frozen=True):
    """See who is in a room, or without one who is online, from the name after *after* on."""

    room: RoomName | None = None
    after: Username | None = None


class Topic(Struct, frozen=True):
    """Say what a room is about."""

    room: RoomName
    topic: str


class History(Struct, frozen=True):
    """Read a page of a room's log: the first messages beyond *after*, else the newest below *before*.

    *limit* None is the server's own limit of a page.
    """

    room: RoomName
    before: int | None = None
    after: int | None = None
    limit: int | None = None


class Search(Struct, frozen=True):
    """Find the newest messages below *before* in which every word of *query* occurs."""

    room: RoomName
    query: str
    before: int | None = None
    limit: int | None = None
    newest_first: bool = False


class Ping(Struct, frozen=True):
    """Get a sign of life."""


class Pong(Struct, frozen=True):
    """Give a sign of life."""


class Local(Struct, frozen=True):
    """Get a reply that the dialect writes by itself, in its turn; *query* is its own."""

    query: object


class Quit(Struct, frozen=True):
    """Go away for good."""


Command = (
    Login
    | Rename
    | List
    | Create
    | Join
    | Leave
    | Delete
    | Say
    | Tell
    | Who
    | Topic
    | History
    | Search
    | Ping
    | Pong
    | Local
    | Quit
)
"""What a visitor can ask."""


class Request(Struct, frozen=True):
    """A command as it arrived: *id* comes back with its reply; None for *command* if it could not be read."""

    command: Command | None = None
    id: str | int | None = None
