"""The steps in which the log indexes and removes: none holds up those who speak for longer than about 5 ms."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, pairwise
from pathlib import Path

import pytest

from chatroom.core.ports import LogId
from chatroom.core.values.limits import PIECE
from chatroom.logs.sqlite.file import SQLiteFile
from chatroom.logs.sqlite.maintenance import STEP, STEP_BYTES, Maintenance
from chatroom.logs.sqlite.retention import Retention
from tests.logs.scribe import NOON, sqlite, texts

HAN = "".join(chr(0x4E00 + number) for number in range(1333))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chatroom.sqlite"


@pytest.fixture
def file(path: Path) -> Iterator[SQLiteFile]:
    """A log in which nothing is indexed yet, and which is written by nobody else."""
    sqlite_file = SQLiteFile(path)
    yield sqlite_file
    sqlite_file.close()


def filled(file: SQLiteFile, *texts: str) -> None:
    """Have a room with *texts* in *file*."""
    connection = file.connection
    connection.execute("INSERT INTO logs (id, key, room, epoch, topic, capacity) VALUES (1, 'tea', 'tea', '', '', 0)")
    connection.executemany(
        "INSERT INTO messages (log, seq, at, speaker, text, action) VALUES (1, ?, 0, 'alice', ?, 0)",
        enumerate(texts, 1),
    )


def indexed(file: SQLiteFile, maintenance: Maintenance) -> list[int]:
    """Return how many messages each step has indexed that did."""
    done = [0]
    while maintenance.step():
        [(upto,)] = file.connection.execute("SELECT value FROM meta WHERE name = 'indexed'")
        done.append(upto)
    return [after - before for before, after in pairwise(done) if after > before]


def frozen(file: SQLiteFile) -> Maintenance:
    """Return a maintenance for whom no time passes."""
    return Maintenance(file.connection, Retention(), lambda: NOON, lambda: 0.0)


def test_a_step_ends_after_some_messages(file: SQLiteFile) -> None:
    filled(file, *["cup of tea"] * (STEP + 5))
    assert indexed(file, frozen(file)) == [STEP, 5]


def test_a_step_ends_before_it_has_too_much_text(file: SQLiteFile) -> None:
    filled(file, *["x" * 4000] * 10)
    assert indexed(file, frozen(file)) == [STEP_BYTES // 4000] * 2 + [2]


def test_a_step_ends_before_it_has_too_many_words_but_takes_one_message(file: SQLiteFile) -> None:
    filled(file, HAN, HAN, "x " * 2000, "cup of tea", HAN)
    assert indexed(file, frozen(file)) == [1, 1, 1, 2]


def test_a_step_ends_when_its_time_is_over(file: SQLiteFile) -> None:
    filled(file, *["cup of tea"] * 10)
    ticks = count()
    maintenance = Maintenance(file.connection, Retention(), lambda: NOON, lambda: next(ticks) * PIECE / 4)
    assert indexed(file, maintenance) == [2] * 5


def test_words_are_cut_while_others_may_write(file: SQLiteFile) -> None:
    filled(file, *["cup of tea"] * 10)
    asked = list[bool]()

    def seconds() -> float:
        asked.append(file.connection.in_transaction)
        return 0.0

    assert indexed(file, Maintenance(file.connection, Retention(), lambda: NOON, seconds)) == [10]
    assert len(asked) > 10
    assert not any(asked)


def test_a_removal_ends_when_its_time_is_over(file: SQLiteFile) -> None:
    filled(file, *["cup of tea"] * 10)
    while frozen(file).step():
        pass
    file.connection.execute("UPDATE logs SET key = NULL")
    ticks = count()
    maintenance = Maintenance(file.connection, Retention(), lambda: NOON, lambda: next(ticks) * PIECE / 4)
    left = [10]
    while maintenance.step():
        [(now,)] = file.connection.execute("SELECT count(*) FROM messages")
        left.append(now)
    assert max(before - after for before, after in pairwise(left)) <= 2
    assert left[-1] == 0


def test_rooms_that_are_too_old_are_forgotten_a_few_at_a_time(file: SQLiteFile) -> None:
    file.connection.executemany(
        "INSERT INTO logs (key, room, epoch, topic, capacity, closed) VALUES (?, '', '', '', 0, 0)",
        [(str(number),) for number in range(2 * STEP)],
    )
    maintenance = frozen(file)
    kept = "SELECT count(*) FROM logs WHERE key IS NOT NULL"
    assert maintenance.step()
    assert file.connection.execute(kept).fetchone() == (STEP,)
    while maintenance.step():
        pass
    assert file.connection.execute("SELECT count(*) FROM logs").fetchone() == (0,)


def test_parts_of_the_index_are_put_together_as_it_grows(file: SQLiteFile) -> None:
    filled(file, *[HAN[number:] for number in range(100)])
    maintenance = frozen(file)
    parts = list[int]()
    while maintenance.step():
        [(count,)] = file.connection.execute("SELECT count(DISTINCT segid) FROM words_idx")
        parts.append(count)
    # With 16 of a size, SQLite would put them together in one go; a search looks at all that there are.
    assert max(parts) < 15
    assert parts[-1] < 8


def test_all_is_found_however_it_was_indexed(path: Path) -> None:
    with sqlite(path) as scribe:
        tea: LogId = scribe.opened().log
        scribe.say(tea, *[f"{number} {HAN}" for number in range(50)])
        scribe.tend()
        assert texts(scribe.search(tea, "25")) == [f"25 {HAN}"]
        assert texts(scribe.search(tea, f"{HAN[5:20]} 49")) == [f"49 {HAN}"]
