"""Gathering for a commit, whatever engine it is of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest
from twisted.internet.task import Clock
from twisted.logger import LogEvent

from chatroom.core.values.errors import StorageFailed, StoreAway
from chatroom.logs.machinery.group_commit import (
    ENOUGH,
    GATHERING,
    MANY,
    MAX_CHANGES,
    RETRY,
    SETTLING,
    SEVERAL,
    GroupCommit,
    Unfit,
    Work,
)
from chatroom.logs.machinery.health import PATIENCE, Health


class Engine:
    """Commits when it is told to, and fails while it is *broken*, or of what is *unfit*."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.broken = False
        self.unfit = set[object]()
        self.commits: list[list[object]] = []
        self.answers: list[object] = []
        self.health = Health("store messages", OSError, self.clock)
        self.gathering: GroupCommit[Work] = GroupCommit(
            self.clock, self._begin, self.health, lambda: Work(lambda: "probe", lambda _: None)
        )
        self.gathering.open()
        self._running: tuple[Sequence[Work], Callable[[Sequence[object] | Exception], None]] | None = None

    def add(self, *changes: object, by: object = None) -> None:
        """Ask for *changes* as *by*, and note their answers."""
        for change in changes:
            self.gathering.add(Work(lambda change=change: change, self.answers.append, by))  # type: ignore[misc]

    def _begin(self, works: Sequence[Work], done: Callable[[Sequence[object] | Exception], None]) -> None:
        assert not self._running
        self._running = works, done

    def commit(self, seconds: float = 0) -> list[object]:
        """End the commit that has begun within *seconds*, and return the changes in it."""
        self.clock.advance(seconds)
        assert self._running
        (works, done), self._running = self._running, None
        if self.broken:
            done(OSError("no space"))
            return []
        results = [work.do() for work in works]
        if unfit := self.unfit.intersection(results):
            done(Unfit(f"{unfit} can't be stored"))
            return []
        self.commits.append(results)
        done(results)
        return results

    def is_committing(self, seconds: float = 0) -> bool:
        """Return whether a commit has begun, *seconds* later."""
        self.clock.advance(seconds)
        return self._running is not None


@pytest.fixture
def engine() -> Engine:
    return Engine()


def test_changes_of_one_turn_are_one_commit(engine: Engine) -> None:
    engine.add(1, 2, 3)
    assert engine.answers == []
    assert engine.commit() == engine.answers == [1, 2, 3]
    assert not engine.is_committing(10)


def test_what_comes_while_a_commit_runs_is_the_next(engine: Engine) -> None:
    engine.add(1)
    assert engine.is_committing()
    engine.add(2, 3)
    assert engine.commit() == [1]
    assert engine.answers == [1]
    assert engine.commit() == [2, 3]


def test_where_many_come_the_next_commit_waits_for_more(engine: Engine) -> None:
    engine.add(*range(MANY))
    engine.commit()
    engine.add("a")
    assert not engine.is_committing(SETTLING / 2)
    engine.add("b")
    assert engine.commit(SETTLING) == ["a", "b"]
    engine.add("c")
    # Two are not many.
    assert engine.commit() == ["c"]


def test_where_several_speak_at_the_same_time_it_waits_longer(engine: Engine) -> None:
    for person in range(SEVERAL):
        engine.clock.advance(GATHERING / SEVERAL)
        engine.add("hello", by=person)
        engine.commit()
    for person in range(SEVERAL):
        engine.add(person, by=person)
        assert not engine.is_committing(GATHERING / 4)
    assert engine.commit(GATHERING / 4) == [*range(SEVERAL)]
    # As long as they do.
    engine.add("a", by=1)
    assert engine.commit(GATHERING) == ["a"]
    engine.clock.advance(GATHERING)
    engine.add("b", by=1)
    assert engine.commit() == ["b"]


