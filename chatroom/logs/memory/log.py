"""A log in memory: gone with the process, and quick to answer."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nlargest
from itertools import count, islice
from secrets import token_bytes, token_urlsafe
from time import time
from typing import assert_never

from msgspec import structs

from chatroom.core.ports import (
    AccountStore,
    CloakStore,
    FollowedRoom,
    FollowStore,
    FoundUnread,
    Happened,
    KeptTalk,
    Log,
    LogId,
    MarkStore,
    ModerationStore,
    NewRoom,
    Opened,
    Page,
    PersonalMark,
    Resendable,
    Searched,
    SeatId,
    TalkStore,
    WantedUnread,
)
from chatroom.core.search.query import finder
from chatroom.core.tools.paging import Numbered, interleaved, newest, newest_of_all, oldest
from chatroom.core.values.accounts import AccountChange, AllAccounts, Dropped, Merged
from chatroom.core.values.audit import Act, acts
from chatroom.core.values.authors import Author
from chatroom.core.values.changes import (
    Came,
    Change,
    Entry,
    Erased,
    Gone,
    Heard,
    Invited,
    Kicked,
    Lifted,
    Movement,
    Ranked,
    Redaction,
    Reported,
    Resolved,
    Retitled,
    Sanctioned,
    Tuned,
    Went,
)
from chatroom.core.values.errors import ChatError, RoomExists, SearchTooLong, StorageFailed
from chatroom.core.values.events import Message, digest, erased, untagged
from chatroom.core.values.limits import RECALLED, RESENDABLE, RESENT_WITHIN, Limits
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import Key, RoomName, Username, key
from chatroom.core.values.reports import CONTEXT, KeptReport
from chatroom.core.values.sanctions import Placed
from chatroom.core.values.talks import people
from chatroom.logs.memory.accounts import MemoryAccounts
from chatroom.logs.memory.audit import MemoryAudit
from chatroom.logs.memory.follows import MemoryFollows
from chatroom.logs.memory.marks import MemoryMarks
from chatroom.logs.memory.reports import MemoryReports
from chatroom.logs.memory.search import MemorySearches, newest_of_one
from chatroom.logs.memory.talks import MemoryTalks
from chatroom.logs.open_log import OpenLog
from chatroom.logs.unread_rows import Candidate, UnreadLook

Rows = deque[Numbered]

KEPT = 10_000
"""Messages kept of a room, at most."""

CLOSED = 64
"""Closed rooms kept, at most: the last ones."""

LOOKED_AT = 100
"""Messages of a room that are copied at a time where several are searched."""

TALKS = 1_000
"""Talks kept that nobody reads, at most: the last ones."""


@dataclass(slots=True)
class _Room:
    """A room's log: its newest messages, how it was opened, and what is known while it is open.

    A talk is that of two *people*.
    """

    opened: Opened
    rows: Rows
    now: OpenLog
    people: tuple[bytes, bytes] | None
    seq: int = 0
    redactions: list[Redaction] = field(default_factory=list)


class MemoryLog:
    """The newest *keep* messages of each room, and of the last *closed* rooms, for as long as the process lives.

    Changes are answered at once, pages and rooms with a long history through *soon*, which calls its argument in the
    next turn: reading many holds nobody up. A search works for *search_timeout* of those *seconds*; 0 is no limit.
    *wall* returns the time of day in seconds.
    """

    def __init__(
        self,
        soon: Callable[[Callable[[], None]], object] = lambda action: action(),
        keep: int = KEPT,
        closed: int = CLOSED,
        *,
        search_timeout: float = 0,
        seconds: Callable[[], float] = lambda: 0.0,
        wall: Callable[[], float] = time,
    ) -> None:
        self.cloak_key = token_bytes(32)
        self._soon = soon
        self._wall = wall
        self._keep = keep
        self._most_closed = closed
        self._searches = MemorySearches(soon, search_timeout, seconds)
        self._accounts = MemoryAccounts()
        self._audit = MemoryAudit()
        self._reports = MemoryReports()
        self._follows = MemoryFollows()
        self._marks = MemoryMarks()
        self._ids = count(1)
        self._sanctions = count(1)
        self._logs: dict[LogId, _Room] = {}
        self._names: dict[Key, LogId] = {}
        self._closed: dict[LogId, None] = {}
        self._talks = MemoryTalks()
        self._closed_talks: dict[LogId, None] = {}

    def start(self) -> None:
        """Be ready: there is nothing to wait for."""

    def limit(self, limits: Limits) -> None:
        """Let *limits* hold from now on, as far as they are about searches."""
        self._searches.limit(limits.search_timeout)

    def restore(self, restored: Callable[[Sequence[Opened] | StorageFailed], None]) -> None:
        """Answer with no rooms: nothing outlives the process, and nobody is in yet."""
        for room in self._logs.values():
            room.now = OpenLog(room.opened.room)
        restored([])

    def open(self, room: RoomName, new: NewRoom | None, opened: Callable[[Opened | ChatError | None], None]) -> None:
        """Open the log of *room*, or begin one as *new* says."""
        log = self._names.get(key(room))
        if log is not None and new and new.creator is not None and self._logs[log].opened.settings.guarded:
            opened(RoomExists(room))
            return
        if log is not None:
            self._closed.pop(log, None)
            self._closed_talks.pop(log, None)
            if new and new.topic:
                self._retopic(log, new.topic, new.creator, new.at)
        elif new:
            log = self._names[key(room)] = LogId(next(self._ids))
            begun = Opened(
                room=room,
                log=log,
                epoch=token_urlsafe(9),
                topic=new.topic,
                capacity=new.capacity,
                creator=new.creator,
                owner=new.owner,
                begun=new.at,
                topic_by=new.creator if new.topic else None,
                topic_at=new.at if new.topic else 0,
            )
            self._logs[log] = _Room(begun, deque(maxlen=self._keep), OpenLog(room), people(room))
            opened(replace(begun, created=True))
            return
        else:
            opened(None)
            return
        self._reopen(self._logs[log], opened)

    def follow(self, log: LogId, follower: Callable[[Entry], None]) -> Sequence[Username]:
        """Give *follower* each entry; nobody is in yet."""
        return self._logs[log].now.follow(follower)

    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        """Let *change* happen at once."""
        room = self._logs[log]
        if isinstance(change, Message):
            room.seq += 1
            plain = change if change.tags is None else untagged(change)
            room.rows.append((room.seq, plain))
            if room.people and all(map(self._accounts.name, room.people)):
                self._talks.said(log, room.people, room.seq, plain)
            room.now.stored(change, done, room.seq)
            return
        if isinstance(change, Kicked) and not room.now.has(change.username):
            done(None)
            return
        self._follow(log, room.now, change, by)
        if isinstance(change, Erased):
            change = Erased(_erase(room, change.redactions))
            self._reports.erase(log, {redaction.seq for redaction in change.redactions})
        now = int(self._wall() * 1000)
        if isinstance(change, Reported):
            rows = _below(self._rows(LogId(change.log)), change.seq + 1)
            room.now.became(self._reports.add(change, islice(rows, CONTEXT + 1), now), done)
            return
        if isinstance(change, Resolved) and not self._reports.resolve(change, now):
            done(None)
            return
        place = change.log if isinstance(change, Resolved) else log
        for act in acts(room.opened.room, change, now):
            self._audit.note(None if place is None else LogId(place), act)
        if isinstance(change, Retitled):
            self._retopic(log, change.topic, change.by, now)
            room.now.stored(change, done, None)
        elif isinstance(change, Ranked | Tuned | Invited):
            room.opened = changed(room.opened, change)
            room.now.stored(change, done, None)
        elif isinstance(change, Sanctioned):
            sanction = structs.replace(change.sanction, number=next(self._sanctions))
            kept = [each for each in room.opened.sanctions if each.number not in change.replaces]
            room.opened = replace(room.opened, sanctions=(*kept, sanction))
            if sanction.kind == "ban":
                room.opened = not_admitted(room.opened, sanction.person)
            room.now.stored(change, done, sanction.number)
        elif isinstance(change, Lifted):
            kept = [each for each in room.opened.sanctions if each.number not in change.numbers]
            room.opened = replace(room.opened, sanctions=tuple(kept))
            room.now.stored(change, done, None)
        elif isinstance(change, Erased):
            room.now.erased(done, change.redactions)
        elif isinstance(change, Resolved):
            room.now.became(change, done)
        elif isinstance(change, Gone):
            self._remove(log)
            room.now.stored(change, done, None)
        elif isinstance(change, Kicked):
            room.opened = not_admitted(room.opened, change.person)
            room.now.change(change, by, done)
        elif isinstance(change, Movement):
            room.now.change(change, by, done)
        elif isinstance(change, Heard):
            raise AssertionError(f"{change} can't be asked for")
        else:
            assert_never(change)

    def _follow(self, log: LogId, now: OpenLog, change: Change, by: SeatId | None) -> None:
        """Note who follows *log* from *change* on, and who does no more."""
        if type(change) is Came:
            if change.person is not None and not now.full(change):
                self._follows.begin(log, change.person, change.keyed)
        elif type(change) is Went:
            if now.ends(change, by):
                self._follows.end(log, change.person)
        elif type(change) is Kicked:
            self._follows.end(log, change.person)
        elif type(change) is Sanctioned and change.sanction.kind == "ban":
            self._follows.end(log, change.sanction.person)

    def follows(self, person: bytes, got: Callable[[Sequence[FollowedRoom] | StorageFailed], None]) -> None:
        """Find the rooms that *person* follows."""
        rooms = ((log, self._logs[log], keyed) for log, keyed in self._follows.of(person))
        got([FollowedRoom(room.opened.room, log, room.seq, keyed) for log, room, keyed in rooms])

    def standings(
        self, person: bytes, logs: Collection[LogId], got: Callable[[Mapping[LogId, Opened] | StorageFailed], None]
    ) -> None:
        """Find how *logs* are, with more of their people than *person*: there is nothing to be read for that."""
        got({log: self._logs[log].opened for log in logs if log in self._logs})

    def marks(self, person: bytes, got: Callable[[Mapping[LogId, Mark] | StorageFailed], None]) -> None:
        """Find the marks of *person*."""
        got(self._marks.of(person))

    def keep_marks(self, marks: Sequence[PersonalMark], done: Callable[[StorageFailed | None], None]) -> None:
        """Keep *marks* of logs that are kept."""
        for each in marks:
            if each.log in self._logs:
                self._marks.keep(each.person, each.log, each.mark)
        done(None)

    def unread(self, wanted: WantedUnread, got: Callable[[FoundUnread], None]) -> None:
        """Find what is unread, piece by piece, as a search does."""
        candidates = (each for each in self._candidates(wanted) if wanted.only is None or each.log in wanted.only)
        look = UnreadLook(candidates, wanted, lambda log, after: list(_beyond(self._rows(log), after)))

        def done(through: bool, seconds: float) -> None:
            got(FoundUnread(look.page if through else SearchTooLong(), seconds))

        self._searches.take(look.steps(), done)

    def _candidates(self, wanted: WantedUnread) -> Iterator[Candidate]:
        """Yield the logs in which something may be unread."""
        kept = self._marks.of(wanted.person)
        for log in wanted.rooms:
            room = self._logs.get(log)
            marked = _further(wanted.marks, kept, log)
            if room and room.rows and marked < room.seq:
                yield Candidate(log, room.opened.room, room.rows[-1], marked)
        for talked in self._talks.of(wanted.person):
            marked = _further(wanted.marks, kept, talked.log)
            row = self._row(talked.log, talked.seq)
            if row and marked < talked.seq and talked.other != wanted.person:
                yield Candidate(talked.log, self._logs[talked.log].opened.room, row, marked, talked.name)

    def read(
        self,
        log: LogId,
        *,
        after: int | None,
        before: int | None,
        limit: int,
        got: Callable[[Page | StorageFailed], None],
        viewer: bytes | None = None,
    ) -> None:
        """Read the first messages beyond *after*, or without it the newest below *before*."""
        self._soon(lambda: got(self._page(log, after, before, limit, viewer)))

    def search(
        self,
        log: LogId,
        query: str,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Searched], None],
        after: int = 0,
        author: Author | None = None,
        viewer: bytes | None = None,
    ) -> None:
        """Find the newest messages below *before* that match *query*."""
        rows = [(log, *row) for row in _below(self._rows(log), before) if row[0] > after]
        self._searches.begin(rows, finder(query, author, viewer), newest_of_one, limit, got)

    def search_all(
        self,
        logs: Mapping[LogId, int],
        query: str,
        *,
        limit: int,
        got: Callable[[Searched], None],
        author: Author | None = None,
        since: int | None = None,
        until: int | None = None,
        viewer: bytes | None = None,
    ) -> None:
        """Find the newest messages that match *query* in all *logs*, up to some number in each."""

        def look(log: LogId) -> Iterator[Numbered]:
            below = logs[log] + 1 if until is None else min(logs[log], self._upto(log, until - 1)) + 1
            after = 0 if since is None else self._upto(log, since)
            # More may be said while others have their turn.
            while piece := list(islice(_below(self._rows(log), below), LOOKED_AT)):
                yield from (row for row in piece if row[0] > after)
                below = piece[-1][0] if piece[-1][0] > after else 0

        times = {log: rows[-1][1].at for log in logs if (rows := self._rows(log))}
        self._searches.begin(interleaved(times, look), finder(query, author, viewer), newest_of_all, limit, got)

    def upto(self, log: LogId, at: int, got: Callable[[int | StorageFailed], None]) -> None:
        """Find the number of the newest message that is not later than *at*."""
        got(self._upto(log, at))

    def _upto(self, log: LogId, at: int) -> int:
        rows = self._rows(log)
        gone = rows[0][0] - 1 if rows else self._logs[log].seq if log in self._logs else 0
        return gone + bisect_right(rows, at, key=lambda row: row[1].at)

    def redactions(
        self, log: LogId, *, after: int, limit: int, got: Callable[[Sequence[Redaction] | StorageFailed], None]
    ) -> None:
        """Read at most *limit* of the redactions of messages behind the first *after*."""
        got(self._logs[log].redactions[after : after + limit] if log in self._logs else ())

    def cancel_searches(self) -> None:
        """Cancel all searches, later ones too: the server stops, and nobody is to wait for them."""
        self._searches.cancel()

    def note(self, act: Act, done: Callable[[StorageFailed | None], None], log: LogId | None = None) -> None:
        """Keep *act*, which has changed nothing in a room."""
        self._audit.note(log, act)
        done(None)

    def audit(
        self,
        log: LogId | None,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[Act] | StorageFailed], None],
    ) -> None:
        """Read the newest acts below number *before*, the newest first: those in *log*, or all."""
        got(self._audit.newest(log, before, limit))

    def reports(
        self,
        log: LogId | None,
        *,
        but: Collection[bytes],
        resolved: bool,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[KeptReport] | StorageFailed], None],
    ) -> None:
        """Read the newest reports below number *before*, the newest first: those of messages in *log*, or all."""
        got(self._reports.newest(log, but, resolved, before, limit, int(self._wall() * 1000)))

    def sanctions(
        self, *, before: int | None, now: int, limit: int, got: Callable[[Sequence[Placed] | StorageFailed], None]
    ) -> None:
        """Read the newest sanctions below number *before* that hold *now* anywhere, the newest first."""
        some = [
            Placed(room.opened.room or None, each)
            for room in self._logs.values()
            for each in room.opened.sanctions
            if each.holds(now) and (before is None or each.number < before)
        ]
        got(nlargest(limit, some, key=lambda placed: placed.sanction.number))

    def talks(
        self,
        person: bytes,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[KeptTalk] | StorageFailed], None],
    ) -> None:
        """Read the talks of *person* whose newest messages are from *before* a time, the newest first."""
        found = ((each, self._row(each.log, each.seq)) for each in self._talks.newest(person, before, limit))
        got([KeptTalk(each.log, each.other, *row, each.name) for each, row in found if row])

    def close(self, log: LogId) -> None:
        """Keep *log* until too many others have been closed after it; not a talk that is nobody's."""
        room, both = self._logs[log], self._logs[log].people
        room.now = OpenLog(room.opened.room)
        closed, most = (self._closed_talks, TALKS) if both else (self._closed, self._most_closed)
        closed[log] = None
        if both and not self._talks.has(both):
            self._remove(log)
        elif len(closed) > most:
            self._remove(next(iter(closed)))

    def restore_accounts(self, restored: Callable[[AllAccounts | StorageFailed], None]) -> None:
        """Answer with the accounts that were made since the process began."""
        restored(self._accounts.kept())

    def change_accounts(self, changes: Sequence[AccountChange], done: Callable[[StorageFailed | None], None]) -> None:
        """Let *changes* happen at once."""
        dropped = [change.account for change in changes if isinstance(change, Dropped)]
        names = {account: self._accounts.name(account) for account in dropped}
        failed = self._accounts.change(changes)
        for change in changes if failed is None else ():
            if isinstance(change, Merged):
                self._follows.move(change.person, change.account)
                self._marks.move(change.person, change.account)
                for room in self._logs.values():
                    room.opened = merged(room.opened, change)
            elif isinstance(change, Dropped):
                self._follows.forget(change.account)
                self._marks.forget(change.account)
                for log in self._talks.drop(change.account, names[change.account]):
                    # One that is open goes when it is closed.
                    if log in self._closed_talks:
                        self._remove(log)
        done(failed)

    def _reopen(self, room: _Room, opened: Callable[[Opened], None]) -> None:
        """Give *room* to *opened* with its messages that may be sent again, looked up piece by piece, one a turn."""
        rows = list(islice(room.rows, max(0, len(room.rows) - RESENDABLE), None))
        if rows:
            del rows[: bisect_right(rows, rows[-1][1].at - RESENT_WITHIN, key=_time)]
        sent: list[Resendable] = []

        def look(start: int) -> None:
            sent.extend(_sent(rows[start : start + RECALLED]))
            if start + RECALLED < len(rows):
                self._soon(lambda: look(start + RECALLED))
            else:
                opened(
                    replace(
                        room.opened,
                        seq=room.seq,
                        first=room.seq + 1 - len(room.rows),
                        sent=tuple(sent),
                        redactions=len(room.redactions),
                        at=room.rows[-1][1].at if room.rows else 0,
                    )
                )

        look(0)

    def _remove(self, log: LogId) -> None:
        room = self._logs.pop(log)
        del self._names[key(room.opened.room)]
        self._closed.pop(log, None)
        self._closed_talks.pop(log, None)
        if room.people:
            self._talks.forget(room.people)
        else:
            self._follows.gone(log)
        self._marks.gone(log)

    def _retopic(self, log: LogId, topic: str, by: Username | None, at: int) -> None:
        room = self._logs[log]
        if topic != room.opened.topic:
            room.opened = replace(room.opened, topic=topic, topic_by=by, topic_at=at)

    def _rows(self, log: LogId) -> Rows:
        """Return the rows of *log*; none, if it was forgotten meanwhile."""
        return self._logs[log].rows if log in self._logs else deque()

    def _row(self, log: LogId, seq: int) -> Numbered | None:
        """Return message number *seq* of *log*, if it is kept."""
        row = next(iter(_beyond(self._rows(log), seq - 1)), None)
        return row if row and row[0] == seq else None

    def _page(self, log: LogId, after: int | None, before: int | None, limit: int, viewer: bytes | None) -> Page:
        rows = self._rows(log)
        found = _below(rows, before) if after is None else _beyond(rows, after)
        shown = (row for row in found if row[1].is_for(viewer))
        return newest(shown, limit) if after is None else oldest(shown, limit)


