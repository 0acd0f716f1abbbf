"""One visitor and the dialect it speaks: requests are read, and what the core has to say is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.logger import Logger

from chatroom.core.batch import Batch
from chatroom.core.commands import Rename, Request
from chatroom.core.errors import LineTooLong, LoginTimeout
from chatroom.core.events import Bye, Event
from chatroom.core.ports import Connection
from chatroom.core.replies import Ok, Refused, Reply, Welcome
from chatroom.core.visitor import Visitor
from chatroom.wire.dialect import Dialect, Misread, Place

if TYPE_CHECKING:
    from chatroom.core.lobby import Lobby
    from chatroom.fronts.line import LineFront

NOWHERE = Place()

NOTED = frozenset({Bye, Ok, Refused, Welcome})
"""Replies of which something is noted: who the visitor is, or why we hang up."""


class Conversation:
    """What the core knows of the connection *front*: nothing here raises, whatever is wrong with it."""

    __slots__ = ("_dialect", "_front", "_outbox", "_place", "_username", "_why", "visitor")

    log = Logger()

    def __init__(self, lobby: Lobby, dialect: Dialect, front: LineFront) -> None:
        entry = dialect.entry(front.room) if front.room else None
        self.visitor = Visitor(lobby, self, entry=entry, host=front.host)
        self._dialect = dialect
        self._front = front
        self._outbox = front.outbox
        self._place = NOWHERE
        self._username = ""
        self._why = "finished"

    def hear(self, line: bytes) -> None:
        """Begin what *line* asks for."""
        try:
            visitor = self.visitor
            user = visitor.user
            rooms = user.rooms if user else None
            place = (user is not None, next(iter(rooms.values())).room.name if rooms else None)
            if place != self._place:
                self._place = Place(*place)
            read = self._dialect.read(line, self._place)
            if isinstance(read, Misread):
                visitor.refuse(read.request, read.error, len(line))
            else:
                visitor.take(read)
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
        return self._outbox.waiting

    def reply(self, request: Request, reply: Reply) -> None:
        """Send the answer to *request*."""
        if type(reply) in NOTED:
            self._note(request, reply)
        try:
            self._outbox.write(self._dialect.reply(request, reply))
        except Exception:
            self.crashed()

    def notify(self, event: Event) -> None:
        """Send what concerns this visitor alone."""
        if type(event) is Bye:
            self._why = event.reason
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
        self._front.take_lines_in_turn()

    def close(self) -> None:
        """Close when all is sent."""
        self._front.hang_up(self._why)

    def crashed(self) -> None:
        """Log the exception that is being handled, and hang up at once."""
        self.log.failure("a defect ended the connection of {username}", username=self._front.username)
        self._front.abort("crashed")

    def _note(self, request: Request, reply: Reply) -> None:
        """Take note of who the visitor is now, or of why we hang up, if *reply* says so."""
        journal = self._front.factory.journal
        match reply:
            case Welcome(username, resumed=resumed):
                self._username = username
                journal.named(self._front, username, resumed=resumed)
            case Ok() if isinstance(request.command, Rename):
                before, self._username = self._username, self._front.username or ""
                if before != self._username:
                    journal.renamed(self._front, before, self._username)
            case Bye(reason):
                self._why = reason
            case Refused(LineTooLong() | LoginTimeout() as error):
                self._why = error.code


_: type[Connection] = Conversation
