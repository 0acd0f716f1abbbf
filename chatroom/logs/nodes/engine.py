"""The port to what keeps a log that nodes share, and the ways in which it fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from chatroom.core.ports import LogId, Opened, Page, Searched
from chatroom.core.values.errors import StorageFailed
from chatroom.logs.nodes.changes import Answer, Row


class Unreachable(Exception):
    """The engine could not be asked."""


class OutcomeUnknown(Exception):
    """The engine was lost while a commit was on its way: it has happened, or it has not."""


class Refused(Exception):
    """The engine has refused to do anything of what it was asked for; others may be more lucky."""


class Bounds(NamedTuple):
    """What is no longer kept, by times in milliseconds since 1970.

    All but the newest *most* messages of a room (0: none), those from before *oldest*, and the rooms that were closed
    before *expired*.
    """

    most: int
    oldest: int
    expired: int | None


class Reads(Protocol):
    """Reading, beside all that is written."""

    def page(
        self,
        log: LogId,
        after: int | None,
        before: int | None,
        limit: int,
        got: Callable[[Page | StorageFailed], None],
    ) -> None:
        """Read a page, by :meth:`chatroom.core.ports.Log.read`."""

    def search(self, log: LogId, query: str, before: int | None, limit: int, got: Callable[[Searched], None]) -> None:
        """Search, by :meth:`chatroom.core.ports.Log.search`."""

    def recall(self, room: Opened, opened: Callable[[Opened | StorageFailed], None]) -> None:
        """Give *room* to *opened* with its messages that may be sent again."""

    def cancel_searches(self) -> None:
        """Cancel all searches, later ones too."""


class Engine(Protocol):
    """What keeps the log. Answers come later, in the thread of the caller; an exception is one of those above."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def reads(self) -> Reads:
        """Where it is read."""

    def start(self) -> Sequence[Opened]:
        """Become a node, and return the open rooms.

        :raises chatroom.logs.store_unusable.StoreUnusable: if that can't be.
        """

    def append(
        self, number: int, rows: Sequence[Row], bounds: Bounds, done: Callable[[Sequence[Answer] | Exception], None]
    ) -> None:
        """Let the changes of batch *number* happen; what comes again under that number is answered, and not done."""

    def find(self, log: LogId, done: Callable[[Opened | Exception | None], None]) -> None:
        """Find *log*, without what may be sent again."""

    def sweep(self, bounds: Bounds, done: Callable[[bool | Exception], None]) -> None:
        """Remove the next things that are no longer kept; tell whether there were any."""

    def stop(self, stopped: Callable[[], None]) -> None:
        """Leave the chat, with reads unanswered."""
