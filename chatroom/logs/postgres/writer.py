"""Writing of the log, as a node: batch after batch, each once, whatever becomes of the connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from secrets import token_urlsafe
from typing import Any, LiteralString

import psycopg
from psycopg.errors import Diagnostic

from chatroom.core.ports import LogId, Opened
from chatroom.logs.nodes.changes import Decision, Record, Row
from chatroom.logs.nodes.engine import Appended, Bounds, Found, Hint, OutcomeUnknown, Refused, Unreachable
from chatroom.logs.postgres.errors import REPEATABLE, first_line
from chatroom.logs.postgres.listener import CHANNEL, payload
from chatroom.logs.postgres.migrate import LOCK, migrate
from chatroom.logs.postgres.session import Connection, Session
from chatroom.logs.postgres.words import vector
from chatroom.logs.retention import Retention
from chatroom.logs.store_unusable import StoreUnusable

APPEND = """
    SELECT n, outcome, log, pos, seq, at, kind, name, content, action, session, cid FROM chat.append(
        %s, %s, %s, %s, %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[],
        %s::boolean[], %s::bytea[], %s::text[], %s::bigint[], %s::integer[], %s::integer[], %s::text[], %s::text[]
    )
"""

CATCH_UP = """
    SELECT log, pos, seq, at, kind, name, content, action, session, cid FROM chat.catch_up(%s, %s, %s, %s)
"""

ROOMS = """
    SELECT
        (room).room, (room).id, (room).epoch, (room).seq, (room).removed, (room).topic, (room).capacity, (room).creator,
        (room).owner, (room).pos, people
    FROM chat.rooms(%s, %s, %s)
