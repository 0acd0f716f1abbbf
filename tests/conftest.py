"""What holds for all tests: how they are run, and that what they log counts."""

from __future__ import annotations

import gc
import os
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import pytest
import pytest_twisted
from _pytest.python import pytest_pyfunc_call as call_as_it_is
from twisted.internet.defer import Deferred
from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent, globalLogPublisher
from twisted.python import context
from twisted.python.log import ILogContext
from zope.interface import provider

from chatroom.core.rooms import room
from tests.characters import everything, sample
from tests.engine import Engine, running

PROGRAMS = {"browser", "e2e", "irc_clients"}
"""The folders with tests of programs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what only these tests know."""
    parser.addoption("--all-characters", action="store_true", help="try all of Unicode, where a sample is the rule")
    parser.addoption("--compiled", action="store_true", help="test a compiled build, by all but what is marked pure")


def pytest_configure(config: pytest.Config) -> None:
    """See that what is tested is what was asked for: the sources here are on the path as well."""
    wanted = bool(config.getoption("--compiled"))
    if wanted == room.__file__.endswith(".py"):
        raise pytest.UsageError(f"{room.__file__} is {'not ' * wanted}compiled")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Engine]:
    """Have a PostgreSQL server for all tests of this process."""
    with running() as engine:
        yield engine


@pytest.fixture(scope="session")
def characters(request: pytest.FixtureRequest) -> Sequence[str]:
    """Return the characters that a test tries one after the other: a sample of Unicode, or all of it."""
    return everything() if request.config.getoption("--all-characters") else sample()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let SIGTERM end the run as Ctrl+C does; what the tests have started ends with it."""
    from twisted.internet import reactor

    # The reactor takes the signal when it begins to run, and would only remember it: it waits for the test as we do.
    begun: Deferred[None] = Deferred()
    reactor.callLater(0, begun.callback, None)
    pytest_twisted.blockon(begun)

    def end(number: int, frame: FrameType | None) -> None:
        # Should the reactor be waiting itself, it survives the interrupt: then the run ends with the test.
        session.shouldstop = signal.Signals(number).name
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    if hasattr(session.config, "workerinput"):
        # So a run ends those that it has started, though who started it may have let SIGINT be ignored.
        signal.signal(signal.SIGINT, end)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of installed programs, and let them begin: they take most of the time, and the others fill up."""
    if config.getoption("--compiled"):
        pure = [item for item in items if item.get_closest_marker("pure")]
        items[:] = [item for item in items if item not in pure]
        config.hook.pytest_deselected(items=pure)
    for item in items:
        if not PROGRAMS.isdisjoint(item.nodeid.split("/")):
            item.add_marker("e2e")
        if "characters" in getattr(item, "fixturenames", ()):
            item.add_marker("characters")
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was skipped, and what would bring it."""
    skipped = Counter(reason(report) for report in terminalreporter.stats.get("skipped", []))
    if skipped:
        reasons = ", ".join(f"{number} {reason}" for reason, number in skipped.most_common())
        terminalreporter.write_line(f"{skipped.total()} skipped: {reasons}")


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return why a test was skipped."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object | None:
    """Call a test that waits for nothing as pytest does: else the reactor turns for it, and for each example of it.

    The reactor may have stopped for it in the middle of a connection's call, whose part of the log this is not.
    """
    if pytest_twisted._get_mark(pyfuncitem.obj):
        return None
    called: object = context.call({ILogContext: context.defaultContextDict[ILogContext]}, call_as_it_is, pyfuncitem)
    return called


def pytest_collection_finish() -> None:
    """Spare the garbage collector the tests themselves, each time that it looks at everything."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return how many tests ``-n auto`` runs at once: two for each processor that we have, as most wait."""
    return 2 * len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2 * (os.cpu_count() or 1)


@pytest.fixture
def short_path() -> Iterator[Path]:
    """Return a folder for sockets, whose paths have 104 bytes at most: those of other folders may be longer."""
    with TemporaryDirectory(prefix="chat-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def nothing_logged(request: pytest.FixtureRequest) -> Iterator[list[LogEvent]]:
    """Fail a test that logged an error; one that means to takes it out of the list that this gives."""
    errors: list[LogEvent] = []

    @provider(ILogObserver)
    def observe(event: LogEvent) -> None:
        if event.get("log_level", LogLevel.info) >= LogLevel.error:
            errors.append(event)

    globalLogPublisher.addObserver(observe)
    yield errors
    globalLogPublisher.removeObserver(observe)
    # Trial's test cases fail by themselves for what they did not flush.
    if errors and not hasattr(request.cls, "flushLoggedErrors"):
        pytest.fail("logged: " + "; ".join(formatEvent(event) for event in errors))
