"""Long texts in pieces."""

from __future__ import annotations

import regex
from hypothesis import example, given
from hypothesis import strategies as st

from chatroom.wire.irc.lines import MAX_LINE
from chatroom.wire.irc.split import pieces, room_for

GRAPHEMES = st.sampled_from(
    [
        "a",
        "b",
        " ",
        " ",
        "é",
        "e\u0301",
        "\U0001f375",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f1e9\U0001f1ea",
        "한",
        "กำ",
    ]
)
TEXTS = st.lists(GRAPHEMES, max_size=200).map("".join) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), max_size=300
)
SIZES = st.integers(64, 200)


@given(TEXTS, SIZES)
@example("a" * 30 + " " + "\U0001f375" * 9 + "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 3, 64)
@example("a" * 25 + " b" + "\U0001f375" * 9 + "e" + "\u0301" * 30, 64)
def test_joined_they_are_the_text_and_each_fits(text: str, size: int) -> None:
    found = list(pieces(text, size))
    assert "".join(found) == text
    assert all(len(piece.encode()) <= size for piece in found)
    assert all(found) or found == [""]


@given(TEXTS, SIZES)
def test_no_grapheme_is_cut_that_fits_into_a_piece(text: str, size: int) -> None:
    ends, at = {0}, 0
    for grapheme in regex.findall(r"\X", text):
        if len(grapheme.encode()) > size:
            ends.update(range(at, at + len(grapheme)))
        at += len(grapheme)
        ends.add(at)
    at = 0
    for piece in pieces(text, size):
        at += len(piece)
        assert at in ends


@given(TEXTS, SIZES)
@example("a" * 40 + " \u0301" + "a" * 60, 64)
def test_a_piece_ends_behind_a_blank_if_one_is_in_its_second_half(text: str, size: int) -> None:
    *cut, _last = pieces(text, size)
    for piece in cut:
        # A blank that has a mark is none.
        blanks = [found.end() for found in regex.finditer(r"\X", piece) if found[0] == " "]
        assert piece.endswith(" ") or max(blanks, default=0) <= len(piece) // 2


@given(st.integers(0, 4000).map("x".__mul__), SIZES)
def test_a_long_word_is_cut_where_a_piece_is_full(word: str, size: int) -> None:
    *cut, _last = pieces(word, size)
    assert {len(piece) for piece in cut} <= {size}


def test_a_grapheme_that_never_ends_is_cut_between_its_marks() -> None:
    text = "z" + "\u0301" * 500
    found = list(pieces(text, 101))
    assert "".join(found) == text
    assert max(len(piece.encode()) for piece in found) <= 101


def test_what_comes_before_a_piece_takes_its_place() -> None:
    assert room_for("") == MAX_LINE
    assert room_for("é" * 100) == MAX_LINE - 200
    assert room_for("a" * 505) == 64
