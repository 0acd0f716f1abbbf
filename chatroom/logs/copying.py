"""A copy of all rooms from one kind of store to another, with their epochs and all by which clients know messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from chatroom.core.ports import LogId
from chatroom.core.values.sanctions import Sanction
from chatroom.logs.archive import Progress

PIECE = 1000
"""Messages that are copied at a time."""


class Life(NamedTuple):
    """A log as it is copied: one life of a *room*; messages up to the number *removed* are no longer kept."""

    key: str
    room: str
    epoch: str
    topic: str
    capacity: int
    creator: str | None
    owner: bytes | None
    closed: int | None
    removed: int
    slow: int
    locked: bool


class Line(NamedTuple):
    """A message as it is copied."""

    seq: int
    at: int
    speaker: str
    text: str
    action: bool
    session: bytes | None
    cid: str | None


LIFE = ", ".join(Life._fields)
"""The columns of a log, as both kinds of store call them."""


class Source(Protocol):
    """A store from which rooms are copied; nobody writes there meanwhile."""

    def lives(self) -> Sequence[tuple[LogId, Life]]:
        """Return all rooms."""

    def count(self) -> int:
        """Return how many messages there are."""

    def moderators(self, log: LogId) -> Sequence[tuple[bytes, str]]:
        """Return who moderates *log*, and by what name they were appointed."""

    def sanctions(self, log: LogId) -> Sequence[Sanction]:
        """Return the sanctions in *log*."""

    def lines(self, log: LogId, after: int, limit: int) -> Sequence[Line]:
        """Return the next messages of *log* beyond number *after*."""

    def close(self) -> None:
        """Leave it."""


class Target(Protocol):
    """A store into which rooms are copied: all of them, or if something fails none."""

    def add(self, life: Life, moderators: Sequence[tuple[bytes, str]], sanctions: Sequence[Sanction]) -> LogId:
        """Make a room, with who moderates it and what they have imposed."""

    def fill(self, log: LogId, lines: Sequence[Line]) -> None:
        """Add the next messages of *log*."""

    def finish(self) -> None:
        """Keep all that was copied."""

    def close(self) -> None:
        """Leave it; without :meth:`finish`, nothing of it is there."""


def copy(source: Source, target: Target, progress: Progress) -> tuple[int, int]:
    """Copy all rooms from *source* to *target*; return how many rooms and messages they were."""
    lives, total = source.lives(), source.count()
    done = 0
    for log, life in lives:
        there = target.add(life, source.moderators(log), source.sanctions(log))
        last = life.removed
        while lines := source.lines(log, last, PIECE):
            target.fill(there, lines)
            last = lines[-1].seq
            done += len(lines)
            progress(done, total)
    target.finish()
    return len(lives), done
