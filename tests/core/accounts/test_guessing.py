"""Guesses are counted by account and host, and too old ones are forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from chatroom.core.accounts.guessing import PER_ACCOUNT, PER_HOST, WINDOW, Guesses, Window
from chatroom.core.values.errors import TooManyTries
from chatroom.core.values.names import Key

ALICE, BOB = Key("alice"), Key("bob")
ID = b"alice's account"


def failing(guesses: Guesses, count: int, name: Key = ALICE, host: bytes | None = b"there") -> None:
    for _ in range(count):
        guesses.begin(name, host, ID)


def test_so_many_from_a_host_are_enough_for_one_account_and_for_all() -> None:
    guesses = Guesses(Clock().seconds)
    failing(guesses, PER_HOST)
    for name in (ALICE, BOB):
        with pytest.raises(TooManyTries):
            guesses.begin(name, b"there", None)
    guesses.begin(ALICE, b"elsewhere", None)


def test_so_many_for_an_account_are_enough_from_anywhere() -> None:
    guesses = Guesses(Clock().seconds)
    guesses.came(ID, b"home")
    for count in range(PER_ACCOUNT):
        guesses.begin(ALICE, b"%d" % count, ID)
    for host in (b"new", b"home"):
        with pytest.raises(TooManyTries):
            guesses.begin(ALICE, host, ID)


def test_a_host_that_the_owner_came_from_is_held_by_its_own_tries_at_the_account() -> None:
    guesses = Guesses(Clock().seconds)
    guesses.came(ID, b"home")
    for name in "abcde":
        guesses.begin(Key(name), b"home", None)
    failing(guesses, PER_HOST, host=b"home")
    with pytest.raises(TooManyTries):
        guesses.begin(ALICE, b"home", ID)
    # Of another account it is a stranger.
    with pytest.raises(TooManyTries):
        guesses.begin(BOB, b"home", b"bob's account")


def test_they_are_forgotten_in_time_and_the_wait_is_told() -> None:
    clock = Clock()
    guesses = Guesses(clock.seconds)
    failing(guesses, PER_HOST)
    clock.advance(WINDOW - 1)
    with pytest.raises(TooManyTries) as refused:
        guesses.begin(ALICE, b"there", ID)
    assert refused.value.retry_after == 1
    clock.advance(1)
    guesses.begin(ALICE, b"there", ID)


def test_what_was_right_or_not_looked_at_does_not_count() -> None:
    guesses = Guesses(Clock().seconds)
    failing(guesses, PER_HOST - 1)
    for _ in range(PER_HOST):
        guesses.begin(BOB, b"there", None)
        guesses.unknown(BOB, b"there")
    guesses.begin(ALICE, b"there", ID)
    guesses.right(ALICE, b"there", ID)
    failing(guesses, PER_HOST)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4)), max_size=60))
def test_a_window_knows_what_happened_in_its_time_and_keeps_nothing_else(events: list[tuple[str, int]]) -> None:
    clock = Clock()
    window = Window(10, clock.seconds)
    happened: list[tuple[str, float]] = []
    for key, wait in events:
        clock.advance(wait)
        window.add(key)
        happened.append((key, clock.seconds()))
        for each in "abc":
            times = [time for name, time in happened if name == each and time > clock.seconds() - 10]
            for most in (1, 2, 3):
                expected = 0 if len(times) < most else times[-most] + 10 - clock.seconds()
                assert window.wait(each, most) == expected
    clock.advance(10)
    window.add("d")
    assert len(window) == 1
