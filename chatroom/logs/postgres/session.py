"""A session with the database: a connection that is made when it is needed, and anew when it was lost."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, LiteralString, TypeVar

import psycopg

from chatroom.logs.nodes.engine import Unreachable
from chatroom.logs.postgres.database import Connection, Database
from chatroom.logs.postgres.errors import in_one_line

T = TypeVar("T")


class DatabaseSession:
    """A session with *database*; each connection is made *ready* first, and left when a later life of it is known.

    It is used by one thread; only :meth:`cancel` and :meth:`give_up`, and to look at what it shows, are for others.
    """

    def __init__(self, database: Database, ready: Callable[[Connection], None] = lambda connection: None) -> None:
        self._database = database
        self._ready = ready
        self._connection: Connection | None = None
        self._socket: socket.socket | None = None
        self.timeline = ""
        """That of the life of the database that it is with; before it was with any, ""."""
        self.waits_since: float | None = None
        """When what is being asked was asked, by ``time.monotonic``; ``None`` while it is nothing."""

    def run(self, work: Callable[[Connection], T]) -> T:
        """Return what *work* does with the connection.

        :raises chatroom.logs.nodes.engine.Unreachable: if none can be made; *work* has not begun then.
        """
        self.waits_since = time.monotonic()
        try:
            connection = self._connection
            if connection is None or connection.closed or self.timeline < self._database.timeline:
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

    def listens(self) -> None:
        """Note that nothing is asked any more of the connection at work: whoever listens waits as long as it takes."""
        self.waits_since = None

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
            connection, found = self._database.connect()
            self._connection = connection
            # One of our own for the same connection: no other thread can know when libpq has closed its.
            self._socket = socket.socket(fileno=os.dup(connection.fileno()))
            self.timeline = found
            self._ready(connection)
        except psycopg.Error as error:
            self.drop()
            raise Unreachable(in_one_line(error)) from error
        except BaseException:
            self.drop()
            raise
        return connection
