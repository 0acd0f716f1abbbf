"""The port to what keeps a log that nodes share, and the ways in which it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from chatroom.core.ports import LogId, Opened, Page, Searched
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.names import Username
from chatroom.logs.nodes.changes import Decision, Record, Row


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


class Found(NamedTuple):
    """An open log, as of the entry at *pos*, and the names of the *people* who are in."""

    opened: Opened
    pos: int
    people: Sequence[Username]


class Appended(NamedTuple):
    """What a batch is told: an answer to each change, and what *others* have added to its logs, as much as fits."""

    answers: Sequence[Decision]
    others: Sequence[Record]


class Hint(NamedTuple):
    """Somebody else has added entries to *log*, the last one at *pos*: *records*, if they fit into a hint."""

    log: LogId
    pos: int
    records: Sequence[Record]


class Engine(Protocol):
    """What keeps the log. Answers come later, in the thread of the caller; an exception is one of those above.

    What is answered is certain: it can be shown, and will be there whatever happens to the engine.
    """

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def reads(self) -> Reads:
        """Where it is read."""

    def start(self, heard: Callable[[Hint | None], None]) -> Sequence[Found]:
        """Become a node, and return the open rooms; then give hints to *heard*, ``None`` where some may be missing.

        Hints may be lost, doubled and late.

        :raises chatroom.logs.store_unusable.StoreUnusable: if that can't be.
        """

    def append(
        self,
        number: int,
        rows: Sequence[Row],
        known: Mapping[LogId, int],
        bounds: Bounds,
        done: Callable[[Appended | Exception], None],
    ) -> None:
        """Let the changes of batch *number* happen; what comes again under that number is answered, and not done.

        Of the logs concerned, the entries up to some position are *known*.
        """

    def find(self, log: LogId, done: Callable[[Found | Exception | None], None]) -> None:
        """Find *log*, without what may be sent again."""

    def catch_up(self, log: LogId, after: int, done: Callable[[Sequence[Record] | Exception], None]) -> None:
        """Find the next entries of *log* beyond the position *after*, as many as make a page."""

    def heads(self, logs: Sequence[LogId], done: Callable[[Mapping[LogId, int] | Exception], None]) -> None:
        """Find the positions of the newest entries of *logs*."""

    def sweep(self, bounds: Bounds, done: Callable[[bool | Exception], None]) -> None:
        """Remove the next things that are no longer kept; tell whether there were any."""

    def stop(self, stopped: Callable[[], None]) -> None:
        """Leave the chat, with reads unanswered."""
