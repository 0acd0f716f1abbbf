"""The health of what is done again and again: told when it turns bad, and when it is good again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from twisted.internet.task import Clock
from twisted.logger import LogEvent

from chatroom.logs.machinery.health import PATIENCE, Health
from tests.logs.scribe import health_lines

LATE = "can't store messages: no answer for 4 s"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health(clock: Clock) -> Health:
    return Health("store messages", OSError, clock)


@pytest.fixture
def lines(nothing_logged: list[LogEvent]) -> Iterator[list[str]]:
    with health_lines() as lines:
        yield lines
    nothing_logged.clear()


def test_what_does_not_come_back_is_trouble_until_it_does(clock: Clock, health: Health, lines: list[str]) -> None:
    health.began()
    clock.advance(PATIENCE - 0.1)
    assert health.trouble is None
    clock.advance(0.1)
    assert health.trouble == LATE
    clock.pump([1] * 60)
    health.recovered()
    assert health.trouble is None
    assert lines == [LATE, "can store messages again"]


def test_it_is_told_within_five_seconds_however_much_was_done_before(
    clock: Clock, health: Health, lines: list[str]
) -> None:
    for _ in range(1000):
        health.began()
        clock.advance(0.0123)
        health.recovered()
    # One timer for all of them.
    assert len(clock.getDelayedCalls()) == 1
    health.began()
    clock.advance(PATIENCE)
    assert lines == [LATE]


def test_what_has_failed_or_is_waited_for_no_more_is_not_late(clock: Clock, health: Health, lines: list[str]) -> None:
    health.began()
    health.failed(OSError("no space"))
    clock.advance(PATIENCE)
    assert lines == ["can't store messages: no space"]
    health.began()
    health.recovered()
    health.began()
    health.ended()
    clock.advance(PATIENCE)
    assert len(lines) == 2
    assert not clock.getDelayedCalls()


def test_a_process_that_slept_does_not_take_that_for_trouble(clock: Clock, health: Health, lines: list[str]) -> None:
    health.began()
    clock.advance(3600)
    assert lines == []
    clock.advance(PATIENCE)
    assert lines == [LATE]
