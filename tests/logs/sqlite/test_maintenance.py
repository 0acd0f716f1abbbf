"""The steps in which the log indexes and removes: none holds up those who speak for longer than about 5 ms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatroom.core.ports import LogId
from chatroom.core.search.tokenize import tokenize
from chatroom.core.values.limits import PIECE
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.file import SQLiteFile
from chatroom.logs.sqlite.maintenance import PIECE_BYTES, PIECE_MESSAGES, REMOVED, STEP, Maintenance
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
        "INSERT INTO messages (log, seq, at, speaker, text, kind) VALUES (1, ?, 0, 'alice', ?, 0)",
        enumerate(texts, 1),
    )


def indexed(file: SQLiteFile, maintenance: Maintenance, others_wait: Callable[[], bool] = lambda: False) -> list[int]:
    """Return how many messages each step has indexed that did."""
    done = [0]
    while maintenance.step(others_wait):
        [(upto,)] = file.connection.execute("SELECT value FROM meta WHERE name = 'indexed'")
        done.append(upto)
    return [after - before for before, after in pairwise(done) if after > before]


def frozen(file: SQLiteFile) -> Maintenance:
    """Return a maintenance for whom no time passes."""
    return Maintenance(file.connection, Retention(), lambda: NOON, lambda: 0.0)


def test_a_step_ends_after_some_messages(file: SQLiteFile) -> None:
    filled(file, *["cup of tea"] * (STEP + 5))
    assert indexed(file, frozen(file)) == [STEP, 5]


@pytest.mark.parametrize(("others_wait", "pieces"), [(True, 2), (False, 8)])
def test_a_step_ends_when_its_time_is_over_sooner_when_others_wait(
    file: SQLiteFile, others_wait: bool, pieces: int
) -> None:
    filled(file, *["x" * 4000] * 64)
    ticks = count()
    maintenance = Maintenance(file.connection, Retention(), lambda: NOON, lambda: next(ticks) * PIECE / 4)
    assert indexed(file, maintenance, lambda: others_wait) == [4 * pieces] * (16 // pieces)


@pytest.mark.parametrize(
    ("texts", "pieces"),
    {
        "messages": (["cup of tea"] * (PIECE_MESSAGES + 1), [PIECE_MESSAGES, 1]),
        "bytes": (["x" * 4000] * 5, [PIECE_BYTES // 4000, 1]),
        "bytes of what is not ASCII": (["ä" * 1000] * 3, [2, 1]),
        "one that is longer": (["\ufdfa" * 4000, "x"], [1, 1]),
    }.values(),
)
def test_the_clock_is_looked_at_after_some(file: SQLiteFile, texts: Sequence[str], pieces: list[int]) -> None:
    filled(file, *texts)
    ticks = count()
    maintenance = Maintenance(file.connection, Retention(), lambda: NOON, lambda: next(ticks) * PIECE)
    assert indexed(file, maintenance, lambda: True) == pieces


@given(st.lists(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]) | st.sampled_from("\n\t")), max_size=5))
@example(["a.a.a", "", "...", "Tea_Tea", "x" * 4000, "0x0F"])
def test_the_index_cuts_ascii_as_all_else_is_cut(said: Sequence[str]) -> None:
    with TemporaryDirectory() as folder:
        file = SQLiteFile(Path(folder) / "chatroom.sqlite")
        filled(file, *said)
        while frozen(file).step():
            pass
        file.connection.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab (main, words, instance)")
        terms = "SELECT term FROM terms WHERE doc = ? AND col = 'said' ORDER BY offset"
        for number, text in enumerate(said, 1):
            assert [term for (term,) in file.connection.execute(terms, (number,))] == tokenize(text).split()
        file.close()


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
        [(str(number),) for number in range(2 * REMOVED)],
    )
    maintenance = frozen(file)
    kept = "SELECT count(*) FROM logs WHERE key IS NOT NULL"
    assert maintenance.step()
    assert file.connection.execute(kept).fetchone() == (REMOVED,)
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
