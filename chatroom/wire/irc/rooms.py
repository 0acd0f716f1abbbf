"""Rooms: in and out of them, who is there, and what they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from msgspec.structs import replace

from chatroom.core.tools.globs import Glob
from chatroom.core.values.commands import Leave, List, Request, ShowRoom, Topic, Who
from chatroom.core.values.errors import ChatError, RoomInvalid
from chatroom.core.values.events import RoomInfo, Rooms
from chatroom.core.values.names import RoomName, Username, fold, key
from chatroom.core.values.replies import Entered, Members, Ok, Refused, Reply, RoomShown
from chatroom.wire.irc import caps
from chatroom.wire.irc.channels import CHANNEL, channel, room_of
from chatroom.wire.irc.fitting import fitting
from chatroom.wire.irc.isupport import CONDITIONS
from chatroom.wire.irc.joining import entering
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.refusals import refused
from chatroom.wire.irc.registration import Requests, answered, local
from chatroom.wire.irc.requests import Asked, request
from chatroom.wire.irc.session import IRCVisit

NAMES = 380
"""Bytes of names in one line, at most."""


# In and out.


def join(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Enter rooms, which are made if they are not there; ``0`` is none of them."""
    if not line.params[0]:
        return local(call, line, session.numeric("461", "JOIN", "Say which room: JOIN #<room>"))
    if line.params[0] == "0":
        return tuple(_left(call, line, room, "") for room in session.rooms.values()) or answered(session, line, call)
    requests: list[Request] = []
    keys = line.params[1].split(",") if len(line.params) > 1 else []
    for target, given in zip_longest(line.params[0].split(","), keys, fillvalue=""):
        try:
            room = room_of(target)
        except RoomInvalid as error:
            requests += local(call, line, session.numeric("403", target or "*", str(error)))
        else:
            requests.append(request(call, line, replace(entering(session, room), create=True, key=given)))
    return requests


