"""Faults that are planted are found, and found again by their seeds; and what can't be meant is said."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from pathlib import Path

import msgspec
import pytest

from tests.explore.properties import Tried
from tests.explore.seeds import seeds

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
PLANTED = """
from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(0, 1999))
def test_fails_once_in_two_thousand(number: int) -> None:
    assert number != 1729


@given(st.lists(st.booleans(), min_size=64, max_size=64))
def test_that_never_comes_again(flags: list[bool]) -> None:
    with Path(__file__).with_name("seen").open("a") as seen:
        print(flags, file=seen)


def test_without_chance() -> None:
    raise AssertionError("it is no property")
"""


def explore(folder: Path, seed: int, words: str, seconds: float = 30) -> list[Tried]:
    """Try what is planted in *folder*, and return what came of it."""
    (folder / "test_planted.py").write_text(PLANTED, encoding="utf-8")
    report = folder / "report"
    report.unlink(missing_ok=True)
    options = ("-p", "tests.conftest", "-p", "tests.explore.properties", "-p", "no:cacheprovider", "-p", "no:xdist")
    asked = (f"--explore-seed={seed}", f"--explore-seconds={seconds}", f"--explore-report={report}", "-k", words)
    command: list[str | Path] = [sys.executable, "-m", "pytest", "-q", "--rootdir", folder, *options, *asked, folder]
    subprocess.run(command, cwd=ROOT, capture_output=True, timeout=300, check=False)
    lines = report.read_bytes().splitlines() if report.exists() else []
    return [msgspec.json.decode(line, type=Tried) for line in lines]


def test_what_seldom_fails_is_found_and_found_again_by_its_seed(tmp_path: Path) -> None:
    [found] = explore(tmp_path, 7, "once")
    assert found.seed is not None
    assert found.times > 1
    assert "number=1729" in found.said
    [again] = explore(tmp_path, found.seed, "once")
    assert (again.seed, again.times) == (found.seed, 1)


def test_two_seeds_try_different_examples_and_one_the_same(tmp_path: Path) -> None:
    def seen(seed: int) -> list[str]:
        [tried] = explore(tmp_path, seed, "never", seconds=1)
        assert tried.seed is None
        lines = (tmp_path / "seen").read_text(encoding="utf-8").splitlines()
        (tmp_path / "seen").unlink()
        return lines[:200]

    one, again, other = seen(1), seen(1), seen(2)
    assert again == one
    # The simplest ones come always.
    assert len(set(one) & set(other)) < 50 < len(set(one))


def test_only_properties_are_tried(tmp_path: Path) -> None:
    assert explore(tmp_path, 1, "without") == []


def test_seeds_begin_with_the_one_that_was_asked_for() -> None:
    first, second = list(islice(seeds(1), 100)), list(islice(seeds(2), 100))
    assert (first[0], second[0]) == (1, 2)
    assert len({*first, *second}) == 200


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--seconds", "3"], "unrecognized arguments: --seconds 3"),
        (["model"], "unrecognized arguments: model"),
        (["--seed", "lucky"], "argument --seed: invalid int value: 'lucky'"),
        (["--minutes", "0"], "argument --minutes: invalid positive value: '0'"),
        (["--minutes", "nan"], "argument --minutes: invalid positive value: 'nan'"),
        (["--minutes"], "argument --minutes: expected one argument"),
    ],
)
def test_what_can_not_be_meant_gets_a_usage_line(options: list[str], why: str) -> None:
    command = [sys.executable, "-m", "tests.explore", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines() == ['usage: make explore EXPLORE="[options]"', f"make explore: error: {why}"]
