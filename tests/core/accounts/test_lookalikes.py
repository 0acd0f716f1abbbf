"""Names that look the same, as people see them."""

from __future__ import annotations

from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.core.accounts.lookalikes import skeletons
from chatroom.core.values.errors import UsernameInvalid
from chatroom.core.values.names import Username, key, username


def alike(one: str, other: str) -> bool:
    return bool(skeletons(Username(one)) & skeletons(Username(other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice", "a1ice"),
        ("alice", "aIice"),
        ("ALICE", "aIice"),
        ("alice", "\u0430lice"),
        ("alice", "\u0430\u04cf\u0456\u0441\u0435"),
        ("bob", "b0b"),
        ("mike", "rnike"),
        ("paypal", "\u0440\u0430ypal"),
    ],
)
def test_these_are(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("alice", "alicia"), ("bob", "bobb"), ("user1", "user2"), ("anna", "hanna")]
)
def test_these_are_not(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize("letter", [*ascii_letters, *digits, "-", "_"])
def test_letters_of_ascii_look_as_the_table_says(letter: str) -> None:
    by_table = {look.removeprefix("e\u0301") for look in skeletons(Username(f"\xe9{letter}"))}
    assert skeletons(Username(letter)) == by_table


@given(st.text(max_size=32))
def test_every_name_looks_like_itself_in_any_case(text: str) -> None:
    try:
        name = username(text)
    except UsernameInvalid:
        return
    assert alike(name, key(name))
