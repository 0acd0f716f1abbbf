"""What the core needs of the world: a clock, a log for its rooms, and a way out to each visitor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NewType, Protocol

from chatroom.core.batch import Batch
from chatroom.core.commands import Request
from chatroom.core.errors import StorageFailed
from chatroom.core.events import Event, Message
from chatroom.core.names import RoomName
from chatroom.core.replies import Reply

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
class Opened:
    """The log of a room is ready; under one *epoch* its numbers never change their meaning."""

    log: LogId
    epoch: str
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Numbered messages in order, and whether there are *more* in the direction that was asked for."""

    entries: Sequence[tuple[int, Message]]
    more: bool


class Log(Protocol):
    """Where the messages of rooms are kept.

    Every answer may come later or at once, from the thread of the caller. The answers to appends come in the order of
    the appends, over all rooms.
    """

    def open(self, room: RoomName, opened: Callable[[Opened | StorageFailed], None]) -> None:
        """Begin a log for *room*."""

    def append(self, log: LogId, message: Message, stored: Callable[[int | StorageFailed], None]) -> None:
        """Keep *message*; call *stored* with its number once it is safe."""

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

        At most *limit* of them, and no more than :data:`~chatroom.core.limits.PAGE_BYTES` of text, but at least one.
        """

    def search(
        self, log: LogId, query: str, *, before: int | None, limit: int, got: Callable[[Page | StorageFailed], None]
    ) -> None:
        """Find the newest messages below *before* that match *query*, oldest first, in such a page.

        :raises chatroom.core.errors.QueryInvalid: at once, if *query* can't be searched for.
        """

    def forget(self, log: LogId) -> None:
        """Remove all of *log*."""


class Connection(Protocol):
    """The way out to a visitor. Nothing here blocks, raises, or calls back into the core before it returns."""

    @property
    def busy(self) -> bool:
        """Whether earlier bytes still wait; :meth:`Visitor.drained` is called when they no longer do."""

    def reply(self, request: Request, reply: Reply) -> None:
        """Send the answer to *request*."""

    def notify(self, event: Event) -> None:
        """Send what concerns this visitor alone."""

    def show(self, batch: Batch) -> None:
        """Send what happened in a room."""

    def proceed(self) -> None:
        """Hand over requests again: the visitor, who could take none for a while, is free."""

    def close(self) -> None:
        """Close when all is sent."""

    def crashed(self) -> None:
        """Log the exception that is being handled, and hang up: it is a defect of ours."""
