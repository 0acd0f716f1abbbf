"""A session with the database: a connection that is made when it is needed, and anew when it was lost."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict

from chatroom.logs.nodes.engine import Unreachable
from chatroom.logs.postgres.errors import in_one_line

T = TypeVar("T")
Connection = psycopg.Connection[tuple[Any, ...]]

DEFAULTS = {
    "application_name": "chatroom",
    "client_encoding": "UTF8",
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""Settings of libpq that the store may name otherwise: a machine that is gone is noticed within some seconds."""

TIMELINE = """
    SELECT CASE WHEN pg_is_in_recovery() THEN '' ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END
"""


class Session:
    """A session with the database *where*; each connection is made *ready* first.

    It is used by one thread; only :meth:`cancel` and :meth:`give_up`, and to look at what it shows, are for others.
    """

    def __init__(self, where: str, ready: Callable[[Connection], None] = lambda connection: None) -> None:
        self._where = where
        self._ready = ready
        self._connection: Connection | None = None
        self._socket: socket.socket | None = None
        self.timeline = ""
        """That of the database it is with, by :func:`timeline`."""
        self.waits_since: float | None = None
        """When what is being asked was asked, by ``time.monotonic``; ``None`` while it is nothing."""

    def run(self, work: Callable[[Connection], T]) -> T:
        """Return what *work* does with the connection.

        :raises chatroom.logs.nodes.engine.Unreachable: if none can be made; *work* has not begun then.
        """
        self.waits_since = time.monotonic()
        try:
            connection = self._connection
            if connection is None or connection.closed:
                connection = self._connect()
            return work(connection)
        finally:
            self.waits_since = None
            if self._connection and self._connection.closed:
                self.drop()

    def read(self, query: LiteralString, *arguments: object) -> list[tuple[Any, ...]]:
        """Return the rows of *query*, which changes nothing: where the connection was lost, it is asked once more."""

        def ask(connection: Connection) -> list[tuple[Any, ...]]:
            return connection.execute(query, arguments).fetchall()

        try:
            return self.run(ask)
        except psycopg.OperationalError:
            if self._connection:
                raise
            return self.run(ask)

    def drop(self) -> None:
        """Drop the connection: the next one begins anew."""
        if self._connection:
            self._connection.close()
            self._connection = None
        if self._socket:
            self._socket.close()
            self._socket = None

    def give_up(self) -> None:
        """Take the connection for lost, though nobody has closed it; to be called from any thread."""
        if (connection := self._socket) is not None:
            # It may be closed meanwhile.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def cancel(self) -> None:
        """Cancel what is being asked; to be called from any thread."""
        connection = self._connection
        if connection:
            with suppress(psycopg.Error):
                connection.cancel()

    def _connect(self) -> Connection:
        self.drop()
        self.timeline = ""
        try:
            connection = self._connection = connect(self._where)
            # One of our own for the same connection: no other thread can know when libpq has closed its.
            self._socket = socket.socket(fileno=os.dup(connection.fileno()))
            self.timeline = timeline(connection)
            self._ready(connection)
        except psycopg.Error as error:
            self.drop()
            raise Unreachable(in_one_line(error)) from error
        except BaseException:
            self.drop()
            raise
        return connection


def connect(where: str) -> Connection:
    """Connect to the database *where*."""
    settings: dict[str, Any] = DEFAULTS | conninfo_to_dict(where)
    connection: Connection = psycopg.connect(autocommit=True, **settings)
    return connection


def timeline(connection: Connection) -> str:
    """Return the life of the database: a standby that is promoted begins one with a greater name; one that is not, "".

    https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES
    """
    [(name,)] = connection.execute(TIMELINE)
    return str(name)


def called(where: str) -> str:
    """Return what people call the database *where*.

    :raises ValueError: if it can't be one, or tells a password.
    """
    try:
        named = conninfo_to_dict(where)
    except psycopg.ProgrammingError as error:
        raise ValueError(f"{str(error).strip()}; write it as postgresql://USER@HOST/DATABASE") from None
    if "password" in named:
        # It would stand in lists of processes.
        raise ValueError("a password does not belong on the command line; put it into a file that PGPASSFILE names")
    hosts, name = named.get("host") or "this machine", named.get("dbname") or named.get("user") or "its default"
    return f"the database {name} on {hosts}"
