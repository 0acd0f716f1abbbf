"""Times in the form that the user wants, and all that stands right of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chatroom.client.drawing.lines.margin import text_room
from chatroom.client.drawing.lines.scrollback import Scrollback
from chatroom.client.drawing.mouse import Click
from chatroom.client.drawing.room import Panels
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.text.clock import clock
from chatroom.client.views.items import FoundMessage
from chatroom.client.views.lines import Line, MessageLine, NoticeLine, Pending, Traffic
from chatroom.client.views.targets import OnMessage, OnSpeaker
from chatroom.client.views.view import ListView, RoomView, Tab
from tests.client.drawing.reading import EMPTY, EVENING, a_room, texts

MORNING = EVENING - timedelta(hours=14, minutes=14)


def spoken(seq: int, text: str, speaker: str = "bob", *, minutes: int = 0, **more: object) -> MessageLine:
    return MessageLine(seq, EVENING + timedelta(minutes=minutes), speaker, text, **more)  # type: ignore[arg-type]


def in_form(form: str, *lines: Line, **more: object) -> RoomView:
    """Return a room with *lines* whose times are in this *form*."""
    view = a_room(*lines)
    return replace(view, status=replace(view.status, clock=clock(form)), **more)  # type: ignore[arg-type]


def rows(view: RoomView, columns: int = 48) -> list[str]:
    """Return the rows of *view* below that of the day."""
    scrollback = Scrollback()
    scrollback.show(view)
    return [row for row in texts(scrollback.render((columns, 30))) if row][2:]


def test_the_column_of_times_is_as_wide_as_it_needs_and_everything_stands_right_of_it() -> None:
    lines = (
        spoken(1, "anyone for a cup of tea, or for some biscuits?"),
        spoken(2, "alice: you?", mention=True),
        spoken(3, "yes\nplease", "carol", minutes=1, re=1),
        Traffic(EVENING, joined=("dave",)),
        NoticeLine(EVENING, "so it is"),
    )
    pending = (Pending("c", "alice", "me too"),)
    assert rows(in_form("%I:%M:%S %p", *lines, pending=pending)) == [
        " 11:20:00 PM   bob  anyone for a cup of tea, or",
        "                    for some biscuits?",
        "                   ▏alice: you?",
        "                   ┌ bob: anyone for a cup of …",
        " 11:21:00 PM carol  yes",
        "                    please",
        " 11:20:00 PM     →  dave joined",
        " 11:20:00 PM    --  so it is",
        "           … alice  me too",
    ]


def test_a_shorter_time_stands_at_the_right_of_its_column() -> None:
    drawn = rows(in_form("%-I:%M %p", replace(spoken(1, "tea"), at=MORNING), spoken(2, "again")))
    assert [row for row in drawn if "bob" in row] == ["  9:06 AM   bob  tea", " 11:20 PM   bob  again"]


@pytest.mark.parametrize(("form", "least"), [("%H:%M", 40), ("%-H", 37), ("%I:%M:%S %p", 46)])
def test_there_is_no_time_where_it_would_take_the_room_of_the_text(form: str, least: int) -> None:
    view = in_form(form, spoken(1, "tea"))
    assert rows(view, least)[0].split()[-2:] == ["bob", "tea"]
    assert len(rows(view, least)[0].split()) > 2
    assert rows(view, least - 1)[0].split() == ["bob", "tea"]


def test_what_is_said_takes_as_many_columns_as_it_may_beside_any_time() -> None:
    text = "word " * 60
    for form in ("%H:%M", "%I:%M:%S %p"):
        widget = ViewWidget(text=50)
        widget.show(in_form(form, spoken(1, text)))
        drawn = [row for row in texts(widget.render((120, 24))) if "word" in row]
        assert {row.count("word") for row in drawn} == {10}


def test_lists_beside_it_leave_the_text_as_much_as_beside_a_narrow_time() -> None:
    names = [f"member-{number}-of-tea" for number in range(5)]
    panels = Panels()
    taken = []
    for form in ("%H:%M", "%I:%M:%S %p"):
        panels.grow(in_form(form, members=names, tabs=[Tab("a-long-name", 0, False, False)]), 20, 14)
        left, right = panels.fitting(120)
        taken.append(left + right)
        speakers = min(14, panels.names(120))
        assert text_room(120 - left - right - 3, speakers, clock(form).columns) >= 120 * 55 // 100
    assert taken[0] > taken[1]


def test_a_click_finds_who_spoke_right_of_the_time() -> None:
    widget = ViewWidget()
    line = spoken(1, "tea")
    widget.show(in_form("%H:%M:%S", line))
    drawn = texts(widget.render((60, 24)))
    row = next(number for number, text in enumerate(drawn) if text.endswith("bob  tea"))
    assert widget.at(Click(drawn[row].index("bob"), row)) == OnSpeaker("bob")
    assert widget.at(Click(drawn[row].index("00"), row)) == OnMessage(line)
    assert widget.at(Click(drawn[row].index("tea"), row)) == OnMessage(line)


def test_what_was_found_has_its_time_in_a_column_too() -> None:
    early = replace(spoken(1, "tea"), at=MORNING)
    view = ListView(
        title="tea",
        about="",
        count="",
        items=(FoundMessage("tea", early, (), named=False), FoundMessage("tea", spoken(2, "again"), (), named=False)),
        chosen=1,
        notice="",
        error=False,
        keys=(),
        input=None,
        status=replace(EMPTY.status, clock=clock("%-I:%M %p")),
    )
    widget = ViewWidget()
    widget.show(view)
    drawn = texts(widget.render((60, 24)))
    assert [row for row in drawn if "bob" in row] == ["  9:06 AM   bob  tea", " 11:20 PM   bob  again"]


def test_to_be_copied_it_is_written_so_as_well() -> None:
    widget = ViewWidget()
    widget.show(in_form("%H:%M:%S", spoken(1, "tea")))
    assert widget.plain_lines(60, 24) == ["23:20:00 <bob> tea"]
