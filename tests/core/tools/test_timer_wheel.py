"""Many deadlines, driven by one timer."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.tools.timer_wheel import Deadline, TimerWheel


def run(clock: Clock, until: float) -> None:
    """Let time pass until *until*, and make each call at its own time."""
    while (calls := clock.getDelayedCalls()) and (first := min(call.getTime() for call in calls)) <= until:
        clock.advance(max(0, first - clock.seconds()))
    clock.advance(max(0, until - clock.seconds()))


class WheelTests(SynchronousTestCase):
    def test_it_calls_when_the_time_has_come_or_a_tick_later(self) -> None:
        clock, fired = Clock(), list[float]()
        TimerWheel(clock).call_later(1.05, lambda: fired.append(clock.seconds()))
        run(clock, 1.04)
        assert fired == []
        run(clock, 2)
        [at] = fired
        assert 1.05 <= at <= 1.15001

    def test_it_calls_once(self) -> None:
        clock, fired = Clock(), list[int]()
        TimerWheel(clock).call_later(0, lambda: fired.append(1))
        run(clock, 10)
        assert fired == [1]
        assert clock.getDelayedCalls() == []

    def test_what_is_cancelled_is_not_called(self) -> None:
        clock, fired = Clock(), list[str]()
        wheel = TimerWheel(clock)
        wheel.call_later(1, lambda: fired.append("kept"))
        deadline = wheel.call_later(1, lambda: fired.append("cancelled"))
        deadline.cancel()
        run(clock, 2)
        deadline.cancel()
        assert fired == ["kept"]

    def test_one_deadline_may_cancel_another_of_the_same_moment(self) -> None:
        clock, fired = Clock(), list[str]()
        wheel = TimerWheel(clock)
        others: list[Deadline] = []

        def cancel_others() -> None:
            for other in others:
                other.cancel()

        wheel.call_later(1, cancel_others)
        others.append(wheel.call_later(1, lambda: fired.append("other")))
        run(clock, 2)
        assert fired == []

    def test_a_sooner_deadline_does_not_wait_for_a_later_one(self) -> None:
        clock, fired = Clock(), list[str]()
        wheel = TimerWheel(clock)
        wheel.call_later(60, lambda: fired.append("later"))
        wheel.call_later(1, lambda: fired.append("sooner"))
        run(clock, 2)
        assert fired == ["sooner"]
        run(clock, 61)
        assert fired == ["sooner", "later"]

    def test_ten_thousand_cost_one_timer(self) -> None:
        clock, fired = Clock(), list[int]()
        wheel = TimerWheel(clock)
        for number in range(10_000):
            wheel.call_later(60 + number / 100, partial(fired.append, number))
            assert len(clock.getDelayedCalls()) == 1
        run(clock, 200)
        assert fired == list(range(10_000))

    def test_a_deadline_may_set_the_next(self) -> None:
        clock, fired = Clock(), list[float]()
        wheel = TimerWheel(clock)

        def again() -> None:
            fired.append(clock.seconds())
            if len(fired) < 3:
                wheel.call_later(1, again)

        wheel.call_later(1, again)
        run(clock, 10)
        assert fired == pytest.approx([1, 2, 3], abs=0.31)

    def test_after_a_defect_the_others_have_their_turn(self) -> None:
        clock, fired = Clock(), list[str]()
        wheel = TimerWheel(clock)

        def defect() -> None:
            raise RuntimeError

        wheel.call_later(1, defect)
        wheel.call_later(1, lambda: fired.append("same moment"))
        wheel.call_later(2, lambda: fired.append("later"))
        with self.assertRaises(RuntimeError):
            run(clock, 3)
        run(clock, 3)
        assert fired == ["same moment", "later"]

    def test_after_a_long_standstill_all_that_is_due_is_done(self) -> None:
        clock, fired = Clock(), list[int]()
        wheel = TimerWheel(clock)
        for number in range(5):
            wheel.call_later(number, partial(fired.append, number))
        clock.advance(3600)
        run(clock, 3600)
        assert fired == [0, 1, 2, 3, 4]


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100))))
def test_no_deadline_fires_early_or_more_than_a_tick_late(plan: list[tuple[float, float]]) -> None:
    clock, fired = Clock(), dict[int, float]()
    wheel = TimerWheel(clock)

    def begin(number: int, seconds: float) -> None:
        wheel.call_later(seconds, lambda: fired.__setitem__(number, clock.seconds()))

    for number, (at, seconds) in enumerate(plan):
        clock.callLater(at, begin, number, seconds)
    run(clock, 300)
    assert len(fired) == len(plan)
    for number, (at, seconds) in enumerate(plan):
        assert -1e-9 <= fired[number] - (at + seconds) <= 0.1 + 1e-9
