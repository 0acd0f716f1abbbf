"""The box with what the user alone is told: above the bar, and never over what is said."""

from __future__ import annotations

from dataclasses import replace

from chatroom.client.drawing.aside_box import AsideBox
from chatroom.client.drawing.rows import canvas
from chatroom.client.drawing.themes import Style
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.keys.bindings import DEFAULT, NONE
from chatroom.client.views.lines import NoticeLine
from chatroom.client.views.view import Tab
from tests.client.drawing.reading import EMPTY, EVENING, said, styles, texts

ROOM = replace(EMPTY, lines=tuple(said(number) for number in range(1, 41)))


def aside(text: str, *, error: bool = False) -> NoticeLine:
    return NoticeLine(EVENING, text, error)


def drawn(*asides: NoticeLine, columns: int = 40, limit: int = 6, box: AsideBox | None = None) -> list[str]:
    rows = (box or AsideBox()).rows(asides, columns, limit, DEFAULT)
    return texts(canvas(rows, columns, len(rows)))


def test_it_stands_between_the_talk_and_the_bar() -> None:
    widget = ViewWidget()
    widget.show(replace(ROOM, asides=(aside("In tea: alice, bob"), aside("Nobody is called so.", error=True))))
    shown = widget.render((60, 12))
    assert texts(shown)[-6:-2] == [
        "              message 40",
        "─" * 60,
        " In tea: alice, bob",
        " ! Nobody is called so.",
    ]
    assert styles(shown, 8) == {"In tea: alice, bob": Style.NOTICE}
    assert styles(shown, 9) == {"! Nobody is called so.": Style.ERROR}
    widget.show(ROOM)
    assert "─" * 60 not in texts(widget.render((60, 12)))


def test_where_there_is_next_to_no_room_it_leaves_some_to_the_talk() -> None:
    widget = ViewWidget()
    widget.show(replace(ROOM, asides=(aside("one\ntwo\nthree"),)))
    assert [row.strip() for row in texts(widget.render((16, 4)))] == ["bob: message 40", "one", "… 2 more, PgDn…", ">"]
    assert [row.strip() for row in texts(widget.render((16, 2)))] == ["one", ">"]


def test_its_line_meets_those_beside_the_text() -> None:
    widget = ViewWidget()
    tabs = (Tab("tea", 0, False, True), Tab("coffee", 0, False, False))
    widget.show(replace(ROOM, tabs=tabs, members=("alice", "bob"), asides=(aside("one"),)))
    rows = texts(widget.render((100, 20)))
    assert [place for place, character in enumerate(rows[-4]) if character == "┴"] == [
        place for place, character in enumerate(rows[-5]) if character == "│"
    ]


def test_words_stay_whole_what_is_indented_stays_so_and_a_long_word_goes_on() -> None:
    assert drawn(aside("one two three\n  four five six seven"), columns=14)[1:] == [
        " one two",
        " three",
        "   four five",
        "   six seven",
    ]
    assert drawn(aside(f"a {'x' * 30}"), columns=20)[1:] == [" a " + "x" * 16, " " + "x" * 14]


def test_a_link_in_it_stands_out() -> None:
    rows = AsideBox().rows((aside("The topic of tea: see https://tea.example"),), 60, 6, DEFAULT)
    assert styles(canvas(rows, 60, 2), 1)["https://tea.example"] == f"{Style.LINK} https://tea.example"


def test_what_has_no_room_is_counted_and_read_on() -> None:
    box = AsideBox()
    many = aside("\n".join(f"row {number}" for number in range(10)))
    assert drawn(many, box=box) == ["─" * 40, " row 0", " row 1", " row 2", " row 3", " … 6 more, PgDn reads on"]
    assert box.scroll("page_down")
    assert drawn(many, box=box)[1:] == [" row 3", " row 4", " row 5", " row 6", " … 3 more, PgDn reads on"]
    assert box.scroll("end")
    assert drawn(many, box=box)[-2:] == [" row 9", " the end, PgUp goes back"]
    assert box.scroll("line_up")
    assert drawn(many, box=box)[-2:] == [" row 8", " … 1 more, PgDn reads on"]
    # Another answer is read from its beginning.
    assert drawn(aside("short"), many, box=box)[1] == " short"


def test_what_has_room_leaves_the_keys_to_the_talk() -> None:
    box = AsideBox()
    drawn(aside("short"), box=box)
    assert not box.scroll("page_down")


def test_without_a_key_none_is_named() -> None:
    rows = AsideBox().rows((aside("\n".join("1234567890")),), 40, 6, NONE)
    assert texts(canvas(rows, 40, 6))[-1] == " … 6 more"


def test_in_little_room_the_line_goes_first_and_then_the_count() -> None:
    many = aside("one\ntwo\nthree")
    assert drawn(many, limit=2) == [" one", " … 2 more, PgDn reads on"]
    assert drawn(many, limit=1) == [" one"]
    assert AsideBox().rows((many,), 40, 0, DEFAULT) == []
