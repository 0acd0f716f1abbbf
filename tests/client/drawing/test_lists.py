"""Lists over a screen: what was found, rooms to go to, and what is chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chatroom.client.drawing.themes import Style
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.keys.actions import Action
from chatroom.client.views.items import Day, FoundMessage, RoomItem
from chatroom.client.views.view import Connectivity, InputLine, ListView, Status, View
from tests.client.drawing.reading import EMPTY, said, styles, texts

FOUND = ListView(
    title="Found in tea",
    about="kettle",
    count="2 found",
    items=(
        Day(date(2026, 11, 20)),
        FoundMessage("tea", said(1, "The kettle is on"), ((4, 10),)),
        FoundMessage("tea", said(2, "two\nkettles"), ((4, 11),)),
    ),
    chosen=2,
    notice="",
    error=False,
    keys=((Action.SUBMIT, "go there"), (Action.CANCEL, "back")),
    input=InputLine("Search: ", "kettle", 6),
    status=EMPTY.status,
)
PLACES = replace(
    FOUND,
    title="Catching up",
    items=(
        RoomItem("tea", "Tea and biscuits", 12, 1, joined=True),
        FoundMessage("tea", said(1, "alice: tea?")),
        RoomItem("coffee", "For those who must", 0, 0, joined=False),
    ),
    chosen=0,
    input=None,
)


def drawn(view: View, columns: int = 60, height: int = 10) -> list[str]:
    """Return the rows of *view*."""
    widget = ViewWidget()
    widget.show(view)
    return texts(widget.render((columns, height)))


def test_what_was_taken_back_says_so() -> None:
    item = FoundMessage("tea", replace(said(1, ""), retraction="taken back"), ((4, 10),))
    view = replace(FOUND, items=(item,), chosen=None)
    assert drawn(view)[1] == " 23:20   bob  taken back"


def test_what_was_found_is_a_row_each_under_its_day() -> None:
    assert drawn(FOUND) == [
        " Found in tea · kettle" + "2 found".rjust(37),
        "               ── Friday, 20 November 2026 ──",
        " 23:20   bob  The kettle is on",
        " 23:20   bob  two ⏎ kettles",
        "",
        "",
        "",
        " Enter go there · Esc back",
        " alice · ● 23 ms",
        " Search: kettle",
    ]


def test_who_speaks_has_their_hue_of_that_room() -> None:
    items = (FoundMessage("tea", said(1), named=True), FoundMessage("coffee", said(2), named=True))
    widget = ViewWidget()
    widget.show(replace(FOUND, items=items, chosen=None, hues={"tea": {"bob": 3}, "coffee": {"bob": 4}}))
    drawn = widget.render((60, 10))
    assert [styles(drawn, row)["bob"] for row in (1, 2)] == ["name-3", "name-4"]


def test_what_was_looked_for_stands_out_and_what_is_chosen_too() -> None:
    widget = ViewWidget()
    widget.show(FOUND)
    canvas = widget.render((60, 10))
    assert styles(canvas, 2)["kettle"] == Style.MENTION
    assert styles(canvas, 3)["kettles"] == Style.CHOSEN
    assert set(styles(canvas, 3).values()) == {Style.CHOSEN, Style.CHOSEN_DIM}


def test_what_stands_far_behind_is_seen() -> None:
    text = "never " * 100 + "kettle and on"
    far = replace(FOUND, items=(FoundMessage("tea", said(1, text), ((600, 606),)),), chosen=0)
    assert drawn(far)[1].endswith("… never never never kettle and on")


def test_a_text_that_is_too_long_ends_once() -> None:
    wide = FoundMessage("tea", said(1, "日本語" * 20), ((3, 6), (9, 45)))
    for columns in range(40, 90):
        assert drawn(replace(FOUND, items=(wide,), chosen=0), columns)[1].count("…") == 1


def test_the_room_is_told_where_there_are_several() -> None:
    items = (FoundMessage("tea", said(1, "alice!"), named=True), FoundMessage("coffee", said(2, "alice?"), named=True))
    assert drawn(replace(FOUND, items=items, chosen=0))[1:3] == [
        " 23:20 tea      bob  alice!",
        " 23:20 coffee   bob  alice?",
    ]


def test_rooms_have_what_is_new_in_them_beside_them_and_a_space_between() -> None:
    assert drawn(PLACES)[1:5] == [
        " • tea     12 new, 1 mention  Tea and biscuits",
        " 23:20   bob  alice: tea?",
        "",
        "   coffee                     For those who must",
    ]


def test_what_is_new_in_a_talk_is_all_for_the_user() -> None:
    talk = RoomItem("@bob", "kept by the server", 2, 2, joined=True, private=True)
    widget = ViewWidget()
    widget.show(replace(PLACES, items=(talk,), chosen=None))
    canvas = widget.render((60, 10))
    assert texts(canvas)[1].rstrip() == " • @bob  2 new  kept by the server"
    assert Style.TAB_MENTION in styles(canvas, 1).values()


def test_the_chosen_line_is_in_view_however_many_there_are() -> None:
    many = tuple(FoundMessage("tea", said(number)) for number in range(500))
    for chosen in (0, 3, 250, 499):
        assert any(row.endswith(f" message {chosen}") for row in drawn(replace(FOUND, items=many, chosen=chosen)))


def test_where_there_is_nothing_it_says_why() -> None:
    nothing = replace(FOUND, items=(), chosen=None, notice="Nobody said that in tea.")
    assert drawn(nothing)[1] == " Nobody said that in tea."
    assert drawn(nothing)[-3] == " Enter go there · Esc back"


def test_what_is_wrong_stands_in_place_of_the_keys() -> None:
    widget = ViewWidget()
    widget.show(replace(FOUND, notice="A quoted phrase is not closed.", error=True))
    assert styles(widget.render((60, 10)), 7) == {"A quoted phrase is not closed.": Style.QUESTION}


def test_what_answers_a_key_is_said_in_the_bar() -> None:
    widget = ViewWidget()
    widget.show(replace(EMPTY, status=replace(EMPTY.status, remark="No earlier mention")))
    canvas = widget.render((60, 10))
    assert texts(canvas)[-2] == " alice · tea · ● 23 ms" + "No earlier mention".rjust(37)
    assert styles(canvas, 8)["No earlier mention"] == Style.STATUS_NEWS


def test_a_long_reason_for_a_lost_connection_does_not_hide_it() -> None:
    news = "Connection lost, reconnecting in 12 s (the server is going down)"
    lost = Status("alice", Connectivity.LOST, news, None, 0, remark="No")
    assert drawn(replace(EMPTY, status=lost))[-2].endswith("… No")


def test_in_a_tiny_terminal_there_is_the_list_and_the_input() -> None:
    assert drawn(FOUND, 19, 4)[-1] == "Search: kettle"
    assert drawn(PLACES, 10, 1)[0].startswith(" • ")
