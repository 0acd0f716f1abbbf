"""Texts: which may be said, without which characters, and which can't harm a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.core.values.errors import TextInvalid, TextTooLong
from chatroom.core.values.texts import MAX_TEXT, MAX_TOPIC, harmless, message, title, topic
from tests.characters import everything

OVERRIDES = [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]
# By Unicode's categories: controls, surrogates, separators of lines and of paragraphs. None comes after the surrogates.
CONTROLS = [c for c in map(chr, range(0xE000)) if c != "\t" and unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}]

# Not st.text(), which would forget how likely each character is.
anything = st.lists(st.characters() | st.sampled_from([*OVERRIDES, *CONTROLS]) | st.sampled_from("a\t\n")).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "def f():\n\treturn 1\n",
        " ",
        "שלום, world",
        "👩‍👩‍👧",
        "e\u0301",
        "\u200e\u061c\ufeff",
        "\ufffe",
        "\U0010ffff",
    ],
)
def test_what_people_say_is_left_as_it_is(text: str) -> None:
    assert message(text) == text


def test_no_control_gets_through_in_a_message(characters: Sequence[str]) -> None:
    refused = []
    for character in characters:
        try:
            assert message(character) == character
        except TextInvalid:
            refused.append(character)
    assert refused == sorted({*CONTROLS, *OVERRIDES}.intersection(characters) - {"\n"})


def test_no_control_gets_through_in_a_topic(characters: Sequence[str]) -> None:
    refused = []
    for character in characters:
        try:
            assert topic(character) == ("" if character in OVERRIDES else character)
        except TextInvalid:
            refused.append(character)
    assert refused == sorted({*CONTROLS}.intersection(characters))


def test_no_control_is_drawn_or_logged() -> None:
    removed = dict.fromkeys(map(ord, CONTROLS), "\ufffd") | dict.fromkeys(map(ord, OVERRIDES))
    assert harmless(everything()) == everything().translate(removed)


@pytest.mark.parametrize(
    ("character", "name"), [("\x1b", "U+001B"), ("\r", "U+000D"), ("\x9b", "U+009B"), ("\ud83d", "U+D83D")]
)
def test_a_refusal_names_the_character(character: str, name: str) -> None:
    for check in (message, topic):
        with pytest.raises(TextInvalid) as refused:
            check(f"red {character}[31m")
        assert str(refused.value) == f"A text can't hold {name}."


def test_overrides_are_taken_out() -> None:
    for override in OVERRIDES:
        assert message(f"a{override}{override}b") == topic(f"a{override}b") == harmless(f"{override}ab") == "ab"


@pytest.mark.parametrize("text", ["", "\u202e", "".join(OVERRIDES)], ids=["empty", "one", "all"])
def test_a_text_of_which_nothing_remains_is_refused(text: str) -> None:
    with pytest.raises(TextInvalid, match=r"^There is nothing in this text\.$"):
        message(text)
    assert topic(text) == harmless(text) == ""


def test_a_topic_is_one_line() -> None:
    assert topic("Tea\tand biscuits") == "Tea\tand biscuits"
    with pytest.raises(TextInvalid, match=r"U\+000A"):
        topic("Tea\nand biscuits")


@pytest.mark.parametrize("character", ["a", "é", "語", "😀"])
def test_sizes_are_counted_in_bytes_of_what_remains(character: str) -> None:
    for check, limit in ((message, MAX_TEXT), (topic, MAX_TOPIC)):
        longest = character * (limit // len(character.encode()))
        assert check(longest + "\u202e" * 9) == longest
        with pytest.raises(TextTooLong) as refused:
            check(longest + "\u202e" * 9 + character)
        assert refused.value.size == len(longest.encode()) + len(character.encode())
        assert refused.value.limit == limit


def test_the_limits_are_the_protocol_s() -> None:
    assert (MAX_TEXT, MAX_TOPIC) == (4000, 300)


def test_a_title_is_a_few_words_in_a_line() -> None:
    assert title(" The Tea House ") == "The Tea House"
    assert title("é" * 32) == "é" * 32
    for text in ("", " ", "tea\nmilk", "tea\x1b[31m", "\udcff", "\u202e"):
        with pytest.raises(TextInvalid):
            title(text)
    with pytest.raises(TextTooLong):
        title("é" * 33)


@given(anything)
def test_any_text_is_said_or_refused(text: str) -> None:
    for check in (message, topic):
        try:
            checked = check(text)
        except (TextInvalid, TextTooLong):
            continue
        if checked:
            assert check(checked) == checked


@given(anything)
def test_what_is_harmless_would_be_taken_as_a_line(text: str) -> None:
    line = harmless(text)
    assert harmless(line) == line
    assert topic(line[: MAX_TOPIC // 4]) == line[: MAX_TOPIC // 4]


@given(anything)
def test_what_was_taken_as_a_topic_is_drawn_as_it_is(text: str) -> None:
    try:
        taken = topic(text)
    except (TextInvalid, TextTooLong):
        return
    assert harmless(taken) == taken
