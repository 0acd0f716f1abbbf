"""Hues that look alike on the terminal at hand."""

from __future__ import annotations

import pytest

from chatroom.client.drawing.look_alikes import look_alikes
from chatroom.client.drawing.styles import restyled
from chatroom.client.drawing.themes import theme


@pytest.mark.parametrize(
    ("name", "colours", "count"),
    [
        ("dark", 2**24, 16),
        ("dark", 256, 16),
        ("dark", 16, 10),
        ("light", 2**24, 16),
        ("light", 256, 11),
        ("light", 16, 9),
        ("ansi", 256, 12),
        ("ansi", 16, 12),
        ("mono", 256, 16),
        ("dark", 1, 16),
    ],
)
def test_so_many_people_can_be_told_apart(name: str, colours: int, count: int) -> None:
    assert len(set(look_alikes(theme(name), colours))) == count


def test_a_hue_looks_like_the_first_of_its_kind() -> None:
    assert list(look_alikes(theme("dark"), 16)[:6]) == [0, 0, 2, 2, 4, 5]


def test_the_users_own_colours_count() -> None:
    own = restyled(theme("dark"), {"name-1": "white", "name-4": "light red"})
    assert list(look_alikes(own, 16)[:5]) == [0, 1, 2, 2, 0]