def _further(known: Mapping[LogId, int], kept: Mapping[LogId, Mark], log: LogId) -> int:
    """Return the number up to which *log* is read, by what is *known* and what is *kept*."""
    return max(known.get(log, 0), kept[log].seq if log in kept else 0)


def changed(opened: Opened, change: Ranked | Tuned | Invited) -> Opened:
    """Return *opened* as it is after *change*."""
    if isinstance(change, Tuned):
        capacity = opened.capacity if change.tuning.capacity is None else change.tuning.capacity
        admitted = () if change.tuning.closes is False else tuple({*opened.admitted, *change.admitted})
        lock = opened.key if change.tuning.key is None else change.tuning.key
        keys = opened.keys + (change.tuning.key is not None)
        how = opened.settings.but(change.tuning)
        return replace(opened, settings=how, capacity=capacity, admitted=admitted, key=lock, keys=keys)
    if isinstance(change, Invited) and not change.admits:
        return opened
    if isinstance(change, Invited):
        return replace(opened, admitted=tuple({*opened.admitted, change.person}))
    moderators = [person for person in opened.moderators if person != change.person]
    voiced = [person for person in opened.voiced if person != change.person]
    if change.role == "moderator":
        moderators.append(change.person)
    elif change.role == "voiced" and change.person != opened.owner:
        voiced.append(change.person)
    elif change.role == "owner":
        moderators += [opened.owner] if opened.owner not in (None, change.person) else []
        return replace(opened, owner=change.person, moderators=tuple(moderators), voiced=tuple(voiced))
    return replace(opened, moderators=tuple(moderators), voiced=tuple(voiced))


