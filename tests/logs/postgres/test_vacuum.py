"""The vacuum: soon nothing is left in the tables of what was taken back, and nobody waits for that."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty

import psycopg
import pytest
from twisted.logger import LogEvent

from chatroom.logs.nodes.log import REST
from chatroom.logs.postgres.vacuum import PAUSE, TO_VACUUM
from tests.engine import Engine
from tests.logs.scribe import PATIENCE, PostgresScribe, postgres

pytestmark = pytest.mark.engines

DONE = "SELECT erased, vacuumed FROM chat.meta"
"""How often messages were taken back, and how much of that was before a vacuum."""

PLACES = "SELECT ctid::text, text FROM chat.entries ORDER BY ctid"
"""The places of the entries, of which one is taken again once nothing is left of what was there."""

WAITING = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'VACUUM%%' AND wait_event_type = 'Lock'"
"""Who waits with a vacuum for somebody else's lock."""

Database = psycopg.Connection[tuple[object, ...]]


def rest(scribe: PostgresScribe, reached: Callable[[], bool]) -> None:
    """Let the log remove what is no longer kept, and then what it likes, until something is *reached*."""
    scribe.clock.advance(REST)
    tries = int(PATIENCE / 0.01)
    while not reached():
        tries -= 1
        assert tries, "it does not come"
        go_on(scribe)


def go_on(scribe: PostgresScribe) -> None:
    """Let happen what comes from the threads, which may be nothing."""
    try:
        scribe.calls.get(timeout=0.01)()
    except Empty:
        return
    scribe.clock.advance(0)


def counts(database: Database) -> tuple[object, ...]:
    [found] = database.execute(DONE).fetchall()
    return found


def test_soon_nothing_is_left_of_what_was_taken_back(postgresql: Engine) -> None:
    where = postgresql.database()
    with postgres(where) as scribe, psycopg.connect(where, autocommit=True) as database:
        tea = scribe.opened().log
        scribe.say(tea, "one", "two", "three")
        scribe.erase(tea, 1)
        assert counts(database) == (1, 0)
        rest(scribe, lambda: counts(database) == (1, 1))
        scribe.opened(new=None)
        scribe.say(tea, "four")
        assert database.execute(PLACES).fetchall()[0] == ("(0,1)", "four")


def test_that_is_asked_for_every_ten_minutes_at_the_most_by_whichever_server(postgresql: Engine) -> None:
    where = postgresql.database()
    with (
        postgres(where) as scribe,
        postgres(where) as other,
        psycopg.connect(where, autocommit=True) as database,
    ):
        tea = scribe.opened().log
        scribe.say(tea, "one", "two", "three")
        scribe.erase(tea, 1)
        rest(scribe, lambda: counts(database) == (1, 1))
        scribe.opened(new=None)
        scribe.erase(tea, 2)
        scribe.erase(tea, 3)
        assert database.execute(TO_VACUUM, (PAUSE,)).fetchall() == []
        database.execute("UPDATE chat.meta SET vacuum = vacuum - %s", (PAUSE,))
        rest(other, lambda: counts(database) == (3, 3))
        # Nothing more is left.
        database.execute("UPDATE chat.meta SET vacuum = 0")
        assert database.execute(TO_VACUUM, (PAUSE,)).fetchall() == []


def test_a_vacuum_that_fails_is_told_of_and_left_to_a_later_one(
    postgresql: Engine, nothing_logged: list[LogEvent]
) -> None:
    where = postgresql.database()
    with (
        postgres(where) as scribe,
        psycopg.connect(where, autocommit=True) as database,
        psycopg.connect(where) as other,
    ):
        tea = scribe.opened().log
        scribe.say(tea, "one")
        scribe.erase(tea, 1)
        other.execute("LOCK chat.entries IN SHARE UPDATE EXCLUSIVE MODE")
        rest(scribe, lambda: bool(postgresql.execute(WAITING)))
        # Whoever speaks does not wait for it.
        scribe.opened(new=None)
        assert scribe.say(tea, "two") == [2]
        postgresql.execute(f"SELECT pg_terminate_backend(pid) FROM ({WAITING}) AS waiting")
        while not nothing_logged:
            go_on(scribe)
        assert nothing_logged[0]["log_format"] == "can't {task}: {error}"
        assert str(nothing_logged[0]["task"]).startswith("vacuum the database chat")
        assert counts(database) == (1, 0)
        other.rollback()
        database.execute("UPDATE chat.meta SET vacuum = 0")
        rest(scribe, lambda: counts(database) == (1, 1))
    nothing_logged.clear()


def test_a_server_that_stops_waits_for_no_vacuum(postgresql: Engine) -> None:
    where = postgresql.database()
    with psycopg.connect(where) as other, psycopg.connect(where, autocommit=True) as database:
        with postgres(where) as scribe:
            tea = scribe.opened().log
            scribe.say(tea, "one")
            scribe.erase(tea, 1)
            other.execute("LOCK chat.entries IN SHARE UPDATE EXCLUSIVE MODE")
            rest(scribe, lambda: bool(postgresql.execute(WAITING)))
        assert counts(database) == (1, 0)
