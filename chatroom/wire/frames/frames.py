"""The frame dialect: it reads and writes one JSON object a line, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from msgspec import UNSET

from chatroom.core.values.batch import Batch
from chatroom.core.values.commands import Join, Request
from chatroom.core.values.events import Event, Missed, Tagged
from chatroom.core.values.limits import Limits
from chatroom.core.values.names import RoomName
from chatroom.core.values.replies import Reply, Stored
from chatroom.wire.dialect import Dialect, DialectName, Misread, Standpoint
from chatroom.wire.frames import answers, shapes
from chatroom.wire.frames.answers import AnyReply
from chatroom.wire.frames.codec import decode, encode, encode_all, misread
from chatroom.wire.frames.requests import Id
from chatroom.wire.frames.shapes import event_shape


class Frames:
    """Frames as the server called *server* reads and writes them; one serves all connections.

    *features* are words for what the server has that others may not have.
    """

    name: ClassVar[DialectName] = "frames"
    ping: ClassVar[bytes] = encode(answers.Ping())
    question: ClassVar[bytes] = b""
    reads: ClassVar[bool] = False
    tags: ClassVar[bool] = False
    asks: ClassVar[bool] = False

    def __init__(self, server: str, limits: Limits, features: Sequence[str] = ()) -> None:
        self.further: Sequence[Request] = ()
        self._replies = shapes.Replies(server, limits, features)

    def limit(self, limits: Limits) -> None:
        """Tell *limits* to who comes from now on."""
        self._replies.limit(limits)

    def entry(self, room: RoomName) -> Join:
        """Let a program into *room*, which may still join it to say where it reads on."""
        return Join(room, provisional=True)

    def read(self, line: bytes, place: Standpoint) -> Sequence[Request | Misread]:
        """Return the request, which is the same wherever the visitor is."""
        try:
            shape = decode(line)
        except (ValueError, RecursionError) as error:
            return (misread(line, str(error)),)
        return (shapes.request(shape),)

    def reply(self, request: Request, reply: Reply) -> bytes:
        """Write the answer to *request*; a message without an id is acknowledged by being shown."""
        shape = self.shape(request, reply)
        return b"" if shape is None else encode(shape)

    def shape(self, request: Request, reply: Reply) -> AnyReply | None:
        """Return the shape of the answer to *request*, if there is one."""
        if request.id is None and isinstance(reply, Stored):
            return None
        return self._replies.shape(UNSET if request.id is None else cast("Id", request.id), reply)

    def event(self, event: Event) -> bytes:
        """Write *event*; a program asks by itself what it has missed, and has no tags."""
        return b"" if isinstance(event, Missed | Tagged) else encode(event_shape(event))

    def batch(self, batch: Batch) -> bytes:
        """Write the events of a room, once for all."""
        return batch.encoded(_lines)

    def roster(self, batch: Batch, waiting: int) -> bytes:
        """Write nothing: who is there can be asked at any time."""
        return b""


def _lines(events: Sequence[Event]) -> bytes:
    return encode_all(map(event_shape, events))


_: type[Dialect] = Frames