"""

BUSY = 3
"""Seconds for which a session waits until another one has ended."""

REMOVED = 200
"""Messages removed in a step, at most."""


class Writer:
    """The writer of a node in the database *where*; *store* is what that is called. It may be the only one, *alone*."""

    def __init__(self, where: str, store: str, retention: Retention, *, alone: bool = True) -> None:
        self._session = Session(where, self._ready)
        self._store = store
        self._retention = retention
        self._alone = alone
        self._warned = False
        self._node: tuple[int, str] | None = None
        self._hints: list[Hint] = []

    def begin(self) -> int:
        """Make the schema, become a node, and return its number; nobody is in any room then.

        :raises chatroom.logs.store_unusable.StoreUnusable: if the database is in use, or of another version.
        """
        return self._session.run(self._begin)

    def append(self, number: int, rows: Sequence[Row], known: Mapping[LogId, int], bounds: Bounds) -> Appended:
        """Let the changes of batch *number* happen; return what became of each, and what others have added.

        :raises chatroom.logs.nodes.engine.OutcomeUnknown: if that can't be known; the same batch is to be asked for
            again then.
        :raises chatroom.logs.nodes.engine.Unreachable: if it could not be asked for.
        :raises chatroom.logs.nodes.engine.Refused: if none of them has happened.
        """
        words = [vector(row.log, row.text) if row.log and row.text and row.kind == "said" else None for row in rows]
        columns = map(list, zip(*rows, strict=True))
        told = self._ask(APPEND, number, bounds.expired, [*known], [*known.values()], *columns, words)
        others = [Record(*row[2:6], *row[6:]) for row in told if row[0] is None]
        answers = [
            Decision(*row[1:6]) for row in sorted((row for row in told if row[0] is not None), key=itemgetter(0))
        ]
        # Who is alone has nobody to tell.
        self._hints = [] if self._alone else _hints(rows, answers)
        return Appended(answers, others)

    def publish(self) -> None:
        """Tell the other nodes of the last batch: a hint, which may be lost."""
        hints, self._hints = self._hints, []
        assert self._node
        payloads = [payload(self._node[0], hint) for hint in hints]
        if payloads:
            self._ask("SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", CHANNEL, payloads, node=False)

    def find(self, log: LogId) -> Found | None:
        """Return *log*, or ``None`` if it is gone."""
        found = self._rooms(log)
        return found[0] if found else None

    def restore(self) -> list[Found]:
        """Return all open logs."""
        return self._rooms(None)

    def catch_up(self, log: LogId, after: int) -> list[Record]:
        """Return the next entries of *log* beyond the position *after*."""
        return [Record(*row) for row in self._ask(CATCH_UP, log, after)]

    def heads(self, logs: Sequence[LogId]) -> dict[LogId, int]:
        """Return the positions of the newest entries of *logs*."""
        return dict(self._ask("SELECT log, pos FROM chat.heads(%s, %s, %s::bigint[])", list(logs)))

    def sweep(self, bounds: Bounds) -> bool:
        """Remove the next things that are no longer kept; return whether there were any."""
        [(more,)] = self._ask("SELECT chat.sweep(%s, %s, %s, %s)", *bounds, REMOVED, node=False)
        return bool(more)

    def close(self) -> None:
        """Leave the database."""
        self._session.drop()

    def _begin(self, connection: Connection) -> int:
        migrate(connection, self._store)
        token = token_urlsafe(9)
        with connection.transaction():
            if self._alone:
                connection.execute("DELETE FROM chat.nodes")
                connection.execute("UPDATE chat.logs SET members = 0 WHERE members > 0")
            [(node,)] = connection.execute("INSERT INTO chat.nodes (token) VALUES (%s) RETURNING id", (token,))
            connection.execute("INSERT INTO chat.answers VALUES (%s, '{}')", (node,))
        self._node = node, token
        return int(node)

    def _ready(self, connection: Connection) -> None:
        connection.add_notice_handler(self._note)
        connection.execute("SET default_transaction_isolation = 'read committed'")
        if not self._alone:
            return
        try:
            # A session that was lost a moment ago may still be ending there.
            connection.execute(f"SET lock_timeout = '{BUSY}s'")
            connection.execute("SELECT pg_advisory_lock(%s, 1)", (LOCK,))
        except psycopg.errors.LockNotAvailable:
            if self._node:
                raise Unreachable("the session that was lost has not ended there yet") from None
            raise StoreUnusable(self._store, "is in use by another server", "end that one first") from None
        connection.execute("SET lock_timeout = 0")

    def _note(self, notice: Diagnostic) -> None:
        self._warned |= notice.severity_nonlocalized == "WARNING"

    def _rooms(self, log: LogId | None) -> list[Found]:
        rooms = []
        for room, id, epoch, seq, removed, topic, capacity, creator, owner, pos, people in self._ask(ROOMS, log):
            first = max(removed, self._retention.floor(seq)) + 1
            opened = Opened(room, id, epoch, seq, first, topic, capacity, creator, owner)
            rooms.append(Found(opened, pos, people))
        return rooms

    def _ask(self, query: LiteralString, *arguments: object, node: bool = True) -> list[tuple[Any, ...]]:
        """Return the rows of *query*, which the *node* asks; they are certain."""
        assert self._node
        arguments = (*self._node, *arguments) if node else arguments

        def ask(connection: Connection) -> list[tuple[Any, ...]]:
            self._warned = False
            while True:
                try:
                    rows = connection.execute(query, arguments).fetchall()
                except psycopg.Error as error:
                    if error.sqlstate in REPEATABLE:
                        continue
                    if connection.closed:
                        raise OutcomeUnknown(first_line(error)) from error
                    raise Refused(first_line(error)) from error
                if self._warned:
                    # The wait for a standby was given up: what is visible here may be nowhere else.
                    connection.close()
                    raise OutcomeUnknown("the database warned of a commit")
                return rows

        return self._session.run(ask)


def _hints(rows: Sequence[Row], answers: Sequence[Decision]) -> list[Hint]:
    """Return what others are to be told of the changes *rows*."""
    records: dict[LogId, list[Record]] = {}
    for row, answer in zip(rows, answers, strict=True):
        if answer.outcome == "entry":
            assert answer.log is not None
            assert answer.pos is not None
            assert answer.at is not None
            where = (answer.log, answer.pos, answer.seq, answer.at)
            record = Record(*where, row.kind, row.name, row.text, row.action, row.session, row.cid)
            records.setdefault(answer.log, []).append(record)
    return [Hint(log, some[-1].pos, some) for log, some in records.items()]
