"""The log in SQLite: it keeps what it has acknowledged, and says so when it can't."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from twisted.logger import LogEvent

from chatroom.core.ports import NewRoom, Opened, Page, Resendable
from chatroom.core.values.changes import Retitled
from chatroom.core.values.errors import QueryInvalid, StorageFailed
from chatroom.core.values.events import digest
from chatroom.core.values.limits import RECALLED
from chatroom.core.values.names import RoomName, Username
from chatroom.logs.machinery.group_commit import GATHERING, MANY
from chatroom.logs.retention import DAY, Retention
from chatroom.logs.sqlite.log import IDLE, OVERDUE, UNINDEXED
from chatroom.logs.sqlite.maintenance import REMOVED
from chatroom.logs.sqlite.searcher import LOOK
from tests.logs.scribe import ALICE, NOON, PATIENCE, SlowClock, message, seqs, sqlite, texts
from tests.logs.sqlite.test_trouble import without

SESSION = bytes(32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chatroom.sqlite"


# Numbers, pages, order.


def test_messages_are_numbered_by_room_and_read_as_they_were_said(path: Path) -> None:
    said = [message("one", 5, kind="action", session=SESSION, cid="a"), message("two", 6), message("drei\n\tvier", 7)]
    with sqlite(path) as scribe:
        tea, pond = scribe.opened("tea").log, scribe.opened("pond").log
        assert scribe.append(tea, *said[:2]) == [1, 2]
        assert scribe.append(pond, said[2]) == [1]
        assert scribe.append(tea, said[2]) == [3]
        assert scribe.read(tea, after=0).entries == list(enumerate(said, 1))
        assert texts(scribe.read(pond, after=0)) == ["drei\n\tvier"]


def test_pages_are_read_both_ways(path: Path) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, *"abcde")
        for bounds, found, more in [
            ({"after": 0, "limit": 2}, "ab", True),
            ({"after": 3, "limit": 2}, "de", False),
            ({"after": 5}, "", False),
            ({"limit": 2}, "de", True),
            ({"before": 4, "limit": 2}, "bc", True),
            ({"before": 3}, "ab", False),
            ({"before": 1}, "", False),
        ]:
            page = scribe.read(tea, **bounds)
            assert (texts(page), page.more) == (list(found), more)


def test_a_page_ends_before_65536_bytes_but_has_one_row(path: Path) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, *["x" * 40_000] * 3, "x" * 70_000)
        assert seqs(scribe.read(tea, after=0)) == [1]
        assert seqs(scribe.read(tea)) == seqs(scribe.search(tea, "x*")) == [4]
        assert seqs(scribe.read(tea, before=4)) == [3]


def test_time_does_not_run_back_in_any_room_where_the_clock_does(path: Path) -> None:
    rooms = ["tea", "pond", "den"]
    said: dict[str, int] = {}
    with sqlite(path) as scribe:
        logs = {room: scribe.opened(room).log for room in rooms}
        for hour in range(2):
            for room in rooms:
                said[room] = int(NOON * 1000) + 3_600_000 * hour + 60_000 * len(said) + logs[room]
                scribe.say(logs[room], "later", at=said[room])
    with sqlite(path, now=NOON - 7_200) as scribe:
        restored = {opened.room: opened for opened in scribe.restored()}
        assert {room: opened.at for room, opened in restored.items()} == said
        for opened in restored.values():
            scribe.log.follow(opened.log, lambda entry: None)
            scribe.log.close(opened.log)
        assert {room: scribe.opened(room).at for room in rooms} == said


@pytest.mark.parametrize("indexed", [True, False])
def test_a_search_goes_back_page_by_page(path: Path, indexed: bool) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, *["tea", "coffee"] * 5)
        if indexed:
            scribe.tend()
        for bounds, found, more in [
            ({"limit": 2}, [7, 9], True),
            ({"before": 7, "limit": 3}, [1, 3, 5], False),
            ({"before": 8, "limit": 1}, [7], True),
            ({"before": 1}, [], False),
        ]:
            page = scribe.search(tea, "tea", **bounds)
            assert (seqs(page), page.more) == (found, more)


@pytest.mark.parametrize("query", ["tea*", "teap* green", '"green tea" teap*', "green*"])
def test_a_beginning_is_found_however_long_ago_it_was(path: Path, query: str) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, *["green tea from a teapot", "a green cup"] * 3, *["cup"] * LOOK, "Teapot, green tea")
        scribe.tend()
        green = query == "green*"
        assert seqs(scribe.search(tea, query)) == ([1, 2, 3, 4, 5, 6] if green else [1, 3, 5]) + [LOOK + 7]
        assert seqs(scribe.search(tea, query, before=5)) == ([1, 2, 3, 4] if green else [1, 3])


def test_a_query_that_can_not_be_searched_for_is_refused_at_once(path: Path) -> None:
    with sqlite(path) as scribe, pytest.raises(QueryInvalid):
        scribe.search(scribe.opened().log, '"')


def test_the_longest_query_is_answered(path: Path) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        words = " ".join(chr(0x4E00 + number) for number in range(75))
        scribe.say(tea, words)
        scribe.tend()
        assert seqs(scribe.search(tea, words)) == [1]


def test_what_gathers_while_a_commit_runs_is_the_next_one(path: Path) -> None:
    with sqlite(path, clock=SlowClock()) as scribe:
        tea = scribe.opened().log
        answers = list[object]()
        scribe.change(tea, message("one"), answers.append)
        scribe.clock.advance(0)
        # The first is with the thread that writes; the others come while it is.
        for text in "two", "three":
            scribe.change(tea, message(text), answers.append)
        scribe.change(tea, Retitled("herbs", ALICE), answers.append)
        scribe.calls.get(timeout=PATIENCE)()
        assert answers == [1]
        scribe.clock.advance(0)
        scribe.calls.get(timeout=PATIENCE)()
        assert answers == [1, 2, 3, None]


def test_an_answer_that_is_not_taken_harms_no_other(path: Path, nothing_logged: list[LogEvent]) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        scribe.change(tea, message("one"), lambda _: 1 // 0)  # type: ignore[arg-type]
        assert scribe.say(tea, "two") == [2]
    [event] = nothing_logged
    nothing_logged.clear()
    assert event["log_failure"].check(ZeroDivisionError)


def test_what_comes_after_the_end_is_refused(path: Path) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
    assert scribe.log.stop().called
    assert isinstance(scribe.say(tea, "late")[0], StorageFailed)
    assert isinstance(scribe.read(tea), StorageFailed)


def test_the_end_waits_for_all_that_was_said(path: Path) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        answers = list[object]()
        scribe.change(tea, message("one"), answers.append)
        scribe.clock.advance(0)
        scribe.change(tea, message("two"), answers.append)
    assert answers == [1, 2]
    with sqlite(path) as scribe:
        assert texts(scribe.read(tea)) == ["one", "two"]


# Rooms, from one process to the next.


def test_an_open_room_is_open_again_after_a_restart(path: Path) -> None:
    with sqlite(path) as scribe:
        opened = scribe.opened("Tea", NewRoom("Herbs", 5, Username("Alice"), SESSION))
        scribe.append(opened.log, message("a", session=SESSION, cid="1"), message("b"), message("c"))
        scribe.topic(opened.log, "Leaves")
        scribe.log.close(scribe.opened("pond").log)
        assert scribe.forget(scribe.opened("lake").log) is None
    with sqlite(path) as scribe:
        [again] = scribe.restored()
        assert (again.room, again.log, again.epoch) == ("Tea", opened.log, opened.epoch)
        assert (again.seq, again.first, again.topic, again.capacity) == (3, 1, "Leaves", 5)
        assert (again.creator, again.owner) == ("Alice", SESSION)
        assert list(again.sent) == [Resendable(SESSION, "1", 1, 0, digest("a"))]
        assert scribe.say(opened.log, "d") == [4]


def test_a_closed_room_is_found_by_its_name_in_any_case(path: Path) -> None:
    with sqlite(path) as scribe:
        opened = scribe.opened("Straße", NewRoom("Herbs"))
        scribe.say(opened.log, "a")
        scribe.log.close(opened.log)
        again = scribe.open("STRASSE".replace("SS", "ß"))
        assert again == scribe.opened("straße", NewRoom(capacity=9))
        assert again == scribe.opened("straße", NewRoom("Herbs", 9))
        assert (again.room, again.log, again.seq, again.topic, again.capacity) == ("Straße", opened.log, 1, "Herbs", 0)
        assert scribe.opened("straße", NewRoom("Leaves")).topic == "Leaves"


def test_nothing_is_opened_where_nothing_is_kept(path: Path) -> None:
    with sqlite(path) as scribe:
        assert scribe.open("tea") is None
        scribe.forget(scribe.opened("tea").log)
        assert scribe.open("tea") is None


def test_a_name_that_is_free_again_begins_a_new_log(path: Path) -> None:
    with sqlite(path) as scribe:
        old = scribe.opened()
        scribe.say(old.log, "a", "b")
        scribe.forget(old.log)
        new = scribe.opened()
        assert (new.seq, new.log != old.log, new.epoch != old.epoch) == (0, True, True)
        assert scribe.say(new.log, "c") == [1]
        assert texts(scribe.read(old.log)) == texts(scribe.search(old.log, "a")) == []
        scribe.tend()
        assert texts(scribe.read(new.log)) == ["c"]
    with sqlite(path) as scribe:
        assert scribe.opened("pond").log > new.log


def test_all_that_was_asked_before_counts_for_a_room_that_is_opened_again(path: Path) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        scribe.change(tea, message("a", session=SESSION, cid="1"))
        scribe.log.close(tea)
        again = scribe.opened()
        assert (again.seq, [sent.cid for sent in again.sent]) == (1, ["1"])


def test_only_the_newest_10000_are_known_when_they_are_sent_again(path: Path) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        scribe.append(tea, *(message("a", session=SESSION, cid=str(number)) for number in range(10_001)))
        sent = scribe.opened().sent
        assert [(sent[0].cid, sent[0].seq), (sent[-1].cid, sent[-1].seq)] == [("1", 2), ("10000", 10_001)]


def test_a_room_with_many_is_opened_piece_by_piece(path: Path) -> None:
    with sqlite(path, clock=SlowClock()) as scribe:
        tea, pond = scribe.opened("tea").log, scribe.opened("pond").log
        scribe.append(tea, *(message("a", session=SESSION, cid=str(number)) for number in range(3 * RECALLED + 1)))
        answers = list[object]()
        scribe.log.open(RoomName("tea"), None, answers.append)
        scribe.clock.advance(GATHERING)
        # The commit, which is all that others who speak wait for; then pages come between the pieces.
        scribe.calls.get(timeout=PATIENCE)()
        scribe.log.read(pond, after=0, before=None, limit=1, got=answers.append)
        scribe.until(lambda: len(answers) == 2)
        page, opened = answers
        assert isinstance(page, Page)
        assert isinstance(opened, Opened)
        assert [sent.seq for sent in opened.sent] == list(range(1, 3 * RECALLED + 2))


def test_a_room_that_can_not_be_read_is_not_open(path: Path, nothing_logged: list[LogEvent]) -> None:
    with sqlite(path, clock=SlowClock()) as scribe:
        tea = scribe.opened().log
        scribe.append(tea, message("a", session=SESSION, cid="1"))
        scribe.log.close(tea)
        answers = list[object]()
        scribe.log.open(RoomName("tea"), None, answers.append)
        scribe.clock.advance(0)
        stored = scribe.calls.get(timeout=PATIENCE)
        with without("messages", scribe):
            stored()
            scribe.until(lambda: bool(answers))
        assert isinstance(answers[0], StorageFailed)
        # It is closed again by then: what is to be done in the end comes before anything else that is asked for.
        scribe.opened("pond")
    nothing_logged.clear()
    with sqlite(path) as scribe:
        assert [opened.room for opened in scribe.restored()] == ["pond"]
        assert [sent.cid for sent in scribe.opened().sent] == ["1"]


# What is kept.


def stored(path: Path) -> list[tuple[int, int]]:
    """Return log and number of each row there is, indexed or not."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT log, seq FROM messages ORDER BY id").fetchall()
        assert connection.execute("SELECT count(*) FROM words").fetchone() == (len(rows),)
    connection.close()
    return rows


