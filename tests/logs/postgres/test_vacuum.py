"""The vacuum: soon nothing is left in the tables of what was taken back, and nobody waits for that."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty

import psycopg
import pytest
from twisted.logger import LogEvent

from chatroom.core.people.house import HOUSE
from chatroom.core.values.changes import Reported
from chatroom.core.values.names import Username
from chatroom.logs.nodes.log import REST
from chatroom.logs.postgres.vacuum import PAUSE, TO_VACUUM
from tests.engine import Engine
from tests.logs.scribe import PATIENCE, TEA, PostgresScribe, postgres

pytestmark = pytest.mark.engines

DONE = "SELECT erased, vacuumed FROM chat.meta"
"""How often messages were taken back, and how much of that was before a vacuum."""

PLACES = "SELECT ctid::text, text FROM chat.entries ORDER BY ctid"
"""The places of the entries, of which one is taken again once nothing is left of what was there."""

INDEXED = "SELECT reindexed FROM chat.meta"
"""How much of it was before the index was made anew."""

UNFINISHED = "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid"

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


def words(postgresql: Engine, database: Database, word: bytes) -> bool:
    """Return whether *word* is in the file of the index."""
    postgresql.execute("CHECKPOINT")
    [(file,)] = database.execute("SELECT pg_relation_filepath('chat.entries_words_idx')").fetchall()
    return word in (postgresql.data / str(file)).read_bytes()


def test_a_word_that_is_in_no_message_any_more_is_not_in_the_index(postgresql: Engine) -> None:
    where = postgresql.database()
    with postgres(where) as scribe, psycopg.connect(where, autocommit=True) as database:
        tea = scribe.opened().log
        scribe.say(tea, "hunter2hunter2 is the password", "what?")
        assert words(postgresql, database, b"hunter2hunter2")
        scribe.erase(tea, 1)
        rest(scribe, lambda: database.execute(INDEXED).fetchall() == [(1,)])
        assert not words(postgresql, database, b"hunter2hunter2")
        assert words(postgresql, database, b"what")
        # Not again within an hour, but then.
        scribe.opened(new=None)
        scribe.say(tea, "swordfish")
        scribe.erase(tea, 3)
        database.execute("UPDATE chat.meta SET vacuum = 0")
        rest(scribe, lambda: counts(database) == (2, 2))
        assert database.execute(INDEXED).fetchall() == [(1,)]
        assert words(postgresql, database, b"swordfish")
        database.execute("UPDATE chat.meta SET vacuum = 0, reindex = reindex - 3600000")
        scribe.opened(new=None)
        rest(scribe, lambda: database.execute(INDEXED).fetchall() == [(2,)])
        assert not words(postgresql, database, b"swordfish")


def test_an_index_that_was_not_finished_is_removed(postgresql: Engine) -> None:
    where = postgresql.database()
    with postgres(where) as scribe, psycopg.connect(where, autocommit=True) as database:
        tea = scribe.opened().log
        scribe.say(tea, "one")
        with psycopg.connect(where) as other:
            other.execute("LOCK chat.entries IN ROW EXCLUSIVE MODE")
            database.execute("SET statement_timeout = 300")
            with pytest.raises(psycopg.errors.QueryCanceled):
                database.execute("REINDEX INDEX CONCURRENTLY chat.entries_words_idx")
        database.execute("SET statement_timeout = 0")
        assert len(database.execute(UNFINISHED).fetchall()) == 1
        scribe.erase(tea, 1)
        rest(scribe, lambda: database.execute(INDEXED).fetchall() == [(1,)])
        assert database.execute(UNFINISHED).fetchall() == []


def test_what_happened_in_the_house_is_forgotten_after_a_day(postgresql: Engine) -> None:
    where = postgresql.database()
    with postgres(where) as scribe, psycopg.connect(where, autocommit=True) as database:
        tea, house = scribe.opened().log, scribe.opened(HOUSE).log
        for log in tea, house:
            scribe.log.follow(log, lambda entry: None)
        scribe.say(tea, "one", "two")
        for seq in (1, 2):
            scribe.report(house, Reported(tea, TEA, seq, Username("bob"), b"b", "rude"))
        heard = "SELECT pos FROM chat.entries WHERE kind = 'reported' ORDER BY pos"
        assert database.execute(heard).fetchall() == [(1,), (2,)]
        database.execute("UPDATE chat.entries SET at = at - 86400001 WHERE kind = 'reported' AND pos = 1")
        rest(scribe, lambda: database.execute(heard).fetchall() == [(2,)])
        assert database.execute("SELECT count(*) FROM chat.reports").fetchall() == [(2,)]
        assert database.execute("SELECT seq FROM chat.entries WHERE seq > 0 ORDER BY seq").fetchall() == [(1,), (2,)]


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
