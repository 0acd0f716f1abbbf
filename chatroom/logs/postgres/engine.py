"""The engine of nodes that share a database of PostgreSQL: five threads with a session each, and one that watches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from chatroom.core.people.directory import Somebody
from chatroom.core.ports import FollowedRoom, KeptTalk, LogId
from chatroom.core.values.names import Key, RoomName, Username
from chatroom.logs.machinery.health import Health
from chatroom.logs.machinery.read_queue import ReadQueue
from chatroom.logs.machinery.worker import FromThread, Worker
from chatroom.logs.nodes.changes import ChangeRow, Record
from chatroom.logs.nodes.engine import (
    Appended,
    Bounds,
    Buried,
    Catalogue,
    Engine,
    Found,
    KeptAccount,
    KnownLog,
    Look,
    Mail,
    News,
    Nodes,
    PeoplePage,
)
from chatroom.logs.postgres.database import Database, called
from chatroom.logs.postgres.errors import AWAY, refusing
from chatroom.logs.postgres.listener import NotifyListener
from chatroom.logs.postgres.reader import PageReader, Searcher
from chatroom.logs.postgres.vacuum import Vacuum
from chatroom.logs.postgres.watch import Watch
from chatroom.logs.postgres.writer import Writer
from chatroom.logs.retention import Retention


class PostgresEngine:
    """The database *where*, a URI of libpq. Answers come through *from_thread*.

    A search takes *search_timeout* of those *seconds* at most; 0 is no limit.

    :raises ValueError: if *where* can't be one, or tells a password.
    """

    def __init__(
        self,
        where: str,
        *,
        from_thread: FromThread,
        seconds: Callable[[], float],
        search_timeout: float,
        retention: Retention,
    ) -> None:
        self.name = called(where)
        self._database = Database(where)
        self._from_thread = from_thread
        self._seconds = seconds
        self._search_timeout = search_timeout
        self._retention = retention
        self._writer = Writer(self._database, self.name, retention)

    def start(self, heard: Callable[[News], None]) -> int:
        """Become a node, and listen; return the generation."""
        with refusing(self.name):
            try:
                node, generation = self._writer.begin()
                self.cloak_key = self._writer.cloak_key()
                self._listener = NotifyListener(self._database, node, generation, heard, self._from_thread)
                self._sessions = [self._writer.session, self._listener.session]
                self._writing = Worker("log-writer", self._from_thread)
                self.reads = self._read_queue()
                health = Health(f"vacuum {self.name}", AWAY)
                self._vacuum = Vacuum(self._database, health, self._from_thread)
                self._sessions.append(self._vacuum.session)
                self._watch = Watch(self._database, self._sessions)
            except BaseException:
                self._writer.close()
                raise
        return generation

    def join(self, done: Callable[[int | Exception], None]) -> None:
        """Become another node; give the generation to *done*."""

        def joined(result: tuple[int, int] | Exception) -> None:
            if isinstance(result, Exception):
                done(result)
            else:
                self._listener.node, self._listener.generation = result
                done(self._listener.generation)

        self._writing.do(self._writer.begin_anew, joined)

    def _read_queue(self) -> ReadQueue:
        pages = PageReader(self._database, self._retention)

        def searcher(crowded: Callable[[], bool]) -> Searcher:
            searcher = Searcher(self._database, self._retention, self._search_timeout, self._seconds, crowded)
            self._sessions.append(searcher.session)
            return searcher

        self._sessions.append(pages.session)
        return ReadQueue(
            pages,
            searcher,
            health=Health(f"read messages in {self.name}", AWAY),
            from_thread=self._from_thread,
            seconds=self._seconds,
        )

    def append(
        self,
        number: int,
        rows: Sequence[ChangeRow],
        known: Mapping[LogId, KnownLog],
        bounds: Bounds,
        done: Callable[[Appended | Exception], None],
    ) -> None:
        """Let the changes of batch *number* happen; then tell the other nodes."""
        self._writing.do(partial(self._writer.append, number, rows, known, bounds), done)
        # Whoever asked is answered meanwhile. What goes wrong is found out by the next batch.
        self._writing.do(self._writer.publish, lambda _: None)

    def find(self, log: LogId, done: Callable[[Found | Exception | None], None]) -> None:
        """Find *log*."""
        self._writing.do(partial(self._writer.find, log), done)

    def catch_up(self, log: LogId, after: int, done: Callable[[Sequence[Record] | Exception], None]) -> None:
        """Find the next entries of *log*."""
        self._writing.do(partial(self._writer.catch_up, log, after), done)

    def look(self, logs: Sequence[LogId], since: str | None, done: Callable[[Look | Exception], None]) -> None:
        """Look around."""
        self._writing.do(partial(self._writer.look, logs, since), done)

    def collect(self, done: Callable[[Sequence[Mail] | Exception], None]) -> None:
        """Collect the mail for this node."""
        self._writing.do(self._writer.collect, done)

    def withdraw(self, mail: int, done: Callable[[bool | Exception], None]) -> None:
        """Take back a *mail*; tell whether nobody has seen it."""
        self._writing.do(partial(self._writer.withdraw, mail), done)

    def nodes(self, name: Key | None, done: Callable[[Nodes | Exception], None]) -> None:
        """Find the nodes that are there; of the others, with *name*, those where it has a seat."""
        self._writing.do(partial(self._writer.nodes, name), done)

    def call(self, texts: Mapping[int, str], done: Callable[[Exception | None], None]) -> None:
        """Let each of some nodes hear a text."""
        self._writing.do(partial(self._writer.call, texts), done)

    def reap(self, node: int, beat: int, done: Callable[[bool | Exception], None]) -> None:
        """Note that *node* is dead, unless its *beat* has moved."""
        self._writing.do(partial(self._writer.reap, node, beat), done)

    def bury(self, node: int, done: Callable[[Buried | Exception], None], *, every: bool) -> None:
        """Give up the next seats of a dead *node*, and tell the other nodes."""
        self._writing.do(partial(self._writer.bury, node, every=every), done)
        self._writing.do(self._writer.publish, lambda _: None)

    def who(
        self,
        room: RoomName | None,
        after: Username | None,
        most: int,
        viewer: bytes | None,
        done: Callable[[PeoplePage | Exception | None], None],
    ) -> None:
        """Find the next *most* names behind *after*, in *room*, if *viewer* may know of it, or of everybody."""
        self._writing.do(partial(self._writer.who, room, after, most, viewer), done)

    def person(self, username: Username, done: Callable[[Somebody | Exception | None], None]) -> None:
        """Find who is called *username*."""
        self._writing.do(partial(self._writer.person, username), done)

    def follows(self, person: bytes, done: Callable[[Sequence[FollowedRoom] | Exception], None]) -> None:
        """Find the rooms that *person* follows."""
        self._writing.do(partial(self._writer.follows, person), done)

    def talks(
        self, person: bytes, before: int | None, most: int, done: Callable[[Sequence[KeptTalk] | Exception], None]
    ) -> None:
        """Find the newest *most* talks of *person*."""
        self._writing.do(partial(self._writer.talks, person, before, most), done)

    def rooms(self, match: str, after: RoomName | None, done: Callable[[Catalogue | Exception], None]) -> None:
        """Find open rooms behind *after* with *match* in their names, enough for a page."""
        self._writing.do(partial(self._writer.rooms, match, after), done)

    def accounts(self, after: bytes | None, done: Callable[[Sequence[KeptAccount] | Exception], None]) -> None:
        """Find the next accounts."""
        self._writing.do(partial(self._writer.accounts, after), done)

    def bound(self, session: bytes, done: Callable[[bytes | Exception | None], None]) -> None:
        """Find the account of whoever has the seat of *session*."""
        self._writing.do(partial(self._writer.bound, session), done)

    def device(self, done: Callable[[int | Exception], None]) -> None:
        """Answer with the number of a device that nobody has had."""
        self._writing.do(self._writer.device, done)

    def renumber(self, saw: int, done: Callable[[bool | Exception], None]) -> None:
        """Let all rooms begin new epochs."""
        self._writing.do(partial(self._writer.renumber, saw), done)

    def sweep(self, bounds: Bounds, done: Callable[[bool | Exception], None]) -> None:
        """Remove the next things that are no longer kept; behind the last ones, see to what was taken back."""

        def sweep() -> bool:
            more = self._writer.sweep(bounds)
            if not more and (erased := self._writer.to_vacuum()) is not None:
                self._vacuum.begin(erased)
            return more

        self._writing.do(sweep, done)

    def stop(self, stopped: Callable[[], None]) -> None:
        """Leave the chat, and the database."""
        self._listener.stop()
        self._watch.stop()

        def closed(_: Exception | None) -> None:
            self._writing.stop()
            stopped()

        def leave() -> None:
            # If that can't be, the others find out that nobody is here any more.
            self._writing.do(self._writer.leave, lambda _: self._writing.do(self._writer.close, closed))

        self._vacuum.stop(lambda: self.reads.stop(leave))

    def abandon(self) -> None:
        """Leave the database at once, as a process that is killed."""
        self._listener.stop()
        self._watch.stop()
        self._writing.stop()
        self.reads.abandon()
        self._vacuum.abandon()
        self._writer.close()


_: type[Engine] = PostgresEngine
