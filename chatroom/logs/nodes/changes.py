"""Changes, as an engine is asked for them, and what became of each."""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any, NamedTuple, cast

from chatroom.core.ports import LogId, NewRoom, SeatId
from chatroom.core.values.changes import Called, Came, Change, Entry, Gone, Retitled, Went
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Message, Reason
from chatroom.core.values.names import RoomName, Username, key


class Row(NamedTuple):
    """A change of a *kind*, with what an engine has to know of it.

    - ``open``: the room called *name* (by *key*). If it is new: with topic *text*, *capacity*, its creator as *cid*,
      whose *session* it is, and the epoch *other*; without an epoch, only one that is kept.
    - ``close``: *log*, which nobody reads here any more.
    - ``said``: *text*, by *name*. ``topic``: likewise. ``gone``: *name* has deleted it.
    - ``came``: *name*, if there are fewer than *capacity* members. ``went``: *name*, for the reason *text*.
    - ``called``: *name* is called *text* from now on, and has the key *other*.
    - ``nothing``: to show whether the engine is there.
    """

    kind: str
    log: LogId | None = None
    key: str | None = None
    name: str = ""
    text: str | None = None
    action: bool | None = None
    session: bytes | None = None
    cid: str | None = None
    seat: int | None = None
    connection: int | None = None
    capacity: int | None = None
    other: str | None = None


PROBE = Row("nothing")
"""A change of nothing."""


class Decision(NamedTuple):
    """What became of a change.

    ``entry``: it is in *log*, at *pos* as of *at*, with the number *seq* if it is a message. ``none``: nothing had to
    happen, as of *pos*. ``created``, ``opened``: *log* is open. Or why it can't be: ``no-such-room``, ``room-exists``,
    ``room-full`` as of *pos*.
    """

    outcome: str
    log: LogId | None
    pos: int | None
    seq: int | None
    at: int | None


class Record(NamedTuple):
    """An entry, as an engine keeps it: that of a row of the same *kind*, at *pos* in *log*."""

    log: LogId
    pos: int
    seq: int | None
    at: int
    kind: str
    name: str
    text: str | None
    action: bool | None
    session: bytes | None
    cid: str | None

    def entry(self) -> Entry:
        """Return the entry that it is."""
        name, text = Username(self.name), self.text or ""
        change: Change
        match self.kind:
            case "said":
                change = Message(name, text, self.at, bool(self.action), self.session, self.cid)
            case "came":
                change = Came(name)
            case "went":
                change = Went(name, cast("Reason | None", self.text))
            case "called":
                change = Called(name, Username(text))
            case "topic":
                change = Retitled(text, name)
            case _:
                change = Gone(name)
        return Entry(change, self.seq or 0)


class Asked:
    """A change that somebody asked for: the *row* for the engine, and who is told of the *answer*."""

    __slots__ = ("_answered", "by", "lasts", "row")

    def __init__(
        self,
        row: Row,
        answered: Callable[[Decision | ChatError], None],
        by: SeatId | None = None,
        *,
        lasts: bool = False,
    ) -> None:
        self.row = row
        self.by = by
        self.lasts = lasts
        self._answered = answered

    def answer(self, result: Any) -> None:
        """Give the *result* to whoever asked."""
        self._answered(result)


def opening(room: RoomName, new: NewRoom | None) -> Row:
    """Return the row that opens *room*, as *new* says if it is not kept."""
    if new is None:
        return Row("open", key=key(room), name=room, text="")
    return Row(
        "open",
        key=key(room),
        name=room,
        text=new.topic,
        session=new.owner,
        cid=new.creator,
        capacity=new.capacity,
        other=token_urlsafe(9),
    )


def closing(log: LogId) -> Row:
    """Return the row that closes *log*."""
    return Row("close", log)


def row(log: LogId, change: Change, by: SeatId | None) -> Row:
    """Return the row for *change* in *log*, asked for *by* somebody."""
    if type(change) is Message:
        return Row(
            "said",
            log,
            name=change.speaker,
            text=change.text,
            action=change.action,
            session=change.session if isinstance(change.session, bytes) else None,
            cid=change.cid,
        )
    match change:
        case Retitled(topic, username):
            return Row("topic", log, name=username, text=topic)
        case Gone(username):
            return Row("gone", log, name=username)
    assert by is not None, "people come and go by their seats"
    seat, connection = by
    match change:
        case Came(username, capacity):
            return Row("came", log, key(username), username, seat=seat, connection=connection, capacity=capacity)
        case Went(username, reason):
            return Row("went", log, key(username), username, reason, seat=seat, connection=connection)
        case Called(old, new):
            return Row("called", log, key(old), old, new, seat=seat, connection=connection, other=key(new))
    raise AssertionError(f"{change} can't be asked for")
