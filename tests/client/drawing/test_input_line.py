"""The line being typed: it goes on in further rows, and the cursor is where the next character will be."""

from __future__ import annotations

from chatroom.client.drawing.input_line import hint, input_rows
from chatroom.client.drawing.rows import Row
from chatroom.client.drawing.themes import Style
from chatroom.client.views.view import InputLine


def typed(text: str, cursor: int | None = None, columns: int = 12, limit: int = 4) -> tuple[list[str], tuple[int, int]]:
    """Return the rows of *text* behind a prompt, and the cursor."""
    rows, place = input_rows(InputLine("> ", text, len(text) if cursor is None else cursor), columns, limit)
    return [joined(row) for row in rows], place


def joined(row: Row) -> str:
    return "".join(text for _, text in row)


def test_the_cursor_is_behind_what_is_typed() -> None:
    assert typed("tea") == (["> tea"], (5, 0))


def test_the_cursor_can_be_in_the_middle() -> None:
    assert typed("tea", 1) == (["> tea"], (3, 0))


def test_wide_characters_move_the_cursor_by_two() -> None:
    assert typed("お茶!", 2) == (["> お茶!"], (6, 0))


def test_a_mark_does_not_move_the_cursor() -> None:
    assert typed("cafe\u0301")[1] == (6, 0)


def test_what_is_left_out_for_safety_does_not_move_the_cursor() -> None:
    assert typed("a\u202eb") == (["> ab"], (4, 0))


def test_a_tab_takes_four_columns() -> None:
    assert typed("a\tb") == (["> a    b"], (8, 0))


def test_what_is_too_long_goes_on_in_the_next_row() -> None:
    assert typed("0123456789ab") == (["> 0123456789", "  ab"], (4, 1))


def test_behind_a_full_row_the_cursor_is_in_the_next() -> None:
    assert typed("0123456789") == (["> 0123456789", "  "], (2, 1))


def test_a_wide_character_that_does_not_fit_begins_the_next_row() -> None:
    assert typed("012345678茶") == (["> 012345678", "  茶"], (4, 1))


def test_a_word_that_does_not_fit_begins_the_next_row() -> None:
    assert typed("one two three") == (["> one two ", "  three"], (7, 1))
    assert typed("one two three", 8) == (["> one two ", "  three"], (2, 1))
    assert typed("one two three", 7) == (["> one two ", "  three"], (9, 0))


def test_a_word_that_is_longer_than_a_row_goes_on_in_the_next_ones() -> None:
    assert typed("a 0123456789ab b")[0] == ["> a ", "  0123456789", "  ab b"]


def test_a_space_behind_a_full_row_takes_no_place() -> None:
    rows = ["> 0123456789", "  b"]
    assert typed("0123456789 b") == (rows, (3, 1))
    assert typed("0123456789 b", 11) == (rows, (2, 1))
    # Before the space, for which there is no cell, the cursor is in the last one.
    assert typed("0123456789 b", 10) == (rows, (11, 0))
    assert typed("0123456789 ") == (["> 0123456789", "  "], (2, 1))
    assert typed("0123456789  ") == (["> 0123456789", "   "], (3, 1))


def test_between_wide_characters_there_is_no_word_to_keep_together() -> None:
    assert typed("tea お茶を一杯か") == (["> tea お茶を", "  一杯か"], (8, 1))


def test_a_line_feed_begins_a_row() -> None:
    assert typed("one\n\ntwo") == (["> one", "  ", "  two"], (5, 2))


def test_before_a_line_feed_the_cursor_is_at_the_end_of_its_row() -> None:
    assert typed("one\ntwo", 3)[1] == (5, 0)


def test_of_too_many_rows_those_with_the_cursor_are_shown() -> None:
    assert typed("1\n2\n3\n4\n5", limit=2) == (["  4", "  5"], (3, 1))
    assert typed("1\n2\n3\n4\n5", cursor=0, limit=2) == (["> 1", "  2"], (2, 0))


def test_a_long_prompt_leaves_half_of_the_room() -> None:
    rows, place = input_rows(InputLine("Delete it? (yes or no) ", "y", 1), 12, 1)
    assert (joined(rows[0]), place) == ("Delet…y", (7, 0))


def test_what_tab_offers_shows_which_one_is_taken() -> None:
    row = hint(["alan", "albert"], 1, 30)
    assert joined(row) == " alan  albert  "
    assert (Style.HINT_CHOSEN, "albert") in row


def test_the_one_taken_is_in_view_however_many_there_are() -> None:
    row = hint([f"name{number}" for number in range(50)], 49, 20)
    assert joined(row).startswith(" … ")
    assert len(joined(row)) <= 20 + len("  ")
    assert "name49" in joined(row)
