"""A session with the database: a connection that is made when it is needed, and anew when it was lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict

from chatroom.logs.nodes.engine import Unreachable

T = TypeVar("T")
Connection = psycopg.Connection[tuple[Any, ...]]

DEFAULTS = {
    "application_name": "chatroom",
    "client_encoding": "UTF8",
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""Settings of libpq that the store may name otherwise: a machine that is gone is noticed within some seconds."""


class Session:
    """A session with the database *where*; each connection is made *ready* first.

    It is used by one thread; only :meth:`cancel` is for others.
    """

    def __init__(self, where: str, ready: Callable[[Connection], None] = lambda connection: None) -> None:
        self._settings: dict[str, Any] = DEFAULTS | conninfo_to_dict(where)
        self._ready = ready
        self._connection: Connection | None = None

    def run(self, work: Callable[[Connection], T]) -> T:
        """Return what *work* does with the connection.

        :raises chatroom.logs.nodes.engine.Unreachable: if none can be made; *work* has not begun then.
        """
        connection = self._connection
        if connection is None or connection.closed:
            connection = self._connection = self._connect()
        try:
            return work(connection)
        finally:
            if connection.closed:
                self._connection = None

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

    def cancel(self) -> None:
        """Cancel what is being asked; to be called from any thread."""
        connection = self._connection
        if connection:
            with suppress(psycopg.Error):
                connection.cancel()

    def _connect(self) -> Connection:
        try:
            connection: Connection = psycopg.connect(autocommit=True, **self._settings)
        except psycopg.Error as error:
            raise Unreachable(str(error)) from error
        try:
            self._ready(connection)
        except BaseException:
            connection.close()
            raise
        return connection


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
