"""The tests of people, rooms and visits once more, with a log and a directory that answer late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any
from unittest import SkipTest, TestCase, TestResult

import pytest

from tests.core import people, rooms, visit
from tests.core.test_invariants import Chat
from tests.core.visit import test_awaits as awaits
from tests.lateness import Lateness, lateness


def again(how: Lateness) -> dict[str, object]:
    """Return all tests under names of their own, each as it is when answers are as late as *how* says."""

    @pytest.mark.parametrize("incident", awaits.INCIDENTS)
    @pytest.mark.parametrize("waits", awaits.COMMANDS, ids=lambda waits: waits.what)
    def test_afterwards_all_is_as_before(waits: awaits.Waits, incident: Callable[[awaits.Scene], None]) -> None:
        with lateness(how):
            awaits.test_afterwards_all_is_as_before(waits, incident)

    return {
        **dict(cases(how)),
        "TestChat": late(Chat.TestCase, how),
        "test_afterwards_all_is_as_before": test_afterwards_all_is_as_before,
    }


def cases(how: Lateness) -> Iterator[tuple[str, type[TestCase]]]:
    """Return the test cases of people, rooms and visits under names of their own, each as *how* says."""
    for package in (people, rooms, visit):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            for name, case in vars(import_module(module.name)).items():
                if isinstance(case, type) and issubclass(case, TestCase) and case.__module__ == module.name:
                    yield f"{module.name.replace('.', '_')}_{name}", late(case, how)


def late(case: type[TestCase], how: Lateness) -> type[TestCase]:
    """Return *case* as it is when answers are as late as *how* says."""

    def run(self: TestCase, result: TestResult | None = None) -> Any:
        with lateness(how):
            return case.run(self, result)

    marks = ["at_once", "one_server"] if how.node else ["at_once"]
    tests = [name for name in dir(case) if name.startswith("test")]
    marked = [
        name for name in tests if any(getattr(it, mark, 0) for it in (case, getattr(case, name)) for mark in marks)
    ]
    names = {"run": run, "__module__": case.__module__, "__doc__": case.__doc__, **dict.fromkeys(marked, skipped)}
    return type(case.__name__, (case,), names)


def skipped(self: TestCase) -> None:
    """Take the place of a test that answers at once are needed for."""
    raise SkipTest("count on answers at once")
