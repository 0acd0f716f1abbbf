"""When the log in SQLite can't store or read: exactly those concerned are told, and it goes on when it can again."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from twisted.logger import LogEvent, LogLevel

from chatroom.core.values.errors import StorageFailed
from tests.logs.scribe import PATIENCE, SlowClock, SQLiteScribe, health_lines, locked, message, sqlite, texts


@pytest.fixture
def scribe(tmp_path: Path) -> Iterator[SQLiteScribe]:
    with sqlite(tmp_path / "chatroom.sqlite") as scribe:
        yield scribe


@pytest.fixture
def said(nothing_logged: list[LogEvent]) -> Iterator[list[str]]:
    """Note what is logged of the log's health, errors too."""
    with health_lines() as lines:
        yield lines
    assert all(event["log_level"] == LogLevel.error for event in nothing_logged)
    nothing_logged.clear()


@contextmanager
def full(path: Path) -> Iterator[None]:
    """Let no file grow beyond what the largest one here has."""
    size = max(file.stat().st_size for file in path.parent.iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def without(table: str, scribe: SQLiteScribe) -> Iterator[None]:
    """Have *table* out of the way."""
    with closing(sqlite3.connect(scribe.log.path, isolation_level=None)) as other:
        other.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
        yield
        other.execute(f"ALTER TABLE elsewhere RENAME TO {table}")


def failures(answers: list[int | StorageFailed]) -> list[int | None]:
    return [None if isinstance(answer, StorageFailed) else answer for answer in answers]


@pytest.mark.parametrize("trouble", [locked, full])
def test_who_can_not_be_stored_is_told_and_the_numbers_go_on(
    trouble: Callable[[Path], AbstractContextManager[None]], scribe: SQLiteScribe, said: list[str]
) -> None:
    tea, pond = scribe.opened("tea").log, scribe.opened("pond").log
    assert scribe.say(tea, "a", "b") == [1, 2]
    with trouble(scribe.log.path):
        for _ in range(3):
            assert failures(scribe.say(tea, *["ж" * 200_000] * 3)) == [None] * 3
            assert failures(scribe.say(pond, "ж" * 200_000)) == [None]
        # What is there can be read meanwhile.
        assert (texts(scribe.read(tea)), texts(scribe.search(tea, "b"))) == (["a", "b"], ["b"])
        assert isinstance(scribe.topic(tea, "x" * 400_000), StorageFailed)
    assert scribe.say(tea, "c", "d") == [3, 4]
    assert scribe.say(pond, "e") == [1]
    assert (texts(scribe.read(tea)), texts(scribe.read(pond))) == (["a", "b", "c", "d"], ["e"])
    assert scribe.opened("tea").topic == ""
    [failed, recovered] = said
    assert failed.startswith("can't store messages in ")
    assert recovered.startswith("can store messages in ")
    # Nothing of what was said; the path of the store may be anything in ASCII.
    assert not any("жж" in line for line in said)


def test_only_the_batch_that_failed_is_told(tmp_path: Path, said: list[str]) -> None:
    with sqlite(tmp_path / "chatroom.sqlite", clock=SlowClock()) as scribe:
        tea = scribe.opened().log
        answers = list[int | StorageFailed]()
        with locked(scribe.log.path):
            scribe.change(tea, message("a"), answers.append)
            scribe.clock.advance(0)
            failed = scribe.calls.get(timeout=PATIENCE)
        scribe.change(tea, message("b"), answers.append)
        failed()
        scribe.until(lambda: len(answers) == 2)
    assert failures(answers) == [None, 1]
    assert len(said) == 2


def test_a_room_that_can_not_be_opened_can_be_later(scribe: SQLiteScribe, said: list[str]) -> None:
    with locked(scribe.log.path):
        assert isinstance(scribe.open("tea"), StorageFailed)
    assert scribe.say(scribe.opened("tea").log, "a") == [1]
    assert said


def test_a_room_that_can_not_be_deleted_stays(scribe: SQLiteScribe, said: list[str]) -> None:
    tea = scribe.opened("tea").log
    assert scribe.say(tea, "a") == [1]
    with locked(scribe.log.path):
        assert isinstance(scribe.forget(tea), StorageFailed)
    assert scribe.say(tea, "b") == [2]
    assert scribe.forget(tea) is None
    assert scribe.opened("tea").log != tea
    assert len(said) == 2


def test_a_room_is_closed_in_the_end(scribe: SQLiteScribe, said: list[str]) -> None:
    tea, pond = scribe.opened("tea").log, scribe.opened("pond").log
    with locked(scribe.log.path):
        scribe.log.close(pond)
        assert isinstance(scribe.open("tea"), StorageFailed)
    # Before anything else that is asked for.
    assert scribe.opened("tea").log == tea
    with closing(sqlite3.connect(scribe.log.path)) as other:
        assert other.execute("SELECT room FROM logs WHERE closed IS NOT NULL").fetchall() == [("pond",)]
    assert len(said) == 2


def test_a_room_is_closed_without_anything_else_being_asked_for(scribe: SQLiteScribe, said: list[str]) -> None:
    tea = scribe.opened("tea").log
    with locked(scribe.log.path):
        scribe.log.close(tea)
        scribe.until(lambda: len(said) == 1)
    scribe.clock.advance(1)
    scribe.until(lambda: len(said) == 2)
    with closing(sqlite3.connect(scribe.log.path)) as other:
        assert other.execute("SELECT closed IS NULL FROM logs").fetchall() == [(0,)]


def test_a_page_that_can_not_be_read_is_read_later(scribe: SQLiteScribe, said: list[str]) -> None:
    tea = scribe.opened().log
    scribe.say(tea, "a")
    with without("messages", scribe):
        assert isinstance(scribe.read(tea), StorageFailed)
        assert isinstance(scribe.search(tea, "a"), StorageFailed)
    assert texts(scribe.read(tea)) == texts(scribe.search(tea, "a")) == ["a"]
    assert len(said) == 2
    assert said[0].startswith("can't read messages in ")


def test_an_index_that_fails_does_not_keep_anybody_from_talking(scribe: SQLiteScribe, said: list[str]) -> None:
    tea = scribe.opened().log
    with without("words", scribe):
        assert scribe.say(tea, "a") == [1]
        scribe.tend()
        scribe.tend()
        assert scribe.say(tea, "b") == [2]
        assert isinstance(scribe.search(tea, "a"), StorageFailed)
    scribe.tend()
    assert texts(scribe.search(tea, "a")) == ["a"]
    assert sorted(line.split(" in ")[0] for line in said) == [
        "can index or remove messages",
        "can read messages",
        "can't index or remove messages",
        "can't read messages",
    ]


def test_a_defect_is_logged_each_time_and_the_rest_goes_on(
    scribe: SQLiteScribe, nothing_logged: list[LogEvent]
) -> None:
    tea = scribe.opened().log
    assert failures(scribe.say(tea, "\ud800")) == [None]
    assert scribe.say(tea, "a") == [1]
    [event] = nothing_logged
    nothing_logged.clear()
    assert event["log_failure"].check(UnicodeEncodeError)


def test_what_can_not_be_stored_at_the_end_is_refused(tmp_path: Path, said: list[str]) -> None:
    path = tmp_path / "chatroom.sqlite"
    scribe = SQLiteScribe(path)
    tea = scribe.opened().log
    answers = list[int | StorageFailed]()
    with locked(scribe.log.path):
        scribe.change(tea, message("a"), answers.append)
        scribe.log.close(tea)
        scribe.stop()
    assert failures(answers) == [None]
    with sqlite(path) as scribe:
        assert texts(scribe.read(tea)) == []
        assert scribe.say(scribe.opened().log, "b") == [1]
    assert said
