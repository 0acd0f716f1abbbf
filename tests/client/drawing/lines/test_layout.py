"""A line of a room as rows: in columns as long as there is room for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.drawing.columns import width
from chatroom.client.drawing.lines.layout import Manner, line_rows
from chatroom.client.drawing.lines.margin import measure
from chatroom.client.drawing.lines.parting import day_row, new_row, remark_row
from chatroom.client.drawing.name_looks import name_style
from chatroom.client.drawing.rows import Row, canvas
from chatroom.client.drawing.themes import Style
from chatroom.client.text.clock import TimeFormat
from chatroom.client.views.lines import Line, MessageLine, NoticeLine, Pending, Private, Skipped, Traffic
from tests.client.drawing.reading import EVENING, styles, texts
from tests.client.drawing.test_rows import ANY_TEXT
from tests.client.drawing.views import CLOCKS

ALICE = Manner("alice")


def drawn(line: Line, columns: int = 60) -> list[str]:
    """Return the rows of *line* as alice sees them."""
    return on_canvas(line_rows(line, columns, ALICE), columns)


def on_canvas(rows: tuple[Row, ...], columns: int = 60) -> list[str]:
    return texts(canvas(rows, columns, len(rows)))


def looks(line: Line, row: int = 0) -> dict[str, object]:
    """Return the pieces of a *row* of *line*, with their styles."""
    rows = line_rows(line, 80, ALICE)
    return styles(canvas(rows, 80, len(rows)), row)


def message(text: str, speaker: str = "bob") -> MessageLine:
    return MessageLine(1, EVENING, speaker, text)


def test_a_message_is_time_name_and_text() -> None:
    assert drawn(message("anyone for a cup?")) == [" 23:20          bob  anyone for a cup?"]


@pytest.mark.parametrize(("columns", "row"), [(60, " 23:20         @bob  yes"), (20, "@bob: yes")])
def test_the_mark_of_a_role_stands_before_the_name(columns: int, row: str) -> None:
    assert on_canvas(line_rows(message("yes"), columns, replace(ALICE, mark="@")), columns) == [row]


def test_a_long_name_is_cut_for_its_mark_too() -> None:
    rows = line_rows(message("yes", "bartholomew-the-third"), 60, replace(ALICE, mark="@"))
    assert on_canvas(rows) == [" 23:20 @bartholome…  yes"]


def test_what_was_taken_back_is_a_dim_remark_beside_the_name() -> None:
    line = replace(message(""), retraction="taken back by carol (alice: no milk)")
    assert drawn(line) == [" 23:20          bob  taken back by carol (alice: no milk)"]
    assert looks(line)["taken back by carol (alice: no milk)"] == Style.DIM


def test_names_stand_at_the_right_of_their_column() -> None:
    assert drawn(message("yes", "carol")) == [" 23:20        carol  yes"]


def test_a_long_name_is_cut() -> None:
    assert drawn(message("yes", "bartholomew-the-third")) == [" 23:20 bartholomew…  yes"]


def test_a_long_text_goes_on_below_itself() -> None:
    assert drawn(message("yes please, and here is a longer text that wraps between words")) == [
        " 23:20          bob  yes please, and here is a longer text",
        "                     that wraps between words",
    ]


def test_a_word_longer_than_a_row_is_broken() -> None:
    rows = drawn(message("x" * 50))
    assert [row.count("x") for row in rows] == [38, 12]


def test_wide_characters_are_counted_as_wide() -> None:
    assert drawn(message("お茶" * 15)) == [
        " 23:20          bob  " + "お茶" * 9 + "お",
        " " * 21 + "茶" + "お茶" * 5,
    ]


def test_a_message_of_several_lines_keeps_them_and_its_tabs() -> None:
    assert drawn(message("def f(x):\n\treturn x\n\nf(1)")) == [
        " 23:20          bob  def f(x):",
        "                         return x",
        "",
        "                     f(1)",
    ]


def test_names_have_colours_and_ones_own_has_another() -> None:
    assert looks(message("yes")) == {"23:20": Style.TIME, "bob": name_style("bob"), "yes": Style.TEXT}
    assert looks(MessageLine(1, EVENING, "alice", "yes", own=True))["alice"] == Style.OWN


def test_mentions_and_links_stand_out() -> None:
    pieces = looks(replace(message("Alice, look at https://example.org/tea"), mention=True))
    assert pieces == {
        "23:20": Style.MENTION,
        "bob": name_style("bob"),
        "▏": Style.GUTTER,
        "Alice": Style.MENTION,
        ", look at": Style.TEXT,
        "https://example.org/tea": "link https://example.org/tea",
    }


def test_other_words_stand_out_too_if_they_are_to() -> None:
    rows = line_rows(message("tea for alice and the Cakes; cake"), 80, Manner("alice", ("cake", "tea")))
    row = styles(canvas(rows, 80, 1), 0)
    assert {text for text, style in row.items() if style == Style.MENTION} == {"tea", "alice", "cake"}


def test_a_link_goes_on_in_the_next_row() -> None:
    link = "https://example.org/" + "x" * 60
    assert looks(message(link), 1) == {"x" * 24: f"link {link}"}


def test_ones_own_name_is_no_mention_in_what_one_says_oneself() -> None:
    assert looks(MessageLine(1, EVENING, "alice", "alice was here", own=True))["alice was here"] == Style.TEXT


def test_an_action_begins_with_who_does_it() -> None:
    line = replace(message("puts the kettle on"), action=True)
    assert drawn(line) == [" 23:20            * ▏bob puts the kettle on"]
    # The gutter has the style of who does it.
    assert looks(line) | {"23:20": None} == {
        "23:20": None,
        "*": name_style("bob"),
        "▏bob": name_style("bob"),
        "puts the kettle on": Style.ACTION,
    }


def test_who_acts_is_no_part_of_what_is_said() -> None:
    line = replace(message("waves at alice\nand alice waves"), action=True)
    assert looks(line)["waves at"] == Style.ACTION
    assert looks(line)["alice"] == Style.MENTION
    waving = {"and": Style.ACTION, "alice": Style.MENTION, "waves": Style.ACTION}
    assert looks(line, 1) == {"▏": name_style("bob"), **waving}


def test_what_is_private_says_so() -> None:
    assert drawn(Private(EVENING, "bob", "alice", "psst")) == [" 23:20          bob  [privately] psst"]
    assert drawn(Private(EVENING, "alice", "bob", "yes?", own=True)) == [" 23:20        alice  [privately to bob] yes?"]
    several = Private(EVENING, "bob", "the moderators of tea", "psst", several=True)
    assert drawn(several) == [" 23:20          bob  [to the moderators of tea] psst"]
    assert looks(Private(EVENING, "bob", "alice", "psst"))["[privately] psst"] == Style.PRIVATE


def test_notices_and_errors_have_no_name() -> None:
    assert drawn(NoticeLine(EVENING, "bob set the topic")) == [" 23:20           --  bob set the topic"]
    assert drawn(NoticeLine(EVENING, "There is no such room", error=True)) == [
        " 23:20            !  There is no such room"
    ]
    assert looks(NoticeLine(EVENING, "no", error=True))["no"] == Style.ERROR


def test_what_waits_for_the_server_has_no_time_yet() -> None:
    assert drawn(Pending("c1", "alice", "hello?")) == ["     …        alice  hello?"]
    assert drawn(Pending("c2", "alice", "waves", action=True)) == ["     …            *  alice waves"]
    assert set(looks(Pending("c1", "alice", "hello, alice?")).values()) == {Style.PENDING}


@pytest.mark.parametrize(
    ("traffic", "row"),
    [
        (Traffic(EVENING, joined=("bob", "carol")), "→  bob, carol joined"),
        (Traffic(EVENING, left=("dave",)), "←  dave left"),
        (Traffic(EVENING, renamed=(("erin", "eve"),)), "↔  erin is now eve"),
        (Traffic(EVENING, ("bob",), ("dave",)), "↔  bob joined · dave left"),
        (Traffic(EVENING, tuple("abcdefghijklmnop")), "→  a, b, c, d, e, f, g and 9 others joined"),
        (
            Traffic(EVENING, ("bartholomew-the-third", "maximilian-the-first")),
            "→  bartholomew-the-third and 1 other joined",
        ),
        (
            Traffic(EVENING, ("cara", "dave"), ("erin",), (("frank", "f" * 20),)),
            "↔  cara, dave joined · erin left · 1 renamed",
        ),
        (Traffic(EVENING, renamed=(("a", "b"), ("c", "x" * 32))), "↔  a is now b and 1 other"),
        (Traffic(EVENING, ("x" * 32, "y" * 32), ("z" * 32,), (("a", "b"),)), "↔  2 joined · 1 left · a is now b"),
    ],
)
def test_coming_and_going_is_told_in_one_row(traffic: Traffic, row: str) -> None:
    rows = drawn(traffic, 63)
    assert [text.split(maxsplit=1)[1] for text in rows] == [row]


def test_where_not_even_the_numbers_have_room_they_are_cut() -> None:
    assert drawn(Traffic(EVENING, ("x" * 32, "y" * 32), ("z",)), 24) == ["        ↔  2 joined · …"]


def test_messages_that_are_missing_are_counted() -> None:
    assert [row.strip() for row in drawn(Skipped(EVENING, 12, 80, kept=True))] == ["— messages 12 to 80 are not here —"]
    assert [row.strip() for row in drawn(Skipped(EVENING, 7, 7, kept=False))] == ["— message 7 is not kept any more —"]


def test_without_much_room_there_is_no_time() -> None:
    assert drawn(message("anyone for a cup of tea?"), 30) == ["      bob  anyone for a cup", "           of tea?"]


def test_with_hardly_any_room_there_are_no_columns() -> None:
    assert drawn(message("anyone for a cup?"), 20) == ["bob: anyone for a", "cup?"]
    assert drawn(replace(message("waves"), action=True), 20) == ["* bob waves"]
    assert drawn(Private(EVENING, "bob", "alice", "psst"), 23) == ["bob: [privately] psst"]
    assert drawn(Traffic(EVENING, joined=("bob",)), 20) == ["→ bob joined"]


def test_a_day_has_its_name_in_the_middle() -> None:
    day = date(2026, 11, 20)
    assert on_canvas((day_row(day, 40),), 40) == ["     ── Friday, 20 November 2026 ──"]
    assert on_canvas((day_row(day, 12),), 12) == ["Friday, 20 …"]


def test_the_new_ones_are_parted_from_the_others() -> None:
    assert on_canvas((new_row(20),), 20) == [" ────── new ───────"]
    assert on_canvas((new_row(5),), 5) == [" new"]


def test_a_remark_stands_in_the_middle() -> None:
    assert on_canvas((remark_row("loading …", 23),), 23) == ["     — loading … —"]


NAMES = st.lists(ANY_TEXT, max_size=4).map(tuple)
LINES: st.SearchStrategy[Line] = st.one_of(
    st.builds(
        MessageLine, st.just(1), st.just(EVENING), ANY_TEXT, ANY_TEXT, st.booleans(), st.booleans(), st.booleans()
    ),
    st.builds(Private, st.just(EVENING), ANY_TEXT, ANY_TEXT, ANY_TEXT, st.booleans()),
    st.builds(Traffic, st.just(EVENING), NAMES, NAMES, st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=2).map(tuple)),
    st.builds(NoticeLine, st.just(EVENING), ANY_TEXT, st.booleans()),
    st.builds(Skipped, st.just(EVENING), st.integers(), st.integers(), st.booleans()),
    st.builds(Pending, st.just("c"), ANY_TEXT, ANY_TEXT, st.booleans()),
)


def test_words_of_ones_own_stand_out_as_ones_name_does() -> None:
    rows = line_rows(message("alice, is the kettle on?"), 80, Manner("alice", ("kettle",)))
    assert [text for style, text in rows[0] if style == Style.MENTION] == ["alice", "kettle"]


@pytest.mark.parametrize(("columns", "most", "taken"), [(200, 100, 124), (90, 100, 90), (200, 70, 94), (200, 0, 200)])
def test_what_is_said_is_not_wider_than_somebody_wants(columns: int, most: int, taken: int) -> None:
    assert measure(columns, most) == taken


@given(st.integers(1, 300), st.integers(20, 120))
def test_lines_take_as_much_as_they_may_and_no_more(columns: int, most: int) -> None:
    def widest(columns: int) -> int:
        rows = line_rows(message("word " * 200), columns)
        return max(sum(width(text) for style, text in row if style == Style.TEXT) for row in rows)

    taken = measure(columns, most)
    assert taken <= columns
    assert widest(taken) <= most
    assert taken == columns or widest(taken) > most - len("word ")


@given(LINES, st.integers(1, 110), ANY_TEXT, NAMES, st.integers(5, 14), st.sampled_from(("", "@")), CLOCKS)
def test_any_line_is_drawn_at_any_width(
    line: Line, columns: int, username: str, more: tuple[str, ...], names: int, mark: str, clock: TimeFormat
) -> None:
    rows = line_rows(line, columns, Manner(username, more, names, mark, clock=clock))
    assert rows
    assert all(width(row.decode()) == columns for row in canvas(rows, columns, len(rows)).text)


def test_a_notice_stands_apart() -> None:
    assert drawn(replace(message("boils"), notice=True)) == [" 23:20            -  bob - boils"]
