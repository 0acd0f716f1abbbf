"""How far people have read is kept, and what is unread is found, in each log alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chatroom.admin.main import main
from chatroom.core.ports import FoundUnread, LogId, PersonalMark, UnreadPage, WantedUnread
from chatroom.core.search.tokenize import tokenize
from chatroom.core.values.accounts import Dropped, Merged
from chatroom.core.values.changes import Came, Gone
from chatroom.core.values.errors import SearchTooLong
from chatroom.core.values.events import Message
from chatroom.core.values.limits import MOST_MENTIONS, MOST_UNREAD
from chatroom.core.values.marks import Mark, Unread
from chatroom.logs.memory.log import MemoryLog
from chatroom.logs.memory.marks import KEPT, MemoryMarks
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.file import SCHEMA, SQLiteFile
from tests.engine import Engine
from tests.logs.scribe import ALICE, BOB, TEA, Scribe, SlowClock, SQLiteScribe, postgres, sqlite
from tests.logs.test_follows import ACCOUNT, accounts, change

HERS, HIS = b"alice's session", b"bob's session"
DAY = 86_400.0


def marks(scribe: Scribe, person: bytes = HERS) -> Mapping[LogId, Mark]:
    log: Any = scribe.log
    found: Mapping[LogId, Mark] = scribe.ask(partial(log.marks, person))
    return found


def keep(scribe: Scribe, log: LogId, seq: int, at: int = 0, person: bytes = HERS) -> None:
    store: Any = scribe.log
    assert scribe.ask(partial(store.keep_marks, [PersonalMark(person, log, TEA, Mark(seq, at))])) is None


def found(scribe: Scribe, *, person: bytes = HERS, name: str = "alice", **more: Any) -> FoundUnread:
    log: Any = scribe.log
    rooms = frozenset(each.log for each in scribe.ask(partial(log.follows, person)))
    wanted = WantedUnread(person, tokenize(name), **({"rooms": rooms} | more))
    answer: FoundUnread = scribe.ask(partial(log.unread, wanted))
    return answer


def unread(scribe: Scribe, **more: Any) -> list[Unread]:
    page = found(scribe, **more).result
    assert isinstance(page, UnreadPage)
    return [row for _, row in page.rooms]


def counts(scribe: Scribe, **more: Any) -> dict[str, tuple[int, int, int, int]]:
    """Return by rooms up to where they are read, what is unread first, how much, and how often somebody is named."""
    return {row.newest.room: (row.marked, row.first, row.unread, row.mentions) for row in unread(scribe, **more)}


def room(scribe: Scribe, name: str = TEA) -> LogId:
    """Return the log of a room that alice follows."""
    log = scribe.opened(name).log
    change(scribe, log, Came(ALICE, person=HERS))
    return log


def say(scribe: Scribe, log: LogId, *texts: str, session: bytes = HIS, at: int = 0) -> None:
    scribe.append(log, *(Message(BOB, text, at, session=session) for text in texts))


def test_a_mark_is_kept_and_never_goes_back(scribe: Scribe) -> None:
    tea, pond = scribe.opened(TEA).log, scribe.opened("pond").log
    assert marks(scribe) == {}
    keep(scribe, tea, 5, 7)
    keep(scribe, tea, 3, 9)
    keep(scribe, pond, 1, 2)
    keep(scribe, tea, 1, 1, person=HIS)
    assert marks(scribe) == {tea: Mark(5, 9), pond: Mark(1, 2)}
    assert marks(scribe, HIS) == {tea: Mark(1, 1)}


def test_many_are_kept_at_once(scribe: Scribe) -> None:
    tea = scribe.opened(TEA).log
    store: Any = scribe.log
    many = [PersonalMark(b"person-%d" % number, tea, TEA, Mark(number, 0)) for number in range(100)]
    assert scribe.ask(partial(store.keep_marks, many)) is None
    assert marks(scribe, b"person-99") == {tea: Mark(99, 0)}


def test_it_goes_with_the_log(scribe: Scribe) -> None:
    tea = scribe.opened(TEA).log
    keep(scribe, tea, 5)
    change(scribe, tea, Gone(BOB))
    keep(scribe, tea, 6)
    again = room(scribe)
    say(scribe, again, "one")
    assert again not in marks(scribe)
    assert counts(scribe) == {TEA: (0, 1, 1, 0)}


@pytest.mark.parametrize("scribe", ["memory", "sqlite"], indirect=True)
def test_what_a_guest_has_read_their_account_has(scribe: Scribe) -> None:
    tea, pond = scribe.opened(TEA).log, scribe.opened("pond").log
    accounts(scribe, ACCOUNT)
    keep(scribe, tea, 5, 5, ACCOUNT.id)
    keep(scribe, tea, 3, 9)
    keep(scribe, pond, 2, 2)
    accounts(scribe, Merged(HERS, ACCOUNT.id))
    assert marks(scribe, ACCOUNT.id) == {tea: Mark(5, 9), pond: Mark(2, 2)}
    assert marks(scribe) == {}
    accounts(scribe, Dropped(ACCOUNT.id))
    assert marks(scribe, ACCOUNT.id) == {}


def test_in_memory_it_is_known_of_so_many_people() -> None:
    kept = MemoryMarks()
    for number in range(KEPT + 1):
        kept.keep(b"%d" % number, LogId(1), Mark(1, 1))
        kept.of(b"1")
    assert kept.of(b"0") == {}
    assert kept.of(b"1") == {LogId(1): Mark(1, 1)}


# What is unread.


def test_what_others_have_said_is_unread(scribe: Scribe) -> None:
    tea = room(scribe)
    say(scribe, tea, "one", "two")
    say(scribe, tea, "mine", session=HERS)
    scribe.append(tea, Message(BOB, "by nobody", 0))
    assert counts(scribe) == {TEA: (0, 1, 3, 0)}
    keep(scribe, tea, 1)
    assert counts(scribe) == {TEA: (1, 2, 2, 0)}
    [row] = unread(scribe)
    assert (row.newest.seq, row.newest.message.text, row.newest.message.speaker) == (4, "by nobody", BOB)
    keep(scribe, tea, 4)
    say(scribe, tea, "mine again", session=HERS)
    assert counts(scribe) == {}


def test_what_was_taken_back_is_not(scribe: Scribe) -> None:
    tea = room(scribe)
    say(scribe, tea, "alice: one", "alice: two", "alice: three")
    scribe.erase(tea, 1, 3)
    [row] = unread(scribe)
    assert (row.newest.seq, row.newest.message.text, row.first, row.unread, row.mentions) == (3, "", 2, 1, 1)
    scribe.erase(tea, 2)
    assert counts(scribe) == {}


def test_a_mark_that_is_not_written_yet_counts(scribe: Scribe) -> None:
    tea = room(scribe)
    say(scribe, tea, "one", "two", "three")
    keep(scribe, tea, 2)
    assert counts(scribe, marks={tea: 1}) == {TEA: (2, 3, 1, 0)}
    assert counts(scribe, marks={tea: 3}) == {}


def test_the_name_is_found_as_a_word(scribe: Scribe) -> None:
    tea = room(scribe)
    say(scribe, tea, "ALICE!", "malice", "\uff21lice", "to alice, twice: alice", "nobody")
    say(scribe, tea, "I, alice", session=HERS)
    say(scribe, tea, "alice")
    for tended in False, True:
        if tended and isinstance(scribe, SQLiteScribe):
            # By the index, and by looking at what is not in it yet.
            scribe.tend()
        [row] = unread(scribe)
        assert (row.unread, row.mentions) == (6, 4)
        assert row.mention is not None
        assert row.mention.seq == 7
    say(scribe, tea, "zoë-two, look", "zoë and two")
    for name, mentions in (("Zoë-Two", 1), ("zoe", 0), ("nobody", 1), ("_", 0)):
        [row] = unread(scribe, name=name)
        assert (row.mentions, row.mention is not None) == (mentions, mentions > 0)
    keep(scribe, tea, 7)
    assert counts(scribe) == {TEA: (7, 8, 2, 0)}


def test_so_many_are_counted(scribe: Scribe) -> None:
    tea = room(scribe)
    say(scribe, tea, *["alice"] * (MOST_MENTIONS + 1), *["tea"] * (MOST_UNREAD - MOST_MENTIONS), "alice!")
    [row] = unread(scribe)
    assert (row.first, row.unread, row.mentions) == (1, MOST_UNREAD, MOST_MENTIONS)
    assert row.mention is not None
    assert row.mention.message.text == "alice!"


def test_the_rooms_with_the_newest_messages_come_first(scribe: Scribe) -> None:
    logs = {name: room(scribe, name) for name in ("tea", "pond", "garden")}
    for number, name in enumerate(("garden", "tea", "pond")):
        if clock := getattr(scribe, "clock", None):
            clock.advance(1)
        world = getattr(getattr(scribe.log, "_engine", None), "world", None)
        if world:
            world.now += 1000
        say(scribe, logs[name], name, at=number * 1000)
    rows = unread(scribe)
    assert [row.newest.room for row in rows] == ["pond", "tea", "garden"]
    assert [row.newest.room for row in unread(scribe, before=rows[0].newest.message.at)] == ["tea", "garden"]
    assert unread(scribe, before=rows[2].newest.message.at) == []


def test_in_those_rooms_that_are_wanted_it_is_looked_for(scribe: Scribe) -> None:
    tea, pond = room(scribe), scribe.opened("pond").log
    say(scribe, tea, "one")
    say(scribe, pond, "one")
    shown = (0, 1, 1, 0)
    assert counts(scribe) == {TEA: shown}
    assert counts(scribe, rooms=frozenset([pond])) == {"pond": shown}
    assert counts(scribe, rooms=frozenset([tea, pond])) == {TEA: shown, "pond": shown}
    assert counts(scribe, rooms=frozenset()) == {}
    change(scribe, pond, Gone(BOB))
    assert counts(scribe, rooms=frozenset([tea, pond, LogId(99)])) == {TEA: shown}


def test_a_closed_room_is_in_it_too(scribe: Scribe) -> None:
    tea = room(scribe)
    say(scribe, tea, "one")
    scribe.log.close(tea)
    assert counts(scribe) == {TEA: (0, 1, 1, 0)}


def test_what_is_not_kept_is_not_unread(tmp_path: Path) -> None:
    with sqlite(tmp_path / "chatroom.sqlite", retention=Retention(messages=3)) as stored:
        for scribe in stored, Scribe(MemoryLog(keep=3)):
            tea = room(scribe)
            say(scribe, tea, *map(str, range(1, 8)))
            assert counts(scribe) == {TEA: (0, 5, 3, 0)}


# What SQLite keeps.


def test_it_outlives_the_process(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.sqlite"
    scribe = SQLiteScribe(path)
    tea = room(scribe)
    say(scribe, tea, "one", "two")
    keep(scribe, tea, 1, 7)
    scribe.crash()
    with sqlite(path) as again:
        assert marks(again) == {tea: Mark(1, 7)}
        assert counts(again) == {TEA: (1, 2, 1, 0)}


def test_marks_of_a_session_are_kept_as_long_as_closed_rooms(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.sqlite"
    with sqlite(path, retention=Retention(closed=3)) as scribe:
        accounts(scribe, ACCOUNT)
        tea = scribe.opened(TEA).log
        keep(scribe, tea, 1)
        keep(scribe, tea, 2, person=ACCOUNT.id)
        scribe.wait(2.9 * DAY)
        scribe.tend()
        assert marks(scribe) == {tea: Mark(1, 0)}
        scribe.wait(3.2 * DAY)
        scribe.tend()
        assert marks(scribe) == {}
        assert marks(scribe, ACCOUNT.id) == {tea: Mark(2, 0)}


def test_of_a_room_that_is_gone_nothing_is_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.sqlite"
    with sqlite(path) as scribe:
        tea = scribe.opened(TEA).log
        keep(scribe, tea, 1)
        change(scribe, tea, Gone(BOB))
        scribe.tend()
        keep(scribe, tea, 2)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM marks").fetchall() == [(0,)]


def test_it_takes_no_longer_than_a_search_may(tmp_path: Path) -> None:
    with sqlite(tmp_path / "chatroom.sqlite", clock=SlowClock(), search_timeout=0.01) as scribe:
        tea = room(scribe)
        say(scribe, tea, *["alice"] * 2000)
        assert isinstance(found(scribe).result, SearchTooLong)


def test_a_file_from_before_is_upgraded_in_place(tmp_path: Path) -> None:
    path, before = tmp_path / "chatroom.sqlite", tmp_path / "before"
    before.mkdir()
    for step in sorted(SCHEMA.glob("*.sql")):
        if step.name < "0008.sql":
            (before / step.name).write_text(step.read_text())
    file = SQLiteFile(path, schema=before)
    file.connection.execute("INSERT INTO logs (key, room, epoch, topic, capacity) VALUES ('tea', 'tea', 'e', '', 0)")
    file.close()
    with sqlite(path) as scribe:
        tea = scribe.opened(TEA).log
        keep(scribe, tea, 1)
        assert marks(scribe) == {tea: Mark(1, 0)}


def test_marks_are_copied_and_in_a_backup(tmp_path: Path) -> None:
    path, there = tmp_path / "chatroom.sqlite", tmp_path / "copy.sqlite"
    with sqlite(path) as scribe:
        scribe.forget(scribe.opened("gone").log)
        keep(scribe, scribe.opened(TEA).log, 5, 7)
    for command in ("copy", "backup"):
        assert main(["--store", str(path), command, str(there)]) == 0
        with sqlite(there) as scribe:
            assert marks(scribe) == {scribe.opened(TEA).log: Mark(5, 7)}
        there.unlink()


@pytest.mark.engines
def test_they_are_copied_to_a_database_and_back(tmp_path: Path, postgresql: Engine) -> None:
    path, there, where = tmp_path / "chatroom.sqlite", tmp_path / "back.sqlite", postgresql.database()
    with sqlite(path) as scribe:
        keep(scribe, scribe.opened(TEA).log, 5, 7)
    assert main(["--store", str(path), "copy", where]) == 0
    with postgres(where) as stored:
        assert marks(stored) == {stored.opened(TEA).log: Mark(5, 7)}
    assert main(["--store", where, "copy", str(there)]) == 0
    with sqlite(there) as scribe:
        assert marks(scribe) == {scribe.opened(TEA).log: Mark(5, 7)}


@pytest.mark.engines
def test_in_a_database_they_go_with_the_room_and_the_session(postgresql: Engine) -> None:
    where = postgresql.database()
    with postgres(where, retention=Retention(closed=7)) as stored:
        tea, pond = stored.opened(TEA).log, stored.opened("pond").log
        keep(stored, tea, 1)
        keep(stored, pond, 1)
        keep(stored, pond, 2, person=HIS)
        stored.forget(tea)
        with psycopg.connect(where) as connection:
            connection.execute("UPDATE chat.followers SET seen = 0 WHERE person = %s", (HIS,))
            connection.execute("UPDATE chat.logs SET closed = 0 WHERE id = %s", (tea,))
        while tea in marks(stored) or marks(stored, HIS):
            stored.wait(60)
        assert marks(stored) == {pond: Mark(1, 0)}
