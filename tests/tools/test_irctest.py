"""What irctest says is written down, and judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.irctest import main

REASONS = """
[least]
plain = {least}

[[reasons]]
why = "Nothing is offered of that"
tests = ["metadata", "chmodes.key.KeyTestCase.testLong[a]"]
"""

CASE = '<testcase classname="irctest.server_tests.{0}" name="{1}">{2}</testcase>'


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return tmp_path / "reasons.toml"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "plain.xml"
    cases = [
        CASE.format("join.JoinTestCase", "testJoin", ""),
        CASE.format("metadata.SetTestCase", "testSet", '<skipped message="it is not there"/>'),
        CASE.format("metadata.SetTestCase", "testGet", '<skipped message="it is not there"/>'),
        CASE.format("chmodes.key.KeyTestCase", "testLong[a]", '<failure message="no"/>'),
        CASE.format("chmodes.key.KeyTestCase", "testLong[b]", ""),
    ]
    path.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>", encoding="utf-8")
    return path


def test_each_module_has_a_row_and_each_reason_too(told: Path, results: Path, tmp_path: Path) -> None:
    told.write_text(REASONS.format(least=2), encoding="utf-8")
    page = tmp_path / "page.md"
    assert main([str(told), str(results), str(page)]) is None
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert rows == [
        "| module | passed | failed | skipped |",
        "| `chmodes.key` | 1 | 1 |  |",
        "| `join` | 1 |  |  |",
        "| `metadata` |  |  | 2 |",
        "| **all, plain** | 2 | 1 | 2 |",
        "| test | failed | skipped | why |",
        "| `metadata`, `chmodes.key.KeyTestCase.testLong[a]` | 1 | 2 | Nothing is offered of that. |",
    ]


def test_fewer_that_pass_than_before_are_a_mistake(told: Path, results: Path, tmp_path: Path) -> None:
    told.write_text(REASONS.format(least=3), encoding="utf-8")
    mistake = main([str(told), str(results), str(tmp_path / "page.md")])
    assert mistake == "2 tests passed of the part plain; 3 have to"


def test_one_that_does_not_pass_has_a_reason(told: Path, results: Path, tmp_path: Path) -> None:
    told.write_text(REASONS.format(least=2).replace("metadata", "meta"), encoding="utf-8")
    mistake = main([str(told), str(results), str(tmp_path / "page.md")])
    assert mistake == (
        "metadata.SetTestCase.testSet skipped, and nothing says why\n"
        "metadata.SetTestCase.testGet skipped, and nothing says why"
    )


def test_without_results_it_says_how_it_is_used(told: Path) -> None:
    mistake = main([str(told)])
    assert mistake is not None
    assert "tools.irctest" in mistake
