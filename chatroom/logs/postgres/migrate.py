"""The schema of the database: made and brought up to date by whichever node comes first."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from chatroom import __version__
from chatroom.logs.migrating import migrating
from chatroom.logs.postgres.database import Connection
from chatroom.logs.store_unusable import StoreUnusable

SCHEMA = Path(__file__).with_name("schema")
"""The migrations: a file of SQL for each version, in order; and the functions, as they are now."""

LOCK = int.from_bytes(b"chat", "big")
"""The number of the lock under which the schema is changed, so that nodes that start together do so one by one."""

OLDEST = 150_000
"""The oldest PostgreSQL that will do."""


def migrate(
    connection: Connection, store: str, schema: Path = SCHEMA, version: str = __version__, *, again: bool = False
) -> None:
    """Bring the schema in *store* up to date, as this *version* of chatroom has it.

    What a newer one has made there stays: beside it only who runs already begins *again*, and nobody starts.

    :raises chatroom.logs.store_unusable.StoreUnusable: if the database, or what is in it, is of another version.
    """
    if connection.info.server_version < OLDEST:
        raise StoreUnusable(store, "is older than PostgreSQL 15", "upgrade it, or name another one")
    if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
        remedy = "make one by createdb --template=template0 --encoding=UTF8"
        raise StoreUnusable(store, f"is in {encoding}, and not in UTF8", remedy)
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        newer = newer_chatroom(connection, schema, version)
        if newer and again:
            return
        if newer:
            raise StoreUnusable(store, newer, "install that one")
        done = int(_meta(connection).get("version", 0))
        if not done:
            connection.execute("CREATE SCHEMA chat")
        missing = {number: migration for number, migration in _migrations(schema).items() if number > done}
        with migrating(store, done, max(missing, default=done)):
            for number, migration in sorted(missing.items()):
                connection.execute(migration.read_bytes())
                connection.execute("UPDATE chat.meta SET version = %s", (number,))
        functions = (schema / "functions.sql").read_bytes()
        if _meta(connection)["functions"] != _digest(functions):
            _make(connection, functions, version)


def newer_chatroom(connection: Connection, schema: Path = SCHEMA, version: str = __version__) -> str | None:
    """Return in what way the schema is that of a newer chatroom than this *version*, if it is.

    There may be no new migration, but other functions: then the later of two versions has the newer ones.
    """
    meta = _meta(connection)
    if (found := meta.get("version", 0)) > max(_migrations(schema)):
        return f"was written by a newer chatroom (schema {found})"
    made_by = meta.get("made_by", "0")
    if _order(made_by) <= _order(version) or meta["functions"] == _digest((schema / "functions.sql").read_bytes()):
        return None
    return f"was written by a newer chatroom ({made_by}, and this is {version})"


def _migrations(schema: Path) -> dict[int, Path]:
    """Return the migrations by their numbers: that of the last one is the version of a schema, whatever is left out."""
    return {int(file.stem): file for file in schema.glob("[0-9]*.sql")}


def _order(version: str) -> tuple[list[int], bool]:
    """Return what is greater for a later *version*: ``1.0.dev0`` comes before ``1.0``."""
    numbers = re.match(r"\d+(\.\d+)*", version)
    released = numbers[0] if numbers else "0"
    return [int(number) for number in released.split(".")], released == version


def _meta(connection: Connection) -> dict[str, Any]:
    """Return what the database tells of its schema, as far as that knew to; nothing, if there is none."""
    [(found,)] = connection.execute("SELECT to_regclass('chat.meta') IS NOT NULL")
    [(meta,)] = connection.execute("SELECT to_jsonb(m) FROM chat.meta m") if found else [({},)]
    return dict(meta)


def _digest(functions: bytes) -> str:
    return sha256(functions).hexdigest()


def _make(connection: Connection, functions: bytes, version: str) -> None:
    """Make the *functions* of that *version* in place of others; what is kept depends on some, which stay."""
    there = connection.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'chat'::regnamespace AND oid NOT IN"
        " (SELECT refobjid FROM pg_depend WHERE refclassid = 'pg_proc'::regclass)"
    ).fetchall()
    if there:
        connection.execute(f"DROP FUNCTION {', '.join(name for (name,) in there)}")
    connection.execute(functions)
    connection.execute("UPDATE chat.meta SET functions = %s, made_by = %s", (_digest(functions), version))
