"""What somebody says within five minutes stands under their name and its time once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chatroom.client.drawing.lines.scrollback import Scrollback
from chatroom.client.drawing.themes import Style
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.views.lines import Line, MessageLine, NoticeLine, Pending, Traffic
from chatroom.client.views.view import RoomView
from tests.client.drawing.reading import EVENING, a_room, styles, texts

TEN_PAST = EVENING - timedelta(minutes=10)


def said(seconds: float, speaker: str = "bob", **more: object) -> MessageLine:
    """Return what *speaker* said so many *seconds* after ten past eleven in the evening."""
    return MessageLine(int(seconds) + 1, TEN_PAST + timedelta(seconds=seconds), speaker, "tea", **more)  # type: ignore[arg-type]


def rows(view: RoomView, columns: int = 60, height: int = 30, *, runs: bool = True) -> list[str]:
    """Return the last rows of *view*, without those that are blank."""
    scrollback = Scrollback(runs=runs)
    scrollback.show(view)
    return [row for row in texts(scrollback.render((columns, height))) if row]


def heads(*lines: Line, **more: object) -> list[str]:
    """Return what stands left of each of *lines*."""
    drawn = rows(replace(a_room(*lines), **more))  # type: ignore[arg-type]
    return [row.removesuffix("tea").strip() for row in drawn if row.endswith("tea")]


def test_name_and_time_stand_once_above_what_follows() -> None:
    assert rows(a_room(said(0), said(60), said(120, "carol"), said(130, "carol"), said(140)))[2:] == [
        " 23:10   bob  tea",
        "              tea",
        " 23:12 carol  tea",
        "              tea",
        " 23:12   bob  tea",
    ]


def test_after_five_minutes_they_stand_there_again() -> None:
    assert heads(said(0), said(200), said(300), said(301), said(500)) == ["23:10   bob", "", "", "23:15   bob", ""]
    assert heads(said(0), said(299), said(598)) == ["23:10   bob", "", "23:19   bob"]


def test_who_speaks_on_and_on_has_them_every_five_minutes_of_the_clock() -> None:
    lines = [said(7 * number) for number in range(170)]
    found = [row.strip() for row in rows(a_room(*lines), height=400) if row.endswith("bob  tea")]
    assert [row.split()[0] for row in found[1:]] == ["23:15", "23:20", "23:25"]


@pytest.mark.parametrize(
    "between",
    [
        (NoticeLine(TEN_PAST, "The topic was set"),),
        (Traffic(TEN_PAST, joined=("dave",)),),
        (said(1, action=True),),
    ],
)
def test_whatever_comes_between_ends_a_run(between: tuple[Line, ...]) -> None:
    assert heads(said(0), *between, said(2))[-1] == "23:10   bob"


def test_what_is_new_and_another_day_begin_one() -> None:
    assert heads(said(0), said(1), said(2), said(3), read_to=2) == ["23:10   bob", "", "23:10   bob ▏", ""]
    assert heads(said(3000 - 1), said(3000)) == ["23:59   bob", "00:00   bob"]


def test_an_action_is_in_no_run() -> None:
    assert heads(said(0), said(1, action=True), said(2, action=True)) == [
        "23:10   bob",
        "23:10     * ▏bob",
        "23:10     * ▏bob",
    ]


def test_what_waits_goes_on_with_what_is_there() -> None:
    pending = (Pending("a", "alice", "tea"), Pending("b", "alice", "tea"))
    assert heads(said(0, "alice"), pending=pending) == ["23:10 alice", "…", "…"]
    assert heads(said(0), pending=pending) == ["23:10   bob", "… alice", "…"]
    assert heads(pending=pending) == ["… alice", "…"]


def test_the_first_row_in_view_says_who_speaks() -> None:
    lines = [said(number) for number in range(30)]
    assert rows(a_room(*lines), height=3) == [" 23:10   bob  tea", "              tea", "              tea"]


def test_a_message_that_stands_out_has_its_name_and_time() -> None:
    view = replace(a_room(said(0), said(1), said(2)), emphasized=2)
    assert [row.strip() for row in rows(view)[2:]] == ["23:10   bob  tea", "23:10   bob  tea", "tea"]


def test_without_runs_each_line_has_its_own() -> None:
    assert rows(a_room(said(0), said(1)), runs=False)[2:] == [" 23:10   bob  tea", " 23:10   bob  tea"]
    widget = ViewWidget(runs=False)
    widget.show(a_room(said(0), said(1)))
    assert [row for row in texts(widget.render((79, 12))) if row.endswith("bob  tea")] == [" 23:10   bob  tea"] * 2


def test_without_a_column_for_names_each_line_has_its_own() -> None:
    assert rows(a_room(said(0), said(1)), columns=20)[-2:] == ["bob: tea", "bob: tea"]


def test_that_a_following_line_mentions_one_is_seen() -> None:
    scrollback = Scrollback()
    scrollback.show(a_room(said(0), replace(said(1, mention=True), text="alice?")))
    drawn = scrollback.render((60, 6))
    assert styles(drawn, 5)["alice"] == Style.MENTION
    # In some themes that is inverse, and blanks are seen.
    assert [text for style, _, text in list(drawn.content())[5] if style == Style.MENTION] == [b"alice"]
