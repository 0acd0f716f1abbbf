"""Whatever is to be drawn comes out harmless and exactly as wide as it has room."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from chatroom.client.drawing.columns import Align, cut, pad, width
from chatroom.client.drawing.rows import canvas
from chatroom.client.text.safe import safe, safe_lines
from tests.client.drawing.reading import styles, texts

# What joins, widens, turns or hides what is beside it, thickly sown among all of Unicode with its lone surrogates.
ODD = "\t\n\x1b\x7f\x9b\u200d\ufe0f\u0301\u202e\u2066\u2028\ud800\U0001f1e6\U0001f44d\U0001f3fd\u0915\u094d\u1160日❤#a "
ANY_TEXT = st.text(st.one_of(st.sampled_from(ODD), st.characters(exclude_categories=())), max_size=12)

HARM = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def test_a_text_that_fits_is_not_cut() -> None:
    assert cut("tea", 3) == "tea"


def test_a_text_that_is_cut_says_so() -> None:
    assert cut("biscuits", 5) == "bisc…"


def test_a_wide_character_is_not_cut_in_two() -> None:
    assert cut("お茶会", 4) == "お…"


def test_a_family_is_one_character() -> None:
    assert cut("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 3) == "👩‍👩‍👧‍👦…"
    assert cut("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 2) == "…"


def test_where_there_is_no_room_there_is_nothing() -> None:
    assert cut("tea", 0) == ""


def test_a_text_stands_where_it_is_told_to() -> None:
    assert pad("tea", 6) == "tea   "
    assert pad("tea", 6, Align.RIGHT) == "   tea"
    assert pad("tea", 6, Align.CENTER) == " tea  "
    assert pad("お茶", 5, Align.RIGHT) == " お茶"


def test_a_tab_becomes_blanks() -> None:
    assert safe("a\tb") == "a   b"


def test_lines_are_kept_apart_and_nothing_else_parts_them() -> None:
    assert safe_lines("one\ntwo\x0bthree\u2028four") == ["one", "two\ufffdthree\ufffdfour"]


def test_an_escape_gets_on_no_canvas() -> None:
    assert texts(canvas([((None, "\x1b[2Jtea\x9b"),)], 10, 1)) == ["\ufffd[2Jtea\ufffd"]


def test_each_piece_of_a_row_has_its_style() -> None:
    drawn = canvas([(("time", "23:20 "), ("name-1", "bob"))], 12, 1)
    assert styles(drawn, 0) == {"23:20": "time", "bob": "name-1"}


def test_a_row_that_is_too_long_is_cut_where_it_ends() -> None:
    drawn = canvas([((None, "anyone "), ("link", "for a cup")), ((None, "yes"),)], 10, 2)
    assert texts(drawn) == ["anyone fo…", "yes"]


def test_behind_what_is_cut_there_is_nothing() -> None:
    assert texts(canvas([((None, "お茶会"), (None, "tea"))], 4, 1)) == ["お…"]


def test_a_mark_at_the_beginning_of_a_row_makes_nothing_beside_it_wider() -> None:
    assert texts(canvas([((None, "\u0ac9tea"),)], 10, 1)) == ["tea"]


def test_rows_that_are_missing_are_blank() -> None:
    assert canvas([((None, "tea"),)], 4, 3).text == [b"tea ", b"    ", b"    "]


def test_rows_that_are_too_many_are_left_out() -> None:
    assert texts(canvas([((None, "one"),), ((None, "two"),)], 4, 1)) == ["one"]


def test_a_language_that_needs_its_marks_keeps_them() -> None:
    assert texts(canvas([((None, " bob  "), (None, "नमस्ते é 👍🏽"))], 30, 1)) == [" bob  नमस्ते é 👍🏽"]


# Wider as a whole than its clusters are one by one.
@example("a\u11a8\u093f\U0001f1e7#", 2, Align.LEFT)
@given(ANY_TEXT, st.integers(0, 12), st.sampled_from(Align))
def test_no_text_is_wider_than_its_room(text: str, columns: int, align: Align) -> None:
    assert width(cut(text, columns)) <= columns
    assert not HARM.search(cut(text, columns))
    assert not HARM.search(pad(text, columns, align))


# Marks that have nothing to stand on, or join the blanks behind them.
@example([((None, "\u094d"),)], 1)
@example([((None, "a\u200d"),)], 3)
@given(st.lists(st.lists(st.tuples(st.none(), ANY_TEXT), max_size=4).map(tuple), max_size=3), st.integers(1, 12))
def test_a_canvas_is_a_rectangle_whatever_is_on_it(rows: list[tuple[tuple[None, str], ...]], columns: int) -> None:
    drawn = canvas(rows, columns, 4)
    assert (drawn.cols(), drawn.rows()) == (columns, 4)
    lines = [b"".join(text for _, _, text in row).decode() for row in drawn.content()]
    assert [width(line) for line in lines] == [columns] * 4
    assert not any(unicodedata.category(c) == "Cc" or HARM.search(c) for line in lines for c in line)
