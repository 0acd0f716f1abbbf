"""What stands out in what people say, and the gutter before it; nothing that was typed is hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from chatroom.client.drawing.lines.layout import Manner, line_rows
from chatroom.client.drawing.lines.scrollback import Scrollback
from chatroom.client.drawing.rows import Row
from chatroom.client.drawing.themes import Style
from chatroom.client.views.lines import MessageLine, Private
from tests.client.drawing.reading import EVENING, a_room, said, styles, texts
from tests.client.drawing.views import TEXTS

MANNER = Manner("alice", ("kettle",), names=5, people=(("carol", "name-3"), ("dave", "name-4")))


def pieces(text: str, **more: object) -> list[tuple[str | None, str]]:
    """Return the styled pieces of what bob says, without what is before it."""
    rows = line_rows(MessageLine(1, EVENING, "bob", text, **more), 79, MANNER)  # type: ignore[arg-type]
    return [(style, piece) for row in rows for style, piece in said_in(row)]


def said_in(row: Row) -> Row:
    columns = 0
    for number, (_, text) in enumerate(row):
        if columns >= 14:
            return row[number:]
        columns += len(text)
    return ()


def test_people_have_their_hues_in_what_is_said() -> None:
    assert pieces("ask Carol or @dave") == [
        (Style.TEXT, "ask "),
        ("name-3", "Carol"),
        (Style.TEXT, " or "),
        ("name-4", "@dave"),
    ]


def test_rooms_and_links_have_one_accent() -> None:
    assert pieces("#tea: https://example.org/#tea") == [
        (Style.ROOM, "#tea"),
        (Style.TEXT, ": "),
        ("link https://example.org/#tea", "https://example.org/#tea"),
    ]


def test_code_has_another_ground_and_in_it_only_who_is_called_stands_out() -> None:
    assert pieces("run `x carol #tea www.y.org alice` now") == [
        (Style.TEXT, "run "),
        (Style.CODE, "`x carol #tea www.y.org "),
        (Style.MENTION, "alice"),
        (Style.CODE, "`"),
        (Style.TEXT, " now"),
    ]


def test_a_block_of_code_is_a_rectangle() -> None:
    rows = line_rows(MessageLine(1, EVENING, "bob", "look:\n```\nx = carol\n```"), 79, MANNER)
    ground = [[(style, text) for style, text in said_in(row) if text] for row in rows]
    assert ground[0] == [(Style.TEXT, "look:")]
    assert all({style for style, _ in row} == {Style.CODE} for row in ground[1:])
    assert [len("".join(text for _, text in row)) for row in ground[1:]] == [64, 64, 64]


def test_a_quote_steps_back() -> None:
    assert pieces("> is alice there, carol?\nyes") == [
        (Style.QUOTE, "> is "),
        (Style.MENTION, "alice"),
        (Style.QUOTE, " there, "),
        ("name-3", "carol"),
        (Style.QUOTE, "?"),
        (Style.TEXT, "yes"),
    ]


def test_so_it_is_in_what_somebody_does() -> None:
    assert pieces("waves at carol", action=True)[-2:] == [(Style.ACTION, " waves at "), ("name-3", "carol")]


def test_what_is_private_has_links_alone() -> None:
    row = line_rows(Private(EVENING, "bob", "alice", "`carol` www.example.org"), 79, MANNER)[0]
    assert said_in(row) == (
        (Style.PRIVATE, "[privately] `carol` "),
        ("link https://www.example.org", "www.example.org"),
    )


@given(TEXTS)
def test_nothing_that_was_typed_is_hidden(text: str) -> None:
    typed = f"`a` {text} #b carol > c"
    for columns in (20, 79):
        rich = line_rows(MessageLine(1, EVENING, "bob", typed), columns, MANNER)
        private = line_rows(Private(EVENING, "alice", "bob", typed, own=True), columns, MANNER)
        assert bare(rich) == bare(private)


def bare(rows: tuple[Row, ...]) -> str:
    """Return the text of *rows* without blanks, names and times."""
    text = "".join("".join(text for _, text in row) for row in rows)
    return "".join(text[text.index("`a`") :].split())


def gutter(message: MessageLine, **more: object) -> list[str | None]:
    """Return the style of the gutter in each row of *message*."""
    rows = line_rows(message, 40, replace(MANNER, speaker="name-9", **more))  # type: ignore[arg-type]
    return [next((style for style, text in row if text == "▏"), None) for row in rows]


@pytest.mark.parametrize(
    ("fields", "new", "style"),
    [
        ({}, False, None),
        ({"mention": True}, False, Style.GUTTER),
        ({}, True, Style.NEW),
        ({"mention": True, "action": True}, True, Style.GUTTER),
        ({"action": True}, False, "name-9"),
        ({"action": True}, True, Style.NEW),
        ({"mention": True, "retraction": "taken back"}, False, None),
    ],
)
def test_the_gutter_says_what_a_message_is(fields: dict[str, object], new: bool, style: str | None) -> None:
    message = MessageLine(1, EVENING, "bob", "two rows of text, as it wraps here", **fields)  # type: ignore[arg-type]
    assert set(gutter(message, new=new)) == {style}
    assert set(gutter(message, new=new, follows=True)) == {style}


def test_a_room_gives_people_their_hues_and_the_first_new_message_its_gutter() -> None:
    scrollback = Scrollback()
    lines = (said(1), said(2, "carol, Alice and eve: tea?"))
    scrollback.show(replace(a_room(*lines, read_to=1), hues={"bob": 1, "carol": 2, "alice": 3}))
    drawn = scrollback.render((60, 6))
    assert texts(drawn)[-1] == " 23:20   bob ▏carol, Alice and eve: tea?"
    found = styles(drawn, 5)
    assert (found["bob"], found["▏"], found["carol"], found["Alice"]) == ("name-1", Style.NEW, "name-2", Style.MENTION)
    assert found["and eve: tea?"] == Style.TEXT
