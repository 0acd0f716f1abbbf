"""Code, quotes, rooms and names in what people say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.text.markup import code, fenced, is_quote, people, rooms, words


def found(text: str, spans: object) -> list[str]:
    return [text[start:end] for start, end in spans]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("try `ls -l` and `pwd`", ["`ls -l`", "`pwd`"]),
        ("``a ` b`` it is", ["``a ` b``"]),
        ("a lonely ` is none", []),
        ("nor are `` two", []),
        ("```one line```", ["```one line```"]),
        ("`", []),
    ],
)
def test_code_stands_between_backticks(text: str, pieces: list[str]) -> None:
    assert found(text, code(text)) == pieces


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("look:\n```python\nx = 1\n```\nso", [False, True, True, True, False]),
        ("```\nnever closed", [True, True]),
        ("```one line```\nno block", [False, False]),
        ("plain", [False]),
        ("", [False]),
    ],
)
def test_a_block_of_code_is_between_two_lines_of_three_backticks(text: str, blocks: list[bool]) -> None:
    assert fenced(text) == blocks


def test_a_quote_begins_with_a_bracket_and_a_blank() -> None:
    assert [is_quote(line) for line in ("> so it was", ">_<", "a > b", ">")] == [True, False, False, False]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("see #tea, #release-2.", ["#tea", "#release-2"]),
        ("#日本 and #2nd", ["#日本", "#2nd"]),
        ("issue #7 and #2026-11", []),
        ("a#b, ##c, /x#y and &#z", []),
        ("# tea", []),
    ],
)
def test_a_room_has_a_hash_before_it(text: str, pieces: list[str]) -> None:
    assert found(text, rooms(text)) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Bob, @carol-ann: carol's turn", ["Bob", "@carol-ann"]),
        ("bobby, bob-like, _bob", []),
        ("BOB!", ["BOB"]),
    ],
)
def test_people_are_found_by_their_whole_names(text: str, pieces: list[str]) -> None:
    known = {"bob", "carol-ann"}
    assert [text[start:end] for _, (start, end) in people(text, known)] == pieces
    assert {name for name, _ in people(text, known)} == words(text) & known


def test_a_letter_alone_is_no_name() -> None:
    assert words("a cup, I say") == {"cup", "say"}


@given(st.text(st.sampled_from("`#>@ab-_. \n7é日"), max_size=40))
def test_whatever_is_found_is_in_the_text_in_order_and_apart(text: str) -> None:
    assert len(fenced(text)) == text.count("\n") + 1
    for line in text.split("\n"):
        for spans in (code(line), rooms(line), (span for _, span in people(line, {"a", "b", "ab"}))):
            end = 0
            for start, after in spans:
                assert end <= start < after <= len(line)
                end = after