def anew(room: RoomName) -> tuple[Request, ...]:
    """Return the requests by which a client is told anew who is in *room*, of which it was not told all."""
    call, line = LabeledResponse(), Line("NAMES", (channel(room),), {})

    def enters(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if not isinstance(reply, RoomShown) or key(room) not in session.rooms:
            # It may have left meanwhile.
            return []
        part = f":{session.mask} PART {channel(room)} :catching up"
        topic = topic_of(session, room, reply.info.topic, reply.topic_by, reply.info.topic_at)
        return [part, *_arrival(session, room), *topic]

    def lists(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if not isinstance(reply, Members) or key(room) not in session.rooms:
            return []
        return [*names_of(session, reply), session.numeric("366", channel(room), "End of the names")]

    return request(call, line, ShowRoom(room), enters), request(call, line, Who(room), lists)


def entered(session: IRCVisit, reply: Entered) -> Sequence[str]:
    """Tell who has come into a room what there is."""
    session.enter(reply.room)
    session.behind[key(reply.room)] = reply.seq
    return [*_arrival(session, reply.room), *about(session, reply)]


def _arrival(session: IRCVisit, room: RoomName) -> Sequence[str]:
    person = session.server.person(session.nick)
    if session.has(caps.EXTENDED_JOIN):
        return [f":{person.source} JOIN {channel(room)} {person.account or '*'} :{person.realname or session.nick}"]
    return [f":{person.source} JOIN {channel(room)}"]


def about(session: IRCVisit, reply: Entered) -> Iterator[str]:
    """Tell what a room is about, and who is there."""
    yield from topic_of(session, reply.room, reply.topic, reply.topic_by, reply.topic_at)
    if session.has(caps.READ_MARKER):
        yield session.marked(channel(reply.room), reply.mark.at if reply.mark else None)
    if reply.names is not None:
        yield from names_of(session, reply.names, hidden=reply.settings.hidden)
        yield session.numeric("366", channel(reply.room), "End of the names")
    if reply.muted:
        yield session.notice("You may not speak here for now", channel(reply.room))


def part(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Leave rooms."""
    text = fitting(line.params[1]) if len(line.params) > 1 else ""
    requests: list[Request] = []
    for target in line.params[0].split(","):
        try:
            requests.append(_left(call, line, room_of(target), text))
        except ChatError as error:
            requests += local(call, line, session.numeric("403", target or "*", str(error)))
    return requests


def _left(call: LabeledResponse, line: Line, room: RoomName, text: str) -> Request:
    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return refused(session, Asked(call, line), Leave(room), reply.error)
        assert isinstance(reply, Ok)
        session.left(room)
        return [f":{session.mask} PART {CHANNEL}{reply.name}" + (f" :{text}" if text else "")]

    return request(call, line, Leave(room, text=text), write)


# Who is there.


def names(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """List who is in rooms."""
    if not line.params or not line.params[0]:
        return local(call, line, session.numeric("366", "*", "End of the names"))
    requests: list[Request] = []
    for target in line.params[0].split(","):
        try:
            requests += _listed(call, line, room_of(target), target)
        except RoomInvalid:
            requests += local(call, line, session.numeric("366", target or "*", "End of the names"))
    return requests


def _listed(call: LabeledResponse, line: Line, room: RoomName, target: str) -> Requests:
    """Return the requests that list who is in *room*, which was asked for as *target*."""
    hidden = False

    def note(session: IRCVisit, reply: Reply) -> Sequence[str]:
        nonlocal hidden
        hidden = isinstance(reply, RoomShown) and reply.info.settings.hidden
        return []

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        lines = names_of(session, reply, hidden=hidden) if isinstance(reply, Members) else ()
        return [*lines, session.numeric("366", target, "End of the names")]

    return request(call, line, ShowRoom(room), note), request(call, line, Who(room), write)


def names_of(session: IRCVisit, members: Members, *, hidden: bool = False) -> Iterator[str]:
    """Yield the lines that list *members* of a room, which may be *hidden*."""
    assert members.room is not None, "of a room"
    words = [shown(session, name, members.roles.get(name)) for name in members.usernames]
    sign = "@" if hidden else "="
    if words:
        for some in caps.in_lines(words, NAMES):
            yield f":{session.server.name} 353 {session.target} {sign} {channel(members.room)} :{some}"


def shown(session: IRCVisit, name: Username, role: str | None) -> str:
    """Return *name* with the letter of its *role*."""
    return prefix(role) + (session.source(name) if session.has(caps.USERHOST_IN_NAMES) else name)


def prefix(role: str | None) -> str:
    """Return the letter of a *role* in a room."""
    return "" if role is None else "+" if role == "voiced" else "@"


# What it is about.


def topic(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell or set what a room is about."""
    room = room_of(line.params[0])

    def show(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return refused(session, Asked(call, line), ShowRoom(room), reply.error)
        assert isinstance(reply, RoomShown), "or it is refused"
        return topic_of(session, reply.info.room, reply.info.topic, reply.topic_by, reply.info.topic_at) or [
            session.numeric("331", channel(reply.info.room), "No topic is set")
        ]

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return refused(session, Asked(call, line), Topic(room, ""), reply.error)
        assert isinstance(reply, Ok), "or it is refused"
        if reply.event_follows:
            session.labels.wait(call, "TOPIC", key(room))
            return []
        return [f":{session.mask} TOPIC {CHANNEL}{reply.name} :{text}"]

    if len(line.params) == 1:
        return (request(call, line, ShowRoom(room), show),)
    text = fitting(line.params[1])
    return (request(call, line, Topic(room, text), write),)


def topic_of(session: IRCVisit, room: RoomName, topic: str, by: Username | None, at: int) -> list[str]:
    """Return the lines that tell of a *topic*, if there is one."""
    if not topic:
        return []
    lines = [f":{session.server.name} 332 {session.target} {channel(room)} :{topic}"]
    if at:
        lines.append(session.numeric("333", channel(room), by or session.server.name, str(at // 1000)))
    return lines


# Lists.


def list_rooms(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """List rooms."""
    words = list(filter(None, (line.params[0] if line.params else "").split(",")))
    taken = words[:CONDITIONS]
    conditions = [_condition(session, word) for word in taken if _is_condition(word)]
    named = [Glob(word) for word in taken if not _is_condition(word)]
    begin = [session.numeric("321", "Channel", "Users  Name")]
    if len(words) > CONDITIONS:
        # Each is looked at for each room.
        begin.append(
            session.notice(f"LIST takes {CONDITIONS} conditions; those behind {words[CONDITIONS - 1]} are left out")
        )

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        lines = []
        if isinstance(reply, Rooms):
            if reply.more:
                session.further += (request(call, line, List(after=reply.rooms[-1].room), write),)
            lines = [
                session.numeric("322", channel(info.room), str(info.members), info.topic)
                for info in reply.rooms
                if all(condition(info) for condition in conditions)
                and (not named or any(glob.fits(fold(channel(info.room))) for glob in named))
            ]
        return lines if session.further else [*lines, session.numeric("323", "End of the list")]

    return (*local(call, line, *begin), request(call, line, List(), write))


def _is_condition(word: str) -> bool:
    """Return whether each room has to be like *word*; one of the others, which are names or masks, has to fit it."""
    return word.startswith("!") or _is_number(word) or _is_age(word)


def _is_number(word: str) -> bool:
    return word[:1] in "<>" and word[1:].isdecimal()


def _is_age(word: str) -> bool:
    return word[:2].upper() in ("C<", "C>", "T<", "T>") and word[2:].isdecimal()


def _condition(session: IRCVisit, word: str) -> Callable[[RoomInfo], bool]:
    """Return what a room has to be like for *word*."""
    if _is_age(word):
        return _age(session, word[0].upper(), word[1], int(word[2:][:9]))
    if _is_number(word):
        many = int(word[1:][:9])
        return (lambda info: info.members < many) if word[0] == "<" else (lambda info: info.members > many)
    glob = Glob(word[1:])
    return lambda info: not glob.fits(fold(channel(info.room)))


def _age(session: IRCVisit, letter: str, sign: str, minutes: int) -> Callable[[RoomInfo], bool]:
    """Return whether a room or its topic is from less or more than so many *minutes* ago."""
    moment = session.server.now() - minutes * 60_000

    def fits(info: RoomInfo) -> bool:
        at = info.created if letter == "C" else info.topic_at
        return bool(at) and (at > moment if sign == "<" else at < moment)

    return fits
