"""Properties, tried again and again: a plugin of pytest, ``-p tests.explore.properties``.

Each one has its share of the time, in which it is tried with one seed after the other, until it fails. What comes of it
is written to a file, a JSON object a line, see :class:`Tried`.
"""

from __future__ import annotations

import inspect
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random

import msgspec
import pytest
from _pytest.runner import runtestprotocol
from hypothesis import core, is_hypothesis_test
from hypothesis.internal.conjecture.providers import GLOBAL_CONSTANTS
from hypothesis.internal.constants_ast import Constants, _constants_from_source

from tests.examples import use
from tests.explore.seeds import seeds

ROOT = Path(__file__).parents[2]


class Tried(msgspec.Struct):
    """What came of trying *test* so many *times*, of *of* tests; *said* is how it failed, if it did, by *seed*."""

    test: str
    of: int
    times: int = 0
    seed: int | None = None
    said: str = ""
    skipped: bool = False


def constants() -> Constants:
    """Return the numbers and words that stand in the sources of the package: what is special is often among them."""
    found = GLOBAL_CONSTANTS
    for path in sorted(ROOT.glob("chatroom/**/*.py")):
        found |= _constants_from_source(path.read_bytes(), limit=True)
    return found


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what is asked for."""
    parser.addoption("--explore-seed", type=int, help="the first seed of each property")
    parser.addoption("--explore-seconds", type=float, help="how long all of them are tried")
    parser.addoption("--explore-report", help="the file that is told what comes of it")


def pytest_configure(config: pytest.Config) -> None:
    """Use other examples than the tests do."""
    use("explore", constants())
    config.pluginmanager.register(Explorer(config), "explorer")


@cache
def is_property(function: Callable[..., object]) -> bool:
    """Tell whether *function*, which many parameters may share, tries examples, be it within."""
    if is_hypothesis_test(function):
        return True
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        return False
    return re.search(r"@given\(|run_state_machine_as_test\(", source) is not None


class Explorer:
    """Runs properties for as long as *config* says, and reports."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._seed: int = config.getoption("--explore-seed")
        self._seconds: float = config.getoption("--explore-seconds")
        self._of = 0
        self._slice = 0.0
        self._until = 0.0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Take the properties, in an order of the seed, so that each comes early some time."""
        items[:] = [item for item in items if isinstance(item, pytest.Function) and is_property(item.function)]
        Random(self._seed).shuffle(items)
        workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
        self._of = len(items)
        self._slice = self._seconds * workers / max(1, len(items))
        self._until = time.monotonic() + self._seconds

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Try *item* until its time is over, or it fails; not at all when the time of all is over."""
        if time.monotonic() > self._until:
            return True
        until = min(time.monotonic() + self._slice, self._until)
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        reports: Sequence[pytest.TestReport] = ()
        for times, seed in enumerate(seeds(self._seed), start=1):
            if times > 1:
                if time.monotonic() > until or any(report.outcome != "passed" for report in reports):
                    break
                item._initrequest()  # type: ignore[attr-defined]
            # As --hypothesis-seed sets it.
            core.global_force_seed = seed  # type: ignore[assignment]
            item.user_properties[:] = [("of", self._of), ("times", times), ("seed", seed)]
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write down what came of a property: it fails in one of its three parts, or in none."""
        if hasattr(self._config, "workerinput"):
            return
        if report.when == "call" or report.outcome != "passed":
            about = dict(report.user_properties)
            tried = Tried(report.nodeid, int(str(about["of"])), int(str(about["times"])))
            tried.skipped = report.skipped
            if report.failed:
                tried.seed, tried.said = int(str(about["seed"])), "\n".join(_said(report.longreprtext))
            with Path(self._config.getoption("--explore-report")).open("ab") as file:
                file.write(msgspec.json.encode(tried) + b"\n")


def _said(text: str) -> Iterator[str]:
    """Return what failed, and by which example, of the *text* of a report."""
    lines = [line[1:].removeprefix("   ") for line in text.split("\n") if re.match(r"E( |$)", line)]
    yield from (line.rstrip() for line in lines or text.split("\n")[-20:])