def test_nobody_waits_who_speaks_alone_or_while_others_speak_now_and_then(engine: Engine) -> None:
    for number in range(100):
        engine.add(number, by="alice")
        assert engine.commit() == [number]
    engine.clock.advance(GATHERING)
    for number in range(100):
        engine.add(number, by=number)
        assert engine.commit() == [number]
        engine.clock.advance(GATHERING / (SEVERAL - 1) + 0.0001)


def test_where_enough_come_by_themselves_it_waits_no_longer_than_for_many(engine: Engine) -> None:
    for number in range(ENOUGH):
        engine.add(number, by=number)
    engine.commit()
    engine.add("a")
    assert engine.commit(SETTLING) == ["a"]


def test_a_commit_takes_a_limited_number(engine: Engine) -> None:
    engine.add(*range(MAX_CHANGES + 1))
    assert len(engine.commit()) == MAX_CHANGES
    assert engine.commit(SETTLING) == [MAX_CHANGES]


def test_if_a_commit_fails_all_in_it_are_told_and_no_other(engine: Engine, nothing_logged: list[LogEvent]) -> None:
    engine.broken = True
    engine.add(1, 2)
    engine.is_committing()
    engine.add(3)
    engine.commit()
    assert [type(answer) for answer in engine.answers] == [StorageFailed, StorageFailed]
    assert engine.health.trouble == "can't store messages: no space"
    engine.broken = False
    assert engine.commit(RETRY) == [3]
    assert engine.health.trouble is None
    nothing_logged.clear()


def test_as_long_as_commits_fail_one_is_tried_though_nobody_asks(
    engine: Engine, nothing_logged: list[LogEvent]
) -> None:
    engine.broken = True
    engine.add("one")
    engine.commit()
    for _ in range(3):
        assert not engine.is_committing(RETRY / 2)
        assert engine.commit(RETRY / 2) == []
        assert engine.health.trouble
    engine.broken = False
    assert engine.commit(RETRY) == ["probe"]
    assert engine.health.trouble is None
    assert not engine.is_committing(10 * RETRY)
    nothing_logged.clear()


def test_a_commit_that_does_not_come_back_is_trouble_until_it_does(
    engine: Engine, nothing_logged: list[LogEvent]
) -> None:
    engine.add("one")
    assert engine.is_committing()
    assert engine.is_committing(PATIENCE - 0.1)
    assert engine.health.trouble is None
    assert engine.is_committing(0.2)
    assert engine.health.trouble == "can't store messages: no answer for 4 s"
    engine.add("two")
    assert engine.commit() == ["one"]
    assert engine.health.trouble is None
    nothing_logged.clear()


def test_what_nobody_waits_for_is_tried_until_it_succeeds(engine: Engine, nothing_logged: list[LogEvent]) -> None:
    engine.broken = True
    engine.gathering.add(Work(lambda: "close"))
    engine.commit()
    assert not engine.is_committing(RETRY / 2)
    engine.broken = False
    assert engine.commit(RETRY) == ["close"]
    nothing_logged.clear()


def test_changes_that_wait_can_be_refused_but_for_what_nobody_waits_for(engine: Engine) -> None:
    engine.add("one")
    assert engine.is_committing()
    engine.add("two", "three")
    done = list[str]()
    engine.gathering.add(Work(lambda: done.append("four")))
    engine.gathering.refuse(StoreAway())
    assert [type(answer) for answer in engine.answers] == [StoreAway, StoreAway]
    engine.commit()
    engine.commit()
    assert done == ["four"]
    assert engine.answers[2:] == ["one"]


def test_what_a_failed_commit_says_of_itself_is_told(engine: Engine, nothing_logged: list[LogEvent]) -> None:
    engine.add("one")
    assert engine.is_committing()
    assert engine._running
    engine._running[1](StoreAway())
    assert [type(answer) for answer in engine.answers] == [StoreAway]
    nothing_logged.clear()


def settle(engine: Engine) -> None:
    """Let all commits end that begin at once."""
    while engine.is_committing(GATHERING):
        engine.commit()


