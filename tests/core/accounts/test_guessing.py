"""Guesses are counted by kind, account and host, and too old ones are forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from chatroom.core.accounts.guessing import BUDGETS, PER_ACCOUNT, PER_HOST, WINDOW, Guess, Guesses, Kind, SlidingWindow
from chatroom.core.values.errors import TooManyTries
from chatroom.core.values.names import Key

ALICE, BOB = Key("alice"), Key("bob")
ID = b"alice's account"


def failing(guesses: Guesses, count: int, name: Key = ALICE, host: bytes | None = b"there") -> None:
    for _ in range(count):
        tried(guesses, name, host, ID)


def tried(guesses: Guesses, name: Key, host: bytes | None, account: bytes | None = None) -> Guess:
    return guesses.begin("password", name, host, account=account)


def test_so_many_from_a_host_are_enough_for_one_account_and_for_all() -> None:
    guesses = Guesses(Clock().seconds)
    failing(guesses, PER_HOST)
    for name in (ALICE, BOB):
        with pytest.raises(TooManyTries):
            tried(guesses, name, b"there", None)
    tried(guesses, ALICE, b"elsewhere", None)


def test_so_many_for_an_account_are_enough_from_anywhere() -> None:
    guesses = Guesses(Clock().seconds)
    guesses.came(ID, b"home")
    for count in range(PER_ACCOUNT):
        tried(guesses, ALICE, b"%d" % count, ID)
    for host in (b"new", b"home"):
        with pytest.raises(TooManyTries):
            tried(guesses, ALICE, host, ID)


def test_a_host_that_the_owner_came_from_is_held_by_its_own_tries_at_the_account() -> None:
    guesses = Guesses(Clock().seconds)
    guesses.came(ID, b"home")
    for name in "abcde":
        tried(guesses, Key(name), b"home", None)
    failing(guesses, PER_HOST, host=b"home")
    with pytest.raises(TooManyTries):
        tried(guesses, ALICE, b"home", ID)
    # Of another account it is a stranger.
    with pytest.raises(TooManyTries):
        tried(guesses, BOB, b"home", b"bob's account")


def test_they_are_forgotten_in_time_and_the_wait_is_told() -> None:
    clock = Clock()
    guesses = Guesses(clock.seconds)
    failing(guesses, PER_HOST)
    clock.advance(WINDOW - 1)
    with pytest.raises(TooManyTries) as refused:
        tried(guesses, ALICE, b"there", ID)
    assert refused.value.retry_after == 1
    clock.advance(1)
    tried(guesses, ALICE, b"there", ID)


def test_what_was_right_or_not_looked_at_does_not_count() -> None:
    guesses = Guesses(Clock().seconds)
    failing(guesses, PER_HOST - 1)
    for _ in range(PER_HOST):
        tried(guesses, BOB, b"there").unknown()
    tried(guesses, ALICE, b"there", ID).right(ID)
    failing(guesses, PER_HOST)


KINDS: list[Kind] = list(BUDGETS)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrong_of_one_kind_holds_up_no_other(kind: Kind) -> None:
    guesses = Guesses(Clock().seconds)
    for number in range(BUDGETS[kind].one):
        guesses.begin(kind, ALICE, b"there", secret=b"%d" % number)
    with pytest.raises(TooManyTries):
        guesses.begin(kind, ALICE, b"there", secret=b"right")
    for other in set(KINDS) - {kind}:
        guesses.begin(other, ALICE, b"there", secret=b"right")


def test_what_a_program_sends_again_and_again_counts_once() -> None:
    guesses = Guesses(Clock().seconds)
    for _ in range(3 * PER_HOST):
        guesses.begin("key", ALICE, b"there", secret=b"stale")
    for number in range(PER_HOST - 1):
        guesses.begin("key", ALICE, b"there", secret=b"%d" % number)
    with pytest.raises(TooManyTries):
        guesses.begin("key", ALICE, b"there", secret=b"stale")


def test_what_could_not_be_compared_counts_for_that_name_alone() -> None:
    guesses = Guesses(Clock().seconds)
    for name in range(3 * BUDGETS["word"].host):
        guesses.begin("word", Key(str(name)), b"there", secret=b"word").undecided()
    for number in range(PER_HOST):
        guesses.begin("word", ALICE, b"there", secret=b"%d" % number).undecided()
    with pytest.raises(TooManyTries):
        guesses.begin("word", ALICE, b"there", secret=b"right")


def test_who_was_right_about_what_they_have_said_before_gets_no_further_tries_by_it() -> None:
    guesses = Guesses(Clock().seconds)
    for number in range(PER_HOST):
        word = b"%d" % number
        guesses.begin("word", ALICE, b"there", secret=word).undecided()
        if number < PER_HOST - 1:
            guesses.begin("word", ALICE, b"there", secret=word).right()
    with pytest.raises(TooManyTries):
        guesses.begin("word", ALICE, b"there", secret=b"right")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4)), max_size=60))
def test_a_window_knows_what_happened_in_its_time_and_keeps_nothing_else(events: list[tuple[str, int]]) -> None:
    clock = Clock()
    window = SlidingWindow(10, clock.seconds)
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
