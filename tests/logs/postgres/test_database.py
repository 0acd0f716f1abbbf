"""A server is with the primary, and never again with a machine that was the primary before."""

from __future__ import annotations

import psycopg
import pytest

from chatroom.logs.postgres.database import Database
from tests.engine import placed, running

pytestmark = pytest.mark.engines


def test_nobody_goes_back_to_a_primary_that_has_been_followed_by_another() -> None:
    with running() as first, placed() as second:
        where = f"host={first.folder},{second.folder} user=chat dbname=postgres target_session_attrs=read-write"
        second.copy(first, "second")
        second.start()
        database = Database(where)
        connection, before = database.connect()
        connection.close()
        first.stop()
        second.execute("SELECT pg_promote()")
        connection, after = database.connect()
        connection.close()
        assert after > before
        # It stands first, and takes itself for the primary.
        first.start()
        connection, found = database.connect()
        assert (connection.info.host, found) == (str(second.folder), after)
        connection.close()
        second.stop()
        with pytest.raises(psycopg.OperationalError, match="another one has been promoted since"):
            database.connect()
        # Whoever comes anew can't know.
        connection, found = Database(where).connect()
        connection.close()
        assert found == before
