"""The start: a database that can't be used is refused with what to do, and who comes first makes the schema."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest

from chatroom.core.values.accounts import Account, Unlike
from chatroom.core.values.names import Username
from chatroom.logs.nodes.changes import changing
from chatroom.logs.nodes.engine import Bounds
from chatroom.logs.postgres.database import Database
from chatroom.logs.postgres.engine import PostgresEngine
from chatroom.logs.postgres.migrate import SCHEMA, migrate
from chatroom.logs.postgres.writer import Writer
from chatroom.logs.retention import Retention
from chatroom.logs.store_unusable import StoreUnusable
from tests.engine import Engine
from tests.logs.scribe import TEA, postgres

pytestmark = pytest.mark.engines


def engine(where: str) -> PostgresEngine:
    return PostgresEngine(
        where, from_thread=lambda call: None, seconds=lambda: 0.0, search_timeout=0, retention=Retention()
    )


def refusal(where: str) -> str:
    """Return why no log can be had in *where*."""
    with pytest.raises(StoreUnusable) as refused:
        engine(where).start(lambda hint: None)
    return str(refused.value)


def test_a_server_that_is_not_there_is_refused() -> None:
    said = refusal("postgresql://chat@/tea?host=/nowhere")
    assert said.startswith("the database tea on /nowhere can't be reached (connection")
    assert said.endswith("; see that it runs there, and that this machine and role may use it.")


def test_of_each_host_that_was_tried_is_said_what_is_wrong_in_one_line() -> None:
    said = refusal("postgresql://chat@/tea?host=/nowhere,/elsewhere")
    assert said.index("/nowhere/.s.PGSQL.5432") < said.index("; ") < said.index("/elsewhere/.s.PGSQL.5432")
    assert "\n" not in said


def test_a_database_that_is_not_there_is_refused(postgresql: Engine) -> None:
    assert 'database "nothing" does not exist' in refusal(postgresql.uri("nothing"))


def test_a_role_that_may_not_make_a_schema_is_told_so(postgresql: Engine) -> None:
    assert refusal(postgresql.uri("postgres")).endswith(
        "refuses this role (permission denied for database postgres); let it create a schema there."
    )


def test_a_database_that_can_not_hold_all_characters_is_refused(postgresql: Engine) -> None:
    postgresql.execute("CREATE DATABASE narrow OWNER chat TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    said = "is in LATIN1, and not in UTF8; make one by createdb --template=template0 --encoding=UTF8."
    assert refusal(postgresql.uri("narrow")).endswith(said)


def test_a_schema_of_a_newer_version_is_refused(postgresql: Engine) -> None:
    where = postgresql.database()
    with postgres(where):
        pass
    with psycopg.connect(where) as connection:
        connection.execute("UPDATE chat.meta SET version = 99")
    assert refusal(where).endswith("was written by a newer chatroom (schema 99); install that one.")


def test_the_schema_is_made_once_though_many_come_first(postgresql: Engine) -> None:
    where = postgresql.empty_database()

    def come() -> None:
        with closing(psycopg.connect(where, autocommit=True)) as connection:
            migrate(connection, where)

    with ThreadPoolExecutor(3) as threads:
        for made in [threads.submit(come) for _ in range(3)]:
            made.result()
    with psycopg.connect(where) as connection:
        assert connection.execute("SELECT version FROM chat.meta").fetchall() == [
            (len(list(SCHEMA.glob("[0-9]*.sql"))),)
        ]


def test_functions_that_are_others_are_made_anew(postgresql: Engine) -> None:
    where = postgresql.database()
    with postgres(where):
        pass
    with closing(psycopg.connect(where, autocommit=True)) as connection:
        connection.execute("DROP FUNCTION chat.now")
        connection.execute("CREATE FUNCTION chat.now(text) RETURNS text LANGUAGE sql AS 'SELECT $1'")
        connection.execute("UPDATE chat.meta SET functions = 'others'")
    with postgres(where) as scribe:
        scribe.say(scribe.opened().log, "hello")
    with closing(psycopg.connect(where)) as connection:
        assert connection.execute(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE proname = 'now' AND pronamespace = 'chat'::regnamespace"
        ).fetchall() == [("chat.now()",)]


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("postgresql://chat:secret@/tea", "a password does not belong on the command line"),
        ("postgresql:///tea?password=secret", "a password does not belong on the command line"),
        ("postgresql://chat@[host/tea", "write it as postgresql://USER@HOST/DATABASE"),
        ("postgresql:///tea?colour=green", "write it as postgresql://USER@HOST/DATABASE"),
    ],
)
def test_what_is_no_place_of_a_database_is_refused(where: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        engine(where)
    assert "secret" not in str(refused.value)


def test_what_names_look_like_is_found_out_by_the_first_server_that_has_another_table(postgresql: Engine) -> None:
    where = postgresql.database()

    def change(username: str) -> str:
        with closing(Writer(Database(where), "the database", Retention())) as writer:
            writer.begin()
            account = Account(username.encode(), Username(username), "hash", 1, 1)
            row = changing([account, Unlike(account.id)], {}, {})
            [answer] = writer.append(1, [row], {}, Bounds(0, 0, None)).answers
            return answer.outcome

    assert change("alice") == "changed"
    with psycopg.connect(where, autocommit=True) as connection:
        connection.execute("DELETE FROM chat.looks")
        connection.execute("UPDATE chat.meta SET looks = ''")
    assert change("a1ice") == "name-kept"
    assert change("bob") == "changed"


def test_rooms_are_found_again_by_the_next_server(postgresql: Engine) -> None:
    where = postgresql.database()
    with postgres(where) as scribe:
        tea = scribe.opened()
        scribe.say(tea.log, "hello")
    with postgres(where) as scribe:
        again = scribe.opened(TEA, None)
        assert (again.room, again.log, again.epoch, again.seq) == (TEA, tea.log, tea.epoch, 1)
