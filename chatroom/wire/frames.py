"""The dialect of programs: one JSON object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import assert_never

import msgspec
from msgspec import UNSET, Struct, UnsetType

from chatroom import __version__
from chatroom.core import events as core
from chatroom.core import replies
from chatroom.core.batch import Batch
from chatroom.core.commands import Join, Request
from chatroom.core.errors import BadFrame, ChatError, UnknownType
from chatroom.core.limits import Limits
from chatroom.core.names import RoomName
from chatroom.core.texts import MAX_TEXT, harmless
from chatroom.wire import answers
from chatroom.wire.dialect import Dialect, DialectName, Misread, Place
from chatroom.wire.requests import AnyRequest, Id
from chatroom.wire.timestamps import rfc3339

PROTOCOL = 1
"""The version that ``welcome`` names."""

TYPES = frozenset(msgspec.inspect.type_info(shape).tag for shape in AnyRequest.__args__)  # type: ignore[attr-defined]
"""The types of all requests."""

_request = msgspec.json.Decoder(AnyRequest)
_write = msgspec.json.Encoder().encode

# What would harm a terminal and JSON leaves as it is: DEL, C1, separators of lines, what changes the order of writing.
_RAW = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]")


class Frames:
    """Frames as the server called *server* reads and writes them; one serves all connections."""

    name: DialectName = "frames"
    ping = _write(answers.Ping()) + b"\n"

    def __init__(self, server: str, limits: Limits) -> None:
        self._server = server
        self._heartbeat = _whole(limits.heartbeat)
        self._limits = answers.Limits(
            line=limits.max_line,
            text=MAX_TEXT,
            burst=limits.burst,
            rate=_whole(limits.rate),
            page=limits.page,
            rooms=limits.rooms_per_visitor,
            capacity=limits.room_capacity,
            grace=_whole(limits.grace),
        )

    def entry(self, room: RoomName) -> Join:
        """Let a program into *room*, which may still join it to say where it reads on."""
        return Join(room, provisional=True)

    def read(self, line: bytes, place: Place) -> Sequence[Request | Misread]:
        """Return what *line* asks for, wherever the visitor is."""
        try:
            shape = _request.decode(line)
        except (ValueError, RecursionError) as error:
            return (_misread(line, str(error)),)
        id = None if isinstance(shape.id, UnsetType) else shape.id
        try:
            return (Request(shape.command(), id),)
        except ChatError as error:
            return (Misread(Request(None, id), error),)

    def reply(self, request: Request, reply: replies.Reply) -> bytes:
        """Write the answer to *request*; a message without an id is acknowledged by being shown."""
        if request.id is None and isinstance(reply, replies.Stored):
            return b""
        return _line(self._shape(UNSET if request.id is None else request.id, reply))

    def event(self, event: core.Event) -> bytes:
        """Write what happened."""
        return _line(_shape(event))

    def batch(self, batch: Batch) -> bytes:
        """Write what happened in a room, once for all."""
        return batch.encoded(_lines)

    def _shape(self, id: Id | UnsetType, reply: replies.Reply) -> Struct:
        match reply:
            case replies.Stored(room, seq, at, cid):
                return answers.Ok(id=id, room=room, seq=seq, at=rfc3339(at), cid=UNSET if cid is None else cid)
            case replies.Ok():
                return answers.Ok(id=id)
            case replies.Refused(error):
                return answers.Error(
                    id=id,
                    code=error.code,
                    message=harmless(str(error)),
                    room=getattr(error, "room", UNSET),
                    username=getattr(error, "username", UNSET),
                    cid=getattr(error, "cid", UNSET),
                )
            case replies.Welcome(username, _, resumed, rooms, motd):
                return answers.Welcome(
                    id=id,
                    username=username,
                    server=self._server,
                    protocol=PROTOCOL,
                    version=__version__,
                    resumed=resumed,
                    rooms=list(rooms),
                    heartbeat=self._heartbeat,
                    limits=self._limits,
                    motd=motd or UNSET,
                )
            case replies.Entered(room, topic, members, capacity, epoch, seq, creator, resumed, port):
                return answers.Entered(
                    id=id,
                    room=room,
                    topic=topic,
                    members=members,
                    capacity=capacity,
                    epoch=epoch,
                    seq=seq,
                    resumed=resumed,
                    port=UNSET if port is None else port,
                    creator=creator or UNSET,
                )
            case replies.Members(room, usernames, more):
                return answers.Members(id=id, room=room or UNSET, usernames=list(usernames), more=more)
            case replies.Entries(room, entries, more):
                return answers.Entries(id=id, room=room, entries=list(map(_entry, entries)), more=more)
            case core.Rooms(rooms, more):
                return answers.Rooms(id=id, rooms=list(map(_room, rooms)), more=more)
            case replies.Pong():
                return answers.Pong(id=id)
            case core.Bye(reason, retry_after):
                return answers.Bye(id=id, reason=reason, retry_after=_seconds(retry_after))
        assert_never(reply)


def _misread(line: bytes, reason: str) -> Misread:
    """Say what is wrong with *line*, to the request that it means to be, as far as that can be told."""
    try:
        # Unlike msgspec, this reads lone surrogates, so that the id of a frame with some in its text is found.
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    fields = found if isinstance(found, dict) else {}
    try:
        id = msgspec.convert(fields.get("id"), Id | None)
        _write(id)
    except (ValueError, RecursionError):
        id = None
    type = fields.get("type")
    if isinstance(type, str) and type not in TYPES:
        return Misread(Request(None, id), UnknownType(type[:64]))
    return Misread(Request(None, id), BadFrame(reason))


def _line(shape: Struct) -> bytes:
    return _escaped(_write(shape) + b"\n")


def _lines(events: Sequence[core.Event]) -> bytes:
    return _escaped(b"".join([_write(_shape(event)) + b"\n" for event in events]))


def _escaped(written: bytes) -> bytes:
    """Return JSON that means the same and does no harm to a terminal, be it an id that comes back or an old log."""
    if written.isascii() and b"\x7f" not in written:
        return written
    return _RAW.sub(lambda found: b"\\u%04x" % ord(found[0].decode()), written)


def _shape(event: core.Event) -> Struct:
    match event:
        case core.Said(room, seq, message):
            return answers.Said(
                room=room,
                seq=seq,
                at=rfc3339(message.at),
                from_=message.speaker,
                text=message.text,
                action=message.action or UNSET,
            )
        case core.Joined(room, username, members):
            return answers.Joined(room=room, username=username, members=members)
        case core.Left(room, username, members, _, reason):
            return answers.Left(room=room, username=username, members=members, reason=reason)
        case core.Presence(room, members):
            return answers.Presence(room=room, members=members)
        case core.Renamed(room, old, new):
            return answers.Renamed(room=room, from_=old, to=new)
        case core.TopicChanged(room, topic, by):
            return answers.TopicChanged(room=room, topic=topic, by=by)
        case core.Level(room, seq, members, topic):
            return answers.Level(room=room, seq=seq, members=members, topic=topic)
        case core.Gap(room, first, last, kept):
            return answers.Gap(room=room, first=first, last=last, kept=kept)
        case core.Told(speaker, to, at, text):
            return answers.Told(from_=speaker, to=to, at=rfc3339(at), text=text)
        case core.Deleted(room, by):
            return answers.Deleted(room=room, by=by)
        case core.RoomsChanged(rooms, closed):
            return answers.RoomsChanged(rooms=list(map(_room, rooms)), closed=list(closed))
        case core.Rooms(rooms, more):
            return answers.Rooms(rooms=list(map(_room, rooms)), more=more)
        case core.Slowed(rate):
            return answers.Slowed(rate=_whole(rate))
        case core.Bye(reason, retry_after):
            return answers.Bye(reason=reason, retry_after=_seconds(retry_after))
    assert_never(event)


def _whole(number: float) -> float:
    """Return *number* so that a whole one is written without a point."""
    return whole if (whole := int(number)) == number else number


def _seconds(number: float | None) -> float | UnsetType:
    return UNSET if number is None else _whole(number)


def _entry(said: core.Said) -> answers.Entry:
    message = said.message
    return answers.Entry(
        seq=said.seq,
        at=rfc3339(message.at),
        from_=message.speaker,
        text=message.text,
        action=message.action or UNSET,
    )


def _room(info: core.RoomInfo) -> answers.RoomInfo:
    return answers.RoomInfo(
        room=info.room,
        topic=info.topic,
        members=info.members,
        capacity=info.capacity,
        port=UNSET if info.port is None else info.port,
    )


_: type[Dialect] = Frames
