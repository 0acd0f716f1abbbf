"""What the dialect knows of one connection, and the answer to each of its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from chatroom.core.values.commands import Command, Request
from chatroom.core.values.errors import RoomInvalid
from chatroom.core.values.events import Message, Tags
from chatroom.core.values.names import Key, RoomName, Username, key, room_name
from chatroom.core.values.replies import Reply
from chatroom.wire.irc import caps
from chatroom.wire.irc.lines import Line, formatted, tagged, word
from chatroom.wire.irc.server import Server
from chatroom.wire.timestamps import rfc3339

GRANTED = 100
"""Questions that cost nothing, for each connection: clients ask two or three of each room when they come."""

REMEMBERED = 15
"""Newest changes of people that are told once to who shares several rooms with them."""

MOST_LIVE = 99
"""What was told live and can be read again, but for the newest."""

CHANNEL = "#"
"""The letter before the name of a room."""


@dataclass(slots=True)
class Call:
    """A line that has come, with its *label*; what answers it is gathered until nothing of it is *left*."""

    label: str | None = None
    left: int = 0
    lines: Sequence[str] = ()


Write = Callable[["Session", Reply], Sequence[str]]
"""A writer of the reply to one request."""


class Asked(NamedTuple):
    """What a request is known by: the *line* that asked, and how its reply is written, if not as that of any."""

    call: Call
    line: Line
    write: Write | None = None


@dataclass(slots=True)
class Multiline:
    """A text of several lines that comes in a batch; it is for a *target*."""

    reference: str
    target: str
    tags: Tags
    call: Call
    command: str = ""
    lines: list[tuple[str, bool]] = field(default_factory=list)
    size: int = 0


@dataclass(slots=True)
class Sasl:
    """What has come so far, in base64, of what shows by a *mechanism* that an account is one's own."""

    mechanism: str
    written: str = ""


