"""The engine of nodes in one process, over a store in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import TypeVar

from chatroom.core.people.directory import Somebody
from chatroom.core.ports import (
    FollowedRoom,
    FoundUnread,
    KeptTalk,
    LogId,
    Opened,
    Page,
    Resendable,
    Searched,
    WantedUnread,
)
from chatroom.core.search.query import finder
from chatroom.core.tools.paging import Numbered, newest, newest_of_all, oldest
from chatroom.core.values.audit import Act
from chatroom.core.values.authors import Author
from chatroom.core.values.changes import Redaction
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.events import digest
from chatroom.core.values.limits import RESENDABLE, RESENT_WITHIN
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import Key, RoomName, Username
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.sanctions import Placed
from chatroom.logs.machinery.worker import outcome
from chatroom.logs.nodes.changes import ChangeRow, Record
from chatroom.logs.nodes.engine import (
    Appended,
    Bounds,
    Buried,
    Call,
    Catalogue,
    Engine,
    Found,
    Hint,
    KeptAccount,
    KnownLog,
    Look,
    Lost,
    Mail,
    News,
    Nodes,
    PeoplePage,
)
from chatroom.logs.postgres.writer import changed, hints, mailed
from chatroom.logs.retention import Retention
from chatroom.logs.unread_rows import Candidate, UnreadLook
from tests.simulation.world import Life, World, said

T = TypeVar("T")

Soon = Callable[[Callable[[], None]], object]
"""Calls its argument, at once or later."""


class SimulatedEngine:
    """The engine of one node in *world*.

    It answers at once, or through *soon*; hints go through *hints*, and what others call through *calls*.
    """

    def __init__(
        self,
        world: World,
        retention: Retention,
        soon: Soon = lambda call: call(),
        hints: Soon = lambda call: call(),
        calls: Soon = lambda call: call(),
    ) -> None:
        self.name = "the simulated engine"
        self.cloak_key = b"the secret of a simulated engine"
        self.world = world
        self.reads = SimulatedReads(world, retention, soon)
        self.node = 0
        self._generation = 0
        self._beats = 0
        # The node that the last answer tells of, if it does: until that is here, this is still the former one.
        self._joined: int | None = None
        # The mail that came with the last answer, if any did, and that of the last that came.
        self._brought: Sequence[Mail] | None = None
        self._seen: Sequence[int] = ()
        self._soon = soon
        self._hints = hints
        self._calls = calls

    def start(self, heard: Callable[[News], None]) -> int:
        """Become a node, and listen; return the generation."""
        self._heard = heard
        self._generation = self._become()
        self._came(self._generation)
        return self._generation

    def _become(self) -> int:
        self.world.leave(self.node)
        self._joined = self.world.join()
        return self.world.generation

    def _listen(self, news: News) -> None:
        """Hear *news*, some time."""
        how = self._calls if isinstance(news, Call) else self._hints
        generation = self.world.generation
        how(lambda: self._hear(news, generation))

    def _hear(self, news: News, generation: int) -> None:
        # As the listener of PostgreSQL: hints say of which generation they are.
        if not isinstance(news, Hint) or generation == self._generation:
            self._heard(news)

    def join(self, done: Callable[[int | Exception], None]) -> None:
        """Become another node; give the generation to *done*."""

        def joined(generation: int | Exception) -> None:
            if not isinstance(generation, Exception):
                self._generation = generation
            done(generation)

        self._ask(self._become, joined)

    def _ask(
        self, work: Callable[[], T], done: Callable[[T | Exception], None], told: Callable[[T], None] | None = None
    ) -> None:
        def ask() -> None:
            answer = self._answer(work, told)
            self._came(answer)
            done(answer)

        self._soon(ask)

    def _came(self, answer: object) -> None:
        """Note that *answer* is here: this is the node that it tells of, and its mail need not come again."""
        joined, self._joined = self._joined, None
        brought, self._brought = self._brought, None
        if isinstance(answer, Exception):
            return
        if joined is not None:
            self.world.listeners.pop(self.node, None)
            self.node = joined
            self._beats = 0
            self.world.listeners[joined] = self._listen
        if brought is not None:
            self._seen = [letter.number for letter in brought]

    @property
    def lacks_something(self) -> bool:
        """Whether the world has lost something of what it had answered here."""
        return self.world.beats(self.node) < self._beats

    def _answer(self, work: Callable[[], T], told: Callable[[T], None] | None = None) -> T | Exception:
        if self.lacks_something:
            self._beats = self.world.beats(self.node)
            return Lost("something is lost that was stored")
        answer = outcome(work)
        if member := self.world.nodes.get(self.node):
            self._beats = member.beat
        if told and not isinstance(answer, Exception):
            told(answer)
        return answer

    def append(
        self,
        number: int,
        rows: Sequence[ChangeRow],
        known: Mapping[LogId, KnownLog],
        bounds: Bounds,
        done: Callable[[Appended | Exception], None],
    ) -> None:
        """Let the changes of batch *number* happen, and tell the others."""

        def tell(appended: Appended) -> None:
            answers = appended.answers
            self.world.publish(self.node, [*hints(rows, answers), *mailed(answers, self.node), *changed(rows, answers)])

        self._ask(lambda: self.world.append(self.node, number, rows, known, bounds), done, tell)

    def find(self, log: LogId, done: Callable[[Found | Exception | None], None]) -> None:
        """Find *log*."""

        def find() -> Found | None:
            self.world.beat(self.node)
            life = self.world.logs.get(log)
            return self._found(life) if life and life.key is not None else None

        self._ask(find, done)

    def catch_up(self, log: LogId, after: int, done: Callable[[Sequence[Record] | Exception], None]) -> None:
        """Find the next entries of *log*, a few."""

        def catch_up() -> list[Record]:
            self.world.beat(self.node)
            return self.world.records(log, after)[:3]

        self._ask(catch_up, done)

    def look(self, logs: Sequence[LogId], since: str | None, done: Callable[[Look | Exception], None]) -> None:
        """Look around."""

        def looked() -> Look:
            look = self.world.look(self.node, logs, since, self._seen)
            self._brought = look.mail
            return look

        self._ask(looked, done)

    def collect(self, done: Callable[[Sequence[Mail] | Exception], None]) -> None:
        """Collect the mail for this node."""

        def collect() -> list[Mail]:
            self.world.beat(self.node)
            self._brought = self.world.collect(self.node, self._seen)
            return [*self._brought]

        self._ask(collect, done)

    def withdraw(self, mail: int, done: Callable[[bool | Exception], None]) -> None:
        """Take back a *mail*."""
        self._ask(lambda: self.world.withdraw(mail), done)

    def nodes(self, name: Key | None, done: Callable[[Nodes | Exception], None]) -> None:
        """Find the nodes that are there."""

        def nodes() -> Nodes:
            there = {seat.node for seat in self.world.seats.values() if name in (None, seat.key)}
            there |= {self.node} if name else self.world.nodes.keys()
            return Nodes(self.node, {node: f"node {node}" for node in self.world.nodes if node in there})

        self._ask(nodes, done)

    def call(self, texts: Mapping[int, str], done: Callable[[Exception | None], None]) -> None:
        """Let each of some nodes hear a text, unless that is lost."""

        def tell(_: None) -> None:
            for node, text in texts.items():
                if heard := self.world.listeners.get(node):
                    heard(Call(self.node, text))

        self._ask(lambda: None, done, tell)

    def reap(self, node: int, beat: int, done: Callable[[bool | Exception], None]) -> None:
        """Note that *node* is dead."""
        self._ask(lambda: bool(self.world.beat(self.node)) and self.world.reap(node, beat), done)

    def bury(self, node: int, done: Callable[[Buried | Exception], None], *, every: bool) -> None:
        """Give up the next seats of a dead *node*."""

        def bury() -> Buried:
            self.world.beat(self.node)
            return self.world.bury(node, every=every)

        def tell(buried: Buried) -> None:
            self.world.publish(self.node, [Hint(record.log, record.pos, [record]) for record in buried.records])

        self._ask(bury, done, tell)

    def who(
        self,
        room: RoomName | None,
        after: Username | None,
        most: int,
        viewer: bytes | None,
        done: Callable[[PeoplePage | Exception | None], None],
    ) -> None:
        """Find the next *most* names behind *after*."""

        def who() -> PeoplePage | None:
            self.world.beat(self.node)
            return self.world.who(room, after, most, viewer)

        self._ask(who, done)

    def person(self, username: Username, done: Callable[[Somebody | Exception | None], None]) -> None:
        """Find who is called *username*."""

        def person() -> Somebody | None:
            self.world.beat(self.node)
            return self.world.person(username)

        self._ask(person, done)

    def follows(self, person: bytes, done: Callable[[Sequence[FollowedRoom] | Exception], None]) -> None:
        """Find the rooms that *person* follows."""

        def follows() -> Sequence[FollowedRoom]:
            self.world.beat(self.node)
            return self.world.followed(person)

        self._ask(follows, done)

    def talks(
        self, person: bytes, before: int | None, most: int, done: Callable[[Sequence[KeptTalk] | Exception], None]
    ) -> None:
        """Find the newest *most* talks of *person*."""

        def talks() -> Sequence[KeptTalk]:
            self.world.beat(self.node)
            return self.world.talks_of(person, before, most)

        self._ask(talks, done)

    def rooms(self, match: str, after: RoomName | None, done: Callable[[Catalogue | Exception], None]) -> None:
        """Find the open rooms behind *after*."""

        def rooms() -> Catalogue:
            self.world.beat(self.node)
            return self.world.rooms(self.node, match, after)

        self._ask(rooms, done)

    def accounts(self, after: bytes | None, done: Callable[[Sequence[KeptAccount] | Exception], None]) -> None:
        """Find the next accounts."""

        def accounts() -> list[KeptAccount]:
            self.world.beat(self.node)
            return self.world.kept(after or b"")

        self._ask(accounts, done)

    def bound(self, session: bytes, done: Callable[[bytes | Exception | None], None]) -> None:
        """Find the account of whoever has the seat of *session*."""

        def bound() -> bytes | None:
            self.world.beat(self.node)
            return self.world.bound(session)

        self._ask(bound, done)

    def device(self, done: Callable[[int | Exception], None]) -> None:
        """Answer with the number of a device that nobody has had."""

        def device() -> int:
            self.world.beat(self.node)
            return self.world.device_number()

        self._ask(device, done)

    def renumber(self, saw: int, done: Callable[[bool | Exception], None]) -> None:
        """Let all rooms begin new epochs."""
        self._ask(lambda: self.world.renumber(saw), done)

    def sweep(self, bounds: Bounds, done: Callable[[bool | Exception], None]) -> None:
        """Remove the next things that are no longer kept."""
        self._ask(lambda: self.world.sweep(bounds), done)

    def stop(self, stopped: Callable[[], None]) -> None:
        """Leave the chat."""

        def leave() -> None:
            self.world.listeners.pop(self.node, None)
            self.world.leave(self.node)
            stopped()

        self._soon(leave)

    def _found(self, life: Life) -> Found:
        return Found(self.reads.opened(life), life.pos, [*life.people.values()])


class SimulatedReads:
    """Reading of *world*."""

    def __init__(self, world: World, retention: Retention, soon: Callable[[Callable[[], None]], object]) -> None:
        self._world = world
        self._retention = retention
        self._soon = soon

    def opened(self, life: Life, *, recall: bool = False) -> Opened:
        """Return *life* as one that is open."""
        first = max(life.removed, self._retention.floor(life.seq)) + 1
        return Opened(
            room=life.room,
            log=life.log,
            epoch=life.epoch,
            seq=life.seq,
            first=first,
            topic=life.topic,
            capacity=life.capacity,
            creator=life.creator,
            owner=life.owner,
            sent=tuple(self._sent(life, first)) if recall else (),
            settings=life.settings,
            moderators=tuple(sorted(life.moderators)),
            sanctions=tuple(life.sanctions.values()),
            redactions=len(life.redactions),
            at=next((kept.at for kept in reversed(life.entries) if kept.seq == life.seq), 0),
            admitted=tuple(sorted(life.admitted)),
            voiced=tuple(sorted(life.voiced)),
            key=life.lock,
            begun=life.begun,
            topic_by=life.topic_by,
            topic_at=life.topic_at,
            keys=life.keys,
        )

    def page(
        self,
        log: LogId,
        after: int | None,
        before: int | None,
        limit: int,
        got: Callable[[Page | StorageFailed], None],
        viewer: bytes | None = None,
    ) -> None:
        """Read a page."""

        def read() -> None:
            rows = [row for row in self._rows(log) if row[1].is_for(viewer)]
            if after is not None:
                got(oldest((row for row in rows if row[0] > after), limit))
            else:
                got(newest((row for row in reversed(rows) if before is None or row[0] < before), limit))

        self._soon(read)

    def search(
        self,
        log: LogId,
        query: str,
        before: int | None,
        limit: int,
        got: Callable[[Searched], None],
        after: int = 0,
        author: Author | None = None,
        viewer: bytes | None = None,
    ) -> None:
        """Search all there is."""
        finds = finder(query, author, viewer)

        def search() -> None:
            rows = [row for row in self._rows(log) if row[0] > after and (before is None or row[0] < before)]
            rows = [row for row in rows if finds(row[1])]
            got(Searched(newest(reversed(rows), limit)))

        self._soon(search)

    def search_all(
        self,
        logs: Mapping[LogId, int],
        query: str,
        limit: int,
        got: Callable[[Searched], None],
        author: Author | None,
        since: int | None,
        until: int | None,
        viewer: bytes | None = None,
    ) -> None:
        """Search all there is in all *logs*."""
        finds = finder(query, author, viewer)

        def search() -> None:
            rows = [
                (log, seq, message)
                for log, newest in logs.items()
                for seq, message in self._rows(log)
                if seq <= newest and (-1 if since is None else since) < message.at < (until or inf) and finds(message)
            ]
            rows.sort(key=lambda row: (-row[2].at, -row[0], -row[1]))
            got(Searched(newest_of_all(rows, limit)))

        self._soon(search)

    def recall(self, room: Opened, opened: Callable[[Opened | StorageFailed], None]) -> None:
        """Give *room* to *opened* with its messages that may be sent again."""

        def recall() -> None:
            life = self._world.logs.get(room.log)
            opened(replace(room, sent=tuple(self._sent(life, room.first)) if life else ()))

        self._soon(recall)

    def limit_searches(self, timeout: float) -> None:
        """Search as long as it takes."""

    def upto(self, log: LogId, at: int, got: Callable[[int | StorageFailed], None]) -> None:
        """Look at all there is."""
        self._soon(lambda: got(max((seq for seq, message in self._rows(log) if message.at <= at), default=0)))

    def redactions(
        self, log: LogId, after: int, limit: int, got: Callable[[Sequence[Redaction] | StorageFailed], None]
    ) -> None:
        """Read redactions."""

        def read() -> None:
            life = self._world.logs.get(log)
            got(life.redactions[after : after + limit] if life else ())

        self._soon(read)

    def audit(
        self, log: LogId | None, before: int | None, limit: int, got: Callable[[Sequence[Act] | StorageFailed], None]
    ) -> None:
        """Read the audit."""

        def read() -> None:
            acts = (act for place, act in reversed(self._world.audit) if log in (None, place))
            got([act for act in acts if before is None or act.number < before][:limit])

        self._soon(read)

    def reports(
        self,
        log: LogId | None,
        but: Collection[bytes],
        resolved: bool,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[KeptReport] | StorageFailed], None],
    ) -> None:
        """Read reports."""

        def read() -> None:
            found = (each.kept for each in reversed(self._world.reports.values()) if log in (None, each.kept.log))
            got(
                [
                    kept
                    for kept in found
                    if (before is None or kept.number < before)
                    and (resolved or kept.resolved is None)
                    and kept.about not in but
                ][:limit]
            )

        self._soon(read)

    def sanctions(
        self, before: int | None, now: int, limit: int, got: Callable[[Sequence[Placed] | StorageFailed], None]
    ) -> None:
        """Read sanctions."""

        def read() -> None:
            found = [
                Placed(life.room or None, each)
                for life in self._world.logs.values()
                for each in life.sanctions.values()
                if life.key is not None and each.holds(now) and (before is None or each.number < before)
            ]
            got(sorted(found, key=lambda placed: -placed.sanction.number)[:limit])

        self._soon(read)

    def marks(self, person: bytes, got: Callable[[Mapping[LogId, Mark] | StorageFailed], None]) -> None:
        """Read marks."""
        self._soon(lambda: got({log: mark for (who, log), mark in self._world.marks.items() if who == person}))

    def standings(
        self, person: bytes, logs: Collection[LogId], got: Callable[[Mapping[LogId, Opened] | StorageFailed], None]
    ) -> None:
        """Find how rooms are, with more of their people than *person*."""
        lives = self._world.logs
        self._soon(
            lambda: got({log: self.opened(lives[log]) for log in logs if log in lives and lives[log].key is not None})
        )

    def unread(self, wanted: WantedUnread, got: Callable[[FoundUnread], None]) -> None:
        """Look at all there is."""

        def beyond(log: LogId, after: int) -> Iterator[Numbered]:
            return (row for row in self._rows(log) if after < row[0] <= wanted.heads.get(log, row[0]))

        def candidates() -> Iterator[Candidate]:
            person, world = wanted.person, self._world
            for log in sorted(wanted.rooms):
                life = world.logs.get(log)
                marked = wanted.marks.get(log, 0)
                if kept := world.marks.get((person, log)):
                    marked = max(marked, kept.seq)
                rows = [*beyond(log, 0)]
                if life and rows and marked < rows[-1][0]:
                    yield Candidate(log, life.room, rows[-1], marked)
            for (log, who), talk in sorted(world.talks.items()):
                kept = world.marks.get((person, log))
                marked = max(wanted.marks.get(log, 0), kept.seq if kept else 0)
                newest = [row for row in beyond(log, marked) if row[0] == talk.seq]
                if who == person != talk.other and newest:
                    yield Candidate(log, world.logs[log].room, newest[0], marked, talk.name)

        def look() -> None:
            look = UnreadLook(
                (each for each in candidates() if wanted.only is None or each[0] in wanted.only), wanted, beyond
            )
            for _ in look.steps():
                pass
            got(FoundUnread(look.page))

        self._soon(look)

    def cancel_searches(self) -> None:
        """Do nothing: no search takes long."""

    def _rows(self, log: LogId) -> Iterator[Numbered]:
        life = self._world.logs.get(log)
        if life and life.key is not None:
            floor = self._retention.floor(life.seq)
            for kept in life.entries:
                if kept.seq and kept.seq > floor:
                    yield kept.seq, said(kept)

    def _sent(self, life: Life, first: int) -> Iterator[Resendable]:
        first = max(first, life.seq - RESENDABLE + 1)
        too_old = max((kept.at for kept in life.entries if kept.seq), default=0) - RESENT_WITHIN
        for kept in life.entries:
            if kept.seq and kept.seq >= first and kept.at > too_old and kept.row.cid and kept.row.session:
                message = said(kept)
                known = digest(message.text, message.kind, message.re)
                yield Resendable(kept.row.session, kept.row.cid, kept.seq, kept.at, known)


_: type[Engine] = SimulatedEngine
