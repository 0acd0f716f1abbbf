"""The tests of rooms and visits once more, with a log and a directory that answer late."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any
from unittest import SkipTest, TestCase, TestResult

from tests.core import rooms, visit
from tests.lateness import Lateness, lateness


def cases(how: Lateness) -> Iterator[tuple[str, type[TestCase]]]:
    """Return all test cases under names of their own, each as it is when answers are as late as *how* says."""
    for package in (rooms, visit):
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            for name, case in vars(import_module(module.name)).items():
                if isinstance(case, type) and issubclass(case, TestCase) and case.__module__ == module.name:
                    yield f"{module.name.rpartition('.')[2]}_{name}", late(case, how)


def late(case: type[TestCase], how: Lateness) -> type[TestCase]:
    """Return *case* as it is when answers are as late as *how* says."""

    def run(self: TestCase, result: TestResult | None = None) -> Any:
        with lateness(how):
            return case.run(self, result)

    at_once = [name for name in dir(case) if getattr(getattr(case, name, None), "at_once", False)]
    names = {"run": run, "__module__": case.__module__, "__doc__": case.__doc__, **dict.fromkeys(at_once, skipped)}
    return type(case.__name__, (case,), names)


def skipped(self: TestCase) -> None:
    """Take the place of a test that answers at once are needed for."""
    raise SkipTest("it counts on answers at once")
