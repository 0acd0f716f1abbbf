"""A visitor and their dialect: requests are read, and replies and events are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from twisted.logger import Logger

from chatroom.core.lobby import Lobby
from chatroom.core.ports import Connection
from chatroom.core.values.batch import Batch
from chatroom.core.values.commands import Rename, Request
from chatroom.core.values.events import Bye, Ending, Event
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.origin import ConnectionOrigin
from chatroom.core.values.replies import Ok, Reply, Welcome
from chatroom.core.visit.visitor import Visitor
from chatroom.fronts.guard.access_log import Access
from chatroom.fronts.outbox import Outbox
from chatroom.wire.dialect import Dialect, Misread, Standpoint

NOWHERE = Standpoint()

NOTED = frozenset({Bye, Ok, Welcome})
"""Replies that may tell who the visitor is, or why the connection ends."""


class Exit(Protocol):
    """A connection, as far as its speaker knows it."""

    @property
    def outbox(self) -> Outbox:
        """The way out to the peer."""

    @property
    def access(self) -> Access:
        """The connection in the log."""

    def proceed(self) -> None:
        """Hand over lines again, when the others have had their turn."""

    def close(self, why: Ending) -> None:
        """Close when everything is sent."""

    def abort(self, why: Ending) -> None:
        """Close at once."""

    def ask_secretly(self, secretly: bool) -> None:
        """Let the next lines be secrets that are typed, or no longer."""


class Speaker:
    """The connection that the core knows: nothing here raises, whatever is wrong with the *exit*.

    A visitor who has connected to the port of a *room* is let into it; *host* is where they come from. An
    *operator* is one from the beginning.
    """

    __slots__ = ("_asks", "_dialect", "_exit", "_outbox", "_place", "_size", "_why", "pending", "visitor")

    log: ClassVar[Logger] = Logger()

    def __init__(
        self,
        lobby: Lobby,
        dialect: Dialect,
        exit: Exit,
        *,
        room: RoomName | None,
        host: bytes | None,
        origin: ConnectionOrigin,
        operator: Username | None = None,
    ) -> None:
        entry = dialect.entry(room) if room else None
        self.visitor = Visitor(lobby, self, entry=entry, host=host, origin=origin, operator=operator)
        self.pending: Sequence[Request | Misread] = ()
        self._size = 0
        self._asks = False
        self._dialect = dialect
        self._exit = exit
        self._outbox = exit.outbox
        self._place = NOWHERE
        self._why: Ending = "finished"

    # The front calls these.

    def is_free(self) -> bool:
        """Begin what is *pending* of the last line, as far as the visitor takes it; tell whether they take a line."""
        visitor = self.visitor
        while self.pending and visitor.is_free():
            request, self.pending = self.pending[0], self.pending[1:]
            self._begin(request)
        return not self.pending and visitor.is_free()

    def hear(self, line: bytes) -> None:
        """Begin what *line* asks for; only a speaker that :meth:`is_free` is asked to."""
        try:
            seat = self.visitor.seat
            rooms = seat.rooms if seat else None
            room = next(iter(rooms.values())).room.name if rooms else None
            place = self._place
            if place.room is not room or place.named is (seat is None):
                self._place = place = Standpoint(seat is not None, room)
            requests = self._dialect.read(line, place)
            self._size = len(line)
            if len(requests) == 1:
                self._begin(requests[0])
            else:
                self.pending = requests
                self.is_free()
        except Exception:
            self.crashed()

    @property
    def ping(self) -> bytes:
        """The bytes that ask this visitor for a sign of life; none where that can't be asked."""
        return self._dialect.ping

    @property
    def question(self) -> bytes:
        """The bytes that ask this visitor whether all has come that was written lately; none if that is known."""
        return self._dialect.question

    @property
    def username(self) -> str:
        """The name of the visitor, or nothing."""
        seat = self.visitor.seat
        return seat.username if seat else ""

    # The core calls these.

    @property
    def busy(self) -> bool:
        """True while earlier bytes wait."""
        return self._outbox.busy

    @property
    def reads(self) -> bool:
        """True if whatever is shown is read."""
        return self._dialect.reads

    @property
    def tags(self) -> bool:
        """True if what others tag is wanted."""
        return self._dialect.tags

    @property
    def waiting(self) -> int:
        """The bytes that the peer has not taken."""
        return self._outbox.waiting

    def reply(self, request: Request, reply: Reply) -> None:
        """Send the answer to *request*."""
        if type(reply) in NOTED:
            self._note(request, reply)
        try:
            self._outbox.write(self._dialect.reply(request, reply))
        except Exception:
            self.crashed()
        if self._dialect.asks is not self._asks:
            self._asks = not self._asks
            self._exit.ask_secretly(self._asks)
        if self._dialect.further:
            self._ask_further()

    def notify(self, event: Event) -> None:
        """Send what concerns this visitor alone."""
        if type(event) is Bye:
            self._why = event.reason
        try:
            self._outbox.write(self._dialect.event(event))
        except Exception:
            self.crashed()
        if self._dialect.further:
            self._ask_further()

    def _ask_further(self) -> None:
        """Let what the dialect asks by itself be begun before the next line."""
        self.pending = (*self.pending, *self._dialect.further)
        self._dialect.further = ()
        self._exit.proceed()

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

    def keep_roster(self, batch: Batch) -> None:
        """Send who came and went in a room, though earlier bytes still wait, if the dialect wants that."""
        try:
            self._outbox.write(self._dialect.roster(batch, self._outbox.waiting))
        except Exception:
            self.crashed()

    def proceed(self) -> None:
        """Hand over requests again."""
        self._exit.proceed()

    def close(self) -> None:
        """Close when all is sent."""
        self._exit.close(self._why)

    def crashed(self) -> None:
        """Log the exception that is being handled, and hang up at once."""
        self.log.failure("a defect ended the connection of {username}", username=self.username or None)
        self._exit.abort("crashed")

    def _begin(self, request: Request | Misread) -> None:
        try:
            if isinstance(request, Misread):
                self.visitor.refuse(request.request, request.error, self._size)
            else:
                self.visitor.take(request)
        except Exception:
            self.crashed()

    def _note(self, request: Request, reply: Reply) -> None:
        """Log who the visitor is now, and remember why the connection ends, if *reply* says so."""
        match reply:
            case Welcome(username, resumed=resumed):
                self._exit.access.named(username, self._dialect.name, resumed=resumed)
            case Ok() if isinstance(request.command, Rename):
                self._exit.access.renamed(self.username)
            case Bye(reason):
                self._why = reason


_: type[Connection] = Speaker
