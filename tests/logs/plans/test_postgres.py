"""The statements of the stores over PostgreSQL, each as the engine carries it out in a large chat."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from chatroom.logs.postgres.database import DEFAULTS
from chatroom.logs.postgres.migrate import SCHEMA
from tests.engine import programs, required
from tests.logs.plans import run

pytestmark = [pytest.mark.engines, pytest.mark.pure(reason="it runs the tests of the sources")]

USED_BY = [
    "tests/simulation/test_engine.py",
    "tests/logs/nodes",
    "tests/logs/postgres/test_nodes.py::test_of_a_room_that_is_removed_the_audit_stays",
    *(
        f"tests/logs/test_{name}.py"
        for name in ("follows", "looking_back", "marks", "reports", "searching_all", "talks")
    ),
]
"""Tests by which, together, each statement is carried out."""

SMALL = {
    "meta": "one row",
    "nodes": "a row for each server",
    "device": "a sequence",
    "dead": "a row for each server that has ended, and only those of whom not everything is undone",
}
"""The tables that don't grow with the chat, and why."""

WHOLE = {
    "DELETE FROM chat.looks": "at the start, where what letters look like is known better than before",
    "SELECT username, account FROM chat.names": "the same",
    "SELECT chat.own(a) FROM chat.accounts": "the operator's copy of everything",
    "SELECT count(*) FROM chat.entries": "the same",
    "SELECT id, key, room, epoch": "the same",
    "renumber": "after a loss: each room and each server begins anew",
}
"""The statements, by their beginning or the function they stand in, that read a whole table, and why that may be."""

VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b")

Plan = dict[str, Any]


@pytest.fixture(scope="module")
def plans() -> Sequence[tuple[str, str, Plan]]:
    """Return for each statement that was carried out the function it stands in, if any, its text and its plan."""
    required(programs())
    with TemporaryDirectory(prefix="plans", dir="/tmp") as folder:
        # Where root runs the tests, PostgreSQL is run by somebody else.
        Path(folder).chmod(0o777)
        run("postgres", "--plans", Path(folder), "postgres or simulation or database", USED_BY)
        return [found for log in Path(folder).glob("*.json") for found in _plans(log)]


def test_no_statement_reads_a_whole_table(plans: Sequence[tuple[str, str, Plan]]) -> None:
    read: dict[str, object] = {}
    for function, statement, plan in plans:
        tables = {node.get("Relation Name", node.get("Index Name")) for node in _reads(plan)} - SMALL.keys()
        if tables:
            beginnings = (beginning for beginning in WHOLE if statement.startswith(beginning))
            named = next(beginnings, function if function in WHOLE else f"{function}: {statement}")
            read[named] = tables
    assert {named: tables for named, tables in read.items() if named not in WHOLE} == {}
    assert WHOLE.keys() - read.keys() == set(), "these read no whole table any more"


def test_each_function_was_looked_at(plans: Sequence[tuple[str, str, Plan]]) -> None:
    source = (SCHEMA / "functions.sql").read_text()
    bodies = re.findall(r"CREATE FUNCTION chat\.(\w+)\((?:[^;]*?)LANGUAGE plpgsql.*?\$\$(.*?)\$\$;", source, re.DOTALL)
    changing = {
        name for name, body in bodies if re.search(r"^ *(INSERT|UPDATE|DELETE|PERFORM FROM) ", body, re.MULTILINE)
    }
    assert changing - {function for function, *_ in plans} == set()


def _plans(log: Path) -> Iterator[tuple[str, str, Plan]]:
    """Return what was written down of our own statements: those of tests come by other connections."""
    for line in log.read_text().splitlines():
        entry = json.loads(line)
        _, explained, plan = entry["message"].partition(" plan:\n")
        if explained and entry.get("application_name") == DEFAULTS["application_name"]:
            found = json.loads(plan)
            functions = re.findall(r"(?:PL/pgSQL|SQL) function \"?(\w+)", entry.get("context", ""))
            text = VALUES.sub("?", " ".join(found["Query Text"].split()))
            yield functions[0] if functions else "", text, found["Plan"]


def _reads(node: Plan, *, limited: bool = False) -> Iterator[Plan]:
    """Return the parts of a plan that read a table, or an index, from one end to the other."""
    limited = limited or node["Node Type"] == "Limit"
    whole = "Index Cond" not in node and not limited
    if node["Node Type"] == "Seq Scan" or ("Index" in node["Node Type"] and whole):
        yield node
    for part in node.get("Plans", []):
        yield from _reads(part, limited=limited)
