"""Searches of several logs at once: the same in every kind of log."""

from __future__ import annotations

from functools import partial
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chatroom.core.ports import LogId, Page
from chatroom.core.values.authors import Author
from chatroom.core.values.errors import QueryInvalid, SearchTooLong
from chatroom.core.values.events import Message
from chatroom.core.values.limits import MAX_ROWS, PAGE_BYTES
from chatroom.core.values.names import Username, key
from chatroom.logs.memory.log import LOOKED_AT, MemoryLog
from chatroom.logs.retention import Retention
from tests.logs.scribe import BOB, Scribe, SlowClock, message, sqlite

FIRST = 1_795_000_000_000
ROOMS = "tea", "pond", "garden"
HIGH = 1 << 40

Row = tuple[int, LogId, int]
"""A message: when it was said, in which log, and its number there."""


def search(scribe: Scribe, logs: Any, query: str = "tea", *, limit: int = 100, **more: Any) -> Page:
    """Search *logs*, up to some number in each, or all of each."""
    upto = logs if isinstance(logs, dict) else dict.fromkeys(logs, HIGH)
    found = scribe.ask(lambda got: scribe.log.search_all(upto, query, limit=limit, got=got, **more))
    assert isinstance(found.result, Page), found.result
    assert found.seconds >= 0
    assert len(found.result.logs) == len(found.result.entries)
    return found.result


def rows(page: Page) -> list[Row]:
    return [(said.at, log, seq) for log, (seq, said) in zip(page.logs, page.entries, strict=True)]


def found(scribe: Scribe, logs: Any, *query: str, **more: Any) -> list[tuple[LogId, int]]:
    return [(log, seq) for _, log, seq in rows(search(scribe, logs, *query, **more))]


def all_of(scribe: Scribe, logs: Any, **more: Any) -> list[Row]:
    """Return all that is found, page by page, as people go on."""
    pages: list[list[Row]] = []
    until = None
    while True:
        page = search(scribe, logs, until=until, **more)
        pages.insert(0, rows(page))
        if not page.more:
            return list(chain(*pages))
        until = page.entries[0][1].at


def every(scribe: Scribe, logs: Any) -> list[Row]:
    """Return all that was said in *logs*."""
    return sorted((said.at, log, seq) for log in logs for seq, said in scribe.read(log, limit=MAX_ROWS).entries)


def opened(scribe: Scribe) -> list[LogId]:
    return [scribe.opened(room).log for room in ROOMS]


@pytest.mark.parametrize("limit", [1, 2, 7, 100])
def test_page_by_page_each_message_is_found_once_in_the_order_of_time(scribe: Scribe, limit: int) -> None:
    chance = Random(limit)
    logs = opened(scribe)
    at = FIRST
    for _ in range(12):
        # Where the log has a clock of its own, those of one batch are said in the same millisecond.
        at += chance.randrange(3)
        log = chance.choice(logs)
        scribe.say(log, *["green tea"] * chance.randrange(1, 6), "black coffee", at=at)
    coffee = all_of(scribe, logs, query="coffee", limit=limit)
    assert len(coffee) == 12
    tea = [row for row in every(scribe, logs) if row not in coffee]
    assert all_of(scribe, logs, query="te*", limit=limit) == tea
    assert all_of(scribe, logs[:2], query="tea", limit=limit) == [row for row in tea if row[1] != logs[2]]
    alices = Author(None, key(Username("alice")))
    assert all_of(scribe, logs, query="", author=alices, limit=limit) == every(scribe, logs)


def test_only_the_logs_asked_for_are_searched_up_to_their_numbers(scribe: Scribe) -> None:
    tea, pond, garden = opened(scribe)
    for log in (tea, pond, garden, tea):
        scribe.say(log, "tea", "cup of tea", "milk")
    assert sorted(found(scribe, {tea: 4, pond: 1})) == [(tea, 1), (tea, 2), (tea, 4), (pond, 1)]
    assert found(scribe, [tea, LogId(99)], '"cup of"') == [(tea, 2), (tea, 5)]
    assert found(scribe, []) == []
    scribe.erase(tea, 5)
    assert found(scribe, [tea], "cup") == [(tea, 2)]
    assert found(scribe, {tea: 0}, "cup") == []


def test_a_closed_log_is_searched_too_and_a_deleted_one_is_not(scribe: Scribe) -> None:
    tea, pond, garden = opened(scribe)
    for log in (tea, pond, garden):
        scribe.say(log, "tea")
    scribe.log.close(tea)
    scribe.forget(pond)
    assert found(scribe, [tea, pond, garden]) == [(tea, 1), (garden, 1)]


def test_by_who_has_said_it(scribe: Scribe) -> None:
    tea, pond, _ = logs = opened(scribe)
    his = b"b" * 16
    for log in (tea, pond):
        scribe.append(log, Message(BOB, "tea", FIRST, session=his), Message(Username("alice"), "tea", FIRST))
    assert sorted(found(scribe, logs, "", author=Author(his))) == [(tea, 1), (pond, 1)]
    assert sorted(found(scribe, logs, author=Author(None, key(Username("alice"))))) == [(tea, 2), (pond, 2)]
    assert found(scribe, logs, "milk", author=Author(his)) == []


def test_what_can_t_be_searched_for_is_said_at_once(scribe: Scribe) -> None:
    for query in ("", '"', "!"):
        with pytest.raises(QueryInvalid):
            scribe.log.search_all({}, query, limit=1, got=lambda found: None)


