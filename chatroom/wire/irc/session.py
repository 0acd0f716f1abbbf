"""What the dialect knows of one connection, and the answer to each of its lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chatroom.core.values.commands import Request
from chatroom.core.values.events import Message, Tags
from chatroom.core.values.names import Key, RoomName, Username, key
from chatroom.core.values.people import Person
from chatroom.wire.irc import caps
from chatroom.wire.irc.labels import LabeledResponse, Labels
from chatroom.wire.irc.lines import formatted, tagged, word
from chatroom.wire.irc.server import ServerFacts
from chatroom.wire.irc.speech import live
from chatroom.wire.timestamps import rfc3339

_BOT = re.compile(r"bot(?![a-z])", re.IGNORECASE)
"""How programs call themselves whose authors have not thought of it."""

GRANTED = 100
"""Questions that cost nothing, for each connection: clients ask two or three of each room when they come."""

QUIET = 60_000
"""Milliseconds in which it is told once that what it sends waits."""

REMEMBERED = 15
"""Newest changes of people that are told once to who shares several rooms with them."""

MOST_LIVE = 99
"""What was told live and can be read again, but for the newest."""


@dataclass(slots=True)
class Multiline:
    """A text of several lines that comes in a batch; it is for a *target*."""

    reference: str
    target: str
    tags: Tags
    call: LabeledResponse
    command: str = ""
    lines: list[tuple[str, bool]] = field(default_factory=list)
    size: int = 0


@dataclass(slots=True)
class Sasl:
    """What has come so far, in base64, of what shows by a *mechanism* that an account is one's own."""

    mechanism: str
    written: str = ""


