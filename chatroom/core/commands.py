"""What a visitor can ask for: one frozen value for each command, named as in the protocol."""

from __future__ import annotations

from dataclasses import dataclass

from chatroom.core.names import RoomName, Username


@dataclass(frozen=True, slots=True)
class Login:
    """Be called *username*, and come into the lobby; or take back the seats that are held for *session*.

    *session* is the SHA-256 of what the client made up.
    """

    username: Username
    session: bytes | None = None


@dataclass(frozen=True, slots=True)
class Rename:
    """Be called *username* from now on."""

    username: Username


@dataclass(frozen=True, slots=True)
class List:
    """See the open rooms whose name contains *match*, from the one after *after* on.

    *watch* true or false: be told of changes from now on, or no longer.
    """

    match: str = ""
    after: RoomName | None = None
    watch: bool | None = None


@dataclass(frozen=True, slots=True)
class Create:
    """Open a room and enter it."""

    room: RoomName
    topic: str = ""
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """Enter a room, and see the last *backlog* messages.

    With *after* and the *epoch* under which that number was given: read on behind it, but no more than *backlog*.
    """

    room: RoomName
    backlog: int | None = None
    after: int | None = None
    epoch: str | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Go out of a room."""

    room: RoomName


@dataclass(frozen=True, slots=True)
class Delete:
    """Close a room and put its members into the lobby."""

    room: RoomName


@dataclass(frozen=True, slots=True)
class Say:
    """Say *text* to everybody in a room; *action* means that the visitor does it (``/me``).

    What comes with the same *cid* again is the same message, and is stored once.
    """

    room: RoomName
    text: str
    action: bool = False
    cid: str | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """Say *text* to one person, wherever that person is; it is not kept."""

    to: Username
    text: str


@dataclass(frozen=True, slots=True)
class Who:
    """See who is in a room, or without one who is online, from the name after *after* on."""

    room: RoomName | None = None
    after: Username | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """Say what a room is about."""

    room: RoomName
    topic: str


@dataclass(frozen=True, slots=True)
class History:
    """Read a page of a room's log: the first messages beyond *after*, else the newest below *before*.

    *limit* None is the server's own limit of a page.
    """

    room: RoomName
    before: int | None = None
    after: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Find the newest messages below *before* in which every word of *query* occurs."""

    room: RoomName
    query: str
    before: int | None = None
    limit: int | None = None
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class Ping:
    """Get a sign of life."""


@dataclass(frozen=True, slots=True)
class Pong:
    """Give a sign of life."""


@dataclass(frozen=True, slots=True)
class Help:
    """See what commands there are, or how the one called *word* is written; the dialect knows."""

    word: str = ""


@dataclass(frozen=True, slots=True)
class Quit:
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
    | Help
    | Quit
)
"""What a visitor can ask."""

TOKENS: dict[type[Command | None], int] = {Rename: 5, Create: 5, Delete: 5, Topic: 5}
"""How many tokens those commands cost that cost more than one."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command as it arrived: *id* comes back with its reply; None for *command* if it could not be read."""

    command: Command | None = None
    id: str | int | None = None
