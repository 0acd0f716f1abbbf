"""The port of a dialect: it reads requests, and writes replies and events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from chatroom.core.values.batch import Batch
from chatroom.core.values.commands import Join, Request
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Event
from chatroom.core.values.names import RoomName
from chatroom.core.values.replies import Reply

DialectName = Literal["text", "frames", "web", "irc"]
"""The names of the dialects, as the log and the metrics write them."""


class Standpoint(NamedTuple):
    """The place of a visitor, as far as it changes what their lines mean; *room* is the one that they entered first."""

    named: bool = False
    room: RoomName | None = None


@dataclass(frozen=True, slots=True)
class Misread:
    """A line that is no request, for the reason that *error* gives; *request* has the id, if one could be read."""

    request: Request
    error: ChatError


class Dialect(Protocol):
    """The language of one connection. All that it writes is whole lines of UTF-8, or nothing."""

    @property
    def name(self) -> DialectName:
        """The name of the dialect."""

    @property
    def ping(self) -> bytes:
        """The bytes that ask the peer for a sign of life; none where a person may be silent."""

    @property
    def question(self) -> bytes:
        """The bytes that ask the peer whether all has come that was written lately; none if that is known."""

    @property
    def reads(self) -> bool:
        """True if whatever is written is read at once: by a person, where no program says how far they have."""

    @property
    def tags(self) -> bool:
        """True if what others tag is written: to who can't read it nothing of that is given."""

    @property
    def asks(self) -> bool:
        """True while the next line is a secret that was asked for: then it is not shown, and may be empty."""

    further: Sequence[Request]
    """Requests that follow from what was written, and that nobody has sent; whoever begins them takes them away."""

    def entry(self, room: RoomName) -> Join:
        """Return the request of a visitor who has connected to the port of *room*."""

    def read(self, line: bytes, place: Standpoint) -> Sequence[Request | Misread]:
        """Return what *line* (without its end, not empty) asks for: one request, several, or none."""

    def reply(self, request: Request, reply: Reply) -> bytes:
        """Write the answer to *request*."""

    def event(self, event: Event) -> bytes:
        """Write *event*."""

    def batch(self, batch: Batch) -> bytes:
        """Write the events of a room, once for all who speak alike."""

    def roster(self, batch: Batch, waiting: int) -> bytes:
        """Write who came and went, for who can't be shown all of *batch* now: so many bytes are *waiting* for them."""