def test_the_newest_messages_are_kept(path: Path) -> None:
    with sqlite(path, retention=Retention(messages=10)) as scribe:
        tea, pond = scribe.opened("tea").log, scribe.opened("pond").log
        scribe.say(pond, *"abcde")
        scribe.say(tea, *["cup"] * (2 * REMOVED + 9))
        # Nobody is shown more, though it is there.
        newest = list(range(2 * REMOVED, 2 * REMOVED + 10))
        for page in scribe.read(tea), scribe.read(tea, after=3), scribe.search(tea, "cup"):
            assert (seqs(page), page.more) == (newest, False)
        assert scribe.opened("tea").first == newest[0]
        scribe.tend()
        assert [seq for log, seq in stored(path) if log == pond] == [1, 2, 3, 4, 5]
        # How many go in a step depends on how long it takes; but not so many stay that another one would be worth it.
        first = next(seq for log, seq in stored(path) if log == tea)
        assert REMOVED < first <= newest[0]
        assert seqs(scribe.read(tea)) == seqs(scribe.search(tea, "cup")) == newest
        assert scribe.say(tea, "more") == [2 * REMOVED + 10]


def test_with_no_limit_all_are_kept(path: Path) -> None:
    with sqlite(path, retention=Retention(messages=0)) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, *["cup"] * (2 * REMOVED))
        scribe.tend()
        assert len(stored(path)) == 2 * REMOVED
        assert scribe.opened().first == 1


