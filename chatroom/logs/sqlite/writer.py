"""Writing of the log: many changes in one commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from secrets import token_urlsafe
from typing import ClassVar, assert_never

from chatroom.core.ports import FollowedRoom, Happened, LogId, NewRoom, Opened, PersonalMark, SeatId
from chatroom.core.values.audit import Act, acts
from chatroom.core.values.changes import (
    Erased,
    Gone,
    Invited,
    KeptChange,
    Kicked,
    Lifted,
    Ranked,
    Reported,
    Resolved,
    Retitled,
    Sanctioned,
    Tuned,
)
from chatroom.core.values.errors import RoomExists, StorageFailed
from chatroom.core.values.events import NUMBERS, Message
from chatroom.core.values.names import RoomName, Username, key
from chatroom.core.values.rights import settings
from chatroom.core.values.talks import is_talk
from chatroom.logs.machinery.group_commit import PendingChange, Unfit, Work
from chatroom.logs.open_log import OpenLog
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.errors import UNFIT
from chatroom.logs.sqlite.follows import follow, followed, unfollow
from chatroom.logs.sqlite.marks import keep_marks
from chatroom.logs.sqlite.moderation import (
    SETTINGS,
    admit,
    admitted,
    erase,
    impose,
    lift,
    note_acts,
    people,
    rank,
    sanctions,
    take_back,
    tune,
)
from chatroom.logs.sqlite.reports import report, resolve
from chatroom.logs.sqlite.statements import insert, transaction
from chatroom.logs.sqlite.talks import NEVER, talked

COLUMNS = 11
"""The columns of a message."""


class Append:
    """The storing of *message* in *log*, asked for *by* somebody, of which *now* is told, and by that *done*."""

    __slots__ = ("_done", "_now", "by", "log", "message")

    lasts: ClassVar[bool] = False

    def __init__(self, log: LogId, message: Message, by: SeatId | None, now: OpenLog, done: Happened) -> None:
        self.log = log
        self.by = by
        self.message = message
        self._now = now
        self._done = done

    @property
    def room(self) -> RoomName:
        """What the log is called."""
        return self._now.room

    def answer(self, result: int | StorageFailed) -> None:
        """Tell of its number, or that it is not stored."""
        self._now.stored(self.message, self._done, result)


_: type[PendingChange] = Append


class Writer:
    """The writer numbers messages, and knows the newest number of each open log.

    *wall* returns the time of day in seconds; so does *trusted*, or ``None`` while no log is to be too old.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        retention: Retention,
        wall: Callable[[], float],
        trusted: Callable[[], float | None] | None = None,
    ) -> None:
        self._connection = connection
        self._retention = retention
        self._wall = wall
        self._trusted = trusted or wall
        self._heads: dict[LogId, int] = {}
        self._before: dict[LogId, int] = {}
        self._values: list[object] = []
        # Never one that the index has seen, even if that message is removed.
        [(self._id,)] = connection.execute(
            "SELECT max((SELECT ifnull(max(id), 0) FROM messages), (SELECT value FROM meta WHERE name = 'indexed'))"
        )

    def commit(self, changes: Iterable[Append | Work]) -> list[object]:
        """Make all *changes*, or none; return their results.

        :raises chatroom.logs.machinery.group_commit.Unfit: if one of them can't be stored.
        """
        self._before.clear()
        self._values.clear()
        results = list[object]()
        try:
            with transaction(self._connection):
                for change in changes:
                    if type(change) is Append:
                        results.append(seq := self.append(change.log, change.message))
                        if is_talk(change.room):
                            talked(self._connection, change.log, change.room, seq, change.message)
                    else:
                        assert isinstance(change, Work)
                        results.append(change.do())
                self._insert()
        except BaseException as error:
            self._heads.update(self._before)
            if isinstance(error, UNFIT):
                # Only its words: it holds on to the statement that failed.
                raise Unfit(str(error)) from None
            raise
        return results

    # Changes, to be made in a commit.

    def append(self, log: LogId, message: Message) -> int:
        """Store *message*, and return its number."""
        head = self._heads[log]
        self._before.setdefault(log, head)
        self._heads[log] = seq = head + 1
        self._id += 1
        self._values += (
            self._id,
            log,
            seq,
            message.at,
            message.speaker,
            message.text,
            NUMBERS[message.kind],
            message.session,
            message.cid,
            message.re,
            message.withheld,
        )
        return seq

    def restore(self) -> Sequence[Opened]:
        """Return the logs of all open rooms, without the messages that may be sent again; talks are open no more."""
        self._insert()
        logs = self._connection.execute("SELECT id, room FROM logs WHERE key <> '' AND closed IS NULL ORDER BY id")
        found = logs.fetchall()
        for log, room in found:
            if is_talk(room):
                self._close_at(log, NEVER)
        return [self._opened(log) for log, room in found if not is_talk(room)]

    def open(self, room: RoomName, new: NewRoom | None) -> Opened | RoomExists | None:
        """Open the kept log of *room*, or one as *new* says, without the messages that may be sent again."""
        self._insert()
        name = key(room)
        self._expire(name)
        kept = self._connection.execute(f"SELECT id, {SETTINGS} FROM logs WHERE key = ?", (name,)).fetchone()
        if kept:
            log, *how = kept
            if settings(*how).guarded and new and new.creator is not None:
                return RoomExists(room)
            self._connection.execute("UPDATE logs SET closed = NULL WHERE id = ?", (log,))
            if new and new.topic:
                self.set_topic(log, new.topic, new.creator, new.at)
        elif new:
            log = self._connection.execute(
                "INSERT INTO logs (key, room, epoch, topic, capacity, creator, owner, begun)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (name, room, token_urlsafe(9), "", new.capacity, new.creator, new.owner, new.at),
            ).lastrowid
            if new.topic:
                self.set_topic(log, new.topic, new.creator, new.at)
        else:
            return None
        return replace(self._opened(log), created=not kept)

    def set_topic(self, log: int | None, topic: str, by: Username | None, at: int) -> None:
        """Store *topic*, which was set *by* somebody *at* a time, unless it is the topic already."""
        self._connection.execute(
            "UPDATE logs SET topic = ?, topic_by = ?, topic_at = ? WHERE id = ? AND topic <> ?",
            (topic, by, at, log, topic),
        )

    def store(self, log: LogId, room: RoomName, change: KeptChange) -> object:
        """Store *change* in the *log* of *room*, and what the audit keeps of it.

        Return the number of a sanction, what was taken back, or a report as it is kept, unless it was before.
        """
        connection = self._connection
        result: object = None
        place: int | None = log
        now = int(self._wall() * 1000)
        match change:
            case Kicked(person=person):
                take_back(connection, log, person)
                unfollow(connection, log, person)
            case Retitled(topic, by):
                self.set_topic(log, topic, by, now)
            case Ranked():
                rank(connection, log, change)
            case Tuned():
                tune(connection, log, change)
            case Invited(_, person, _, admits):
                admit(connection, log, [person] if admits else [])
            case Sanctioned():
                result = impose(connection, log, change)
                if change.sanction.kind == "ban":
                    unfollow(connection, log, change.sanction.person)
            case Lifted(_, _, numbers):
                lift(connection, numbers)
            case Erased(redactions):
                self._insert()
                result = erased = erase(connection, log, redactions)
                change = Erased(erased)
            case Reported():
                self._insert()
                result = report(connection, change, now)
            case Resolved(_, _, place):
                if not resolve(connection, change, now):
                    return None
                result = change
            case Gone():
                self.forget(log)
            case _:
                assert_never(change)
        note_acts(connection, None if place is None else LogId(place), acts(room, change, now))
        return result

    def follow(self, log: LogId, person: bytes, keyed: int = 0) -> Sequence[LogId]:
        """Store that *person* follows *log* by a key; return the logs that they follow no more."""
        return follow(self._connection, log, person, keyed, int(self._wall() * 1000))

    def unfollow(self, log: LogId, person: bytes) -> None:
        """Store that *person* follows *log* no more."""
        unfollow(self._connection, log, person)

    def followed(self, person: bytes) -> Sequence[FollowedRoom]:
        """Return the rooms that *person* follows, who is here now."""
        return followed(self._connection, person, int(self._wall() * 1000))

    def keep_marks(self, marks: Sequence[PersonalMark]) -> None:
        """Store *marks*, as far as they are further."""
        keep_marks(self._connection, marks, int(self._wall() * 1000))

    def note(self, act: Act, log: LogId | None = None) -> None:
        """Store an *act* that has changed nothing in a room."""
        note_acts(self._connection, log, [act])

    def close(self, log: LogId, room: RoomName) -> None:
        """Keep the *log* of *room* from now on for as long as closed ones are kept, and talks always."""
        if is_talk(room):
            self._leave(log)
            self._close_at(log, NEVER)
        elif self._retention.closed:
            self._leave(log)
            self._close_at(log, int(self._wall() * 1000))
        else:
            self.forget(log)

    def _close_at(self, log: LogId, time: int) -> None:
        self._connection.execute("UPDATE logs SET closed = ? WHERE id = ?", (time, log))

    def forget(self, log: LogId) -> None:
        """Mark *log* as removed; maintenance removes its rows."""
        self._leave(log)
        self._connection.execute("UPDATE logs SET key = NULL WHERE id = ?", (log,))

    def try_out(self) -> None:
        """Change nothing, but have something to commit."""
        # A row that is only written again as it is would not be written.
        for change in (1, -1):
            self._connection.execute("UPDATE meta SET value = value + ? WHERE name = 'indexed'", (change,))

    def _leave(self, log: LogId) -> None:
        """Drop the newest number: nothing is appended until the log is opened again."""
        if (head := self._heads.pop(log, None)) is not None:
            self._before.setdefault(log, head)

    def _expire(self, name: str) -> None:
        """Forget the log called *name* if it has been closed for too long; maintenance sees to the others."""
        if (now := self._trusted()) is not None:
            self._connection.execute(
                "UPDATE logs SET key = NULL WHERE key = ? AND closed <= ?", (name, self._retention.closed_since(now))
            )

    def _insert(self) -> None:
        """Insert the gathered messages: together they cost less."""
        if self._values:
            insert(self._connection, "messages", COLUMNS, self._values)
            self._values.clear()

    def _opened(self, log: int) -> Opened:
        row = self._connection.execute(
            "SELECT room, epoch, topic, capacity, creator, owner, removed, password, begun, topic_by, topic_at, newest,"
            f" (SELECT m.at FROM messages m WHERE m.log = l.id AND m.seq = l.newest), redactions, keys, {SETTINGS}"
            " FROM ("
            "SELECT *, (SELECT max(m.seq) FROM messages m WHERE m.log = logs.id) AS newest FROM logs WHERE id = ?) l",
            (log,),
        ).fetchone()
        room, epoch, topic, capacity, creator, owner, removed, lock, begun, by, titled, newest, at, *others = row
        count, keys, *how = others
        head = self._heads[LogId(log)] = newest or removed
        first = max(removed, self._retention.floor(head)) + 1
        return Opened(
            room=room,
            log=LogId(log),
            epoch=epoch,
            seq=head,
            first=first,
            topic=topic,
            capacity=capacity,
            creator=creator,
            owner=owner,
            settings=settings(*how),
            moderators=tuple(person for person, _ in people(self._connection, "moderators", log)),
            sanctions=sanctions(self._connection, log, int(self._wall() * 1000)),
            redactions=count,
            admitted=admitted(self._connection, log),
            at=at or 0,
            key=lock,
            begun=begun,
            topic_by=by,
            topic_at=titled,
            keys=keys,
            voiced=tuple(person for person, _ in people(self._connection, "voiced", log)),
        )