def timed(tmp_path: Path, **options: Any) -> Any:
    """Yield the logs in which a message says when it was said."""
    yield Scribe(MemoryLog(keep=options.get("keep", 1_000)))
    retention = Retention(messages=options.get("keep", 0))
    with sqlite(tmp_path / "chatroom.sqlite", retention=retention) as scribe:
        yield scribe


def test_between_two_times(tmp_path: Path) -> None:
    for scribe in timed(tmp_path):
        tea, pond, _ = logs = opened(scribe)
        for at in range(10):
            scribe.say((tea, pond)[at % 2], "tea", at=FIRST + 10 * at)

        def times(*, of: Scribe = scribe, among: list[LogId] = logs, **bounds: int) -> list[int]:
            between: dict[str, Any] = {name: FIRST + at for name, at in bounds.items()}
            return [(at - FIRST) // 10 for at, _, _ in rows(search(of, among, **between))]

        assert times() == list(range(10))
        assert times(since=30) == [4, 5, 6, 7, 8, 9]
        assert times(since=29, until=60) == [3, 4, 5]
        assert times(until=61) == list(range(7))
        assert times(since=60, until=30) == times(since=90) == times(until=0) == []


def test_of_one_millisecond_all_are_on_the_same_page_as_long_as_they_fit(tmp_path: Path) -> None:
    for scribe in timed(tmp_path):
        tea, pond, _ = logs = opened(scribe)
        scribe.say(tea, "tea", "tea", at=FIRST)
        scribe.say(pond, *["tea"] * (MAX_ROWS - 10), at=FIRST + 1)
        scribe.say(tea, *["tea"] * 20, at=FIRST + 2)
        scribe.say(pond, "tea " * (PAGE_BYTES // 12), "tea " * (PAGE_BYTES // 12), at=FIRST + 3)
        scribe.say(tea, "tea " * (PAGE_BYTES // 12), "tea", at=FIRST + 3)
        # More than makes a page: the newest of them do.
        page = search(scribe, logs, limit=2)
        assert rows(page)[-1] == (FIRST + 3, pond, 292)
        assert {at for at, _, _ in rows(page)} == {FIRST + 3}
        assert page.more
        # These would not fit as well as those before them.
        page = search(scribe, logs, limit=MAX_ROWS, until=FIRST + 3)
        assert {at for at, _, _ in rows(page)} == {FIRST + 2}
        assert len(page.entries) == 20
        assert page.more
        page = search(scribe, logs, limit=1, until=FIRST + 2)
        assert len(page.entries) == MAX_ROWS - 10
        assert page.more
        page = search(scribe, logs, limit=1, until=FIRST + 1)
        assert rows(page) == [(FIRST, tea, 1), (FIRST, tea, 2)]
        assert not page.more


def test_what_is_no_longer_kept_is_not_found(tmp_path: Path) -> None:
    for scribe in timed(tmp_path, keep=3):
        tea, pond, _ = logs = opened(scribe)
        for at in range(5):
            scribe.say(tea, "tea", at=FIRST + at)
        scribe.say(pond, "tea", at=FIRST)
        assert found(scribe, logs) == [(pond, 1), (tea, 3), (tea, 4), (tea, 5)]


def test_what_is_said_while_a_search_has_to_wait_is_no_harm() -> None:
    soon: list[Any] = []
    log = MemoryLog(soon.append, keep=LOOKED_AT + 50, seconds=iter(range(10_000)).__next__)
    scribe = Scribe(log)
    logs = opened(scribe)
    for room in logs:
        scribe.say(room, *(f"cup {number}" for number in range(LOOKED_AT + 50)), at=FIRST)
    answers: list[Any] = []
    log.search_all(dict.fromkeys(logs, LOOKED_AT + 50), "cup", limit=MAX_ROWS, got=answers.append)
    log.search_all(dict.fromkeys(logs, HIGH), "milk", limit=1, got=answers.append)
    turns = 0
    while soon:
        turns += 1
        soon.pop(0)()
        if turns == 20:
            scribe.say(logs[0], "cup 1000", at=FIRST + 1)
        elif turns == 250:
            scribe.forget(logs[1])
    rest, nothing = answers
    assert len({seq for log, (seq, _) in zip(rest.result.logs, rest.result.entries, strict=True)}) == LOOKED_AT + 50
    assert (nothing.result.entries, nothing.result.more) == ([], False)
    assert turns > 2 * (LOOKED_AT + 50)


def test_a_search_of_many_logs_ends_in_time() -> None:
    soon: list[Any] = []
    log = MemoryLog(soon.append, search_timeout=10, seconds=iter(range(10_000)).__next__)
    scribe = Scribe(log)
    tea = scribe.opened().log
    scribe.append(tea, *[message("tea", FIRST)] * 100)
    answers: list[Any] = []
    log.search_all({tea: HIGH}, "milk", limit=1, got=answers.append)
    while soon:
        soon.pop(0)()
    assert isinstance(answers[0].result, SearchTooLong)


def test_one_in_sqlite_ends_in_time_though_little_is_in_each_log(tmp_path: Path) -> None:
    with sqlite(tmp_path / "chatroom.sqlite", clock=SlowClock(), search_timeout=0.02) as scribe:
        logs = [scribe.opened(f"room-{number}").log for number in range(20)]
        for log in logs:
            scribe.say(log, "tea", at=FIRST)
        ask = partial(scribe.log.search_all, query="milk", limit=1)
        assert isinstance(scribe.ask(lambda got: ask(dict.fromkeys(logs[:5], HIGH), got=got)).result, Page)
        assert isinstance(scribe.ask(lambda got: ask(dict.fromkeys(logs, HIGH), got=got)).result, SearchTooLong)
