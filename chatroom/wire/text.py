"""The dialect of people: what they type at netcat, and what they read there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import assert_never
from unicodedata import combining, east_asian_width

from chatroom.core import texts
from chatroom.core.batch import Batch
from chatroom.core.commands import (
    Command,
    Delete,
    Help,
    Join,
    Leave,
    List,
    Rename,
    Request,
    Say,
    Search,
    Tell,
    Topic,
)
from chatroom.core.errors import ChatError, TextInvalid
from chatroom.core.events import (
    Bye,
    Deleted,
    Event,
    Gap,
    Joined,
    Left,
    Level,
    Message,
    Presence,
    Renamed,
    RoomInfo,
    Rooms,
    RoomsChanged,
    Said,
    Slowed,
    Told,
    TopicChanged,
)
from chatroom.core.names import RoomName
from chatroom.core.replies import Entered, Entries, Members, Ok, Pong, Refused, Reply, Stored, Welcome
from chatroom.wire import words
from chatroom.wire.dialect import Dialect, Misread, Place
from chatroom.wire.moments import day_and_time
from chatroom.wire.slips import Known, slip

NOBODY = Known()


class Text:
    """Text on one connection, which has been shown talk of *day* last; without any, that is the day it is.

    By the names that are *known* it tells commands from talk.
    """

    __slots__ = ("_known", "_page", "_place")

    ping = b""

    def __init__(self, day: str, known: Known = NOBODY) -> None:
        self._page = _page(day)
        self._place = Place()
        self._known = known

    def entry(self, room: RoomName) -> Join:
        """Let a person into *room*."""
        return words.join(room, None)

    def read(self, line: bytes, place: Place) -> Request | Misread:
        """Return what *line* asks for of somebody in *place*."""
        self._place = place
        try:
            return Request(_command(line, place))
        except ChatError as error:
            return Misread(Request(), error)

    def reply(self, request: Request, reply: Reply) -> bytes:
        """Write the answer to *request*."""
        match reply:
            case Stored():
                return self._acknowledged(request.command)
            case Entries(_, entries):
                if entries:
                    return self._talk(entries)
                return _lines(
                    "* Nothing found." if isinstance(request.command, Search) else "* Nothing has been said here yet."
                )
            case Ok(name):
                return _lines(*self._done(request.command, name, shown=reply.event_follows))
            case _:
                return _lines(*_answer(request.command, reply))

    def event(self, event: Event) -> bytes:
        """Write what happened."""
        return self._talk([event])

    def batch(self, batch: Batch) -> bytes:
        """Write what happened in a room, once for all who were shown the same day last."""
        written, self._page = batch.encoded(self._page)
        return written

    def _talk(self, events: Sequence[Event]) -> bytes:
        written, self._page = self._page(events)
        return written

    def _acknowledged(self, command: Command | None) -> bytes:
        """Return nothing, for what is said is shown, unless it was meant to be a command."""
        if isinstance(command, Say) and not command.action and (meant := slip(command.text, self._known)):
            return _lines(f"* That was said to everybody. The command is {meant}.")
        return b""

    def _done(self, command: Command | None, name: str, *, shown: bool) -> list[str]:
        match command:
            case Help(word):
                in_room = self._place.room is not None
                return [f"* {line}" for line in words.help_lines(word, in_room=in_room, named=self._place.named)]
            case Leave():
                return [f"* You left {name}. You are in the lobby."]
            case Rename() if not shown:
                return [f"* You are now {name}."]
            case Tell() if not shown:
                return [f"* Told {name}."]
            case Topic(_, topic) if not shown:
                return [f"* You set the topic: {topic}"]
            case Delete() if not shown:
                return [f"* You deleted {name}."]
        return []


def greeting(server: str) -> bytes:
    """Write what a person reads first."""
    return _lines(f"* Welcome to {server}. Type the username you want.")


def _command(line: bytes, place: Place) -> Command:
    """Return the command in *line*."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise TextInvalid("That line is not UTF-8; set your terminal to UTF-8") from None
    if not place.named:
        return words.before_name(text.strip())
    if place.room is None or (text.startswith("/") and not text.startswith("//")):
        return words.command(text, place.room)
    return Say(place.room, texts.message(text.removeprefix("/")))


def _answer(command: Command | None, reply: Reply) -> list[str]:
    """Return the lines of a reply that are the same wherever the visitor is."""
    match reply:
        case Refused(error):
            return [f"! {error.code}: {error}"]
        case Welcome(name, rooms, motd=motd):
            said = [f"* {line}".rstrip() for line in motd.split("\n")] if motd else []
            return [*_hello(name, rooms or Rooms((), more=False)), *said]
        case Rooms(rooms, more):
            sought = command.match if isinstance(command, List) else ""
            if not rooms:
                none = f"No room has {sought} in its name." if sought else "No room is open; CREATE room opens one."
                return [f"* {none}"]
            return _rooms(rooms, more=more)
        case Entered(room, topic, members, capacity):
            about = f" Topic: {topic}." if topic else ""
            where = f"You are in {room} ({_count(members, capacity)})."
            return [f"* {where}{about} Type to talk, /help for commands, /leave for the lobby."]
        case Members(room, names, more):
            listed = ", ".join(names) + (", …" if more else "")
            return [f"* In {room}: {listed or 'nobody'}." if room else f"* Online: {listed}."]
        case Bye(reason):
            return [_bye(reason)]
        case Pong():
            return []
        case Entries() | Ok() | Stored():
            raise AssertionError("these are written elsewhere")
    assert_never(reply)