class Session:
    """A connection, before and after it has a name; *server* is what it is connected to."""

    __slots__ = (
        "account",
        "arriving",
        "asked",
        "asked_at",
        "away",
        "batches",
        "behind",
        "beside",
        "came",
        "caps",
        "confirmed",
        "further",
        "invited",
        "live",
        "modes",
        "multiline",
        "negotiating",
        "nick",
        "own",
        "purse",
        "read_of",
        "realname",
        "registered",
        "rooms",
        "sasl",
        "secret",
        "serials",
        "server",
        "shown",
        "stale",
        "user",
        "version",
        "wanted",
    )

    def __init__(self, server: Server) -> None:
        self.server = server
        self.caps = 0
        self.version = 0
        self.negotiating = False
        self.registered = False
        # What it is called; before that what it wants to be called.
        self.nick = Username("*")
        self.wanted = ""
        self.user = ""
        self.realname = ""
        self.secret = ""
        self.sasl: Sasl | None = None
        self.away = ""
        self.account = ""
        self.rooms: dict[Key, RoomName] = {}
        # What it was called when it came into rooms of which its coming is not shown to all yet.
        self.arriving: dict[Key, Username] = {}
        # Up to which number it is shown what was said in rooms before it came.
        self.behind: dict[Key, int] = {}
        # Rooms of whose members it was not told all.
        self.stale: set[Key] = set()
        # Messages of its own that were stored and are not to be shown as those of others: by room and number the line
        # that has said it.
        self.own: dict[RoomName, dict[int, Call]] = {}
        self.multiline: Multiline | None = None
        self.serials: tuple[int, ...] = ()
        # Who has come into a room by the batch that is being written.
        self.came: set[Username] = set()
        # What is to be asked next, without a line that says so.
        self.further: tuple[Request, ...] = ()
        self.batches = 0
        # How many more questions are granted.
        self.purse = GRANTED
        # What one says of oneself, as user modes.
        self.modes = "w"
        # Where it was asked to come, and has not come yet.
        self.invited: dict[Key, RoomName] = {}
        # What was told live, to or by whom, and the lines that showed it.
        self.live: list[tuple[Key, Message, str]] = []
        # How far it has read what people without an account tell it, which is kept nowhere.
        self.read_of: dict[Key, int] = {}
        # Lines that are to be written before the answer to a line, and are none of it.
        self.beside: list[str] = []

        # Of who is known again: the newest messages that were written, those of which a PING asks whether they have
        # come, by its token and since when, and those of which a PONG has said so.
        self.shown: dict[RoomName, int] = {}
        self.asked: tuple[str, dict[RoomName, int]] | None = None
        self.asked_at = 0
        self.confirmed: dict[RoomName, int] = {}

    @property
    def is_known(self) -> bool:
        """Whether its user is known again, and is not told more exactly by the client what was read."""
        return bool(self.secret or self.account) and not self.has(caps.READ_MARKER)

    def ask(self) -> str:
        """Return the line that asks for a sign of life, and whether all has come that was written."""
        self.batches += 1
        self.asked = str(self.batches), dict(self.shown)
        self.asked_at = self.server.now()
        return f"PING {self.batches}"

    def has(self, cap: int) -> bool:
        """Return whether the capability *cap* was asked for."""
        return bool(self.caps & cap)

    @property
    def key(self) -> Key:
        """The key of its name."""
        return key(self.nick)

    @property
    def target(self) -> str:
        """To whom a numeric is written."""
        return self.nick if self.registered else self.wanted or "*"

    def source(self, username: Username) -> str:
        """Return the source of what *username* does."""
        return self.server.person(username).source

    @property
    def mask(self) -> str:
        """Its own source."""
        return self.source(self.nick)

    def numeric(self, number: str, *words: str) -> str:
        """Return a numeric reply."""
        return formatted(f":{self.server.name}", number, self.target, *words)

    def says(self, command: str, *words: str) -> str:
        """Return a line of the server's."""
        return formatted(f":{self.server.name}", command, *words)

    def notice(self, text: str, target: str = "") -> str:
        """Return a notice of the server's to the user, or to another *target*."""
        return f":{self.server.name} NOTICE {target or self.target} :{text}"

    def fail(self, command: str, code: str, *words: str) -> str:
        """Return what has failed, and why, in the last of *words*."""
        return f":{self.server.name} FAIL {' '.join((command, code, *map(word, words[:-1])))} :{words[-1]}"

    def marked(self, target: str, at: int | None) -> str:
        """Return the line that tells how far one has read."""
        return f":{self.server.name} MARKREAD {word(target)} {'*' if at is None else f'timestamp={rfc3339(at)}'}"

    def reference(self) -> str:
        """Return what a new batch is called."""
        self.batches += 1
        return f"b{self.batches}"

    def batch(self, kind: str, lines: Sequence[str], *words: str) -> list[str]:
        """Return *lines* as a batch of a *kind*, where batches are understood."""
        if not self.has(caps.BATCH):
            return list(lines)
        reference = self.reference()
        inside = self.inside(reference, lines)
        begin = formatted(f":{self.server.name}", "BATCH", f"+{reference}", kind, *words)
        return [begin, *inside, f":{self.server.name} BATCH -{reference}"]

    def inside(self, reference: str, lines: Sequence[str]) -> list[str]:
        """Return *lines* as those of a batch; those of one inside are that one's already."""
        return [line if is_inside(line) else tagged((f"batch={reference}",), line) for line in lines]

    def is_repeated(self, serial: int, name: Username | None = None) -> bool:
        """Return whether what has that *serial* was told already, of another room.

        Whoever of that *name* was seen to come here since, as they were called before, has to be seen to go as well.
        """
        if not serial:
            return False
        if serial in self.serials:
            return name not in self.came
        self.serials = (*self.serials[-REMEMBERED:], serial)
        return False

    def told(self, other: Username, message: Message, identity: str) -> None:
        """Remember what was told to or by an *other* and is kept nowhere: as long as the connection lasts."""
        self.live = [*self.live[-MOST_LIVE:], (key(other), message, identity)]

    def taken(self, room: RoomName, seq: int) -> Call | None:
        """Return the line that has said message *seq* of *room*, and forget it; nothing if it was another's."""
        own = self.own.get(room)
        return own.pop(seq, None) if own else None

    def enter(self, room: RoomName) -> None:
        """Note that the user is in *room*."""
        self.rooms[key(room)] = room
        self.arriving[key(room)] = self.nick
        self.invited.pop(key(room), None)

    def left(self, room: RoomName) -> None:
        """Note that they are not any more."""
        name = key(room)
        self.rooms.pop(name, None)
        self.arriving.pop(name, None)
        self.behind.pop(name, None)
        self.own.pop(room, None)
        self.stale.discard(name)


def is_inside(line: str) -> bool:
    """Return whether *line* is one of a batch, or its end."""
    tags, _, rest = line.partition(" ") if line.startswith("@") else ("", "", line)
    if any(tag.startswith("batch=") for tag in tags[1:].split(";")):
        return True
    return rest.partition(" ")[2].startswith("BATCH -")


def channel(room: RoomName) -> str:
    """Return what *room* is called in IRC."""
    return CHANNEL + room


def is_channel(target: str) -> bool:
    """Return whether *target* is called like a room."""
    return target.startswith(CHANNEL)


def room_of(target: str) -> RoomName:
    """Return the room that is called *target* in IRC.

    :raises chatroom.core.values.errors.RoomInvalid: if it can't be one.
    """
    if not is_channel(target):
        raise RoomInvalid(f"The name of a room begins with {CHANNEL}")
    return room_name(target[1:])


def request(call: Call, line: Line, command: Command, write: Write | None = None) -> Request:
    """Return the request of *command*, one of those that *line* is."""
    call.left += 1
    return Request(command, Asked(call, line, write))


def per_line(caption: Sequence[str], words: Iterable[str], room: int) -> list[list[str]]:
    """Return lines that have *caption*, and behind it some of *words*, as many as fit."""
    return [[*caption, line] for line in caps.in_lines(words, room)]
