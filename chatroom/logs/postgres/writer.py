"""Writing of the log, as a node: batch after batch, each once, whatever becomes of the connection."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_urlsafe

import psycopg
from psycopg.errors import Diagnostic

from chatroom.core.ports import LogId, Opened
from chatroom.logs.nodes.changes import Answer, Row
from chatroom.logs.nodes.engine import Bounds, OutcomeUnknown, Refused, Unreachable
from chatroom.logs.postgres.errors import REPEATABLE, first_line
from chatroom.logs.postgres.migrate import LOCK, migrate
from chatroom.logs.postgres.session import Connection, Session
from chatroom.logs.postgres.words import vector
from chatroom.logs.retention import Retention
from chatroom.logs.store_unusable import StoreUnusable

APPEND = """
    SELECT outcome, log, pos, seq, at FROM chat.append(
        %s, %s, %s, %s, %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::bytea[],
        %s::text[], %s::bigint[], %s::integer[], %s::integer[], %s::text[], %s::text[]
    )
"""

BUSY = 3
"""Seconds for which a session waits until another one has ended."""

REMOVED = 200
"""Messages removed in a step, at most."""


class Writer:
    """The writer of a node in the database *where*; *store* is what that is called."""

    def __init__(self, where: str, store: str, retention: Retention) -> None:
        self._session = Session(where, self._ready)
        self._store = store
        self._retention = retention
        self._warned = False
        self._node: tuple[int, str] | None = None

    def begin(self) -> None:
        """Make the schema, and become a node; nobody is in any room then.

        :raises chatroom.logs.store_unusable.StoreUnusable: if the database is in use, or of another version.
        """
        self._session.run(self._begin)

    def append(self, number: int, rows: Sequence[Row], bounds: Bounds) -> list[Answer]:
        """Let the changes of batch *number* happen; return what became of each.

        :raises chatroom.logs.nodes.engine.OutcomeUnknown: if that can't be known; the same batch is to be asked for
            again then.
        :raises chatroom.logs.nodes.engine.Unreachable: if it could not be asked for.
        :raises chatroom.logs.nodes.engine.Refused: if none of them has happened.
        """
        assert self._node
        words = [vector(row.log, row.text) if row.log and row.text and row.kind == "said" else None for row in rows]
        arguments = (*self._node, number, bounds.expired, *map(list, zip(*rows, strict=True)), words)

        def ask(connection: Connection) -> list[Answer]:
            self._warned = False
            while True:
                try:
                    answers = [Answer(*answer) for answer in connection.execute(APPEND, arguments)]
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
                return answers

        return self._session.run(ask)

    def find(self, log: LogId) -> Opened | None:
        """Return *log* without the messages that may be sent again, or ``None`` if it is gone."""
        found = self._session.run(lambda connection: self._opened(connection, "id = %s", log))
        return found[0] if found else None

    def restore(self) -> list[Opened]:
        """Return all open logs, without the messages that may be sent again."""
        return self._session.run(lambda connection: self._opened(connection, "closed IS NULL"))

    def sweep(self, bounds: Bounds) -> bool:
        """Remove the next things that are no longer kept; return whether there were any."""

        def ask(connection: Connection) -> bool:
            try:
                [(more,)] = connection.execute("SELECT chat.sweep(%s, %s, %s, %s)", (*bounds, REMOVED))
            except psycopg.Error as error:
                raise Refused(first_line(error)) from error
            return bool(more)

        return self._session.run(ask)

    def close(self) -> None:
        """Leave the database."""
        self._session.drop()

    def _begin(self, connection: Connection) -> None:
        migrate(connection, self._store)
        token = token_urlsafe(9)
        with connection.transaction():
            connection.execute("DELETE FROM chat.nodes")
            connection.execute("UPDATE chat.logs SET members = 0 WHERE members > 0")
            [(node,)] = connection.execute("INSERT INTO chat.nodes (token) VALUES (%s) RETURNING id", (token,))
            connection.execute("INSERT INTO chat.answers VALUES (%s, '{}')", (node,))
        self._node = node, token

    def _ready(self, connection: Connection) -> None:
        connection.add_notice_handler(self._note)
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

    def _opened(self, connection: Connection, where: str, *arguments: object) -> list[Opened]:
        rows = connection.execute(
            "SELECT room, id, epoch, seq, removed, topic, capacity, creator, owner FROM chat.logs"
            f" WHERE key IS NOT NULL AND {where} ORDER BY id",
            arguments,
        )
        return [
            Opened(room, log, epoch, seq, max(removed, self._retention.floor(seq)) + 1, topic, capacity, creator, owner)
            for room, log, epoch, seq, removed, topic, capacity, creator, owner in rows
        ]
