"""One visitor and the dialect it speaks: requests are read, and what the core has to say is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.logger import Logger

from chatroom.core.batch import Batch
from chatroom.core.commands import Request
from chatroom.core.events import Event
from chatroom.core.ports import Connection
from chatroom.core.replies import Reply
from chatroom.core.visitor import Visitor
from chatroom.wire.dialect import Dialect, Misread, Place

if TYPE_CHECKING:
    from chatroom.core.lobby import Lobby
    from chatroom.fronts.line import LineFront


class Conversation:
    """What the core knows of the connection *front*: nothing here raises, whatever is wrong with it."""

    __slots__ = ("_dialect", "_front", "_outbox", "visitor")

    log = Logger()

    def __init__(self, lobby: Lobby, dialect: Dialect, front: LineFront) -> None:
        self.visitor = Visitor(lobby, self, one_room=dialect.one_room)
        self._dialect = dialect
        self._front = front
        self._outbox = front.outbox

    def hear(self, line: bytes) -> None:
        """Begin what *line* asks for."""
        try:
            place = Place(named=self.visitor.user is not None, room=self.visitor.room)
            read = self._dialect.read(line, place)
            if isinstance(read, Misread):
                self.visitor.refuse(read.request, read.error)
            else:
                self.visitor.take(read)
        except Exception:
            self.crashed()

    @property
    def ping(self) -> bytes:
        """What asks this visitor for a sign of life, if that can be asked."""
        return self._dialect.ping

    @property
    def busy(self) -> bool:
        """Whether earlier bytes still wait."""
        return self._outbox.busy

    @property
    def waiting(self) -> int:
        """How many bytes the peer has not taken."""
        return self._front.outbox.waiting

    def reply(self, request: Request, reply: Reply) -> None:
        """Send the answer to *request*."""
        try:
            self._outbox.write(self._dialect.reply(request, reply))
        except Exception:
            self.crashed()

    def notify(self, event: Event) -> None:
        """Send what concerns this visitor alone."""
        try:
            self._outbox.write(self._dialect.event(event))
        except Exception:
            self.crashed()

    def show(self, batch: Batch) -> bool:
        """Send what happened in a room, unless earlier bytes still wait."""
        outbox = self._outbox
        if outbox.busy:
            return False
        try:
            outbox.write(self._dialect.batch(batch))
        except Exception:
            self.crashed()
        return True

    def proceed(self) -> None:
        """Hand over requests again."""
        self._front.take_lines()

    def close(self) -> None:
        """Close when all is sent."""
        self._front.hang_up()

    def crashed(self) -> None:
        """Log the exception that is being handled, and hang up at once."""
        self.log.failure("a defect ended the connection of {username}", username=self._username())
        self._front.abort()

    def _username(self) -> str | None:
        return self.visitor.user.username if self.visitor.user else None


_: type[Connection] = Conversation
