"""Queries, and the texts that they find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.core.search.query import matcher
from chatroom.core.values.errors import QueryInvalid


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("tea", "a cup of tea"),
        ("TEA", "Tea!"),
        ("straße", "STRASSE"),
        ("of tea", "tea of"),
        ("te*", "tea"),
        ("tea*", "tea"),
        ('"cup of tea"', "a cup of tea"),
        ('"Cup  of"', "a cup of tea"),
        ('"cup of" tea', "tea in a cup of tin"),
        ('"two lines"', "two\nlines"),
        ("ча*", "Чай"),
    ],
)
def test_it_is_found(query: str, text: str) -> None:
    assert matcher(query)(text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("tea", "coffee"),
        ("tea cup", "tea"),
        ('"cup of tea"', "cup tea of"),
        ('"of cup"', "a cup of tea"),
    ],
)
def test_it_is_not_found(query: str, text: str) -> None:
    assert not matcher(query)(text)


@given(st.text() | st.text('"* ab'), st.text())
def test_any_query_is_answered_or_refused(query: str, text: str) -> None:
    try:
        matches = matcher(query)
    except QueryInvalid:
        return
    matches(text)