def test_messages_are_kept_for_some_days(path: Path) -> None:
    now = int(NOON * 1000)
    with sqlite(path, retention=Retention(days=2)) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, *"abc", at=now - int(2000 * DAY) - 1)
        scribe.say(tea, *"de", at=now - int(2000 * DAY) + 1)
        scribe.tend()
        assert texts(scribe.read(tea)) == ["d", "e"]
        assert scribe.opened().first == 4
        scribe.wait(1)
        scribe.tend()
        assert texts(scribe.read(tea)) == []
        assert (scribe.opened().first, scribe.opened().seq) == (6, 5)
    with sqlite(path) as scribe:
        assert (scribe.opened().first, scribe.opened().seq) == (6, 5)
        assert scribe.say(tea, "f") == [6]


def test_messages_of_a_closed_room_are_kept_no_longer(path: Path) -> None:
    with sqlite(path, retention=Retention(days=1)) as scribe:
        tea, pond = scribe.opened("tea").log, scribe.opened("pond").log
        for log in pond, tea:
            scribe.say(log, "a", at=int(NOON * 1000))
        scribe.log.close(tea)
        scribe.say(pond, "b", at=int((NOON + DAY) * 1000))
        scribe.wait(86_401)
        scribe.tend()
        assert stored(path) == [(pond, 2)]


