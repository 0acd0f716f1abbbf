"""Where the words stand in a text that somebody searched for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.text.spans import spans
from chatroom.core.search.query import matcher
from chatroom.core.values.errors import QueryInvalid

TEXT = st.text(st.sampled_from('ab é\u0301ßSs日本語한\u200d👩💻"*\n -_.'), max_size=20)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("The kettle is on", "kettle", ["kettle"]),
        ("The Kettle is on", "KETTLE the", ["The", "Kettle"]),
        ("kettles and a kettle", "kettle", ["kettle"]),
        ("kettles and a kettle", "kettle*", ["kettles", "kettle"]),
        ("on and on and off", '"on and"', ["on and", "on and"]),
        ("on and off", 'on "on and"', ["on and"]),
        ("STRASSE", "straße", ["STRASSE"]),
        ("私は日本語が好き", "日本", ["日本"]),
        ("tea 🍵!", "🍵", ["🍵"]),
        ("tea", "coffee", []),
        ("tea", '"tea', []),
        ("tea", "", []),
        ("tea-time", "tea-time", ["tea-time"]),
    ],
)
def test_the_words_are_found_as_the_server_finds_them(text: str, query: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text, query)] == expected


@given(TEXT, TEXT)
def test_any_spans_are_in_order_and_apart_and_nothing_is_marked_for_nothing(text: str, query: str) -> None:
    found = spans(text, query)
    ends = [0, *(place for span in found for place in span), len(text)]
    assert ends == sorted(ends)
    assert all(start < end for start, end in found)
    try:
        matches = matcher(query)(text)
    except QueryInvalid:
        matches = False
    if matches and text.isascii():
        assert found
