"""The schema of the database: made and brought up to date by whichever node comes first."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from chatroom.logs.postgres.database import Connection
from chatroom.logs.store_unusable import StoreUnusable

SCHEMA = Path(__file__).with_name("schema")
"""The migrations: a file of SQL for each version, in order; and the functions, as they are now."""

LOCK = int.from_bytes(b"chat", "big")
"""The number of the lock under which the schema is changed, so that nodes that start together do so one by one."""

OLDEST = 150_000
"""The oldest PostgreSQL that will do."""


def migrate(connection: Connection, store: str, schema: Path = SCHEMA) -> None:
    """Bring the schema in *store* up to date.

    :raises chatroom.logs.store_unusable.StoreUnusable: if the database, or what is in it, is of another version.
    """
    if connection.info.server_version < OLDEST:
        raise StoreUnusable(store, "is older than PostgreSQL 15", "upgrade it, or name another one")
    if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
        remedy = "make one by createdb --template=template0 --encoding=UTF8"
        raise StoreUnusable(store, f"is in {encoding}, and not in UTF8", remedy)
    migrations = sorted(schema.glob("[0-9]*.sql"))
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        version = _version(connection)
        if version > len(migrations):
            raise StoreUnusable(store, f"was written by a newer chatroom (schema {version})", "install that one")
        for migration in migrations[version:]:
            connection.execute(migration.read_bytes())
        if version < len(migrations):
            connection.execute("UPDATE chat.meta SET version = %s", (len(migrations),))
        _make(connection, (schema / "functions.sql").read_bytes())


def _version(connection: Connection) -> int:
    """Return the version of the schema, 0 if there is none; then its place is made."""
    [(found,)] = connection.execute("SELECT to_regclass('chat.meta') IS NOT NULL")
    if not found:
        connection.execute("CREATE SCHEMA chat")
        return 0
    [(version,)] = connection.execute("SELECT version FROM chat.meta")
    return int(version)


def _make(connection: Connection, functions: bytes) -> None:
    """Make the *functions* anew, where those in the database are others; what is kept depends on some, which stay."""
    digest = sha256(functions).hexdigest()
    if connection.execute("SELECT FROM chat.meta WHERE functions = %s", (digest,)).fetchall():
        return
    there = connection.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'chat'::regnamespace AND oid NOT IN"
        " (SELECT refobjid FROM pg_depend WHERE refclassid = 'pg_proc'::regclass)"
    ).fetchall()
    if there:
        connection.execute(f"DROP FUNCTION {', '.join(name for (name,) in there)}")
    connection.execute(functions)
    connection.execute("UPDATE chat.meta SET functions = %s", (digest,))
