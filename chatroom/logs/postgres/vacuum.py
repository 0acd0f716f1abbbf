"""The vacuum that leaves nothing in the tables of messages that were taken back, nor of reports that are forgotten.

It leaves their words in the index of the search, which is made anew from time to time to lose them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from chatroom.logs.machinery.health import Health
from chatroom.logs.machinery.worker import FromThread, Worker
from chatroom.logs.postgres.database import Connection, Database
from chatroom.logs.postgres.session import DatabaseSession

PAUSE = 600_000
"""Milliseconds between two vacuums, at least, whichever node asks for them."""

TO_VACUUM = """
    UPDATE chat.meta SET vacuum = chat.now()
    WHERE vacuum NOT BETWEEN chat.now() - %s AND chat.now() AND (
        erased > vacuumed
        OR erased > reindexed AND reindex NOT BETWEEN chat.now() - greatest(3600000, 50 * reindexing) AND chat.now()
    ) RETURNING erased
"""
"""Asks how much was taken back, if something of it is left and nobody else has begun to see to that."""

# Not more often than every hour, nor for more than a fiftieth of the time: it reads all messages that are kept.
TO_REINDEX = """
    UPDATE chat.meta SET reindex = chat.now()
    WHERE vacuumed > reindexed AND reindex NOT BETWEEN chat.now() - greatest(3600000, 50 * reindexing) AND chat.now()
    RETURNING vacuumed
"""

# What was left by one that did not come to its end takes place, and has each word that is new.
LEFT = """
    SELECT format('DROP INDEX CONCURRENTLY IF EXISTS %s', indexrelid::regclass)
    FROM pg_index WHERE indrelid = 'chat.entries'::regclass AND NOT indisvalid
"""

REINDEX = "REINDEX INDEX CONCURRENTLY chat.entries_words_idx"

REINDEXED = "UPDATE chat.meta SET reindexed = greatest(reindexed, %s), reindexing = chat.now() - reindex"

# The index is to lose it although it is next to nothing; and nobody is to wait for the end of the file to be cut off.
VACUUM = "VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) chat.entries, chat.reports, chat.contexts"

VACUUMED = "UPDATE chat.meta SET vacuumed = greatest(vacuumed, %s)"


class Vacuum:
    """Vacuums the entries in *database*, in a thread and with a connection of its own: commits go on meanwhile.

    Its *health* is that of the last one. Whoever ends in the middle leaves it to others, or to a later one.
    """

    def __init__(self, database: Database, health: Health, from_thread: FromThread) -> None:
        self.session = DatabaseSession(database, _gently)
        self._health = health
        self._worker = Worker("log-vacuum", from_thread)
        self._stopping = False

    def begin(self, erased: int) -> None:
        """Leave nothing of the first *erased* changes that have taken messages back; to be called from any thread."""
        self._worker.do(partial(self._vacuum, erased), self._done)

    def _vacuum(self, erased: int) -> None:
        def vacuum(connection: Connection) -> None:
            if not self._stopping:
                connection.execute(VACUUM)
                connection.execute(VACUUMED, (erased,))
                self._reindex(connection)

        try:
            self.session.run(vacuum)
        finally:
            # It is not needed again soon.
            self.session.drop()

    def _reindex(self, connection: Connection) -> None:
        """Make the index anew, if that is due: messages are stored and found meanwhile."""
        for (reindexing,) in connection.execute(TO_REINDEX).fetchall():
            for (drop,) in connection.execute(LEFT).fetchall():
                connection.execute(drop.encode())
            if not self._stopping:
                connection.execute(REINDEX)
                connection.execute(REINDEXED, (reindexing,))

    def _done(self, result: Exception | None) -> None:
        if self._stopping:
            return
        if result is None:
            self._health.recovered()
        else:
            self._health.failed(result)

    def stop(self, stopped: Callable[[], None]) -> None:
        """Vacuum no longer, and call *stopped*."""
        self._stopping = True
        self.session.cancel()

        def end(_: Exception | None) -> None:
            self._worker.stop()
            stopped()

        self._worker.do_last(self.session.drop, end)

    def abandon(self) -> None:
        """Leave the database at once."""
        self._stopping = True
        self.session.give_up()
        self._worker.stop()


def _gently(connection: Connection) -> None:
    """Let *connection* take as much of the disk as a vacuum takes that the database begins by itself."""
    connection.execute("SET vacuum_cost_delay = '2ms'")
