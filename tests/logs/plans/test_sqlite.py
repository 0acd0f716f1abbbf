"""The statements of the log's file, each as SQLite means to carry it out."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import chatroom.logs.sqlite
from chatroom.logs.sqlite.file import SQLiteFile
from tests.logs.plans import run

SOURCES = Path(chatroom.logs.sqlite.__file__).parent

pytestmark = [pytest.mark.slow, pytest.mark.pure(reason="it runs the tests of the sources")]

USED_BY = [
    *(f"tests/logs/sqlite/test_{name}.py" for name in ("file", "process", "purging")),
    *(f"tests/logs/test_{name}.py" for name in ("accounts", "entries", "follows", "looking_back", "marks")),
    *(f"tests/logs/test_{name}.py" for name in ("reports", "talks", "unfit")),
    "tests/admin/test_main.py",
]
"""Tests by which, together, each statement is carried out."""

WHOLE = {
    "accounts.begin_accounts": "at the start: the last number that a device had",
    "accounts.kept_accounts": "at the start: accounts are kept in memory",
    "archive.SQLiteArchive.problems": "the operator's check of everything",
    "archive.SQLiteArchive.rooms": "the operator's list of all rooms",
    "backup.backup": "whether the copy can be read: one row",
    "copying.SQLiteSource.count": "the operator's copy of everything",
    "copying.SQLiteSource.lives": "the operator's copy of everything",
    "file.SQLiteFile.begin": "at the start: a handful of facts, and all rooms after a loss",
    "file._version": "at the start: the tables",
    "purging.Purging._rewrite_next": "places that are to be written anew, gone when they are",
}
"""Who reads a whole table, and why that may be."""

UNTRIED = {"writer.Writer.try_out": "one row by its name, and only after the disk has failed"}
"""Whose statements are not looked at."""

SMALL = re.compile(r"SCAN (\d* ?CONSTANT ROWS?|json_each|\(subquery|there\b|main\.words_config)|VIRTUAL TABLE")
"""What is scanned and no table of ours: values that are given, what was found before, and how the index is set."""


@pytest.fixture(scope="module")
def statements(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """Return who asks for which statement."""
    path = tmp_path_factory.mktemp("statements") / "found.json"
    run("sqlite", "--statements", path, "not postgres and not nodes and not Nodes", USED_BY)
    return [(place, statement) for place, statement in json.loads(path.read_text())]


def test_no_statement_reads_a_whole_table(statements: list[tuple[str, str]], tmp_path: Path) -> None:
    file = SQLiteFile(tmp_path / "log")
    with closing(file):
        file.connection.create_function("cut", 1, str, deterministic=True)
        read = {
            place: (step, statement)
            for place, statement in statements
            if place != "file._migrate"  # for an older file, and once
            if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", statement)
            for *_, step in file.connection.execute(f"EXPLAIN QUERY PLAN {statement.replace('Inf', '9e999')}")
            if step.startswith("SCAN") and not SMALL.search(step)
        }
    assert {place: found for place, found in read.items() if place not in WHOLE} == {}
    assert WHOLE.keys() - read.keys() == set(), "these read no whole table any more"


def test_each_statement_was_looked_at(statements: list[tuple[str, str]]) -> None:
    reached = {place for place, _ in statements}
    asking = {place for path in SOURCES.glob("**/*.py") for place in _asking(path)}
    assert {place for place in asking - reached if not place.startswith("statements.")} == UNTRIED.keys()


def _asking(path: Path) -> Iterator[str]:
    """Return which functions ask for statements."""
    module = ".".join(path.relative_to(SOURCES).with_suffix("").parts)
    module_body = ast.parse(path.read_text()).body
    classes = [node for node in module_body if isinstance(node, ast.ClassDef)]
    for prefix, body in (("", module_body), *((f"{one.name}.", one.body) for one in classes)):
        for function in body:
            if isinstance(function, ast.FunctionDef) and _asks(function):
                yield f"{module}.{prefix}{function.name}"


def _asks(function: ast.FunctionDef) -> bool:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(isinstance(called, ast.Attribute) and called.attr.startswith("execute") for called in calls)


def test_no_parameter_has_a_number() -> None:
    """Some versions of Python warn that it is a name, and that a sequence has none."""
    assert [path for path in SOURCES.glob("**/*.py") if re.search(r"\?\d", path.read_text(encoding="utf-8"))] == []
