"""A server is with the primary, and never again with a machine that was the primary before."""

from __future__ import annotations

import signal
from collections.abc import Callable
from queue import Queue

import psycopg
import pytest

from chatroom.core.ports import LogId
from chatroom.logs.nodes.engine import AccountsChanged, Hint, News
from chatroom.logs.postgres.database import Database
from chatroom.logs.postgres.listener import CHANNEL, NotifyListener, payload
from chatroom.logs.postgres.session import DatabaseSession
from chatroom.logs.postgres.watch import Watch
from tests.engine import placed, running
from tests.logs.scribe import PATIENCE

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


def test_nobody_stays_with_it_when_another_one_is_known() -> None:
    with running() as first, placed() as second:
        where = f"host={first.folder},{second.folder} user=chat dbname=postgres target_session_attrs=read-write"
        second.copy(first, "second")
        second.start()
        database = Database(f"{where} connect_timeout=2")
        session = DatabaseSession(database)
        assert session.run(lambda connection: connection.info.host) == str(first.folder)
        first.send_signal(signal.SIGSTOP)
        second.execute("SELECT pg_promote()")
        other = DatabaseSession(database)
        assert other.run(lambda connection: connection.info.host) == str(second.folder)
        other.drop()
        # It wakes, and goes on as if nothing had happened.
        first.send_signal(signal.SIGCONT)
        assert session.run(lambda connection: connection.info.host) == str(second.folder)
        session.drop()


def test_nobody_listens_to_it_when_another_one_is_known() -> None:
    with running() as first, placed() as second:
        where = f"host={first.folder},{second.folder} user=chat dbname=postgres target_session_attrs=read-write"
        second.copy(first, "second")
        second.start()
        database, calls = Database(f"{where} connect_timeout=2"), Queue[Callable[[], None]]()
        heard = list[News]()
        listener = NotifyListener(database, 1, 2, heard.append, calls.put)
        first.send_signal(signal.SIGSTOP)
        second.execute("SELECT pg_promote()")
        other = DatabaseSession(database)
        watch = Watch(database, [listener.session, other])
        assert other.run(lambda connection: connection.info.host) == str(second.folder)
        # It wakes, and goes on telling what is said there.
        first.send_signal(signal.SIGCONT)
        while not heard:
            calls.get(timeout=PATIENCE)()
        assert heard == [None]
        # A hint from before a loss is none any more; an older node does not say when it gave one.
        hint = Hint(LogId(1), 7, [])
        for told in (payload(2, hint, 1), payload(2, hint, 2), payload(2, hint), payload(2, AccountsChanged())):
            second.execute("SELECT pg_notify(%s, %s)", CHANNEL, told)
            calls.get(timeout=PATIENCE)()
        assert heard == [None, hint, hint, AccountsChanged()]
        listener.stop()
        watch.stop()
        other.drop()
