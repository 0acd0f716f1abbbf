"""Searches in the log: each has an end, whatever is asked for, and nobody who does not search waits for one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event, current_thread

import pytest
from twisted.internet.task import Clock
from twisted.logger import LogEvent
from typing_extensions import override

from chatroom.core.ports import LogId, Searched
from chatroom.core.values.errors import SearchTooLong, StorageFailed
from chatroom.core.values.limits import Limits
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.file import read_only
from chatroom.logs.sqlite.searcher import Searcher
from tests.logs.scribe import SQLiteScribe, locked, message, seqs, sqlite, texts
from tests.logs.sqlite.test_trouble import without

PHRASE = '"a b a"'
"""A phrase that has to be looked for wherever its words stand, and is nowhere."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chatroom.sqlite"


class Stopwatch:
    """Time of which a second passes each time somebody looks, once it :attr:`runs`."""

    def __init__(self) -> None:
        self.runs = False
        self._seconds = count()
        self._now = 0

    def __call__(self) -> float:
        if self.runs:
            self._now = next(self._seconds)
        return self._now


def spoken(path: Path, *, indexed: bool) -> LogId:
    """Have a room in *path* in which much was said, so that the phrase takes some time."""
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, *["a " * 1000 + "b"] * 500)
        if indexed:
            scribe.tend()
    return tea


@contextmanager
def searcher(path: Path, *, timeout: float = 0, crowded: bool = False) -> Iterator[tuple[Searcher, Stopwatch]]:
    """Have a searcher, and its time."""
    watch = Stopwatch()
    found = Searcher(read_only(path), Retention(), timeout=timeout, seconds=watch, crowded=lambda: crowded)
    yield found, watch
    found.close()


@pytest.mark.parametrize("indexed", [True, False])
def test_a_search_ends_after_its_time(path: Path, indexed: bool) -> None:
    tea = spoken(path, indexed=indexed)
    with searcher(path, timeout=0.5) as (search, watch):
        assert search.search(tea, PHRASE, None, 100).entries == []
        watch.runs = True
        with pytest.raises(SearchTooLong):
            search.search(tea, PHRASE, None, 100)
        # The next one has all of its own.
        watch.runs = False
        assert search.search(tea, "b", None, 100).entries


def test_with_no_limit_it_takes_as_long_as_it_takes(path: Path) -> None:
    tea = spoken(path, indexed=False)
    with searcher(path) as (search, watch):
        watch.runs = True
        assert search.search(tea, PHRASE, None, 100).entries == []


def test_while_others_wait_it_has_a_tenth_of_the_time(path: Path) -> None:
    tea = spoken(path, indexed=False)
    for crowded in (False, True):
        # Each of 500 messages is looked at, and the watch before it.
        with searcher(path, timeout=2_000, crowded=crowded) as (search, watch):
            watch.runs = True
            if crowded:
                with pytest.raises(SearchTooLong):
                    search.search(tea, PHRASE, None, 100)
            else:
                search.search(tea, PHRASE, None, 100)


def test_a_search_that_is_called_off_ends(path: Path) -> None:
    tea = spoken(path, indexed=True)
    with searcher(path) as (search, _):
        search.cancel()
        with pytest.raises(SearchTooLong):
            search.search(tea, PHRASE, None, 100)


def test_a_search_that_was_ended_lets_the_file_be_tidied_up(path: Path) -> None:
    tea = spoken(path, indexed=True)
    with searcher(path, timeout=0.5) as (search, watch), sqlite(path) as scribe:
        watch.runs = True
        with pytest.raises(SearchTooLong):
            search.search(tea, PHRASE, None, 100)
        scribe.say(tea, "c")
        [(busy, _, _)] = scribe.log._file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert not busy


# In the log, with its threads.


class HeldClock(Clock):
    """Lets no search go on before it is :meth:`let_go`; all others have their time."""

    def __init__(self) -> None:
        super().__init__()
        self._free = Event()
        self.search = Event()

    def let_go(self) -> None:
        self._free.set()

    @override
    def seconds(self) -> float:
        if current_thread().name == "log-searcher":
            self.search.set()
            self._free.wait()
        now: float = super().seconds()
        return now


@contextmanager
def held(path: Path) -> Iterator[tuple[SQLiteScribe, HeldClock, LogId]]:
    """Have a room with two messages in a log whose searches wait."""
    clock = HeldClock()
    with sqlite(path, clock=clock) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, "milk", "sugar")
        try:
            yield scribe, clock, tea
        finally:
            clock.let_go()