def not_admitted(opened: Opened, person: bytes) -> Opened:
    """Return *opened* as it is when *person* may not come in any more while it is invite-only."""
    return replace(opened, admitted=tuple(each for each in opened.admitted if each != person))


def merged(opened: Opened, change: Merged) -> Opened:
    """Return *opened* as it is after *change*."""
    person, account = change.person, change.account
    owner = account if opened.owner == person else opened.owner
    moderators = dict.fromkeys(account if each == person else each for each in opened.moderators)
    if owner is not None:
        moderators.pop(owner, None)
    voiced = dict.fromkeys(account if each == person else each for each in opened.voiced)
    for each in (owner, *moderators):
        voiced.pop(each or b"", None)
    sanctions = [structs.replace(each, person=account) if each.person == person else each for each in opened.sanctions]
    admitted = dict.fromkeys(account if each == person else each for each in opened.admitted)
    return replace(
        opened,
        owner=owner,
        moderators=tuple(moderators),
        voiced=tuple(voiced),
        sanctions=tuple(sanctions),
        admitted=tuple(admitted),
    )


def _erase(room: _Room, redactions: Sequence[Redaction]) -> tuple[Redaction, ...]:
    """Keep no texts of the messages that *redactions* take back; return those that take back anything."""
    done = []
    for redaction in redactions:
        place = redaction.seq - (room.seq + 1 - len(room.rows))
        if 0 <= place < len(room.rows) and (message := room.rows[place][1]).text:
            room.rows[place] = redaction.seq, erased(message)
            done.append(redaction)
    room.redactions += done
    return tuple(done)


def _time(row: Numbered) -> int:
    """Return when the message of *row* was said."""
    return row[1].at


def _sent(rows: Iterable[Numbered]) -> Iterable[Resendable]:
    """Return which of *rows* may be sent again."""
    for seq, message in rows:
        if message.session is not None and message.cid is not None:
            yield Resendable(
                message.session, message.cid, seq, message.at, digest(message.text, message.kind, message.re)
            )


def _beyond(rows: Rows, after: int) -> Iterable[Numbered]:
    """Return *rows* from the first beyond *after* on."""
    first = rows[0][0] if rows else 1
    return islice(rows, max(0, after + 1 - first), None)


def _below(rows: Rows, before: int | None) -> Iterable[Numbered]:
    """Return *rows* from the newest below *before* to the oldest."""
    last = rows[-1][0] if rows else 0
    return islice(reversed(rows), 0 if before is None else max(0, last + 1 - before), None)


_: tuple[
    type[Log],
    type[AccountStore],
    type[ModerationStore],
    type[FollowStore],
    type[MarkStore],
    type[TalkStore],
    type[CloakStore],
] = (
    MemoryLog,
    MemoryLog,
    MemoryLog,
    MemoryLog,
    MemoryLog,
    MemoryLog,
    MemoryLog,
)
