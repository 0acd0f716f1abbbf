"""A whole screen: what stands where, and what gives way when there is little room."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chatroom.client.drawing.themes import Style
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.views.lines import Line, Private
from chatroom.client.views.view import (
    Connectivity,
    HelpView,
    InputLine,
    LobbyRoom,
    LobbyView,
    RoomView,
    Status,
    Tab,
    UsernameView,
    View,
)
from tests.client.drawing.reading import EMPTY, EVENING, numbers, said, styles, texts

ROOM = replace(
    EMPTY,
    tabs=(Tab("tea", 0, False, True), Tab("coffee", 2, False, False)),
    members=("alice", "bob"),
    count=2,
    lines=(said(1), said(2)),
    input=InputLine("> ", "hello", 5),
    status=replace(EMPTY.status, elsewhere=(Tab("coffee", 2, False, False),)),
)
QUIET = (Tab("tea", 0, False, True), Tab("coffee", 0, False, False))
ONLINE = Status("alice", Connectivity.ONLINE, "", 0.023, 0)
ROWS = (
    LobbyRoom("tea", "Tea and biscuits", 3, 256, joined=True, own=False),
    LobbyRoom("biscuits", "", 12, 0, joined=False, own=True),
    LobbyRoom("coffee", "For those who must", 20, 20, joined=False, own=False),
)
LOBBY = LobbyView("localhost", ROWS, 1, 3, "", (), InputLine("Room: ", "", 0), ONLINE)
USERNAME = UsernameView("localhost", "", InputLine("Your name: ", "ali", 3), Status("", Connectivity.NONE, "", None, 0))


def drawn(view: View, columns: int = 100, height: int = 12) -> list[str]:
    """Return the rows of *view*."""
    widget = ViewWidget()
    widget.show(view)
    return texts(widget.render((columns, height)))


def bar(status: Status, **changes: object) -> str:
    """Return the bar above the input in a room with *status*."""
    return drawn(replace(ROOM, tabs=QUIET, status=status, **changes), 79)[-2]  # type: ignore[arg-type]


def with_many(*, arrived: int = 0) -> RoomView:
    lines: tuple[Line, ...] = tuple(said(number) for number in range(1, 101))
    return replace(ROOM, tabs=QUIET, lines=lines, arrived=arrived)


def test_a_room_has_all_around_it_where_there_is_room() -> None:
    assert drawn(ROOM, 100, 8) == [
        " tea · Tea and biscuits" + "2 people".rjust(76),
        " 1 tea       │" + "│ alice".rjust(83),
        " 2 coffee  2 │                          — the room begins here —                          │ bob",
        "             │                       ── Friday, 20 November 2026 ──                       │",
        "             │ 23:20   bob  message 1                                                     │",
        "             │              message 2                                                     │",
        " alice · tea · ● 23 ms" + "coffee 2".rjust(77),
        " > hello",
    ]


def test_a_talk_has_no_list_of_people() -> None:
    tabs = (Tab("tea", 0, False, False), Tab("@bob", 0, False, True))
    talk = replace(ROOM, room="@bob", topic="kept by the server", count=0, tabs=tabs, members=(), kind="talk")
    assert drawn(talk, 100, 8)[:3] == [
        " @bob · kept by the server",
        " 1 tea     │",
        " 2 @bob    │" + " " * 32 + "— the talk begins here —",
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
    widget = ViewWidget()
    widget.show(ROOM)
    widget.render((100, 12))
    widget.toggle_rooms()
    widget.toggle_members()
    assert not any("2 coffee" in row or "│ bob" in row for row in texts(widget.render((100, 12))))
    widget.toggle_rooms()
    widget.toggle_members()
    shown = "\n".join(texts(widget.render((100, 12))))
    assert "coffee" in shown
    assert "│ bob" in shown


def test_a_panel_that_is_hidden_and_shown_again_is_as_it_fits() -> None:
    widget = ViewWidget()
    widget.show(ROOM)
    for columns in (100, 60):
        widget.render((columns, 12))
        widget.toggle_rooms()
        widget.toggle_members()
        switched = widget.wanted
        widget.toggle_rooms()
        widget.toggle_members()
        assert (switched, widget.wanted) == ((columns == 60, columns == 60), (None, None))


def test_a_panel_that_is_wanted_is_shown_in_a_narrow_terminal_too() -> None:
    widget = ViewWidget()
    widget.show(ROOM)
    widget.render((60, 12))
    widget.toggle_members()
    assert any("│ bob" in row for row in texts(widget.render((60, 12))))
    assert not any("│ bob" in row for row in texts(widget.render((30, 12))))
    widget.toggle_rooms()
    assert not any("1 tea" in row for row in texts(widget.render((30, 12))))


def test_a_tall_terminal_has_a_line_under_the_title() -> None:
    assert len(drawn(ROOM, 100, 29)[1].split()) > 1
    rows = drawn(ROOM, 100, 30)
    assert [column for column, cell in enumerate(rows[1]) if cell == "┬"] == [13, 90]
    assert rows[2].startswith(" 1 tea       │")
    assert rows[2][90] == "│"


def test_the_cursor_is_where_the_next_character_will_be() -> None:
    widget = ViewWidget()
    widget.show(ROOM)
    assert widget.render((100, 12)).cursor == (len(" > hello"), 11)


def test_the_input_grows_to_a_third_of_the_screen() -> None:
    news = replace(ONLINE, elsewhere=ROOM.tabs[1:])
    rows = drawn(replace(ROOM, status=news, input=InputLine("> ", "1\n2\n3\n4\n5\n6", 11)), 79, 12)
    assert rows[-5:] == [" alice · tea · ● 23 ms" + "coffee 2".rjust(56), "   3", "   4", "   5", "   6"]


def test_what_tab_offers_stands_above_the_input_and_moves_nothing() -> None:
    offered = drawn(replace(ROOM, input=InputLine("> ", "al", 2, ("alan", "albert"), 0)), 79)
    assert offered[-2:] == [" alan  albert", " > al"]
    assert offered[:-2] == drawn(ROOM, 79)[:-2]


def test_the_bar_says_who_one_is_where_and_how_long_the_server_takes() -> None:
    assert bar(ONLINE) == " alice · tea · ● 23 ms"
    assert bar(replace(ONLINE, lag=2.25)) == " alice · tea · ◐ 2.2 s"


def test_the_bar_says_on_the_right_what_is_new_in_other_rooms() -> None:
    tabs = (
        Tab("tea", 1, True, True),
        Tab("coffee", 120, False, False),
        Tab("cake", 0, False, False),
        Tab("milk", 3, True, False),
    )
    view = replace(ROOM, tabs=tabs, status=replace(ONLINE, elsewhere=tabs))
    for columns in (79, 80):
        assert drawn(view, columns)[-2] == " alice · tea · ● 23 ms" + "milk @3 · coffee 99+".rjust(columns - 23)
    # What matters least gives way.
    assert drawn(view, 34)[-2] == " alice · tea · ● 23 ms    milk @3"

    widget = ViewWidget()
    widget.show(view)
    assert drawn(replace(LOBBY, status=view.status), 100)[
        -2
    ] == " alice · lobby · ● 23 ms" + "milk @3 · coffee 99+".rjust(75)
    looks = styles(widget.render((79, 12)), 10)
    assert (looks["milk @3"], looks["· coffee 99+"]) == (Style.STATUS_NEWS, Style.STATUS)


def test_what_waits_here_stands_before_what_waits_elsewhere() -> None:
    state = replace(ONLINE, unsent=2, remark="Esc goes back", reports="1 open report", hidden=3)
    state = replace(state, elsewhere=ROOM.tabs[1:])
    told = "2 waiting · Esc goes back · coffee 2 · 1 open report · 3 hidden, Alt+= shows"
    assert drawn(replace(ROOM, status=state), 120)[-2].endswith(f"   {told}")
    assert drawn(replace(ROOM, status=state), 60)[-2].endswith("● 23 ms            2 waiting · Esc goes back")


def test_the_title_says_who_is_here_and_shows_the_link_of_the_topic() -> None:
    widget = ViewWidget()
    widget.show(replace(ROOM, topic="see https://tea.example/menu for more", count=12, lately=3))
    canvas = widget.render((100, 12))
    assert texts(canvas)[0].endswith("  12 people · 3 here lately")
    assert styles(canvas, 0)["https://tea.example/menu"] == f"{Style.LINK} https://tea.example/menu"
    assert styles(canvas, 0)["· see"] == Style.TITLE_DIM
    assert texts(widget.render((59, 12)))[0].endswith("12 people")


def test_the_bar_says_how_to_see_who_came_and_went() -> None:
    assert bar(replace(ONLINE, hidden=3)) == " alice · tea · ● 23 ms" + "3 hidden, Alt+= shows".rjust(56)


def test_the_words_that_one_watches_for_stand_out() -> None:
    widget = ViewWidget()
    widget.show(replace(ROOM, lines=(said(1, "cake, anyone?"),), status=replace(ONLINE, highlight_words=("cake",))))
    assert styles(widget.render((79, 12)), 9)["cake"] == Style.MENTION


def test_a_lost_connection_is_said_in_an_alarming_look() -> None:
    widget = ViewWidget()
    widget.show(replace(ROOM, status=Status("alice", Connectivity.LOST, "back in 3 s", None, 2)))
    looks = styles(widget.render((79, 12)), 10)
    assert looks["○ back in 3 s"] == Style.STATUS_ALERT
    assert "2 waiting" in looks


@pytest.mark.parametrize(
    ("lag", "silence", "text", "style"),
    [
        (0.012, 0, "● 12 ms", Style.STATUS_DIM),
        (2.0, 0, "● 2.0 s", Style.STATUS_DIM),
        (2.1, 0, "◐ 2.1 s", Style.STATUS_NEWS),
        (0.012, 1, "● 1.0 s", Style.STATUS_DIM),
        (2.1, 1, "◐ 2.1 s", Style.STATUS_NEWS),
        (0.012, 2, "◐ no answer for 2 s", Style.STATUS_NEWS),
        (12.5, 12, "◐ no answer for 12 s", Style.STATUS_NEWS),
    ],
)
def test_a_server_that_is_slow_to_answer_stands_out(lag: float, silence: int, text: str, style: Style) -> None:
    widget = ViewWidget()
    widget.show(replace(ROOM, status=Status("alice", Connectivity.ONLINE, "", lag, 0, silence=silence)))
    assert styles(widget.render((79, 12)), 10)[text] == style


def test_what_keeps_one_from_speaking_stands_out() -> None:
    widget = ViewWidget()
    widget.show(replace(ROOM, tabs=QUIET, status=replace(ONLINE, restraint="muted for 9 min (shouting)")))
    canvas = widget.render((79, 12))
    assert texts(canvas)[-2].startswith(" alice · tea · ● 23 ms · muted for 9 min (shouting)")
    assert styles(canvas, 10)["muted for 9 min (shouting)"] == Style.STATUS_NEWS


def test_how_many_reports_are_open_is_told_quietly() -> None:
    widget = ViewWidget()
    widget.show(replace(ROOM, tabs=QUIET, status=replace(ONLINE, reports="2 open reports")))
    assert styles(widget.render((79, 12)), 10)["2 open reports"] == Style.STATUS_DIM


def test_a_question_in_the_lobby_is_to_be_read_to_its_end() -> None:
    question = "Open the room biscuits: what is it about? Enter alone for no topic, Esc to go back."
    for columns in (80, 40, 30):
        widget = ViewWidget()
        widget.show(replace(LOBBY, question=question))
        rows = texts(widget.render((columns, 24)))
        asked = " ".join(" ".join(rows[:-2]).split())
        assert question in asked
        assert max(map(len, rows)) <= columns


def test_who_waits_for_a_server_sees_why_and_which_keys_there_are() -> None:
    widget = ViewWidget()
    waiting = Status("", Connectivity.LOST, "nothing listens on localhost 8080; trying again in 3 s", None, 0)
    widget.show(replace(USERNAME, status=waiting))
    drawn = texts(widget.render((80, 24)))
    assert drawn[-1] == " ○ nothing listens on localhost 8080; trying again in 3 s"
    assert any("Enter tries at once · Esc leaves" in row for row in drawn)
    assert "nothing listens" in texts(widget.render((60, 4)))[0]


def test_while_connecting_it_says_so() -> None:
    assert bar(Status("alice", Connectivity.CONNECTING, "", None, 0)) == " alice · tea · ◐ connecting …"


def test_above_what_is_new_the_bar_tells_how_to_get_there() -> None:
    widget = ViewWidget()
    widget.show(with_many())
    widget.render((79, 12))
    assert widget.following
    widget.scroll("page_up")
    widget.show(with_many(arrived=12))
    assert texts(widget.render((79, 12)))[-2].endswith("12 new, End to jump · coffee 2")
    widget.show(with_many())
    assert texts(widget.render((79, 12)))[-2].endswith("-- more -- · coffee 2")
    assert not widget.following
    assert not widget.at_end
    widget.scroll("end")
    assert texts(widget.render((79, 12)))[-2] == " alice · tea · ● 23 ms" + "coffee 2".rjust(56)


def test_each_room_stays_where_it_was_scrolled() -> None:
    view = with_many()
    widget = ViewWidget()
    widget.show(view)
    widget.render((79, 12))
    widget.scroll("top")
    tea = texts(widget.render((79, 12)))
    assert widget.at_top
    widget.show(replace(view, room="coffee"))
    assert numbers(texts(widget.render((79, 12))))[-1] == 100
    widget.show(view)
    assert texts(widget.render((79, 12))) == tea


def test_a_room_that_was_left_is_forgotten() -> None:
    widget = ViewWidget()
    widget.show(with_many())
    widget.render((79, 12))
    widget.scroll("top")
    widget.show(replace(with_many(), room="coffee", tabs=(Tab("coffee", 0, False, True),)))
    widget.show(with_many())
    assert widget.following


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
        " alice · lobby · ● 23 ms",
        " Room:",
    ]


def test_where_there_is_no_place_for_topics_nothing_is_cut_for_them() -> None:
    rooms = [replace(LOBBY.rooms[0], room="the-room-of-the-night-owls"), LOBBY.rooms[2]]
    assert drawn(replace(LOBBY, rooms=rooms), 40, 10)[1:4] == [
        "   room                        people",
        " • the-room-of-the-night-owls   3/256",
        "   coffee                       20/20  …",
    ]


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"guests": False}, "no guests · yours"), ({"private": True, "invited": True, "own": False}, "private · invited")],
)
def test_a_room_that_does_not_let_in_everybody_says_so(fields: dict[str, Any], told: str) -> None:
    rooms = [replace(LOBBY.rooms[1], **fields), *LOBBY.rooms[2:]]
    assert drawn(replace(LOBBY, rooms=rooms), 72, 10)[2].endswith(told)


def test_who_writes_to_one_in_the_lobby_has_the_hue_that_one_has_chosen() -> None:
    widget = ViewWidget()
    widget.show(replace(LOBBY, lines=(Private(EVENING, "bob", "alice", "psst"),), hues={"bob": 3}))
    drawn = widget.render((72, 20))
    [row] = [number for number, text in enumerate(texts(drawn)) if "psst" in text]
    assert styles(drawn, row)["bob"] == "name-3"


def test_the_chosen_room_stands_out_and_a_full_one_steps_back() -> None:
    widget = ViewWidget()
    widget.show(LOBBY)
    canvas = widget.render((72, 10))
    assert styles(canvas, 3)["biscuits"] == Style.CHOSEN
    assert Style.TEXT in styles(canvas, 2).values()
    assert Style.TEXT not in styles(canvas, 4).values()


def test_what_was_said_last_stands_behind_the_topic_where_there_is_room() -> None:
    rooms = (replace(ROWS[0], last=said(1, "hello\nall")), replace(ROWS[1], topic="All about them"), ROWS[2])
    view = replace(LOBBY, rooms=rooms)
    assert drawn(view, 72, 10)[2:5] == [
        " • tea        3/256   Tea and biscuits    bob: hello all",
        "   biscuits      12   All about them" + "yours".rjust(35),
        "   coffee     20/20   For those who must" + "full".rjust(31),
    ]
    assert "bob" not in drawn(view, 48, 10)[2]


def test_the_chosen_room_is_in_view_however_many_there_are() -> None:
    many = tuple(LobbyRoom(f"room{number}", "", 0, 0, joined=False, own=False) for number in range(100))
    assert any("room77" in row for row in drawn(replace(LOBBY, rooms=many, chosen=77, total=100)))


def test_a_filter_says_how_many_it_leaves() -> None:
    assert drawn(replace(LOBBY, total=12))[0].startswith(" chatroom · 3 of 12 rooms")


def test_an_empty_lobby_says_what_to_do() -> None:
    rows = drawn(replace(LOBBY, rooms=(), chosen=None, total=0))
    assert rows[1] == " No room is open. Type a name and press Enter to open one."


def test_a_question_stands_in_place_of_the_keys() -> None:
    widget = ViewWidget()
    widget.show(replace(LOBBY, question="Delete biscuits?"))
    assert styles(widget.render((72, 10)), 7) == {"Delete biscuits?": Style.QUESTION}


def test_what_is_new_in_the_lobby_stands_below_the_rooms() -> None:
    rows = drawn(replace(LOBBY, lines=tuple(said(number) for number in range(1, 9))), 72, 24)
    assert numbers(rows) == [4, 5, 6, 7, 8]


def test_the_first_screen_is_a_box_in_the_middle() -> None:
    widget = ViewWidget()
    widget.show(USERNAME)
    canvas = widget.render((80, 24))
    rows = texts(canvas)
    asking = next(number for number, row in enumerate(rows) if "Your name: ali" in row)
    assert any("Choose a name: the others will see it." in row for row in rows)
    assert canvas.cursor == (rows[asking].index("ali") + 3, asking)
    box = [row for row in rows[:-1] if row]
    assert box[0].strip()[0] + box[0].strip()[-1] + box[-1].strip()[0] + box[-1].strip()[-1] == "╭╮╰╯"
    assert {(len(row) - len(row.lstrip()), len(row)) for row in box} == {(10, 70)}
    assert rows.index(box[0]) == (len(rows[:-1]) - len(box)) // 2


def test_the_first_screen_says_what_is_wrong_with_a_name() -> None:
    widget = ViewWidget()
    widget.show(replace(USERNAME, notice="alice is in use."))
    canvas = widget.render((80, 24))
    assert len("".join(texts(canvas)).split("│")) == len("".join(drawn(USERNAME, 80, 24)).split("│"))
    row = next(number for number, text in enumerate(texts(canvas)) if "alice is in use." in text)
    assert styles(canvas, row)["alice is in use."] == Style.ERROR


def test_the_keys_are_listed_and_can_be_scrolled_through() -> None:
    lines = tuple((f"F{number}", f"does {number}") for number in range(1, 41))
    widget = ViewWidget()
    widget.show(HelpView((("Keys", lines),), ONLINE, InputLine("Find: ", "", 0)))
    first = texts(widget.render((60, 12)))
    assert first[1:4] == [" Keys", " F1   does 1", " F2   does 2"]
    widget.scroll("page_down")
    assert texts(widget.render((60, 12)))[1] == first[9]
    widget.scroll("end")
    assert " F40  does 40" in texts(widget.render((60, 12)))
    widget.scroll("page_up")
    assert " F40  does 40" not in texts(widget.render((60, 12)))
    widget.scroll("top")
    assert texts(widget.render((60, 12))) == first
    widget.scroll("end")
    widget.show(HelpView((("Keys", lines[:30]),), ONLINE, InputLine("Find: ", "f", 1)))
    assert texts(widget.render((60, 12)))[1:4] == first[1:4]


def test_that_no_key_is_found_is_said() -> None:
    rows = drawn(HelpView((), ONLINE, InputLine("Find: ", "qqq", 3)), 40)
    assert rows[1:3] == [" No command or key is described by all", " these words."]
    assert rows[-1] == " Find: qqq"


def test_in_a_wide_terminal_the_groups_of_keys_stand_side_by_side() -> None:
    groups = (("One", (("F1", "does one"),)), ("Two", (("F2", "does two"),)))
    rows = drawn(HelpView(groups, ONLINE, InputLine("Find: ", "", 0)), 200)
    assert rows[1].split() == ["One", "Two"]
    assert rows[2].split() == ["F1", "does", "one", "F2", "does", "two"]


def test_in_a_tiny_terminal_there_is_the_input_and_what_was_said_last() -> None:
    assert drawn(ROOM, 19, 3)[1:] == ["bob: message 2", "> hello"]


def test_in_a_single_row_there_is_the_input() -> None:
    assert drawn(ROOM, 10, 1) == ["> hello"]
    assert drawn(LOBBY, 14, 1) == ["Room:"]


def test_before_anything_is_shown_it_is_blank() -> None:
    assert texts(ViewWidget().render((10, 2))) == ["", ""]


def test_no_key_is_taken() -> None:
    assert ViewWidget().keypress((80, 24), "enter") == "enter"