def test_pages_and_messages_do_not_wait_for_a_search(path: Path) -> None:
    found = list[Searched]()
    with held(path) as (scribe, clock, tea):
        scribe.log.search(tea, "milk", before=None, limit=100, got=found.append)
        clock.search.wait()
        assert texts(scribe.read(tea)) == ["milk", "sugar"]
        assert scribe.say(tea, "tea") == [3]
        assert scribe.opened().seq == 3
        assert found == []
        clock.let_go()
        scribe.until(lambda: bool(found))
    assert seqs(found[0].result) == [1]  # type: ignore[arg-type]


def test_the_end_does_not_wait_for_searches(path: Path) -> None:
    found = list[Searched]()
    with held(path) as (scribe, clock, tea):
        for _ in range(5):
            scribe.log.search(tea, "milk", before=None, limit=100, got=found.append)
        clock.search.wait()
        scribe.log.cancel_searches()
        clock.let_go()
        scribe.until(lambda: len(found) == 5)
        assert all(isinstance(answer.result, SearchTooLong) for answer in found)
        # All else goes on: who speaks is answered, and who is behind is shown what was said.
        assert scribe.say(tea, "tea") == [3]
        assert texts(scribe.read(tea)) == ["milk", "sugar", "tea"]
        assert isinstance(scribe.search(tea, "milk"), SearchTooLong)


def test_the_end_comes_in_time_although_a_thread_is_busy(path: Path, nothing_logged: list[LogEvent]) -> None:
    with held(path) as (scribe, clock, tea):
        scribe.log.search(tea, "milk", before=None, limit=100, got=lambda _: None)
        clock.search.wait()
        stopped = scribe.log.stop(within=3)
        clock.advance(2.9)
        assert not stopped.called
        clock.advance(0.2)
        assert stopped.called
        clock.let_go()
        scribe.until(lambda: not scribe.log._writing.running)
    assert not nothing_logged
    # Nothing that was acknowledged is lost.
    with sqlite(path) as scribe:
        assert texts(scribe.read(tea)) == ["milk", "sugar"]


def test_what_is_locked_out_at_the_end_is_not_waited_for_longer_than_asked(
    path: Path, nothing_logged: list[LogEvent]
) -> None:
    answers = list[object]()
    with sqlite(path, busy_timeout=20) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, "milk")
        with locked(path):
            scribe.change(tea, message("sugar"), answers.append)
            scribe.clock.advance(0)
            stopped = scribe.log.stop(within=3)
            scribe.clock.advance(3)
            assert stopped.called
        # In a process that lives on, it is stored in the end, and only then acknowledged.
        assert answers == []
        scribe.until(lambda: not scribe.log._writing.running)
        assert answers == [2]
    assert not nothing_logged


def test_pages_that_wait_when_all_have_gone_are_not_read(path: Path) -> None:
    got = list[object]()
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, "milk")
        scribe.log._reads._stopping = True
        scribe.log.read(tea, after=0, before=None, limit=1, got=got.append)
    assert [type(answer) for answer in got] == [StorageFailed]


# What it costs.


def test_the_answer_tells_how_long_it_took(path: Path, nothing_logged: list[LogEvent]) -> None:
    class SlowClock(Clock):
        """Time of which 0.1 s pass each time the thread that searches looks."""

        @override
        def seconds(self) -> float:
            if current_thread().name == "log-searcher":
                self.rightNow += 0.1
            now: float = super().seconds()
            return now

    with sqlite(path, clock=SlowClock(), search_timeout=5) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, *["milk"] * 100)
        page = scribe.searched(tea, "milk", limit=2)
        assert seqs(page.result) == [99, 100]  # type: ignore[arg-type]
        assert 0.4 < page.seconds < 1
        # Whether they are in the index by now or not, each of them takes its time.
        ended = scribe.searched(tea, "milk", limit=100)
        assert isinstance(ended.result, SearchTooLong)
        assert 5 < ended.seconds < 6
        scribe.log.limit(Limits(search_timeout=2))
        ended = scribe.searched(tea, "milk", limit=100)
        assert isinstance(ended.result, SearchTooLong)
        assert 2 < ended.seconds < 3
        with without("messages", scribe):
            failed = scribe.searched(tea, "milk")
        assert isinstance(failed.result, StorageFailed)
        assert 0 < failed.seconds < 1
    nothing_logged.clear()
