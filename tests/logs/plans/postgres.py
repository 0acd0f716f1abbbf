"""A plugin of pytest: PostgreSQL writes down how it carries out each statement, as it would in a large chat."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from chatroom.logs.postgres.migrate import migrate
from tests import engine, examples

EXPLAINED = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_format": "json",
    "logging_collector": "on",
    "log_destination": "jsonlog",
    "log_file_mode": "0644",
    "log_rotation_size": "0",
    "compute_query_id": "off",
    # Only where there is no other way; and what is known of sizes stays as we say below.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "autovacuum": "off",
    "jit": "off",
}

TABLES = "SELECT oid::regclass::text, oid FROM pg_class WHERE relnamespace = 'chat'::regnamespace AND relkind = 'r'"

DEMANDS = """
    SELECT format('DROP CONSTRAINT IF EXISTS %I CASCADE', conname)
        FROM pg_constraint WHERE conrelid = {table} AND contype IN ('c', 'p')
    UNION ALL
    SELECT format('ALTER %1$I DROP IDENTITY IF EXISTS, ALTER %1$I DROP NOT NULL', attname)
        FROM pg_attribute WHERE attrelid = {table} AND attnum > 0 AND NOT attisdropped
"""
"""What a row of a table has to be like."""


def enlarge(connection: psycopg.Connection, where: str) -> None:
    """Make the schema, and let each table pass for one with ten thousand rows."""
    migrate(connection, where)
    with psycopg.connect(where.replace("chat@", "root@"), autocommit=True) as root:
        for name, table in root.execute(TABLES).fetchall():
            # A table has as many rows as its pages have, says the planner: one row that never was makes a page.
            with root.transaction(force_rollback=True):
                for (demand,) in root.execute(DEMANDS.format(table=table)).fetchall():
                    root.execute(f"ALTER TABLE {name} {demand}")
                root.execute(f"INSERT INTO {name} DEFAULT VALUES")
            root.execute(f"UPDATE pg_class SET relpages = 1, reltuples = 10000 WHERE oid = {table}")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the folder that gets what was found."""
    parser.addoption("--plans", type=Path)


def pytest_configure(config: pytest.Config) -> None:
    """See to the servers that are started from now on."""
    folder = config.getoption("--plans")
    patch = pytest.MonkeyPatch()
    for name, value in (EXPLAINED | {"log_directory": str(folder)}).items():
        patch.setitem(engine.SETTINGS, name, value)
    patch.setattr(engine, "migrate", enlarge)
    config.add_cleanup(patch.undo)
    examples.use_few()
