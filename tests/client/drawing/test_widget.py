"""A whole page: what stands where, and what gives way when there is little room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatroom.client.drawing.themes import Style
from chatroom.client.drawing.widget import Frame
from chatroom.client.views.lines import Line
from chatroom.client.views.view import HelpView, Input, Link, LobbyView, RoomView, Row, Status, Tab, UsernameView, View
from tests.client.drawing.reading import EMPTY, numbers, said, styles, texts

ROOM = replace(
    EMPTY,
    tabs=(Tab("tea", 0, False, True), Tab("coffee", 2, False, False)),
    members=("alice", "bob"),
    count=2,
    lines=(said(1), said(2)),
    input=Input("> ", "hello", 5),
)
QUIET = (Tab("tea", 0, False, True), Tab("coffee", 0, False, False))
ONLINE = Status("alice", Link.ONLINE, "", 0.023, 0)
ROWS = (
    Row("tea", "Tea and biscuits", 3, 256, joined=True, own=False),
    Row("biscuits", "", 12, 0, joined=False, own=True),
    Row("coffee", "For those who must", 20, 20, joined=False, own=False),
)
LOBBY = LobbyView("localhost", ROWS, 1, 3, "", (), Input("Room: ", "", 0), ONLINE)
USERNAME = UsernameView("localhost", "", Input("Your name: ", "ali", 3), Status("", Link.NONE, "", None, 0))


def drawn(view: View, columns: int = 100, height: int = 12) -> list[str]:
    """Return the rows of *view*."""
    frame = Frame()
    frame.show(view)
    return texts(frame.render((columns, height)))


def bar(status: Status, **changes: object) -> str:
    """Return the bar above the input in a room with *status*."""
    return drawn(replace(ROOM, tabs=QUIET, status=status, **changes), 79)[-2]  # type: ignore[arg-type]


def with_many(*, arrived: int = 0) -> RoomView:
    lines: tuple[Line, ...] = tuple(said(number) for number in range(1, 101))
    return replace(ROOM, tabs=QUIET, lines=lines, arrived=arrived)


def test_a_room_has_all_around_it_where_there_is_room() -> None:
    assert drawn(ROOM, 100, 8) == [
        " tea · Tea and biscuits" + "2 people".rjust(76),
        " 1 tea          │" + "│ alice".rjust(72),
        " 2 coffee     2 │                    — the room begins here —                     │ bob",
        "                │                 ── Friday, 20 November 2026 ──                  │",
        "                │ 23:20          bob  message 1                                   │",
        "                │ 23:20          bob  message 2                                   │",
        " alice · tea · 23 ms",
        " > hello",
    ]


def test_the_members_give_way_first_and_then_the_rooms() -> None:
    assert [
        ("2 coffee" in text, "│ bob" in text) for text in ("\n".join(drawn(ROOM, n)) for n in (100, 99, 80, 79))
    ] == [
        (True, True),
        (True, False),
        (True, False),
        (False, False),
    ]


def test_the_panels_can_be_hidden_and_shown_again() -> None:
    frame = Frame()
    frame.show(ROOM)
    frame.render((100, 12))
    frame.toggle_rooms()
    frame.toggle_members()
    assert not any("2 coffee" in row or "│ bob" in row for row in texts(frame.render((100, 12))))
    frame.toggle_rooms()
    frame.toggle_members()
    shown = "\n".join(texts(frame.render((100, 12))))
    assert "coffee" in shown
    assert "│ bob" in shown


def test_a_panel_that_is_wanted_is_shown_in_a_narrow_terminal_too() -> None:
    frame = Frame()
    frame.show(ROOM)
    frame.render((60, 12))
    frame.toggle_members()
    assert any("│ bob" in row for row in texts(frame.render((60, 12))))
    assert not any("│ bob" in row for row in texts(frame.render((30, 12))))
    frame.toggle_rooms()
    assert not any("coffee" in row for row in texts(frame.render((30, 12))))


def test_a_tall_terminal_has_a_line_under_the_title() -> None:
    rows = drawn(ROOM, 100, 24)
    assert [column for column, cell in enumerate(rows[1]) if cell == "┬"] == [16, 82]
    assert rows[2].startswith(" 1 tea          │")
    assert rows[2][82] == "│"


def test_the_cursor_is_where_the_next_character_will_be() -> None:
    frame = Frame()
    frame.show(ROOM)
    assert frame.render((100, 12)).cursor == (len(" > hello"), 11)


def test_the_input_grows_to_a_third_of_the_screen() -> None:
    rows = drawn(replace(ROOM, input=Input("> ", "1\n2\n3\n4\n5\n6", 11)), 79, 12)
    assert rows[-5:] == [" alice · tea · 23 ms · coffee 2", "   3", "   4", "   5", "   6"]


def test_what_tab_offers_stands_above_the_input_and_moves_nothing() -> None:
    offered = drawn(replace(ROOM, input=Input("> ", "al", 2, ("alan", "albert"), 0)), 79)
    assert offered[-2:] == [" alan  albert", " > al"]
    assert offered[:-2] == drawn(ROOM, 79)[:-2]


def test_the_bar_says_who_one_is_where_and_how_long_the_server_takes() -> None:
    assert bar(ONLINE) == " alice · tea · 23 ms"
    assert bar(replace(ONLINE, lag=2.25)) == " alice · tea · 2.2 s"


def test_where_the_list_of_rooms_is_hidden_the_bar_says_what_is_new_in_them() -> None:
    tabs = (
        Tab("tea", 1, True, True),
        Tab("coffee", 120, False, False),
        Tab("cake", 0, False, False),
        Tab("milk", 3, True, False),
    )
    view = replace(ROOM, tabs=tabs)
    assert drawn(view, 79)[-2] == " alice · tea · 23 ms · milk @3 · coffee 99+"
    assert drawn(view, 80)[-2] == " alice · tea · 23 ms"

    frame = Frame()
    frame.show(view)
    looks = styles(frame.render((79, 12)), 10)
    assert (looks["milk @3"], looks["· coffee 99+"]) == (Style.STATUS_NEWS, Style.STATUS)


def test_the_bar_says_how_to_see_who_came_and_went() -> None:
    assert bar(replace(ONLINE, hidden=3)) == " alice · tea · 23 ms · 3 hidden, Alt+= shows"


def test_the_words_that_one_watches_for_stand_out() -> None:
    frame = Frame()
    frame.show(replace(ROOM, lines=(said(1, "cake, anyone?"),), status=replace(ONLINE, highlights=("cake",))))
    assert styles(frame.render((79, 12)), 9)["cake"] == Style.MENTION


def test_a_lost_connection_is_said_in_an_alarming_look() -> None:
    frame = Frame()
    frame.show(replace(ROOM, status=Status("alice", Link.LOST, "Connection lost, reconnecting in 3 s", None, 2)))
    looks = styles(frame.render((79, 12)), 10)
    assert looks["Connection lost, reconnecting in 3 s"] == Style.STATUS_ALERT
    assert "2 waiting" in looks


@pytest.mark.parametrize(
    ("lag", "silence", "text", "style"),
    [
        (0.012, 0, "12 ms", Style.STATUS_DIM),
        (2.0, 0, "2.0 s", Style.STATUS_DIM),
        (2.1, 0, "2.1 s", Style.STATUS_NEWS),
        (0.012, 1, "1.0 s", Style.STATUS_DIM),
        (0.012, 2, "2.0 s", Style.STATUS_NEWS),
        (4.9, 4, "4.9 s", Style.STATUS_NEWS),
        (5.2, 5, "no answer for 5 s", Style.STATUS_NEWS),
        (12.5, 12, "no answer for 12 s", Style.STATUS_NEWS),
    ],
)
def test_a_server_that_is_slow_to_answer_stands_out(lag: float, silence: int, text: str, style: Style) -> None:
    frame = Frame()
    frame.show(replace(ROOM, status=Status("alice", Link.ONLINE, "", lag, 0, silence=silence)))
    assert styles(frame.render((79, 12)), 10)[text] == style


def test_a_question_in_the_lobby_is_to_be_read_to_its_end() -> None:
    question = "Open the room biscuits: what is it about? Enter alone for no topic, Esc to go back."
    for columns in (80, 40, 30):
        frame = Frame()
        frame.show(replace(LOBBY, question=question))
        rows = texts(frame.render((columns, 24)))
        asked = " ".join(" ".join(rows[:-2]).split())
        assert question in asked
        assert max(map(len, rows)) <= columns


def test_who_waits_for_a_server_sees_why_and_which_keys_there_are() -> None:
    frame = Frame()
    waiting = Status("", Link.LOST, "nothing listens on localhost 8080; trying again in 3 s", None, 0)
    frame.show(replace(USERNAME, status=waiting))
    drawn = texts(frame.render((80, 24)))
    assert drawn[-1] == " nothing listens on localhost 8080; trying again in 3 s"
    assert any("Enter tries at once · Esc leaves" in row for row in drawn)
    assert "nothing listens" in texts(frame.render((60, 4)))[0]


def test_while_connecting_it_says_so() -> None:
    assert bar(Status("alice", Link.CONNECTING, "", None, 0)) == " alice · tea · connecting …"


def test_above_what_is_new_the_bar_tells_how_to_get_there() -> None:
    frame = Frame()
    frame.show(with_many())
    frame.render((79, 12))
    assert frame.following
    frame.scroll("page_up")
    frame.show(with_many(arrived=12))
    assert texts(frame.render((79, 12)))[-2].endswith("12 new, End to jump")
    frame.show(with_many())
    assert texts(frame.render((79, 12)))[-2].endswith("-- more --")
    assert not frame.following
    assert not frame.at_end
    frame.scroll("end")
    assert texts(frame.render((79, 12)))[-2] == " alice · tea · 23 ms"


def test_each_room_stays_where_it_was_scrolled() -> None:
    view = with_many()
    frame = Frame()
    frame.show(view)
    frame.render((79, 12))
    frame.scroll("top")
    tea = texts(frame.render((79, 12)))
    assert frame.at_top
    frame.show(replace(view, room="coffee"))
    assert numbers(texts(frame.render((79, 12))))[-1] == 100
    frame.show(view)
    assert texts(frame.render((79, 12))) == tea


def test_a_room_that_was_left_is_forgotten() -> None:
    frame = Frame()
    frame.show(with_many())
    frame.render((79, 12))
    frame.scroll("top")
    frame.show(replace(with_many(), room="coffee", tabs=(Tab("coffee", 0, False, True),)))
    frame.show(with_many())
    assert frame.following


def test_the_lobby_is_a_table() -> None:
    assert drawn(LOBBY, 72, 10) == [
        " chatroom · 3 rooms" + "localhost".rjust(52),
        "   room      people   topic",
        " • tea        3/256   Tea and biscuits",
        "   biscuits      12" + "yours".rjust(52),
        "   coffee     20/20   For those who must" + "full".rjust(31),
        "",
        "",
        " Type to filter · Enter join · Alt+Enter create · F1 keys",
        " alice · lobby · 23 ms",
        " Room:",
    ]


def test_the_chosen_room_stands_out_and_a_full_one_steps_back() -> None:
    frame = Frame()
    frame.show(LOBBY)
    canvas = frame.render((72, 10))
    assert styles(canvas, 3)["biscuits"] == Style.CHOSEN
    assert Style.TEXT in styles(canvas, 2).values()
    assert Style.TEXT not in styles(canvas, 4).values()


def test_the_chosen_room_is_in_view_however_many_there_are() -> None:
    many = tuple(Row(f"room{number}", "", 0, 0, joined=False, own=False) for number in range(100))
    assert any("room77" in row for row in drawn(replace(LOBBY, rows=many, chosen=77, total=100)))


def test_a_filter_says_how_many_it_leaves() -> None:
    assert drawn(replace(LOBBY, total=12))[0].startswith(" chatroom · 3 of 12 rooms")


def test_an_empty_lobby_says_what_to_do() -> None:
    rows = drawn(replace(LOBBY, rows=(), chosen=None, total=0))
    assert rows[1] == " No room is open. Type a name and press Enter to open one."


def test_a_question_stands_in_place_of_the_keys() -> None:
    frame = Frame()
    frame.show(replace(LOBBY, question="Delete biscuits?"))
    assert styles(frame.render((72, 10)), 7) == {"Delete biscuits?": Style.QUESTION}


def test_what_is_new_in_the_lobby_stands_below_the_rooms() -> None:
    rows = drawn(replace(LOBBY, lines=tuple(said(number) for number in range(1, 9))), 72, 24)
    assert numbers(rows) == [4, 5, 6, 7, 8]


def test_the_first_page_is_a_box_in_the_middle() -> None:
    frame = Frame()
    frame.show(USERNAME)
    canvas = frame.render((80, 24))
    rows = texts(canvas)
    asking = next(number for number, row in enumerate(rows) if "Your name: ali" in row)
    assert any("Choose a name: the others will see it." in row for row in rows)
    assert canvas.cursor == (rows[asking].index("ali") + 3, asking)
    box = [row for row in rows[:-1] if row]
    assert box[0].strip()[0] + box[0].strip()[-1] + box[-1].strip()[0] + box[-1].strip()[-1] == "╭╮╰╯"
    assert {(len(row) - len(row.lstrip()), len(row)) for row in box} == {(10, 70)}
    assert rows.index(box[0]) == (len(rows[:-1]) - len(box)) // 2


def test_the_first_page_says_what_is_wrong_with_a_name() -> None:
    frame = Frame()
    frame.show(replace(USERNAME, notice="alice is in use."))
    canvas = frame.render((80, 24))
    assert len("".join(texts(canvas)).split("│")) == len("".join(drawn(USERNAME, 80, 24)).split("│"))
    row = next(number for number, text in enumerate(texts(canvas)) if "alice is in use." in text)
    assert styles(canvas, row)["alice is in use."] == Style.ERROR


def test_the_keys_are_listed_and_can_be_scrolled_through() -> None:
    lines = tuple((f"F{number}", f"does {number}") for number in range(1, 41))
    frame = Frame()
    frame.show(HelpView((("Keys", lines),), ONLINE))
    first = texts(frame.render((60, 12)))
    assert first[1:4] == [" Keys", " F1   does 1", " F2   does 2"]
    frame.scroll("page_down")
    assert texts(frame.render((60, 12)))[1] == first[10]
    frame.scroll("end")
    assert " F40  does 40" in texts(frame.render((60, 12)))
    frame.scroll("page_up")
    assert " F40  does 40" not in texts(frame.render((60, 12)))
    frame.scroll("top")
    assert texts(frame.render((60, 12))) == first


def test_in_a_wide_terminal_the_groups_of_keys_stand_side_by_side() -> None:
    groups = (("One", (("F1", "does one"),)), ("Two", (("F2", "does two"),)))
    rows = drawn(HelpView(groups, ONLINE), 200)
    assert rows[1].split() == ["One", "Two"]
    assert rows[2].split() == ["F1", "does", "one", "F2", "does", "two"]


def test_in_a_tiny_terminal_there_is_the_input_and_what_was_said_last() -> None:
    assert drawn(ROOM, 19, 3)[1:] == ["bob: message 2", "> hello"]


def test_in_a_single_row_there_is_the_input() -> None:
    assert drawn(ROOM, 10, 1) == ["> hello"]
    assert drawn(LOBBY, 14, 1) == ["Room:"]


def test_before_anything_is_shown_it_is_blank() -> None:
    assert texts(Frame().render((10, 2))) == ["", ""]


def test_no_key_is_taken() -> None:
    assert Frame().keypress((80, 24), "enter") == "enter"
