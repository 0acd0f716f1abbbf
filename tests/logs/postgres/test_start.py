"""The start: a database that can't be used is refused with what to do, and who comes first makes the schema."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from shutil import copytree

import psycopg
import pytest

from chatroom import __version__
from chatroom.core.ports import NewRoom
from chatroom.core.values.accounts import Account, Unlike
from chatroom.core.values.names import Username
from chatroom.logs.nodes.changes import changing, opening
from chatroom.logs.nodes.engine import Bounds
from chatroom.logs.postgres.database import Database
from chatroom.logs.postgres.engine import PostgresEngine
from chatroom.logs.postgres.migrate import SCHEMA, migrate
from chatroom.logs.postgres.writer import Writer
from chatroom.logs.retention import Retention
from chatroom.logs.store_unusable import StoreUnusable
from tests.engine import Engine
from tests.logs.scribe import TEA, migration_lines, postgres

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
            (max(int(file.stem) for file in SCHEMA.glob("[0-9]*.sql")),)
        ]


def test_a_migration_is_told_in_the_log(postgresql: Engine, tmp_path: Path) -> None:
    where = postgresql.empty_database()
    newest, schema = max(int(each.stem) for each in SCHEMA.glob("[0-9]*.sql")), tmp_path / "schema"
    copytree(SCHEMA, schema)
    (schema / f"{newest + 1:04}.sql").write_text("ALTER TABLE chat.meta ADD COLUMN later int;")
    with migration_lines() as lines, closing(psycopg.connect(where, autocommit=True)) as connection:
        migrate(connection, "here")
        assert lines == []
        for _ in range(2):
            migrate(connection, "here", schema)
    begun, done = lines
    assert begun.startswith(f"bringing here from version {newest} of its schema to {newest + 1}: ")
    assert done == f"here is of version {newest + 1} now"


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


def schema_with(folder: Path, functions: str) -> Path:
    """Make a schema in *folder* that has other *functions* too."""
    for file in SCHEMA.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    with (folder / "functions.sql").open("a", encoding="utf-8") as more:
        more.write(functions)
    return folder


def test_migrations_go_by_their_numbers_and_some_may_be_left_out(postgresql: Engine, tmp_path: Path) -> None:
    where = postgresql.database()
    schema = schema_with(tmp_path, "")
    for number in (997, 999):
        (schema / f"0{number}.sql").write_text(f"CREATE TABLE chat.made{number} ();", encoding="utf-8")
    with closing(psycopg.connect(where, autocommit=True)) as connection:
        for _ in range(2):
            # What is there is not made again.
            migrate(connection, where, schema)
            assert connection.execute("SELECT version FROM chat.meta").fetchall() == [(999,)]
        found = connection.execute("SELECT to_regclass('chat.made997'), to_regclass('chat.made999')").fetchall()
    assert found == [("made997", "made999")]


@pytest.fixture
def upgraded(postgresql: Engine, tmp_path: Path) -> str:
    """Return a database to which a later release has come, with functions of its own and no new migration."""
    where = postgresql.database()
    later = schema_with(tmp_path, "CREATE FUNCTION chat.later() RETURNS int LANGUAGE sql AS 'SELECT 1';")
    with closing(psycopg.connect(where, autocommit=True)) as connection:
        migrate(connection, where, later, "999.0")
    return where


def has_later(where: str) -> bool:
    with closing(psycopg.connect(where)) as connection:
        [(found,)] = connection.execute("SELECT to_regproc('chat.later') IS NOT NULL")
    return bool(found)


def test_functions_of_a_later_release_are_not_made_older_again(upgraded: str) -> None:
    assert refusal(upgraded).endswith(
        f"was written by a newer chatroom (999.0, and this is {__version__}); install that one."
    )
    assert has_later(upgraded)


def test_functions_that_are_the_same_in_a_later_release_are_for_all(postgresql: Engine) -> None:
    where = postgresql.database()
    with closing(psycopg.connect(where, autocommit=True)) as connection:
        migrate(connection, where, version="999.0")
    with postgres(where) as scribe:
        assert scribe.say(scribe.opened().log, "hello") == [1]


def test_who_runs_already_goes_on_beside_a_later_release_and_may_begin_anew(postgresql: Engine, tmp_path: Path) -> None:
    where = postgresql.database()
    later = schema_with(tmp_path, "CREATE FUNCTION chat.later() RETURNS int LANGUAGE sql AS 'SELECT 1';")
    (later / "0999.sql").write_text("ALTER TABLE chat.meta ADD later text;", encoding="utf-8")
    with closing(Writer(Database(where), "the database", Retention())) as writer:
        writer.begin()
        with closing(psycopg.connect(where, autocommit=True)) as connection:
            migrate(connection, where, later, "999.0")
        [made] = writer.append(1, [opening(TEA, NewRoom())], {}, Bounds(0, 0, None)).answers
        writer.begin_anew()
        [again] = writer.append(1, [opening(TEA, None)], {}, Bounds(0, 0, None)).answers
        assert (made.outcome, again.outcome) == ("created", "opened")
    assert has_later(where)
    assert "was written by a newer chatroom (schema 999)" in refusal(where)


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
