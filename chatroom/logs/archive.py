"""The port of an operator to a log beside the server: what is in it, and whether that is in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from chatroom.core.ports import LogId
from chatroom.core.values.audit import Act
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.sanctions import Placed

Progress = Callable[[int, int], None]
"""Takes how much is done, and of how much."""


def messages(count: int) -> str:
    """Return *count* messages in words."""
    return f"{count} message{'s' * (count != 1)}"


class KeptRoom(NamedTuple):
    """A room that is kept: its *messages*, and since when it is *closed*, in milliseconds since 1970."""

    room: RoomName
    topic: str
    closed: int | None
    messages: int


class Exported(NamedTuple):
    """A message as it is exported, of the *kind* with that number; it may answer number *re*."""

    seq: int
    at: int
    speaker: str
    text: str
    kind: int
    re: int | None


class Archive(Protocol):
    """A log, as an operator looks after it."""

    def rooms(self) -> Sequence[KeptRoom]:
        """Return the rooms, by their names."""

    def find(self, room: RoomName) -> tuple[LogId, RoomName] | None:
        """Return the log of *room*, and the name as it was first written."""

    def size(self, log: LogId) -> tuple[int, int]:
        """Return how many messages *log* has, and the newest one's number."""

    def page(self, log: LogId, after: int, upto: int, limit: int) -> Sequence[Exported]:
        """Return the next messages beyond number *after* and up to *upto*."""

    def sanctions(self, log: LogId | None, now: int) -> Sequence[Placed]:
        """Return the sanctions in *log*, or all, that hold *now*, in milliseconds since 1970, the newest first."""

    def reports(self, log: LogId | None, resolved: bool, before: int | None, limit: int) -> Sequence[KeptReport]:
        """Return the newest reports below number *before*, the newest first: those of messages in *log*, or all.

        Those that are *resolved* too, if they are wanted.
        """

    def audit(self, log: LogId | None, before: int | None, limit: int) -> Sequence[Act]:
        """Return the newest acts below number *before*, the newest first: those in *log*, or all."""

    def problems(self, progress: Progress) -> Sequence[str]:
        """Return what is not in order."""

    def remove(self, log: LogId, by: Username, progress: Progress) -> int:
        """Remove *log*, as *by* asks, which the audit keeps; return how many messages it had."""

    def close(self) -> None:
        """Leave it."""
