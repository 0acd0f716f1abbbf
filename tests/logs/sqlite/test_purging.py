"""The file keeps nothing of messages that were taken back: neither in the index, nor between others, nor beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from chatroom.admin.main import main as admin
from chatroom.core.ports import LogId, NewRoom
from chatroom.core.values.changes import Erased, Redaction
from chatroom.core.values.names import RoomName
from chatroom.logs.machinery.group_commit import Work
from chatroom.logs.open_log import OpenLog
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.file import SQLiteFile
from chatroom.logs.sqlite.maintenance import Maintenance
from chatroom.logs.sqlite.writer import Append, Writer
from tests.logs.scribe import ALICE, BOB, NOON, TEA, SQLiteScribe, message, seqs, sqlite, texts

COMMON = "cup of tea with milk and sugar or lemon for all who come in out of the rain".split()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chatroom.sqlite"


@pytest.fixture
def scribe(path: Path) -> Iterator[SQLiteScribe]:
    with sqlite(path) as scribe:
        yield scribe


class Talk:
    """Texts, each with a word of its own that shares no beginning with others."""

    def __init__(self, seed: int = 0) -> None:
        self.random = Random(seed)
        self.words = [""]

    def texts(self, count: int, lengths: Sequence[int] = (1, 5, 12)) -> list[str]:
        """Return further texts, with so many common words in each."""
        said = []
        for _ in range(count):
            self.words.append(f"{self.random.getrandbits(80):020x}")
            some = self.random.choices(COMMON, k=self.random.choice(lengths))
            said.append(" ".join([*some[1:], self.words[-1], some[0]]))
        return said

    def some(self, count: int) -> list[int]:
        """Return the numbers of some texts."""
        return self.random.sample(range(1, len(self.words)), count)

    def left(self, path: Path, numbers: Sequence[int]) -> list[int]:
        """Return of which messages the word is found in *path* or beside it."""
        found = b"".join(file.read_bytes() for file in (path, path.with_name(f"{path.name}-wal")) if file.exists())
        # Of a word in the index the first letters may stand with others.
        return [number for number in numbers if self.words[number][5:].encode() in found]


def copied(path: Path) -> Path:
    """Return a backup of *path*."""
    copy = path.with_name("copy.sqlite")
    assert admin(["--store", str(path), "backup", str(copy)]) == 0
    return copy


def state(path: Path) -> int:
    """Return what the file says of texts that may be left."""
    with closing(sqlite3.connect(path)) as connection:
        [(erased,)] = connection.execute("SELECT value FROM meta WHERE name = 'erased'")
    return int(erased)


def test_of_what_was_taken_back_nothing_is_left(path: Path, scribe: SQLiteScribe) -> None:
    talk = Talk()
    tea = scribe.opened().log
    for _ in range(5):
        for _ in range(8):
            scribe.say(tea, *talk.texts(100))
        scribe.tend()
    gone = talk.some(150)
    kept = [number for number in talk.some(300) if number not in gone]
    assert talk.left(path, gone) == gone
    scribe.take_back(tea, *gone)
    # A backup has none even now.
    copy = copied(path)
    assert talk.left(copy, gone) == []
    assert talk.left(copy, kept) == kept
    scribe.tend()
    assert talk.left(path, gone) == []
    assert talk.left(path, kept) == kept
    for store in (path, copy):
        assert state(store) == 0
        assert admin(["--store", str(store), "check"]) == 0
    assert [seqs(scribe.search(tea, talk.words[number])) for number in gone[:10]] == [[]] * 10
    assert [seqs(scribe.search(tea, talk.words[number])) for number in kept[:10]] == [[seq] for seq in kept[:10]]


@pytest.mark.parametrize("seed", range(3))
def test_nor_where_many_beside_each_other_were(path: Path, seed: int) -> None:
    with sqlite(path) as scribe:
        talk = Talk(seed)
        tea = scribe.opened().log
        said = talk.texts(1000, [1, 5, 200, 600])
        for start in range(0, 1000, 100):
            scribe.say(tea, *said[start : start + 100])
        scribe.tend()
        gone = talk.some(800)
        # Others are moved when a page is all but empty, and taken back only then.
        for start in range(0, 800, 32):
            scribe.take_back(tea, *gone[start : start + 32])
        scribe.tend()
        assert talk.left(path, gone) == []
        assert texts(scribe.read(tea, after=0)) == ["" if seq in gone else said[seq - 1] for seq in range(1, 101)]
    assert admin(["--store", str(path), "check"]) == 0


def test_nor_where_others_were_removed(path: Path) -> None:
    with sqlite(path, retention=Retention(messages=100)) as scribe:
        talk = Talk()
        tea, pond = scribe.opened("tea").log, scribe.opened("pond").log
        for _ in range(12):
            scribe.say(tea, *talk.texts(4, [1, 5, 900]))
            scribe.say(pond, *["quack"] * 90)
            scribe.tend()
        gone = talk.some(40)
        for number in gone:
            scribe.take_back(tea, number)
        scribe.tend()
        assert talk.left(path, gone) == []


def test_nobody_waits_for_one_who_reads_and_the_rest_is_gone_after_that(path: Path, scribe: SQLiteScribe) -> None:
    talk = Talk()
    tea = scribe.opened().log
    scribe.say(tea, *talk.texts(100))
    scribe.tend()
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM messages").fetchone() == (100,)
        scribe.take_back(tea, 7)
        scribe.tend()
        # They still see all, and so it is still there.
        assert talk.left(path, [7]) == [7]
        assert state(path) > 0
        assert scribe.say(tea, "one") == [101]
        reader.execute("COMMIT")
    scribe.tend()
    assert talk.left(path, [7]) == []
    assert state(path) == 0


def test_it_goes_on_after_a_start(path: Path) -> None:
    talk = Talk()
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, *talk.texts(100))
        scribe.tend()
        scribe.take_back(tea, *range(1, 21))
    assert state(path)
    with sqlite(path) as scribe:
        scribe.tend()
        assert talk.left(path, range(1, 21)) == []


def test_it_comes_to_an_end_while_people_talk(path: Path) -> None:
    file = SQLiteFile(path)
    file.begin("full")
    writer = Writer(file.connection, Retention(), lambda: NOON)
    maintenance = Maintenance(file.connection, Retention(), lambda: NOON, lambda: 0.0)
    talk = Talk()
    [opened] = writer.commit([Work(lambda: writer.open(RoomName(TEA), NewRoom()))])
    tea: LogId = opened.log  # type: ignore[attr-defined]

    def say(text: str) -> None:
        writer.commit([Append(tea, message(text), None, OpenLog(RoomName(TEA)), lambda answer: None)])

    for text in talk.texts(3000):
        say(text)
    while maintenance.step():
        pass
    writer.commit([Work(lambda: writer.store(tea, RoomName(TEA), Erased((Redaction(7, ALICE, BOB),))))])
    steps = 0
    while state(path):
        maintenance.step()
        # Before every step somebody says something.
        say("hello")
        steps += 1
        assert steps < 200
    assert talk.left(path, [7]) == []
    # And then it is indexed.
    while maintenance.step():
        pass
    [(upto,)] = file.connection.execute("SELECT value FROM meta WHERE name = 'indexed'")
    assert upto == 3000 + steps
    file.close()
