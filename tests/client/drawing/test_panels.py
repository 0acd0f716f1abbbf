"""The lists beside a room: the rooms one is in with what is new there, and who is here."""

from __future__ import annotations

from chatroom.client.drawing import panels
from chatroom.client.drawing.name_looks import name_style
from chatroom.client.drawing.rows import Row
from chatroom.client.drawing.themes import Style
from chatroom.client.views.view import Tab


def tabs(*rooms: Tab, height: int = 20) -> list[str]:
    return [joined(row) for row in panels.tabs(rooms, 16, height)]


def members(names: list[str], count: int, height: int) -> list[str]:
    return [joined(row).rstrip() for row in panels.members(names, count, 16, height, name_style)]


def joined(row: Row) -> str:
    return "".join(text for _, text in row)


def test_a_room_has_the_digit_that_leads_to_it_and_what_is_unread() -> None:
    assert tabs(Tab("tea", 0, False, True), Tab("biscuits", 3, False, False)) == [
        " 1 tea          ",
        " 2 biscuits   3 ",
    ]


def test_a_mention_is_marked() -> None:
    assert tabs(Tab("tea", 2, True, False)) == [" 1 tea       @2 "]


def test_a_room_in_which_something_is_begun_says_so_before_what_is_new() -> None:
    assert tabs(Tab("tea", 0, False, False, begun=True), Tab("ops", 2, True, False, begun=True)) == [
        " 1 tea        … ",
        " 2 ops     … @2 ",
    ]
    assert panels.tabs_width([Tab("ops", 2, True, False, begun=True)]) == len(" 2 ops … @2 ")


def test_no_more_than_99_are_counted() -> None:
    assert tabs(Tab("tea", 100, False, False)) == [" 1 tea      99+ "]


def test_a_long_name_is_cut() -> None:
    assert tabs(Tab("biscuits-and-cake", 100, True, False)) == [" 1 biscui… @99+ "]


def test_the_tenth_room_is_at_0_and_the_eleventh_has_no_digit() -> None:
    rooms = tabs(*(Tab(f"room{number}", 0, False, False) for number in range(1, 12)))
    assert rooms[9:] == [" 0 room10       ", "   room11       "]


def test_the_current_room_is_in_view_however_many_there_are() -> None:
    rooms = [Tab(f"room{number}", 0, False, number == 30) for number in range(40)]
    assert "   room30       " in tabs(*rooms, height=5)
    assert tabs(*rooms, height=1) == ["   room30       "]


def test_the_last_row_says_how_many_more_there_are_and_whether_one_of_them_calls() -> None:
    rooms = [Tab(f"room{number}", 0, False, number == 1) for number in range(9)]
    assert tabs(*rooms, height=5) == [*tabs(*rooms[:4]), " + 5 more"]
    assert len(tabs(*rooms, height=9)) == 9
    for tab, look in (
        (Tab("a", 1, True, False), Style.TAB_MENTION),
        (Tab("a", 1, False, False), Style.TAB_UNREAD),
        (Tab("a", 0, False, False), Style.TAB),
    ):
        assert panels.tabs([*rooms, tab], 16, 5)[-1][0][0] == look
    assert [panels.tab_at(rooms, 5, row) for row in (0, 3, 4)] == [rooms[0], rooms[3], None]


def test_what_calls_for_attention_has_its_own_look() -> None:
    rooms = (Tab("a", 0, False, True), Tab("b", 1, False, False), Tab("c", 1, True, False), Tab("d", 0, False, False))
    looks = [row[-1][0] for row in panels.tabs(rooms, 16, 4)]
    assert looks == [Style.CHOSEN, Style.TAB_UNREAD, Style.TAB_MENTION, Style.TAB]


def test_a_muted_room_is_dim() -> None:
    rooms = (Tab("a", 0, False, True, muted=True), Tab("b", 0, False, False, muted=True))
    assert [row[-1][0] for row in panels.tabs(rooms, 16, 2)] == [Style.CHOSEN_DIM, Style.DIM]


def test_everybody_is_listed_in_the_colour_of_the_name() -> None:
    assert panels.members(["alice"], 1, 16, 3, name_style) == [((name_style("alice"), "alice"),)]


def test_as_many_as_fit_are_listed_without_a_remark() -> None:
    assert members(["a", "b", "c"], 3, 3) == ["a", "b", "c"]


def test_if_there_are_more_it_says_how_many() -> None:
    assert members(["a", "b", "c", "d"], 4, 3) == ["a", "b", "+ 2 more"]


def test_in_a_big_room_nobody_is_named() -> None:
    assert members([], 700, 3) == ["700 people"]


def test_those_whose_names_are_not_known_are_counted() -> None:
    assert members(["a"], 700, 3) == ["a", "+ 699 more"]


def test_who_has_a_role_is_marked_and_all_names_stand_below_each_other() -> None:
    roles = {"ann": "owner", "bob": "moderator", "dan": "operator", "eve": "something new"}
    rows = panels.members(["ann", "bob", "carol", "dan", "eve"], 5, 16, 5, name_style, roles)
    assert [joined(row) for row in rows] == ["~ann", "@bob", " carol", "&dan", " eve"]
    assert rows[1] == ((name_style("bob"), "@bob"),)
    assert joined(panels.members(["eve"], 1, 16, 1, name_style, roles)[0]) == "eve"