def test_a_closed_room_is_kept_for_some_days(path: Path) -> None:
    with sqlite(path, retention=Retention(closed=7)) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, *"abc")
        scribe.log.close(tea)
        scribe.wait(7 * 86_400 - 1)
        scribe.tend()
        again = scribe.open()
        assert again
        scribe.log.close(tea)
        assert scribe.open("pond") is None
        scribe.wait(7 * 86_400)
    with sqlite(path, now=scribe.now) as scribe:
        # Not even when the server was down at that time.
        assert scribe.open() is None
        scribe.tend()
        assert stored(path) == []


def test_a_closed_room_can_be_gone_at_once(path: Path) -> None:
    with sqlite(path, retention=Retention(closed=0)) as scribe:
        scribe.log.close(scribe.opened().log)
        assert scribe.open() is None


# The reactor waits for a commit.


def test_a_commit_that_is_done_in_a_moment_is_answered_in_the_same_turn(path: Path) -> None:
    with sqlite(path) as scribe:
        tea, answers = scribe.opened().log, list[object]()
        # On a busy machine some are late.
        while not scribe.log.commits_awaited:
            answers.clear()
            scribe.change(tea, message("hello"), answers.append)
            scribe.clock.advance(GATHERING)
            at_once = bool(answers)
            scribe.until(lambda: bool(answers))
        assert at_once
        assert scribe.calls.empty()


def test_nobody_waits_for_a_slow_disk(path: Path) -> None:
    with sqlite(path, clock=SlowClock()) as scribe:
        tea = scribe.opened().log
        for _ in range(20):
            scribe.say(tea, "hello")
        assert scribe.log.commits_awaited == scribe.log.commits_late == 0


def test_nor_for_the_commit_of_many(path: Path) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        for _ in range(20):
            scribe.say(tea, *["hello"] * MANY)
        assert scribe.log.commits_awaited == scribe.log.commits_late == 0


def indexed(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        [(upto,)] = connection.execute("SELECT value FROM meta WHERE name = 'indexed'")
    return int(upto)


def test_messages_are_indexed_when_nothing_has_been_said_for_a_while(path: Path) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        for _ in range(20):
            scribe.say(tea, "milk")
            scribe.clock.advance(IDLE * 0.8)
        # What is asked of the thread is done in that order: a step would be over before the next message.
        scribe.say(tea, "milk")
        assert indexed(path) == 0
        assert len(texts(scribe.search(tea, "milk"))) == 21
        scribe.clock.advance(IDLE)
        scribe.say(tea, "milk")
        assert indexed(path) >= 21


def test_they_do_not_wait_for_that_for_ever(path: Path) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        for _ in range(int(OVERDUE / 0.2) + 2):
            scribe.say(tea, "milk")
            scribe.clock.advance(0.2)
        scribe.say(tea, "milk")
        assert indexed(path) > OVERDUE / 0.2


def test_nor_do_many(path: Path) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, *["milk"] * (UNINDEXED - 10))
        scribe.say(tea, "milk")
        assert indexed(path) == 0
        scribe.say(tea, *["milk"] * 10)
        scribe.say(tea, "milk")
        assert indexed(path) > 0


def test_a_deleted_room_is_removed_in_small_steps(path: Path) -> None:
    with sqlite(path) as scribe:
        tea, pond = scribe.opened("tea").log, scribe.opened("pond").log
        scribe.say(tea, *["cup"] * 3 * REMOVED)
        scribe.tend()
        scribe.forget(tea)
        scribe.say(pond, "a")
        scribe.clock.advance(0.25)
        # What is said meanwhile is stored between two steps.
        assert scribe.say(pond, "b") == [2]
        assert texts(scribe.search(pond, "a")) == ["a"]
        with sqlite3.connect(path) as connection:
            assert connection.execute("SELECT count(*) FROM messages").fetchone()[0] > REMOVED
        connection.close()
        scribe.tend()
        assert stored(path) == [(pond, 1), (pond, 2)]
