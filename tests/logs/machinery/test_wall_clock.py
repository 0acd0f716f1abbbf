"""The clock on the wall jumps: nothing is removed for its age before it has gone right for an hour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from zope.interface import provider

from chatroom.core.ports import LogId
from chatroom.logs.machinery.wall_clock import HOUR, WallClock
from chatroom.logs.retention import DAY, Retention
from tests.logs.scribe import NOON, SQLiteScribe, sqlite, texts


class Times:
    """Both clocks, set by hand."""

    def __init__(self) -> None:
        self.wall = NOON
        self.seconds = 5.0
        self.clock = WallClock(lambda: self.wall, lambda: self.seconds)

    def pass_by(self, seconds: float) -> float | None:
        """Let time pass by both, and return what is trusted then."""
        self.wall += seconds
        self.seconds += seconds
        return self.clock.trusted()

    def jump(self, seconds: float) -> float | None:
        """Let the clock on the wall jump."""
        self.wall += seconds
        return self.clock.trusted()


@pytest.fixture
def said() -> Iterator[list[str]]:
    """Note what is logged of the clock."""
    lines: list[str] = []

    @provider(ILogObserver)
    def observe(event: LogEvent) -> None:
        if event["log_namespace"] == "chatroom.logs.machinery.wall_clock.WallClock":
            lines.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield lines
    globalLogPublisher.removeObserver(observe)


def test_a_clock_is_trusted_from_the_start() -> None:
    times = Times()
    assert times.clock.trusted() == NOON
    assert times.pass_by(400 * DAY) == NOON + 400 * DAY


@pytest.mark.parametrize("jump", [400 * DAY, HOUR + 1, -HOUR - 1, -400 * DAY])
def test_a_clock_that_has_jumped_is_not_trusted_for_an_hour(jump: float) -> None:
    times = Times()
    assert times.jump(jump) is None
    assert times.pass_by(HOUR - 1) is None
    assert times.pass_by(1) == NOON + jump + HOUR


def test_a_clock_that_jumps_again_is_not_trusted_for_another_hour() -> None:
    times = Times()
    times.jump(400 * DAY)
    times.pass_by(HOUR - 1)
    times.jump(-400 * DAY)
    assert times.pass_by(HOUR - 1) is None
    assert times.pass_by(1) == NOON + 2 * HOUR - 1


@pytest.mark.parametrize("jump", [HOUR, 30, -30, -HOUR])
def test_a_clock_may_be_put_right_by_less_than_an_hour(jump: float) -> None:
    assert Times().jump(jump) == NOON + jump


def test_an_operator_reads_of_it_once(said: list[str]) -> None:
    times = Times()
    times.clock.report()
    times.jump(400 * DAY)
    for _ in range(3):
        times.clock.report()
    times.jump(-400 * DAY)
    times.clock.report()
    [warning] = said
    assert warning.startswith("the clock has jumped by +9600 hours: until it has gone right for an hour")
    times.pass_by(HOUR)
    for _ in range(3):
        times.clock.report()
    assert said[1:] == ["the clock goes right again: what is too old is removed"]


# In the log.


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chatroom.sqlite"


def wait(scribe: SQLiteScribe, seconds: float) -> None:
    """Let time pass, with all that the log does meanwhile."""
    scribe.wait(seconds)
    scribe.tend()


def closed(scribe: SQLiteScribe, log: LogId) -> None:
    """Close *log*, and wait until that is stored."""
    scribe.log.close(log)
    scribe.opened("pond")


def test_messages_outlive_a_clock_that_was_400_days_ahead(path: Path, said: list[str]) -> None:
    with sqlite(path, retention=Retention(days=1)) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, "milk", at=int(NOON * 1000))
        for jump in (400 * DAY, -400 * DAY):
            scribe.now += jump
            scribe.tend()
            scribe.tend()
            assert texts(scribe.read(tea)) == ["milk"]
        assert len(said) == 1
        wait(scribe, 2 * HOUR)
        assert texts(scribe.read(tea)) == ["milk"]
        assert len(said) == 2
        # But not the day that they are kept.
        wait(scribe, DAY)
        assert texts(scribe.read(tea)) == []


def test_a_closed_room_outlives_it(path: Path) -> None:
    with sqlite(path, retention=Retention(closed=7)) as scribe:
        tea = scribe.opened("tea").log
        scribe.say(tea, "milk")
        closed(scribe, tea)
        scribe.now += 400 * DAY
        scribe.tend()
        assert scribe.opened("tea", None).seq == 1
        closed(scribe, tea)
        scribe.now -= 400 * DAY
        scribe.tend()
        assert scribe.opened("tea", None).seq == 1


def test_a_room_that_is_not_to_be_kept_goes_at_once_whatever_the_clock_shows(path: Path) -> None:
    with sqlite(path, retention=Retention(closed=0)) as scribe:
        tea = scribe.opened().log
        scribe.now += 400 * DAY
        scribe.log.close(tea)
        assert scribe.open() is None


@pytest.mark.parametrize("restart", [True, False])
def test_a_clock_that_was_put_right_counts_after_an_hour_or_a_restart(path: Path, restart: bool) -> None:
    with sqlite(path, retention=Retention(days=1)) as scribe:
        tea = scribe.opened().log
        scribe.say(tea, "milk", at=int(NOON * 1000))
        scribe.now += 400 * DAY
        scribe.tend()
        assert texts(scribe.read(tea)) == ["milk"]
        if not restart:
            wait(scribe, HOUR)
            assert texts(scribe.read(tea)) == []
    with sqlite(path, retention=Retention(days=1), now=NOON + 400 * DAY) as scribe:
        scribe.tend()
        assert texts(scribe.read(tea)) == []