@pytest.mark.parametrize("unfit", [{0}, {7}, {99}, {3, 4}, {0, 50, 99}, {*range(0, 100, 9)}, {*range(100)}])
def test_what_can_t_be_stored_costs_nobody_else(
    engine: Engine, unfit: set[object], nothing_logged: list[LogEvent]
) -> None:
    answers = dict[object, object]()
    engine.unfit = unfit
    for number in range(100):
        engine.gathering.add(Work(lambda number=number: number, partial(answers.__setitem__, number)))  # type: ignore[misc]
    settle(engine)
    # All others are stored, in their order; and whoever asks for it is told of the rest.
    assert [number for commit in engine.commits for number in commit] == [n for n in range(100) if n not in unfit]
    assert {n for n, answer in answers.items() if isinstance(answer, StorageFailed)} == unfit
    assert [*answers] == [*range(100)]
    # It is a defect of ours, and no trouble of the store's.
    assert engine.health.trouble is None
    assert len(nothing_logged) == len(unfit)
    nothing_logged.clear()
    engine.commits.clear()
    for _ in range(9):
        engine.add(*range(1000, 1000 + MAX_CHANGES))
        engine.clock.advance(SETTLING)
        settle(engine)
    assert len(engine.commits[-1]) == MAX_CHANGES


def test_what_can_t_be_stored_is_found_in_few_commits(engine: Engine, nothing_logged: list[LogEvent]) -> None:
    engine.unfit = {100}
    engine.add(*range(MAX_CHANGES))
    commits = 0
    while engine.is_committing(GATHERING):
        engine.commit()
        commits += 1
    assert commits <= 24
    nothing_logged.clear()


def test_what_can_t_be_stored_is_not_in_the_way_for_ever(engine: Engine, nothing_logged: list[LogEvent]) -> None:
    engine.unfit = {"odd"}
    engine.gathering.add(Work(lambda: "odd"))
    engine.gathering.add(Work(lambda: "close"))
    settle(engine)
    assert engine.commits == [["close"]]
    assert not engine.is_committing(10 * RETRY)
    nothing_logged.clear()


def test_trouble_amid_of_what_can_t_be_stored_is_told_to_all_who_wait(
    engine: Engine, nothing_logged: list[LogEvent]
) -> None:
    engine.unfit = {3}
    engine.add(*range(4))
    assert engine.commit() == []
    assert engine.is_committing()
    engine.broken = True
    engine.commit()
    engine.gathering.refuse(StoreAway())
    assert [type(answer) for answer in engine.answers] == [StorageFailed, StorageFailed, StoreAway, StoreAway]
    nothing_logged.clear()


def test_an_end_waits_for_all_that_can_be_stored(engine: Engine, nothing_logged: list[LogEvent]) -> None:
    drained = list[str]()
    engine.unfit = {1}
    engine.add(0, 1, 2, 3)
    engine.gathering.drain(lambda: drained.append("drained"))
    while engine.is_committing(GATHERING):
        assert not drained
        engine.commit()
    assert drained == ["drained"]
    assert [number for commit in engine.commits for number in commit] == [0, 2, 3]
    nothing_logged.clear()


def test_a_defect_is_logged_as_such(engine: Engine, nothing_logged: list[LogEvent]) -> None:
    engine.health.failed(ZeroDivisionError())
    assert engine.health.trouble is None
    [event] = nothing_logged
    assert event["log_failure"].check(ZeroDivisionError)
    nothing_logged.clear()


def test_an_end_waits_for_all_changes_and_then_no_more_are_taken(engine: Engine) -> None:
    drained = list[str]()
    engine.add(1)
    engine.is_committing()
    engine.add(2)
    engine.gathering.drain(lambda: drained.append("drained"))
    engine.commit()
    assert drained == []
    engine.commit()
    assert drained == ["drained"]
    engine.gathering.close()
    engine.add(3)
    assert isinstance(engine.answers[-1], StorageFailed)


def test_an_end_is_told_once(engine: Engine) -> None:
    drained = list[str]()
    engine.gathering.drain(lambda: drained.append("drained"))
    engine.add("as somebody goes")
    engine.commit()
    assert drained == ["drained"]
