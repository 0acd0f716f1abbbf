"""What was said, as lines: with tags, and in pieces where it is long."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

from msgspec.structs import replace

from chatroom.core.values.events import (
    Confided,
    Event,
    Message,
    Said,
    Tags,
    Told,
)
from chatroom.core.values.names import Username
from chatroom.core.values.people import Person
from chatroom.wire.irc import caps
from chatroom.wire.irc.channels import PREFIXES, channel
from chatroom.wire.irc.lines import MAX_LINE, escaped, tagged
from chatroom.wire.irc.server import ServerFacts
from chatroom.wire.irc.split import pieces, room_for
from chatroom.wire.timestamps import rfc3339

ACTION = "\x01ACTION ", "\x01"
"""What is before and behind a text that says what its speaker does."""

DIGITS = 18
"""Digits of the number of a message, at most."""

REPLIES = ("+reply", "+draft/reply")
"""The tags of a message that answers another one: clients know one of them."""


class Plain(NamedTuple):
    """A message of one *line*, of which only the tags are others for some: who says it and when, and what it is."""

    person: Person
    time: str
    identity: str
    line: str


class PlainTalk:
    """Finds what is plain in the events of a room on *server*, once for the capabilities of all."""

    __slots__ = ("_events", "_found", "_server")

    def __init__(self, server: ServerFacts) -> None:
        self._server = server
        self._events: Sequence[Event] = ()
        self._found: Sequence[Plain | None] = ()

    def __call__(self, events: Sequence[Event]) -> Sequence[Plain | None]:
        """Return those of *events* that are plain messages, and nothing in place of the others."""
        if events is not self._events:
            people: dict[tuple[Username, bytes | None], Person] = {}
            self._found = [self._plain(event, people) if type(event) is Said else None for event in events]
            self._events = events
        return self._found

    def _plain(self, said: Said, people: dict[tuple[Username, bytes | None], Person]) -> Plain | None:
        message = said.message
        text, by = message.text, (message.speaker, message.session)
        if said.tags or message.tags or message.re is not None or message.kind != "text" or not text or "\n" in text:
            return None
        person = people.get(by) or people.setdefault(by, self._server.speaker(message))
        line = f":{person.source} PRIVMSG {channel(said.room)} :{text}"
        if len(line) > MAX_LINE or not line.isascii():
            return None
        return Plain(person, f"time={rfc3339(message.at)}", msgid(self._server.epoch(said.room), said.seq), line)


class Speech:
    """Writes messages for connections to *server* whose capabilities are the *mask*."""

    __slots__ = ("mask", "server")

    def __init__(self, server: ServerFacts, mask: int) -> None:
        self.server = server
        self.mask = mask

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

    def plain(self, said: Plain) -> str:
        """Return the line of a message."""
        mask, person = self.mask, said.person
        tags = []
        if mask & caps.SERVER_TIME:
            tags.append(said.time)
        if mask & caps.ACCOUNT_TAG and person.account:
            tags.append(f"account={escaped(person.account)}")
        if mask & caps.MESSAGE_TAGS:
            if person.bot:
                tags.append("bot")
            if said.identity:
                tags.append(f"msgid={said.identity}")
        return f"@{';'.join(tags)} {said.line}" if tags else said.line

    def told(self, told: Told, identity: str) -> list[str]:
        """Return the lines of what was told to one person, which is known by that *identity*."""
        message = Message(told.speaker, told.text, told.at, told.kind, re=told.re, tags=told.tags)
        return self.spoken(told.to, message, identity, identity.rpartition("-")[0], self.server.person(told.speaker))

    def confided(self, confided: Confided, identity: str) -> list[str]:
        """Return the lines of what those with a role in a room are told alone, which is known by that *identity*."""
        target = PREFIXES[confided.role] + channel(confided.room)
        message = Message(confided.speaker, confided.text, confided.at, confided.kind, tags=confided.tags)
        return self.spoken(target, message, identity, "", self.server.person(confided.speaker))

    def spoken(
        self, target: str, message: Message, identity: str, epoch: str, person: Person | None = None
    ) -> list[str]:
        """Return the lines of *message*, which is known by that *identity*, to *target*.

        What is kept nowhere does not say whose it is: that is the *person*.
        """
        mask = self.mask
        person = person or self.server.speaker(message)
        before, behind = ACTION if message.kind == "action" else ("", "")
        word = "NOTICE" if message.kind == "notice" else "PRIVMSG"
        command = f":{person.source} {word} {target} :{before}"
        text = message.text
        every, tags = [], []
        if mask & caps.SERVER_TIME:
            every.append(f"time={rfc3339(message.at)}")
        if mask & caps.MESSAGE_TAGS and identity:
            tags.append(f"msgid={identity}")
            if message.re is not None:
                tags += [f"{name}={msgid(epoch, message.re)}" for name in REPLIES]
        if mask & caps.ACCOUNT_TAG and person.account:
            every.append(f"account={escaped(person.account)}")
        if mask & caps.MESSAGE_TAGS and person.bot:
            every.append("bot")
        if mask & caps.MESSAGE_TAGS and message.tags:
            every += written_tags(message.tags)
        line = f"{command}{text}{behind}"
        # Whatever letters it has, it is no longer than that.
        most = len(line) if line.isascii() and not message.tags else 4 * len(line)
        if most <= MAX_LINE and "\n" not in text:
            return [tagged((*every, *tags), line)]
        size = room_for(command + behind)
        came = (message.tags and as_it_was_cut(text, message.tags)) or [[each] for each in text.split("\n")]
        cut = [[piece for some in each for piece in pieces(some, size)] for each in came]
        if len(cut) == len(cut[0]) == 1:
            return [tagged((*every, *tags), line)]
        if mask & caps.MULTILINE and mask & caps.BATCH and message.kind != "action":
            reference = f"m{identity.rpartition('-')[2]}"
            inside = [
                tagged((f"batch={reference}", *["draft/multiline-concat"] * bool(number)), command + piece)
                for each in cut
                for number, piece in enumerate(each)
            ]
            begin = f":{person.source} BATCH +{reference} draft/multiline {target}"
            return [tagged((*every, *tags), begin), *inside, f":{self.server.name} BATCH -{reference}"]
        lines = [f"{command}{piece}{behind}" for each in cut for piece in each if piece.strip()]
        return [tagged((*every, *(() if number else tags)), each) for number, each in enumerate(lines)]

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


def read_msgid(written: str) -> tuple[str, int] | None:
    """Return the epoch and the number in what :func:`msgid` has *written*; nothing if it has not."""
    epoch, _, seq = written.rpartition("-")
    if not (seq.isascii() and seq.isdecimal() and len(seq) <= DIGITS):
        return None
    return (epoch, int(seq)) if msgid(epoch, int(seq)) == written else None


def live(speaker: Username, to: str, at: int, text: str, count: int) -> str:
    """Return by what a message is known that is kept nowhere: the one with that *count* among all that are like it."""
    what = f"{speaker} {to} {at} {count} {text}"
    return f"t-{blake2b(what.encode(), digest_size=9).hexdigest()}"
