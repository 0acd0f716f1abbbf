"""The database: where it is, and which of its machines is the primary."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

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
"""The life of the database: a standby that is promoted begins one with a greater name; one that is not has none.

https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES
"""


class Database:
    """The database *where*, a URI of libpq; once somebody was with a later life of it, nobody is with an earlier one.

    A machine that hung while its standby was promoted goes on as if it still were the primary, until that is ended.
    :attr:`timeline` is that of the latest life that somebody was with; "", before anybody was with any.
    """

    def __init__(self, where: str) -> None:
        self._settings: dict[str, Any] = DEFAULTS | conninfo_to_dict(where)
        self.timeline = ""

    def connect(self) -> tuple[Connection, str]:
        """Connect to it; return the connection, and the timeline that it is on.

        :raises psycopg.Error: if that can't be.
        """
        connection, found = _connect(self._settings)
        if found < self.timeline:
            connection.close()
            connection, found = self._connect_to_later()
        self.timeline = max(found, self.timeline)
        return connection, found

    def _connect_to_later(self) -> tuple[Connection, str]:
        """Look behind a machine that is the primary no longer."""
        for settings in _each(self._settings):
            with suppress(psycopg.Error):
                connection, found = _connect(settings)
                if found >= self.timeline:
                    return connection, found
                connection.close()
        raise psycopg.OperationalError("it was the primary once, and another one has been promoted since")


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


def _connect(settings: dict[str, Any]) -> tuple[Connection, str]:
    connection: Connection = psycopg.connect(autocommit=True, **settings)
    try:
        [(timeline,)] = connection.execute(TIMELINE)
    except BaseException:
        connection.close()
        raise
    return connection, str(timeline)


def _each(settings: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield *settings* for each of its machines alone."""
    if "hostaddr" in settings:
        return
    hosts = str(settings.get("host", "")).split(",")
    ports = str(settings.get("port", "")).split(",")
    for host, port in zip(hosts, ports if len(ports) > 1 else ports * len(hosts), strict=True):
        yield settings | {"host": host, "port": port}
