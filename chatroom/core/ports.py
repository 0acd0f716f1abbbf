"""What the core needs of the world: a clock, a log for its rooms, and a way out to each visitor."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import NewType, Protocol

from msgspec import Struct

from chatroom.core.values.batch import Batch
from chatroom.core.values.commands import Request
from chatroom.core.values.errors import SearchTooLong, StorageFailed
from chatroom.core.values.events import Event, Message
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import Reply

LogId = NewType("LogId", int)
"""One life of a room, whose messages are numbered 1, 2, 3 …"""


class Timer(Protocol):
    """A call that a clock will make."""

    def cancel(self) -> None:
        """Make it not."""


class Clock(Protocol):
    """The two calls of Twisted's ``IReactorTime`` on which everything here runs."""

    def seconds(self) -> float:
        """Return the time in seconds since some moment, never running backwards."""

    def callLater(self, delay: float, callable: Callable[[], None]) -> Timer:  # noqa: N802
        """Call *callable* in *delay* seconds."""


@dataclass(frozen=True, slots=True)
class NewRoom:
    """How a room is created; *owner* is the session of its creator."""

    topic: str = ""
    capacity: int = 0
    creator: Username | None = None
    owner: bytes | None = None


class Resendable(Struct, frozen=True, gc=False):
    """A stored message that its sender may send again; *digest* is what :func:`~.events.digest` gives.

    *session* is by what the sender is known again. A room that opens makes ten thousand of these: hence a struct.
    """

    session: Hashable
    cid: str
    seq: int
    at: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """The log of *room*, as it was first written, is ready; under one *epoch* its numbers never change their meaning.

    *seq* is the newest message's number, *first* the oldest kept one's (``seq + 1`` if none is kept). *sent* are those
    among the newest :data:`~chatroom.core.values.limits.RESENDABLE` that have a ``cid``, oldest first.
    *created* says that it was not there before.
    """

    room: RoomName
    log: LogId
    epoch: str
    seq: int = 0
    first: int = 1
    topic: str = ""
    capacity: int = 0
    creator: Username | None = None
    owner: bytes | None = None
    sent: Sequence[Resendable] = ()
    created: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Numbered messages in order, and whether there are *more* in the direction that was asked for."""

    entries: Sequence[tuple[int, Message]]
    more: bool


@dataclass(frozen=True, slots=True)
class Searched:
    """What came of a search, on which the log has worked for so many *seconds*."""

    result: Page | SearchTooLong | StorageFailed
    seconds: float = 0


class Log(Protocol):
    """Where the messages of rooms are kept.

    Every answer may come later or at once, from the thread of the caller. The answers to appends and topics come in the
    order of the questions, over all rooms.
    """

    def restore(self, restored: Callable[[Sequence[Opened] | StorageFailed], None]) -> None:
        """Find the rooms that were open when the last process ended."""

    def open(
        self, room: RoomName, new: NewRoom | None, opened: Callable[[Opened | StorageFailed | None], None]
    ) -> None:
        """Open the log of *room*: the one that is kept, or else a new one as *new* says; ``None`` if neither is.

        A topic in *new* replaces that of a kept log.
        """

    def append(self, log: LogId, message: Message, stored: Callable[[int | StorageFailed], None]) -> None:
        """Keep *message*; call *stored* with its number once it is safe."""

    def set_topic(self, log: LogId, topic: str, done: Callable[[StorageFailed | None], None]) -> None:
        """Keep *topic*; call *done* once it is safe."""

    def read(
        self,
        log: LogId,
        *,
        after: int | None,
        before: int | None,
        limit: int,
        got: Callable[[Page | StorageFailed], None],
    ) -> None:
        """Read the first messages beyond *after*, or without it the newest below *before*, oldest first.

        At most *limit* of them, and no more than :data:`~.limits.PAGE_BYTES` of text, but at least one.
        """

    def search(
        self, log: LogId, query: str, *, before: int | None, limit: int, got: Callable[[Searched], None]
    ) -> None:
        """Find the newest messages below *before* that match *query*, oldest first, in such a page.

        No page, append or topic waits for it, and it has an end.

        :raises chatroom.core.values.errors.QueryInvalid: at once, if *query* can't be searched for.
        """

    def close(self, log: LogId) -> None:
        """Keep *log* for some time, while its room is not in the lobby."""

    def forget(self, log: LogId, done: Callable[[StorageFailed | None], None]) -> None:
        """Remove all of *log*, whose room is deleted; call *done* once it can't come back. Its name is free then."""


class RoomPorts(Protocol):
    """Ports that lead into one room each: whoever connects there, and gives a username, is in that room."""

    def open(self, room: RoomName) -> int | None:
        """Open a door to *room*, and return its port; ``None`` if none is free."""

    def close(self, port: int) -> None:
        """Let nobody in there any longer: the room is closed."""


class Connection(Protocol):
    """The way out to a visitor. Nothing here blocks, raises, or calls back into the core before it returns."""

    @property
    def busy(self) -> bool:
        """Whether earlier bytes still wait; :meth:`~.Visitor.drained` is called when they no longer do."""

    @property
    def waiting(self) -> int:
        """How many bytes were sent that the peer has not taken, as far as that is known."""

    def reply(self, request: Request, reply: Reply) -> None:
        """Send the answer to *request*."""

    def notify(self, event: Event) -> None:
        """Send what concerns this visitor alone."""

    def show(self, batch: Batch) -> bool:
        """Send what happened in a room, unless earlier bytes still wait; tell whether it was sent."""

    def proceed(self) -> None:
        """Hand over requests again: the visitor, who could take none for a while, is free."""

    def close(self) -> None:
        """Close when all is sent."""

    def crashed(self) -> None:
        """Log the exception that is being handled, and hang up: it is a defect of ours."""