def _hello(name: str, open_rooms: Rooms) -> list[str]:
    match open_rooms:
        case Rooms(()):
            there = "no room is open"
        case Rooms((_,), False):
            there = "1 room is open"
        case Rooms(rooms, more):
            there = f"{'more than ' * more}{len(rooms)} rooms are open"
    return [
        f"* Hello {name}. You are in the lobby; {there}. HELP lists the commands.",
        *(_rooms(open_rooms.rooms, more=open_rooms.more) or ["* CREATE room opens one."]),
    ]


def _rooms(rooms: Sequence[RoomInfo], *, more: bool) -> list[str]:
    """Return a table of *rooms*."""
    counts = [_count(room.members, room.capacity) for room in rooms]
    widest = max((_width(room.room) for room in rooms), default=0)
    longest = max(map(len, counts), default=0)
    lines = [
        f"*   {room.room}{' ' * (widest - _width(room.room))}   {count:>{longest}}   {room.topic}".rstrip()
        + _port(room)
        for room, count in zip(rooms, counts, strict=True)
    ]
    return [*lines, "* There are more; LIST word shows those with this word in their name."] if more else lines


def _port(room: RoomInfo) -> str:
    return f"   (port {room.port})" if room.port is not None else ""


def _width(text: str) -> int:
    """Return how many columns of a terminal *text* takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(letter) else 1 + (east_asian_width(letter) in "WF") for letter in text)


def _count(members: int, capacity: int) -> str:
    return f"{members}/{capacity}" if capacity else str(members)


def _bye(reason: str) -> str:
    return "* Bye." if reason == "quit" else f"* Bye: {reason.replace('-', ' ')}."


class _Page:
    """Writes events for all who were shown talk of *day* last, and returns the page of the day they are shown then."""

    __slots__ = ("day",)

    def __init__(self, day: str) -> None:
        self.day = day

    def __call__(self, events: Sequence[Event]) -> tuple[bytes, _Page]:
        day = self.day
        lines: list[str] = []
        for event in events:
            # A union would be made anew for each event.
            if isinstance(event, (Said, Told)):
                at = event.message.at if isinstance(event, Said) else event.at
                today, time = day_and_time(at)
                if today != day:
                    day = today
                    lines.append(f"* {day}")
                lines += _said(time, event.message) if isinstance(event, Said) else _told(time, event)
            else:
                lines += _happened(event)
        return _lines(*lines), self if day == self.day else _page(day)


@lru_cache(maxsize=64)
def _page(day: str) -> _Page:
    """Return the page of *day*: the same one for everybody, so that a batch is written once for all of them."""
    return _Page(day)


def _said(time: str, message: Message) -> list[str]:
    who = f"* {message.speaker}" if message.action else f"<{message.speaker}>"
    return [f"{time} {who} {line}" for line in message.text.split("\n")]


def _told(time: str, told: Told) -> list[str]:
    return [f"{time} [{told.speaker}] {line}" for line in told.text.split("\n")]


def _happened(
    event: Joined
    | Left
    | Presence
    | Renamed
    | TopicChanged
    | Level
    | Gap
    | Deleted
    | Rooms
    | RoomsChanged
    | Slowed
    | Bye,
) -> list[str]:
    match event:
        case Joined(room, name, members, capacity):
            return [f"* {name} joined {room} ({_count(members, capacity)})."]
        case Left(room, name, members, capacity):
            return [f"* {name} left {room} ({_count(members, capacity)})."]
        case Renamed(_, old, new):
            return [f"* {old} is now {new}."]
        case TopicChanged(_, topic, by):
            return [f"* {by} set the topic: {topic}" if topic else f"* {by} removed the topic."]
        case Gap(room, first, last):
            count = last + 1 - first
            return [f"* {count} {'message' if count == 1 else 'messages'} of {room} left out."]
        case Deleted(room, by):
            return [f"* {by} deleted {room}. You are in the lobby."]
        case Slowed(rate):
            return [f"* Slower, please … What you sent waits, and is taken at {rate:g} a second; nothing is lost."]
        case Bye(reason):
            return [_bye(reason)]
        case Level() | Presence() | Rooms() | RoomsChanged():
            return []
    assert_never(event)


def _lines(*lines: str) -> bytes:
    """Return *lines* as they go to a terminal: with nothing in them that could harm it."""
    return "".join([texts.harmless(line) + "\n" for line in lines]).encode()


_: type[Dialect] = Text
