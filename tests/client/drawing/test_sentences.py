"""Sentences over several rows: broken between words, and whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.drawing.columns import width
from chatroom.client.drawing.sentences import wrapped
from tests.client.drawing.views import TEXTS


def test_a_sentence_goes_on_in_the_next_row() -> None:
    assert wrapped("alice is in use", 8) == ["alice is", "in use"]


def test_a_word_that_is_too_long_is_cut() -> None:
    assert wrapped("a biscuits b", 5) == ["a", "bisc…", "b"]


def test_nothing_is_no_row() -> None:
    assert wrapped(" ", 5) == []


@given(TEXTS, st.integers(1, 40))
def test_no_row_is_too_wide(text: str, columns: int) -> None:
    assert all(width(row) <= columns for row in wrapped(text, columns))