class IRCVisit:
    """A connection, before and after it has a name; *server* is what it is connected to."""

    __slots__ = (
        "account",
        "alike",
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
        "labels",
        "live",
        "live_at",
        "modes",
        "multiline",
        "negotiating",
        "nick",
        "own",
        "purse",
        "read_of",
        "realname",
        "recalled",
        "registered",
        "renames",
        "renaming",
        "rooms",
        "sasl",
        "secret",
        "serials",
        "server",
        "shown",
        "slowed_at",
        "stale",
        "unasked",
        "user",
        "version",
        "wanted",
    )

    def __init__(self, server: ServerFacts) -> None:
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
        # Rooms that have not told yet that it came.
        self.arriving: set[Key] = set()
        # Up to which number it is shown what was said in rooms before it came.
        self.behind: dict[Key, int] = {}
        # Rooms of whose members it was not told all.
        self.stale: set[Key] = set()
        # Messages of its own that were stored and are not to be shown as those of others: by room and number the line
        # that has said it.
        self.own: dict[RoomName, dict[int, LabeledResponse]] = {}
        self.labels = Labels()
        self.multiline: Multiline | None = None
        self.serials: tuple[int, ...] = ()
        # The names that it has taken, of which a room is to tell it.
        self.renaming: list[Username] = []
        # Its old and new names, as it was told already: by rooms that will tell it so again.
        self.renames: dict[Key, list[tuple[Username, Username]]] = {}
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
        self.live: list[tuple[Key, Message, str, Person]] = []
        # What was told live in one millisecond, and how often.
        self.live_at = 0
        self.alike: dict[tuple[Username, str, str], int] = {}
        # When it was told that what it sends waits.
        self.slowed_at = 0
        # How far it has read what people without an account tell it, which is kept nowhere.
        self.read_of: dict[Key, int] = {}
        # Lines that are to be written before the answer to a line, and are none of it.
        self.beside: list[str] = []

        # Whether it is a guest without a secret, of whom it is kept by name and host what they were shown.
        self.recalled = False
        # Of who is known again: the newest messages that were written, and whether nothing asks yet if they have come;
        # those of which a PING asks that, by its token and since when, and those of which a PONG has said so.
        self.unasked = False
        self.shown: dict[RoomName, int] = {}
        self.asked: tuple[str, dict[RoomName, int]] | None = None
        self.asked_at = 0
        self.confirmed: dict[RoomName, int] = {}

    @property
    def is_known(self) -> bool:
        """Whether it is kept what it was shown, and the client does not tell more exactly what was read."""
        return self.recalled or (bool(self.secret or self.account) and not self.has(caps.READ_MARKER))

    @property
    def replays(self) -> bool:
        """Whether it is shown unasked what was said before: to date it, and not to answer it.

        A program that does not say that it is one is known by what it calls itself.
        """
        if self.has(caps.CHATHISTORY) or not self.has(caps.SERVER_TIME) or "B" in self.modes:
            return False
        return not any(_BOT.search(name) for name in (self.nick, self.wanted, self.user, self.realname))

    def ask(self) -> str:
        """Return the line that asks for a sign of life, and whether all has come that was written."""
        self.batches += 1
        self.asked = str(self.batches), dict(self.shown)
        self.asked_at = self.server.now()
        self.unasked = False
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

    def renamed(self) -> list[str]:
        """Return the lines that tell the names that it has taken, which are not told again by a room."""
        lines = []
        for new in tuple(self.renaming):
            person = self.server.person(new)
            lines.append(f":{self.nick}!{person.ident}@{person.host} NICK {new}")
            self.called(new)
        return lines

    def called(self, new: Username, by: RoomName | None = None) -> None:
        """Note that it is told its *new* name, *by* a room or not; other rooms will tell it, too."""
        for room in self.rooms:
            if by is None or room != key(by):
                self.renames.setdefault(room, []).append((self.nick, new))
        self.nick = new
        if new in self.renaming:
            del self.renaming[: self.renaming.index(new) + 1]

    def name_in(self, room: RoomName) -> Username:
        """Return what it is called as far as *room* has told what happened."""
        renames = self.renames.get(key(room))
        return renames[0][0] if renames else self.nick

    def is_told(self, room: RoomName, old: Username, new: Username) -> bool:
        """Return whether it was told already that it is *new* and no longer *old*, as *room* says now."""
        renames = self.renames.get(key(room), [])
        if (old, new) not in renames:
            return False
        del renames[: renames.index((old, new)) + 1]
        return True

    def told(self, other: Username, message: Message, identity: str) -> None:
        """Remember what was told to or by an *other* and is kept nowhere: as long as the connection lasts."""
        person = self.server.person(message.speaker)
        self.live = [*self.live[-MOST_LIVE:], (key(other), message, identity, person)]

    def identity(self, speaker: Username, to: str, at: int, text: str) -> str:
        """Return by what a message is known that is kept nowhere, told just now; both who tell it and are told count.

        Two that are alike can be told in one millisecond.
        """
        if at != self.live_at:
            self.live_at = at
            self.alike.clear()
        what = speaker, to, text
        self.alike[what] = count = self.alike.get(what, 0) + 1
        return live(speaker, to, at, text, count)

    def is_news_that_it_waits(self) -> bool:
        """Return whether it was not told lately that what it sends waits."""
        now = self.server.now()
        if self.slowed_at and now - self.slowed_at < QUIET:
            return False
        self.slowed_at = now
        return True

    def taken(self, room: RoomName, seq: int) -> LabeledResponse | None:
        """Return the line that has said message *seq* of *room*, and forget it; nothing if it was another's."""
        own = self.own.get(room)
        return own.pop(seq, None) if own else None

    def enter(self, room: RoomName) -> None:
        """Note that the user is in *room*."""
        self.rooms[key(room)] = room
        self.arriving.add(key(room))
        self.invited.pop(key(room), None)

    def left(self, room: RoomName) -> None:
        """Note that they are not any more."""
        name = key(room)
        self.rooms.pop(name, None)
        self.arriving.discard(name)
        self.behind.pop(name, None)
        self.labels.release(name)
        self.own.pop(room, None)
        self.renames.pop(name, None)
        self.stale.discard(name)


def is_inside(line: str) -> bool:
    """Return whether *line* is one of a batch, or its end."""
    tags, _, rest = line.partition(" ") if line.startswith("@") else ("", "", line)
    if any(tag.startswith("batch=") for tag in tags[1:].split(";")):
        return True
    return rest.partition(" ")[2].startswith("BATCH -")


def per_line(caption: Sequence[str], words: Iterable[str], room: int) -> list[list[str]]:
    """Return lines that have *caption*, and behind it some of *words*, as many as fit."""
    return [[*caption, line] for line in caps.in_lines(words, room)]
