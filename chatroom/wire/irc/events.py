"""Events as lines, for all connections with the same capabilities."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import NamedTuple, assert_never

from msgspec.structs import replace

from chatroom.core.values.events import (
    Appointed,
    Bye,
    Called,
    Configured,
    Deleted,
    Described,
    Event,
    Gap,
    Invited,
    Joined,
    Left,
    Level,
    Marked,
    Memberships,
    Message,
    Missed,
    Muted,
    Notice,
    Offline,
    Online,
    OtherInvited,
    Presence,
    Redacted,
    Removed,
    Renamed,
    Reported,
    Rooms,
    RoomsChanged,
    Said,
    Slowed,
    Tagged,
    Tags,
    TakenBack,
    Told,
    TopicChanged,
    Unmuted,
)
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.people import Person
from chatroom.core.values.rights import Role, ShownRole
from chatroom.core.values.wording import because, ending
from chatroom.wire.irc import caps
from chatroom.wire.irc.changes import Change, of_tuning
from chatroom.wire.irc.changes import written as written_modes
from chatroom.wire.irc.lines import escaped, tagged, written
from chatroom.wire.irc.server import Server
from chatroom.wire.irc.session import channel
from chatroom.wire.irc.split import pieces, room_for
from chatroom.wire.timestamps import rfc3339

ACTION = "\x01ACTION ", "\x01"
"""What is before and behind a text that says what its speaker does."""

REPLY = "+draft/reply"
"""The tag of a message that answers another one."""


_LETTERS: dict[Role, str] = {"owner": "o", "moderator": "o", "voiced": "v"}
"""The letter of a role."""


Write = Callable[[Iterable[str]], bytes]
"""What makes lines bytes."""


class Written(NamedTuple):
    """Events as bytes, one by one and as a *whole*; which is for all, if it is *plain*.

    The *last* message is the newest among them, if there is one.
    """

    parts: Sequence[bytes]
    whole: bytes
    plain: bool
    last: Said | None


class Writer:
    """Writes events for connections to *server* whose capabilities are the *mask*, as far as that matters here."""

    __slots__ = ("_write", "mask", "server")

    def __init__(self, server: Server, mask: int, write: Write = written) -> None:
        self.server = server
        self.mask = mask
        self._write = write

    def __call__(self, events: Sequence[Event]) -> Written:
        """Write *events* of a room."""
        parts = [self._write(self.lines(event)) for event in events]
        # Talk is most of what happens, and the same for all but who has said it.
        last = next((event for event in reversed(events) if isinstance(event, Said)), None)
        return Written(parts, b"".join(parts), all(type(event) is Said for event in events), last)

    def lines(self, event: Event) -> list[str]:
        """Return the lines of *event*."""
        return self.said(event) if isinstance(event, Said) else self._happened(event)

    # Talk.

    def said(self, said: Said) -> list[str]:
        """Return the lines of a message."""
        message = said.message
        if not message.text:
            # It was taken back, and nothing is left to show.
            return []
        epoch = self.server.epoch(said.room) if self.mask & caps.MESSAGE_TAGS else ""
        if said.tags is not None:
            message = replace(message, tags=said.tags)
        return self.spoken(channel(said.room), message, msgid(epoch, said.seq), epoch)

    def told(self, told: Told, identity: str) -> list[str]:
        """Return the lines of what was told to one person, which is known by that *identity*."""
        message = Message(told.speaker, told.text, told.at, told.kind, re=told.re, tags=told.tags)
        return self.spoken(told.to, message, identity, identity.rpartition("-")[0])

    def spoken(self, target: str, message: Message, identity: str, epoch: str) -> list[str]:
        """Return the lines of *message*, which is known by that *identity*, to *target*."""
        mask = self.mask
        person = self.server.person(message.speaker)
        every, tags = [*self._always(message)], []
        if mask & caps.MESSAGE_TAGS and identity:
            tags.append(f"msgid={identity}")
            if message.re is not None:
                tags.append(f"{REPLY}={msgid(epoch, message.re)}")
        if mask & caps.ACCOUNT_TAG and person.account:
            every.append(f"account={escaped(person.account)}")
        if mask & caps.MESSAGE_TAGS and person.bot:
            every.append("bot")
        if mask & caps.MESSAGE_TAGS and message.tags:
            every += written_tags(message.tags)
        before, behind = ACTION if message.kind == "action" else ("", "")
        word = "NOTICE" if message.kind == "notice" else "PRIVMSG"
        command = f":{person.source} {word} {target} :{before}"
        size = room_for(command + behind)
        text = message.text
        if "\n" not in text and len(text) * 4 <= size:
            return [tagged((*every, *tags), f"{command}{text}{behind}")]
        came = (message.tags and as_it_was_cut(text, message.tags)) or [[line] for line in text.split("\n")]
        cut = [[piece for some in line for piece in pieces(some, size)] for line in came]
        if len(cut) == len(cut[0]) == 1:
            return [tagged((*every, *tags), f"{command}{text}{behind}")]
        if mask & caps.MULTILINE and mask & caps.BATCH and message.kind != "action":
            reference = f"m{identity.rpartition('-')[2]}"
            inside = [
                tagged((f"batch={reference}", *["draft/multiline-concat"] * bool(number)), command + piece)
                for line in cut
                for number, piece in enumerate(line)
            ]
            begin = f":{person.source} BATCH +{reference} draft/multiline {target}"
            return [tagged((*every, *tags), begin), *inside, f":{self.server.name} BATCH -{reference}"]
        lines = [f"{command}{piece}{behind}" for line in cut for piece in line if piece.strip()]
        return [tagged((*every, *(() if number else tags)), line) for number, line in enumerate(lines)]

    def tagged(self, target: str, username: Username, tags: Tags) -> list[str]:
        """Return the line of *tags* alone that *username* shows to *target*."""
        person = self.server.person(username)
        every = [f"account={escaped(person.account)}"] if self.mask & caps.ACCOUNT_TAG and person.account else []
        if person.bot:
            every.append("bot")
        return [tagged((*every, *written_tags(tags)), f":{person.source} TAGMSG {target}")]

    def account_of(self, username: Username) -> Sequence[str]:
        """Return the tag of the account of *username*, if it is wanted and there is one."""
        account = self.server.person(username).account if self.mask & caps.ACCOUNT_TAG else None
        return [f"account={escaped(account)}"] if account else ()

    def _always(self, message: Message) -> Sequence[str]:
        return (f"time={rfc3339(message.at)}",) if self.mask & caps.SERVER_TIME else ()

    # Whatever else happens.

    def _source(self, username: Username) -> str:
        person = self.server.person(username)
        # Who has another name by now had this one then.
        return f"{username}!{person.ident}@{person.host}"

    def _notice(self, room: RoomName | None, text: str) -> list[str]:
        return [f":{self.server.name} NOTICE {channel(room) if room else '*'} :{text}"]

    def _happened(
        self,
        event: Redacted
        | Joined
        | Left
        | Removed
        | Muted
        | Unmuted
        | Reported
        | Appointed
        | Configured
        | Invited
        | OtherInvited
        | Presence
        | Described
        | Renamed
        | Called
        | Memberships
        | Marked
        | Missed
        | TopicChanged
        | Level
        | Gap
        | Deleted
        | Told
        | Tagged
        | Online
        | Offline
        | TakenBack
        | Rooms
        | RoomsChanged
        | Slowed
        | Notice
        | Bye,
    ) -> list[str]:
        match event:
            case Joined(room, name, role=role):
                return self._joined(room, name, role)
            case Left():
                return [self._left(event)]
            case Renamed(_, old, new) | Called(old, new):
                return [f":{self._source(old)} NICK {new}"]
            case Described(_, _, person, what):
                return self.described(person, what)
            case OtherInvited(room, name, by):
                notify = self.mask & caps.INVITE_NOTIFY
                return [f":{self._source(by)} INVITE {name} {channel(room)}"] if notify else []
            case TopicChanged(room, topic, by):
                return [f":{self._source(by)} TOPIC {channel(room)} :{topic}"]
            case Redacted(room, seq, _, by, _, note):
                return self._redacted(channel(room), by, msgid(self.server.epoch(room), seq), note)
            case Appointed(room, name, role, by, was):
                written_ones = written_modes(_changed(name, role, was))
                return [f":{self._source(by)} MODE {channel(room)} {written_ones}"]
            case Configured(room, by, tuning):
                changes = of_tuning(tuning, self.server.room_capacity)
                return [f":{self._source(by)} MODE {channel(room)} {written_modes(changes)}"] if changes else []
            case Gap(room, first, last):
                count = last + 1 - first
                return self._notice(room, f"{count} message{'s' * (count != 1)} left out")
            case Muted(room, by, until, reason):
                return self._notice(room, f"You were muted by {by}{ending(until)}{because(reason)}.")
            case Unmuted(room, by):
                return self._notice(room, f"You may speak again, as {by} says.")
            case Reported(room, number, seq, by, reason, other):
                where = f" with {other}" if other else ""
                said = f"{by} reports message {seq}{where}{because(reason)} (report {number})."
                return self._notice(room, said)
            case Slowed(rate):
                said = f"What you send waits, and is taken at {rate:g} a second; nothing is lost."
                return [f":{self.server.name} NOTE * SLOWED :{said}"]
            case Tagged(room, name, tags, to):
                return self.tagged(channel(room) if room else to or name, name, tags)
            case (
                Deleted()
                | Removed()
                | Invited()
                | Told()
                | TakenBack()
                | Marked()
                | Notice()
                | Bye()
                | Online()
                | Offline()
            ):
                raise AssertionError("these are written for one connection")
            case Presence() | Memberships() | Missed() | Level() | Rooms() | RoomsChanged():
                return []
        assert_never(event)

    def _joined(self, room: RoomName, name: Username, role: str | None) -> list[str]:
        person = self.server.person(name)
        join = f":{person.source} JOIN {channel(room)}"
        if self.mask & caps.EXTENDED_JOIN:
            join += f" {person.account or '*'} :{person.realname or name}"
        lines = [join]
        if role is not None:
            lines.append(f":{self.server.name} MODE {channel(room)} +{'v' if role == 'voiced' else 'o'} {name}")
        if self.mask & caps.AWAY_NOTIFY and person.away:
            lines.append(f":{person.source} AWAY :{person.away}")
        return lines

    def described(self, person: Person, what: Container[str]) -> list[str]:
        """Return what is told of somebody who says other things of themselves now."""
        lines = []
        if "away" in what and self.mask & caps.AWAY_NOTIFY:
            lines.append(f":{person.source} AWAY" + (f" :{person.away}" if person.away else ""))
        if "account" in what and self.mask & caps.ACCOUNT_NOTIFY:
            lines.append(f":{person.source} ACCOUNT {person.account or '*'}")
        if "realname" in what and self.mask & caps.SETNAME:
            lines.append(f":{person.source} SETNAME :{person.realname}")
        return lines

    def _left(self, left: Left) -> str:
        source, room = self._source(left.username), channel(left.room)
        match left.reason:
            case "left" | "moved":
                return f":{source} PART {room}" + (f" :{left.note}" if left.note else "")
            case "quit":
                return f":{source} QUIT :Quit" + (f": {left.note}" if left.note else "")
            case "lost":
                return f":{source} QUIT :Connection lost"
            case "kicked" | "banned":
                by = left.by or Username(self.server.name)
                return f":{self._source(by)} KICK {room} {left.username} :{left.note or by}"

    def _redacted(self, target: str, by: Username, identity: str, note: str) -> list[str]:
        if not self.mask & caps.REDACTION:
            return []
        return [f":{self._source(by)} REDACT {target} {identity}" + (f" :{note}" if note else "")]


def _changed(name: Username, role: Role, was: ShownRole | None) -> list[Change]:
    """Return the modes that *name* has no longer, and has now, with a *role* in place of that which they *were*."""
    before = "v" if was == "voiced" else "o"
    now = _LETTERS.get(role)
    lost = [Change(False, before, name)] if now is None or (was and before != now) else []
    return [*lost, *([Change(True, now, name)] if now else [])]


class Writers(dict[int, Writer]):
    """The writers of a *server*, by their masks: one for all who ask for the same, so that a batch is written once.

    They *write* lines as these go over the wire.
    """

    def __init__(self, server: Server, write: Write = written) -> None:
        super().__init__()
        self.write = write
        self._server = server

    def __missing__(self, mask: int) -> Writer:
        made = self[mask] = Writer(self._server, mask, self.write)
        return made


PIECES = "pieces"
"""The tag that tells where a text of several lines was cut, as it came: no client can give it."""


def written_tags(tags: Tags) -> list[str]:
    """Return the *tags* of a client as they are written."""
    return [f"{name}={escaped(value)}" if value else name for name, value in tags if name != PIECES]


def as_it_was_cut(text: str, tags: Tags) -> list[list[str]] | None:
    """Return the lines of *text*, each in the pieces in which it came, if *tags* tell that."""
    cuts = dict(tags).get(PIECES)
    if cuts is None:
        return None
    ends = [*map(int, filter(None, cuts.split(","))), len(text)]
    lines: list[list[str]] = [[]]
    begun = 0
    for end in ends:
        first, *others = text[begun:end].split("\n")
        lines[-1].append(first)
        lines += [[other] for other in others]
        begun = end
    return lines


def msgid(epoch: str, seq: int) -> str:
    """Return by what message number *seq* of a log with that *epoch* is known; nothing without one."""
    return f"{epoch}-{seq}" if epoch else ""
