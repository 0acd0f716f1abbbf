"""The engine of nodes that share a database of PostgreSQL: four threads, each with a session of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from chatroom.core.ports import LogId
from chatroom.logs.health import Health
from chatroom.logs.nodes.changes import Record, Row
from chatroom.logs.nodes.engine import Appended, Bounds, Engine, Found, Hint
from chatroom.logs.postgres.errors import AWAY, refusing
from chatroom.logs.postgres.listener import Listener
from chatroom.logs.postgres.reader import PageReader, Searcher
from chatroom.logs.postgres.session import called
from chatroom.logs.postgres.writer import Writer
from chatroom.logs.read_queue import ReadQueue
from chatroom.logs.retention import Retention
from chatroom.logs.worker import FromThread, Worker


class PostgresEngine:
    """The database *where*, a URI of libpq. Answers come through *from_thread*.

    A search takes *search_timeout* of those *seconds* at most; 0 is no limit. Unless it is *alone*, other nodes may be
    there too.

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
        alone: bool = True,
    ) -> None:
        self.name = called(where)
        self._where = where
        self._from_thread = from_thread
        self._seconds = seconds
        self._search_timeout = search_timeout
        self._retention = retention
        self._writer = Writer(where, self.name, retention, alone=alone)

    def start(self, heard: Callable[[Hint | None], None]) -> Sequence[Found]:
        """Become a node, and listen."""
        with refusing(self.name):
            try:
                node = self._writer.begin()
                self._listener = Listener(self._where, node, heard, self._from_thread)
                rooms = self._writer.restore()
                self._writing = Worker("log-writer", self._from_thread)
                self.reads = self._read_queue()
                return [room._replace(opened=self.reads.recalled(room.opened)) for room in rooms]
            except BaseException:
                self._writer.close()
                raise

    def _read_queue(self) -> ReadQueue:
        return ReadQueue(
            PageReader(self._where, self._retention),
            partial(Searcher, self._where, self._retention, self._search_timeout, self._seconds),
            health=Health(f"read messages in {self.name}", AWAY),
            from_thread=self._from_thread,
            seconds=self._seconds,
        )

    def append(
        self,
        number: int,
        rows: Sequence[Row],
        known: Mapping[LogId, int],
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

    def heads(self, logs: Sequence[LogId], done: Callable[[Mapping[LogId, int] | Exception], None]) -> None:
        """Find the positions of the newest entries of *logs*."""
        self._writing.do(partial(self._writer.heads, logs), done)

    def sweep(self, bounds: Bounds, done: Callable[[bool | Exception], None]) -> None:
        """Remove the next things that are no longer kept."""
        self._writing.do(partial(self._writer.sweep, bounds), done)

    def stop(self, stopped: Callable[[], None]) -> None:
        """Leave the database."""
        self._listener.stop()

        def left(_: Exception | None) -> None:
            self._writing.stop()
            stopped()

        self.reads.stop(lambda: self._writing.do(self._writer.close, left))

    def abandon(self) -> None:
        """Leave the database at once, as a process that is killed."""
        self._listener.stop()
        self._writing.stop()
        self.reads.abandon()
        self._writer.close()


_: type[Engine] = PostgresEngine
