"""A bucket of tokens: a burst at once, and a rate at which it fills again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.core.tools.bucket import ROUNDING, Bucket


def taken_at(bucket: Bucket, now: float) -> int:
    """Return the number of tokens that can be taken one by one before a wait, at most a hundred."""
    for number in range(100):
        if bucket.wait(now):
            return number
        bucket.take(1, now)
    return 100


def test_at_first_it_is_full() -> None:
    assert taken_at(Bucket(30, 5, 1000), 1000) == 30


def test_it_gets_a_token_for_each_part_of_a_second_and_no_more_than_it_holds() -> None:
    bucket = Bucket(30, 5, 0)
    taken_at(bucket, 0)
    assert bucket.wait(0) == pytest.approx(0.2)
    assert bucket.wait(0.1) == pytest.approx(0.1)
    assert taken_at(bucket, 0.2) == 1
    assert taken_at(bucket, 2.2) == 10
    assert taken_at(bucket, 1000) == 30


def test_a_full_one_gets_nothing_for_the_time_in_which_it_was_full() -> None:
    bucket = Bucket(3, 1, 0)
    bucket.take(1, 1000)
    assert taken_at(bucket, 1000) == 2


def test_what_costs_more_than_there_is_leaves_a_debt() -> None:
    bucket = Bucket(2, 1, 0)
    bucket.take(5, 0)
    assert bucket.wait(0) == pytest.approx(4)
    assert bucket.wait(3.5) == pytest.approx(0.5)
    assert bucket.wait(4) == 0


@given(
    burst=st.integers(1, 100),
    rate=st.floats(0.01, 1e6),
    now=st.floats(0, 1e7),
    costs=st.lists(st.integers(1, 9), min_size=1, max_size=50),
)
def test_who_waits_as_long_as_it_says_gets_a_token_and_no_more_than_were_due(
    burst: int, rate: float, now: float, costs: list[int]
) -> None:
    bucket, start = Bucket(burst, rate, now), now
    for number, cost in enumerate(costs):
        now += bucket.wait(now)
        assert bucket.wait(now) == 0
        # Taking the last one may leave a debt, but all others were there.
        assert sum(costs[:number]) + 1 <= burst + (now - start + len(costs) * ROUNDING) * rate * (1 + 1e-6) + 1e-6
        bucket.take(cost, now)
