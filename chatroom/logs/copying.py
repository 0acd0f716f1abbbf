"""A copy of all rooms and accounts from one store to another, with all by which clients know rooms and messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from chatroom.core.ports import LogId
from chatroom.core.values.accounts import AllAccounts
from chatroom.core.values.changes import Redaction
from chatroom.core.values.names import RoomName
from chatroom.core.values.sanctions import Sanction
from chatroom.core.values.talks import is_talk
from chatroom.logs.archive import Progress
from chatroom.logs.report_rows import ContextRow, ReportRow

PIECE = 1000
"""Messages that are copied at a time."""


class Life(NamedTuple):
    """A log as it is copied: one life of a *room*; messages up to the number *removed* are no longer kept.

    *redactions* counts those of its messages. The *password* is the key that one needs to come in; *keys* counts how
    often it was changed.
    """

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
    guests: bool
    invite_only: bool
    hidden: bool
    topic_locked: bool
    password: str
    begun: int
    topic_by: str | None
    topic_at: int
    redactions: int
    keys: int


class Insiders(NamedTuple):
    """Who has a role in a log, each with the name by which they were appointed, and who is *admitted* without one."""

    moderators: Sequence[tuple[bytes, str]]
    voiced: Sequence[tuple[bytes, str]]
    admitted: Sequence[bytes]


class CopiedMessage(NamedTuple):
    """A message as it is copied, of the *kind* with that number."""

    seq: int
    at: int
    speaker: str
    text: str
    kind: int
    session: bytes | None
    cid: str | None
    re: int | None
    withheld: bool


class Trace(NamedTuple):
    """A row of the audit as it is copied: an *act*, as JSON, in a *log* or in no room."""

    number: int
    log: LogId | None
    act: str


class Follower(NamedTuple):
    """A *person* as they are copied, who follows *logs*; without an account they were *seen* last at that time.

    With each log comes the number of the key that they gave.

    They have read some logs as far as their *marks* say: a log, the number of a message, and a time.
    """

    person: bytes
    seen: int | None
    logs: Sequence[tuple[LogId, int]]
    marks: Sequence[tuple[LogId, int, int]]


class CopiedTalk(NamedTuple):
    """A talk as it is copied: one that *person* has had with *other*, who was called *name* if their account is gone.

    The newest message in *log* that is not withheld from *person* is number *seq*, and was said *at* a time.
    """

    person: bytes
    other: bytes
    log: LogId
    seq: int
    at: int
    name: str | None


TALKED = ", ".join(CopiedTalk._fields)
"""The columns of a talk, as both kinds of store call them."""

LIFE = ", ".join(Life._fields)
"""The columns of a log, as both kinds of store call them."""


class Copied(NamedTuple):
    """How much was copied."""

    rooms: int
    messages: int
    accounts: int


class Source(Protocol):
    """A store from which rooms, talks and accounts are copied; nobody writes there meanwhile."""

    def cloak_key(self) -> bytes:
        """Return the secret of cloaks."""

    def accounts(self) -> AllAccounts:
        """Return all accounts and devices."""

    def lives(self) -> Sequence[tuple[LogId, Life]]:
        """Return all rooms."""

    def count(self) -> int:
        """Return how many messages there are."""

    def insiders(self, log: LogId) -> Insiders:
        """Return who has a role in *log*, or may come in while it is invite-only."""

    def sanctions(self, log: LogId) -> Sequence[Sanction]:
        """Return the sanctions in *log*."""

    def redactions(self, log: LogId) -> Sequence[Redaction]:
        """Return the redactions of messages in *log*, in their order."""

    def audit(self, after: int, limit: int) -> Sequence[Trace]:
        """Return the next rows of the audit beyond number *after*."""

    def reports(self, after: int, limit: int) -> Sequence[tuple[ReportRow, Sequence[ContextRow]]]:
        """Return the next reports beyond number *after*, with the messages beside what they are about."""

    def followers(self, after: bytes, limit: int) -> Sequence[Follower]:
        """Return the next people behind *after* who follow rooms, each with these in the order in which that began."""

    def talks(self, after: tuple[bytes, bytes], limit: int) -> Sequence[CopiedTalk]:
        """Return the next talks behind that of a person and another, *after*."""

    def lines(self, log: LogId, after: int, limit: int) -> Sequence[CopiedMessage]:
        """Return the next messages of *log* beyond number *after*."""

    def close(self) -> None:
        """Leave it."""


class Target(Protocol):
    """A store into which rooms and accounts are copied: all of them, or if something fails none."""

    def set_cloak_key(self, secret: bytes) -> None:
        """Make cloaks by *secret* from now on."""

    def add_accounts(self, kept: AllAccounts) -> None:
        """Make all accounts and devices."""

    def add(
        self,
        life: Life,
        insiders: Insiders,
        sanctions: Sequence[Sanction],
        redactions: Sequence[Redaction],
    ) -> LogId:
        """Make a room, with who has a role there or is admitted, what they have imposed, and what was taken back."""

    def fill(self, log: LogId, lines: Sequence[CopiedMessage]) -> None:
        """Add the next messages of *log*."""

    def trace(self, rows: Sequence[Trace]) -> None:
        """Add the next rows of the audit."""

    def report(self, rows: Sequence[tuple[ReportRow, Sequence[ContextRow]]]) -> None:
        """Add the next reports."""

    def follow(self, people: Sequence[Follower]) -> None:
        """Add people who follow rooms."""

    def talk(self, rows: Sequence[CopiedTalk]) -> None:
        """Add talks."""

    def finish(self) -> None:
        """Keep all that was copied."""

    def close(self) -> None:
        """Leave it; without :meth:`finish`, nothing of it is there."""


def copy(source: Source, target: Target, progress: Progress) -> Copied:
    """Copy all rooms, accounts and the audit from *source* to *target*."""
    lives, total, kept = source.lives(), source.count(), source.accounts()
    done = 0
    target.set_cloak_key(source.cloak_key())
    target.add_accounts(kept)
    places = dict[LogId | None, LogId]()
    for log, life in lives:
        there = places[log] = target.add(life, source.insiders(log), source.sanctions(log), source.redactions(log))
        last = life.removed
        while lines := source.lines(log, last, PIECE):
            target.fill(there, lines)
            last = lines[-1].seq
            done += len(lines)
            progress(done, total)
    last = 0
    while rows := source.audit(last, PIECE):
        # A room that is gone has no place there; its acts name it.
        target.trace([row._replace(log=places.get(row.log)) for row in rows])
        last = rows[-1].number
    last = 0
    while reports := source.reports(last, PIECE):
        target.report([_moved(places, *each) for each in reports])
        last = reports[-1][0].number
    person = b""
    while followers := source.followers(person, PIECE):
        target.follow([_at_home(places, each) for each in followers])
        person = followers[-1].person
    both = b"", b""
    while talks := source.talks(both, PIECE):
        target.talk([each._replace(log=places[each.log]) for each in talks])
        both = talks[-1].person, talks[-1].other
    target.finish()
    # What holds at the whole server is in a log that is no room.
    rooms = sum(bool(life.key) and not is_talk(RoomName(life.room)) for _, life in lives)
    return Copied(rooms, done, len(kept.accounts))


def _moved(
    places: Mapping[LogId | None, LogId], report: ReportRow, beside: Sequence[ContextRow]
) -> tuple[ReportRow, Sequence[ContextRow]]:
    """Return a report with the number that its log has there; that of a room that is gone is nobody else's."""
    log = places.get(LogId(report.log), -abs(report.log))
    return report._replace(log=log), [row._replace(log=log) for row in beside]


def _at_home(places: Mapping[LogId | None, LogId], each: Follower) -> Follower:
    """Return a follower with the numbers that their logs have there."""
    return each._replace(
        logs=[(places[log], keyed) for log, keyed in each.logs if log in places],
        marks=[(places[log], seq, at) for log, seq, at in each.marks if log in places],
    )
