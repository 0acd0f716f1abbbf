"""Events as lines, for all connections with the same capabilities."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import NamedTuple, assert_never

from chatroom.core.values.events import (
    Appointed,
    Bye,
    Called,
    Confided,
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
from chatroom.wire.irc.changes import ModeChange, of_tuning
from chatroom.wire.irc.changes import written as written_modes
from chatroom.wire.irc.channels import channel
from chatroom.wire.irc.lines import dated, written
from chatroom.wire.irc.server import ServerFacts
from chatroom.wire.irc.speech import PlainTalk, Speech, msgid
from chatroom.wire.timestamps import rfc3339

_LETTERS: dict[Role, str] = {"owner": "o", "moderator": "o", "voiced": "v"}
"""The letter of a role."""


Write = Callable[[Iterable[str]], bytes]
"""What makes lines bytes."""


class Written(NamedTuple):
    """Events as bytes, one by one and as a *whole*; if all are *talk*, that is for all but who has said some of it.

    The *last* message is the newest among them, if there is one.
    """

    parts: Sequence[bytes]
    whole: bytes
    talk: Sequence[Said]
    last: Said | None


class Formatter(Speech):
    """Formats events as lines."""

    __slots__ = ()

    def lines(self, event: Event) -> list[str]:
        """Return the lines of *event*."""
        if isinstance(event, Said):
            return self.said(event)
        lines = self._happened(event)
        return dated(f"time={rfc3339(self.server.now())}", lines) if self.mask & caps.SERVER_TIME else lines

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
        | Confided
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
                changes = of_tuning(tuning, self.server.room_capacity, self.server.key(room))
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
                | Confided()
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
            realname = self.server.heard(room, name, person.realname)
            join += f" {person.account or '*'} :{realname or name}"
        lines = [join]
        if role is not None:
            lines.append(f":{self.server.name} MODE {channel(room)} +{'v' if role == 'voiced' else 'o'} {name}")
        if self.mask & caps.AWAY_NOTIFY and (away := self.server.heard(room, name, person.away or "")):
            lines.append(f":{person.source} AWAY :{away}")
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


def _changed(name: Username, role: Role, was: ShownRole | None) -> list[ModeChange]:
    """Return the modes that *name* has no longer, and has now, with a *role* in place of that which they *were*."""
    before = "v" if was == "voiced" else "o"
    now = _LETTERS.get(role)
    lost = [ModeChange(False, before, name)] if now is None or (was and before != now) else []
    return [*lost, *([ModeChange(True, now, name)] if now else [])]


class IRCEventWriter:
    """Writes events for connections to *server* whose capabilities are the *mask*, as far as that matters here.

    What is plain it shares with others, by *talk*.
    """

    # It has a formatter and is none: a compiled class that can be called has to begin as its base does.
    __slots__ = ("_talk", "_write", "formatter")

    def __init__(self, server: ServerFacts, mask: int, write: Write, talk: PlainTalk) -> None:
        self.formatter = Formatter(server, mask)
        self._write = write
        self._talk = talk

    def __call__(self, events: Sequence[Event]) -> Written:
        """Write *events* of a room."""
        formatter, write = self.formatter, self._write
        parts = [
            write(formatter.lines(event) if plain is None else (formatter.plain(plain),))
            for event, plain in zip(events, self._talk(events), strict=True)
        ]
        said = [event for event in events if type(event) is Said]
        talk = said if len(said) == len(events) else ()
        return Written(parts, b"".join(parts), talk, said[-1] if said else None)


class Writers(dict[int, IRCEventWriter]):
    """The writers of a *server*, by their masks: one for all who ask for the same, so that a batch is written once.

    They *write* lines as these go over the wire.
    """

    def __init__(self, server: ServerFacts, write: Write = written) -> None:
        super().__init__()
        self.write = write
        self._server = server
        self._talk = PlainTalk(server)

    def __missing__(self, mask: int) -> IRCEventWriter:
        made = self[mask] = IRCEventWriter(self._server, mask, self.write, self._talk)
        return made
