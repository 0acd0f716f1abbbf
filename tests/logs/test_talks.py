"""Talks of two accounts are kept for both, in each log alike, and go with the last of the two."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chatroom.admin.main import main
from chatroom.core.ports import KeptTalk, LogId, NewRoom, PersonalMark, WantedUnread
from chatroom.core.search.tokenize import tokenize
from chatroom.core.values.accounts import Account, Dropped
from chatroom.core.values.changes import Reported
from chatroom.core.values.events import Message
from chatroom.core.values.marks import Mark, Unread
from chatroom.core.values.names import Username
from chatroom.core.values.talks import called_with, people, place
from chatroom.logs.memory.log import TALKS, MemoryLog
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.file import SCHEMA, SQLiteFile
from chatroom.logs.sqlite.maintenance import CLOSED
from tests.engine import Engine
from tests.logs.scribe import ALICE, BOB, NOON, TEA, Scribe, SQLiteScribe, postgres, sqlite, texts

CAROL = Username("carol")
IDS = {name: name.encode().ljust(16, b".") for name in (ALICE, BOB, CAROL)}
NAMES = {id: name for name, id in IDS.items()}
NOW = int(NOON * 1000)
DAY = 86_400_000


def accounts(scribe: Scribe, *names: Username) -> None:
    change(scribe, *(Account(IDS[name], name, "", 1, 2) for name in names))


def change(scribe: Scribe, *changes: Any) -> None:
    scribe.change_accounts(*changes)


def opened(scribe: Scribe, one: Username, other: Username) -> LogId:
    return scribe.opened(place(IDS[one], IDS[other])).log


def say(scribe: Scribe, log: LogId, speaker: Username, text: str, later: int, *, withheld: bool = False) -> int:
    scribe.tick()
    [seq] = scribe.append(log, Message(speaker, text, NOW + later, session=IDS[speaker], withheld=withheld))
    assert isinstance(seq, int)
    return seq


def talks(scribe: Scribe, person: Username, before: int | None = None, limit: int = 100) -> Any:
    log: Any = scribe.log
    return scribe.ask(lambda got: log.talks(IDS[person], before=before, limit=limit, got=got))


def told(kept: list[KeptTalk]) -> list[tuple[str, str | None, int, str]]:
    """Return with whom there are talks, what they were called, and the newest messages."""
    return [(NAMES[each.other], each.name, each.seq, each.message.text) for each in kept]


def rows(scribe: Scribe, person: Username, **more: Any) -> list[Unread]:
    log: Any = scribe.log
    found = scribe.ask(partial(log.unread, WantedUnread(IDS[person], tokenize(person), **more)))
    return [row for _, row in found.result.rooms]


def unread(scribe: Scribe, person: Username, **more: Any) -> list[tuple[str, int, str, int, int, int]]:
    """Return with whom there are talks, what is newest and what unread there, and how often one is named."""
    found: list[tuple[str, int, str, int, int, int]] = []
    for row in rows(scribe, person, **more):
        both = people(row.newest.room) or ()
        [other] = [NAMES[each] for each in both if each != IDS[person]]
        found.append((other, row.newest.seq, row.newest.message.text, row.first, row.unread, row.mentions))
    return found


def test_the_first_message_makes_a_talk_of_both(scribe: Scribe) -> None:
    accounts(scribe, ALICE, BOB, CAROL)
    ours = opened(scribe, ALICE, BOB)
    assert talks(scribe, ALICE) == talks(scribe, BOB) == []
    assert say(scribe, ours, ALICE, "hello", 1) == 1
    theirs = opened(scribe, CAROL, BOB)
    say(scribe, theirs, CAROL, "hi", 2)
    assert told(talks(scribe, ALICE)) == [(BOB, None, 1, "hello")]
    assert told(talks(scribe, BOB)) == [(CAROL, None, 1, "hi"), (ALICE, None, 1, "hello")]
    assert say(scribe, ours, BOB, "yes?", 3) == 2
    assert told(talks(scribe, BOB)) == [(ALICE, None, 2, "yes?"), (CAROL, None, 1, "hi")]
    newest, _ = talks(scribe, BOB)
    assert newest.log == ours
    assert newest.message == Message(BOB, "yes?", newest.message.at, session=IDS[BOB])


def test_notes_are_a_talk_with_oneself(scribe: Scribe) -> None:
    accounts(scribe, ALICE)
    notes = opened(scribe, ALICE, ALICE)
    say(scribe, notes, ALICE, "milk", 1)
    say(scribe, notes, ALICE, "bread", 2)
    assert told(talks(scribe, ALICE)) == [(ALICE, None, 2, "bread")]
    change(scribe, Dropped(IDS[ALICE]))
    assert talks(scribe, ALICE) == []


def test_a_list_goes_on_by_time(scribe: Scribe) -> None:
    accounts(scribe, ALICE, BOB, CAROL)
    for later, name in enumerate((ALICE, BOB, CAROL)):
        say(scribe, opened(scribe, ALICE, name), ALICE, f"to {name}", later)
    first = talks(scribe, ALICE, limit=2)
    assert told(first) == [(CAROL, None, 1, "to carol"), (BOB, None, 1, "to bob")]
    assert told(talks(scribe, ALICE, before=first[-1].message.at)) == [(ALICE, None, 1, "to alice")]


def test_with_an_account_go_its_talks_but_for_who_has_one_still(scribe: Scribe) -> None:
    accounts(scribe, ALICE, BOB)
    log = opened(scribe, ALICE, BOB)
    say(scribe, log, ALICE, "hello", 1)
    change(scribe, Dropped(IDS[ALICE]))
    assert talks(scribe, ALICE) == []
    assert told(talks(scribe, BOB)) == [(ALICE, ALICE, 1, "hello")]
    scribe.log.close(log)
    assert opened(scribe, ALICE, BOB) == log
    change(scribe, Dropped(IDS[BOB]))
    assert talks(scribe, BOB) == []
    scribe.log.close(log)
    assert scribe.open(place(IDS[ALICE], IDS[BOB])) is None


def test_a_talk_that_is_closed_goes_with_both_and_what_is_said_to_nobody_is_no_talk(scribe: Scribe) -> None:
    accounts(scribe, ALICE, BOB)
    log = opened(scribe, ALICE, BOB)
    say(scribe, log, ALICE, "hello", 1)
    scribe.log.close(log)
    change(scribe, Dropped(IDS[ALICE]), Dropped(IDS[BOB]))
    assert scribe.open(place(IDS[ALICE], IDS[BOB])) is None
    accounts(scribe, BOB)
    late = opened(scribe, ALICE, BOB)
    say(scribe, late, BOB, "too late", 2)
    assert talks(scribe, BOB) == talks(scribe, ALICE) == []


def test_what_was_taken_back_has_no_text_in_the_list(scribe: Scribe) -> None:
    accounts(scribe, ALICE, BOB)
    log = opened(scribe, ALICE, BOB)
    say(scribe, log, ALICE, "hello", 1)
    scribe.erase(log, 1)
    assert told(talks(scribe, BOB)) == [(ALICE, None, 1, "")]
    assert scribe.audit() == []


def test_a_talk_is_read_and_searched_as_a_room_is(scribe: Scribe) -> None:
    accounts(scribe, ALICE, BOB)
    log = opened(scribe, ALICE, BOB)
    for later, text in enumerate(("green tea", "black tea", "milk")):
        say(scribe, log, ALICE, text, later)
    scribe.log.close(log)
    again = scribe.opened(place(IDS[ALICE], IDS[BOB]), new=None)
    assert (again.log, again.seq, again.created) == (log, 3, False)
    assert [seq for seq, _ in scribe.read(log).entries] == [1, 2, 3]
    assert [seq for seq, _ in scribe.search(log, "tea").entries] == [1, 2]


def test_what_is_withheld_is_its_speaker_s_alone(scribe: Scribe) -> None:
    accounts(scribe, ALICE, BOB)
    log = opened(scribe, ALICE, BOB)
    say(scribe, log, ALICE, "tea, bob?", 1, withheld=True)
    assert told(talks(scribe, ALICE)) == [(BOB, None, 1, "tea, bob?")]
    assert talks(scribe, BOB) == []
    assert unread(scribe, BOB) == []
    say(scribe, log, ALICE, "green tea", 2)
    say(scribe, log, BOB, "no tea", 3)
    say(scribe, log, ALICE, "black tea, bob", 4, withheld=True)
    assert told(talks(scribe, ALICE)) == [(BOB, None, 4, "black tea, bob")]
    assert told(talks(scribe, BOB)) == [(ALICE, None, 3, "no tea")]
    assert unread(scribe, BOB) == [(ALICE, 3, "no tea", 2, 1, 0)]
    assert shown(scribe, log, ALICE) == [1, 2, 3, 4]
    assert shown(scribe, log, BOB) == [2, 3]


def shown(scribe: Scribe, log: LogId, viewer: Username) -> list[int]:
    """Return what a *viewer* reads of a talk, and finds there in whatever way."""
    read = partial(scribe.log.read, log, limit=100, viewer=IDS[viewer])
    pages = [scribe.ask(lambda got: read(after=0, before=None, got=got))]
    pages.append(scribe.ask(lambda got: read(after=None, before=None, got=got)))
    pages.append(scribe.search(log, "tea", viewer=IDS[viewer]))
    everywhere = partial(scribe.log.search_all, {log: 4}, "tea", limit=100, viewer=IDS[viewer])
    pages.append(scribe.ask(lambda got: everywhere(got=got)).result)
    [seqs, *others] = [[seq for seq, _ in page.entries] for page in pages]
    assert others == [seqs] * 3
    return seqs


def test_a_page_is_full_though_much_of_it_is_withheld(scribe: Scribe) -> None:
    accounts(scribe, ALICE, BOB)
    log = opened(scribe, ALICE, BOB)
    for later in range(20):
        say(scribe, log, ALICE, "tea", later, withheld=later % 4 != 0)
    asked = partial(scribe.log.read, log, limit=2, viewer=IDS[BOB])
    newest = scribe.ask(lambda got: asked(after=None, before=None, got=got))
    assert ([seq for seq, _ in newest.entries], newest.more) == ([13, 17], True)
    oldest = scribe.ask(lambda got: asked(after=9, before=None, got=got))
    assert ([seq for seq, _ in oldest.entries], oldest.more) == ([13, 17], False)


def test_talks_are_unread_as_rooms_are(scribe: Scribe) -> None:
    accounts(scribe, ALICE, BOB, CAROL)
    ours, theirs = opened(scribe, ALICE, BOB), opened(scribe, CAROL, BOB)
    for later, text in enumerate(("hi", "bob?", "bobs")):
        say(scribe, ours, ALICE, text, later)
    say(scribe, theirs, CAROL, "hello", 7)
    say(scribe, opened(scribe, BOB, BOB), BOB, "bob's notes", 8)
    assert unread(scribe, BOB) == [(CAROL, 1, "hello", 1, 1, 0), (ALICE, 3, "bobs", 1, 3, 1)]
    assert unread(scribe, ALICE) == []
    assert unread(scribe, BOB, only=frozenset([ours])) == [(ALICE, 3, "bobs", 1, 3, 1)]
    assert unread(scribe, BOB, marks={theirs: 1, ours: 1}) == [(ALICE, 3, "bobs", 2, 2, 1)]
    store: Any = scribe.log
    mark = PersonalMark(IDS[BOB], ours, place(IDS[ALICE], IDS[BOB]), Mark(2, 0))
    assert scribe.ask(partial(store.keep_marks, [mark])) is None
    assert unread(scribe, BOB) == [(CAROL, 1, "hello", 1, 1, 0), (ALICE, 3, "bobs", 3, 1, 0)]
    change(scribe, Dropped(IDS[ALICE]))
    [_, gone] = rows(scribe, BOB)
    assert gone.newest.other == ALICE


def test_in_memory_those_are_kept_that_were_used_last() -> None:
    scribe = Scribe(MemoryLog())
    accounts(scribe, ALICE)
    for number in range(TALKS + 1):
        id = b"%016d" % number
        change(scribe, Account(id, Username(f"u{number}"), "", 1, 2))
        log = scribe.opened(place(IDS[ALICE], id)).log
        say(scribe, log, ALICE, "hello", number)
        scribe.log.close(log)
    kept = talks(scribe, ALICE, limit=2 * TALKS)
    assert [kept[0].other, kept[-1].other] == [b"%016d" % TALKS, b"%016d" % 1]


# What SQLite keeps.


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chatroom.sqlite"


def test_talks_outlive_the_process_and_are_no_rooms(path: Path) -> None:
    scribe = SQLiteScribe(path)
    accounts(scribe, ALICE, BOB)
    log = opened(scribe, ALICE, BOB)
    say(scribe, log, ALICE, "hello", 1)
    scribe.opened(TEA)
    scribe.crash()
    scribe = SQLiteScribe(path)
    assert [each.room for each in scribe.restored()] == [TEA]
    assert told(talks(scribe, BOB)) == [(ALICE, None, 1, "hello")]
    assert opened(scribe, ALICE, BOB) == log
    scribe.stop()


@pytest.mark.parametrize("closed", [0, 7])
def test_a_talk_is_kept_though_nobody_reads_it_and_trimmed_as_rooms_are(path: Path, closed: int) -> None:
    scribe = SQLiteScribe(path, retention=Retention(messages=3, closed=closed))
    accounts(scribe, ALICE, BOB)
    log = opened(scribe, ALICE, BOB)
    for later in range(5):
        say(scribe, log, ALICE, "hello", later)
    scribe.log.close(log)
    scribe.wait(30 * 86_400.0)
    scribe.tend()
    assert told(talks(scribe, BOB)) == [(ALICE, None, 5, "hello")]
    assert [seq for seq, _ in scribe.read(log).entries] == [3, 4, 5]
    scribe.stop()
    with sqlite(path, retention=Retention(days=1), now=NOON + 60 * 86_400) as scribe:
        scribe.tend()
        assert talks(scribe, BOB) == []
        assert scribe.opened(place(IDS[ALICE], IDS[BOB]), new=None).seq == 5
        say(scribe, log, BOB, "again", 60 * 86_400_000)
        assert told(talks(scribe, ALICE)) == [(BOB, None, 6, "again")]


def aged(scribe: Scribe) -> None:
    """Have a room with a young message, and behind it a closed one and a talk with old ones."""
    accounts(scribe, ALICE, BOB)
    pond, tea = scribe.opened("pond").log, scribe.opened(TEA).log
    talk = opened(scribe, ALICE, BOB)
    scribe.say(pond, "young", at=NOW + 39 * DAY)
    scribe.say(tea, "old tea", at=NOW)
    say(scribe, talk, ALICE, "old talk", 1)
    say(scribe, talk, ALICE, "young talk", 39 * DAY)
    for log in (tea, talk):
        scribe.log.close(log)


def kept(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as file:
        return {text for (text,) in file.execute("SELECT text FROM messages")}


def test_what_is_too_old_goes_also_where_something_younger_was_stored_before_it(path: Path) -> None:
    with sqlite(path) as scribe:
        aged(scribe)
    with sqlite(path, retention=Retention(days=30, closed=1000), now=NOON + 40 * 86_400) as scribe:
        scribe.tend()
        assert kept(path) == {"young", "young talk"}
        # What becomes too old while the server runs goes within ten minutes.
        scribe.wait(30 * 86_400.0)
        scribe.tend()
        assert kept(path) == set()


def test_many_closed_rooms_are_looked_at_in_turn(path: Path) -> None:
    rooms = 2 * CLOSED + 1
    with sqlite(path) as scribe:
        scribe.say(scribe.opened("pond").log, "young", at=NOW + 39 * DAY)
        for number in range(rooms):
            log = scribe.opened(f"room-{number}").log
            scribe.say(log, "old", at=NOW)
            scribe.log.close(log)
    with sqlite(path, retention=Retention(days=30, closed=1000), now=NOON + 40 * 86_400) as scribe:
        scribe.tend()
        assert kept(path) == {"young"}


@pytest.mark.engines
def test_a_database_removes_what_is_too_old_whatever_was_stored_before_it(path: Path, postgresql: Engine) -> None:
    where = postgresql.database()
    with sqlite(path) as scribe:
        aged(scribe)
    assert main(["--store", str(path), "copy", where]) == 0
    with postgres(where, retention=Retention(days=30, closed=100_000), now=NOON + 40 * 86_400) as stored:
        stored.tend()
        assert told(talks(stored, BOB)) == [(ALICE, None, 2, "young talk")]
        found = [texts(stored.read(stored.opened(room, new=None).log)) for room in ("pond", TEA)]
        assert found == [["young"], []]


def test_with_both_accounts_goes_all_that_was_said(path: Path) -> None:
    with sqlite(path) as scribe:
        accounts(scribe, ALICE, BOB)
        log = opened(scribe, ALICE, BOB)
        say(scribe, log, ALICE, "hello", 1)
        scribe.log.close(log)
        change(scribe, Dropped(IDS[ALICE]), Dropped(IDS[BOB]))
        scribe.tend()
    with closing(sqlite3.connect(path)) as file:
        for table in ("talks", "messages", "logs", "words"):
            assert file.execute(f"SELECT count(*) FROM {table}").fetchall() == [(0,)]


def test_talks_are_in_no_list_of_rooms(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite(path) as scribe:
        accounts(scribe, ALICE, BOB)
        say(scribe, opened(scribe, ALICE, BOB), ALICE, "hello", 1)
        scribe.opened(TEA)
    assert main(["--store", str(path), "rooms"]) == 0
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == ["room", TEA]


def test_what_is_reported_is_shown_with_whom_it_was(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite(path) as scribe:
        accounts(scribe, ALICE, BOB)
        log, house = opened(scribe, ALICE, BOB), scribe.opened("").log
        say(scribe, log, ALICE, "hello", 1)
        scribe.report(house, Reported(log, called_with(ALICE), 1, BOB, IDS[BOB], "why"))
    assert main(["--store", str(path), "--control", str(path.parent / "none"), "reports"]) == 0
    assert "bob (why): message 1 of alice with alice\n" in capsys.readouterr().out


def test_a_file_from_before_is_upgraded_in_place(path: Path, tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    for step in sorted(SCHEMA.glob("*.sql")):
        if step.name < "0010.sql":
            (before / step.name).write_text(step.read_text())
    file = SQLiteFile(path, schema=before)
    file.connection.execute("INSERT INTO logs (key, room, epoch, topic, capacity) VALUES ('tea', 'tea', 'e', '', 0)")
    file.close()
    with sqlite(path) as scribe:
        assert scribe.opened(TEA, NewRoom()).epoch == "e"
        accounts(scribe, ALICE)
        say(scribe, opened(scribe, ALICE, ALICE), ALICE, "milk", 1)
        assert told(talks(scribe, ALICE)) == [(ALICE, None, 1, "milk")]


def test_they_are_copied_and_in_a_backup(path: Path, tmp_path: Path) -> None:
    there = tmp_path / "copy.sqlite"
    with sqlite(path) as scribe:
        accounts(scribe, ALICE, BOB, CAROL)
        scribe.opened(TEA)
        for later, name in enumerate((ALICE, BOB, CAROL)):
            say(scribe, opened(scribe, BOB, name), BOB, f"to {name}", later)
        say(scribe, opened(scribe, BOB, ALICE), ALICE, "ignored", 9, withheld=True)
        change(scribe, Dropped(IDS[CAROL]))
        kept = told(talks(scribe, BOB))
        assert (ALICE, None, 1, "to alice") in kept
    for command in ("copy", "backup"):
        assert main(["--store", str(path), command, str(there)]) == 0
        with sqlite(there) as scribe:
            assert told(talks(scribe, BOB)) == kept
            assert [each.room for each in scribe.restored()] == [TEA]
            scribe.tend()
            say(scribe, opened(scribe, BOB, ALICE), ALICE, "again", 7)
            assert told(talks(scribe, BOB))[0] == (ALICE, None, 3, "again")
        there.unlink()


@pytest.mark.engines
def test_they_are_copied_to_a_database_and_back(path: Path, tmp_path: Path, postgresql: Engine) -> None:
    there, where = tmp_path / "back.sqlite", postgresql.database()
    with sqlite(path) as scribe:
        accounts(scribe, ALICE, BOB, CAROL)
        for later, name in enumerate((ALICE, BOB, CAROL)):
            say(scribe, opened(scribe, BOB, name), BOB, f"to {name}", later)
        log = opened(scribe, BOB, ALICE)
        say(scribe, log, ALICE, "ignored", 9, withheld=True)
        change(scribe, Dropped(IDS[CAROL]))
        kept = told(talks(scribe, BOB))
    assert main(["--store", str(path), "copy", where]) == 0
    with postgres(where, retention=Retention(closed=0), now=NOON + 1e9) as stored:
        # No talk is closed there because nobody is in, nor goes with what was closed.
        stored.tend()
        assert told(talks(stored, BOB)) == kept
    assert main(["--store", where, "copy", str(there)]) == 0
    with sqlite(there) as scribe:
        assert told(talks(scribe, BOB)) == kept
        assert scribe.restored() == []
        log = opened(scribe, BOB, ALICE)
        assert [message.withheld for _, message in scribe.read(log).entries] == [False, True]
