"""One sees the newest lines, or those that one scrolled to, whatever happens around them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.drawing.lines.scrollback import Scroll, Scrollback
from chatroom.client.drawing.themes import Style
from chatroom.client.views.lines import Line, MessageLine, NoticeLine, Pending, Traffic
from chatroom.client.views.view import Anchor, RoomView
from tests.client.drawing.reading import EMPTY, EVENING, a_room, numbers, said, texts

FORTY = tuple(said(number) for number in range(1, 41))
SIZE = (60, 10)


class Window:
    """A scrollback with the screen's *size*, and what is seen in it."""

    def __init__(self, view: RoomView, size: tuple[int, int] = SIZE) -> None:
        self.scrollback = Scrollback(runs=False)
        self.size = size
        self.view = view
        self.show(view)

    def show(self, view: RoomView) -> list[int]:
        """Draw *view*; return the numbers of the messages that are seen."""
        self.view = view
        self.scrollback.show(view)
        return self.seen()

    def seen(self) -> list[int]:
        """Return the numbers of the messages that are seen."""
        return numbers(self.rows())

    def rows(self) -> list[str]:
        """Return the rows of the screen."""
        return texts(self.scrollback.render(self.size))

    def scroll(self, *actions: Scroll) -> list[int]:
        """Scroll; return the numbers of the messages that are seen then."""
        for action in actions:
            self.scrollback.scroll(action)
        return self.seen()

    def resize(self, columns: int, height: int) -> list[int]:
        """Make the screen another size; return the numbers of the messages that are seen then."""
        self.size = (columns, height)
        return self.seen()


def between(first: int, last: int) -> list[int]:
    return list(range(first, last + 1))


def test_the_newest_lines_are_seen() -> None:
    assert Window(a_room(*FORTY)).seen() == between(31, 40)


def test_few_lines_stand_at_the_bottom_below_their_day() -> None:
    rows = Window(a_room(said(1), said(2)), (60, 6)).rows()
    assert [row.strip() for row in rows] == [
        "",
        "",
        "— the room begins here —",
        "── Friday, 20 November 2026 ──",
        "23:20   bob  message 1",
        "23:20   bob  message 2",
    ]


def test_what_is_pointed_at_is_in_view_only_while_it_is_that() -> None:
    window = Window(a_room(*FORTY))
    view = window.view
    assert window.show(replace(view, pointed=40)) == between(31, 40)
    assert window.show(replace(view, pointed=20)) == between(20, 29)
    assert window.show(replace(view, pointed=25)) == between(20, 29)
    assert window.show(replace(view, pointed=30)) == between(21, 30)
    more = replace(view, lines=(*FORTY, said(41)), pointed=30)
    assert window.show(more) == between(21, 30)
    assert window.scrollback.following
    assert window.show(replace(more, pointed=None)) == between(32, 41)


def test_whoever_reads_further_up_is_there_again_when_nothing_is_pointed_at() -> None:
    window = Window(a_room(*FORTY))
    here = window.scroll("page_up")
    assert window.show(replace(window.view, pointed=5)) == between(5, 14)
    assert window.show(replace(window.view, pointed=None)) == here
    assert not window.scrollback.following


def test_of_a_message_that_does_not_fit_the_beginning_is_seen() -> None:
    long = said(20, "\n".join(f"line {number}" for number in range(1, 20)))
    window = Window(a_room(*FORTY[:19], long, *FORTY[20:]))
    window.show(replace(window.view, pointed=20))
    assert window.rows()[0].endswith("  line 1")
    window.show(replace(window.view, pointed=21))
    assert window.rows()[-1].endswith("  message 21")


def test_a_row_is_known_by_its_line() -> None:
    one, two = said(1), said(2, "two\nlines")
    window = Window(a_room(one, two), (60, 6))
    assert [window.scrollback.line_at(row) for row in range(6)] == [None, None, None, one, two, two]
    assert Scrollback().line_at(0) is None
    assert Window(a_room(), (60, 3)).scrollback.line_at(2) is None


def test_the_name_of_who_has_a_role_is_marked_where_they_speak() -> None:
    view = replace(a_room(said(1), said(2, speaker="carol")), roles={"carol": "owner", "alice": "moderator"})
    assert [row.strip() for row in Window(view, (60, 2)).rows()] == [
        "23:20    bob  message 1",
        "23:20 ~carol  message 2",
    ]


def test_what_is_said_next_comes_into_view() -> None:
    window = Window(a_room(*FORTY))
    assert window.show(a_room(*FORTY, said(41))) == between(32, 41)


def test_what_waits_for_the_server_stands_at_the_end() -> None:
    window = Window(replace(a_room(*FORTY), pending=(Pending("c", "alice", "hello?"),)))
    assert window.rows()[-1] == "     … alice  hello?"


def test_a_page_is_a_row_less_than_the_screen() -> None:
    window = Window(a_room(*FORTY))
    assert window.scroll("page_up") == between(22, 31)
    assert window.scroll("page_up") == between(13, 22)
    assert window.scroll("page_down") == between(22, 31)


def test_a_few_lines_are_three() -> None:
    window = Window(a_room(*FORTY))
    assert window.scroll("line_up") == between(28, 37)
    assert window.scroll("line_up", "line_down") == between(28, 37)


def test_keys_that_come_at_once_scroll_as_those_that_come_apart() -> None:
    assert Window(a_room(*FORTY)).scroll("page_up", "page_up", "line_down") == between(16, 25)


def test_the_top_is_where_the_room_begins() -> None:
    window = Window(a_room(*FORTY))
    window.scroll("top")
    assert window.rows()[0].strip() == "— the room begins here —"
    assert window.scrollback.at_top
    assert not window.scrollback.at_end


def test_it_scrolls_no_further_than_there_are_lines() -> None:
    window = Window(a_room(*FORTY))
    up: list[Scroll] = ["page_up"] * 20
    down: list[Scroll] = ["page_down"] * 20
    assert window.scroll(*up) == between(1, 8)
    assert window.scroll(*down) == between(31, 40)


def test_it_says_where_it_is() -> None:
    window = Window(a_room(*FORTY))
    scrollback = window.scrollback
    assert (scrollback.following, scrollback.at_top, scrollback.at_end) == (True, False, True)
    window.scroll("page_up")
    assert (scrollback.following, scrollback.at_top, scrollback.at_end) == (False, False, False)
    window.scroll("top")
    assert (scrollback.following, scrollback.at_top, scrollback.at_end) == (False, True, False)
    window.scroll("end")
    assert (scrollback.following, scrollback.at_top, scrollback.at_end) == (True, False, True)


def test_where_all_is_seen_it_is_at_the_top_and_at_the_end() -> None:
    window = Window(a_room(said(1)))
    window.scroll("page_up")
    scrollback = window.scrollback
    assert (scrollback.following, scrollback.at_top, scrollback.at_end) == (True, True, True)


def test_what_is_said_while_one_looks_back_moves_nothing() -> None:
    window = Window(a_room(*FORTY))
    before = window.scroll("page_up")
    assert window.show(a_room(*FORTY, said(41), said(42))) == before
    assert not window.scrollback.following


def test_whoever_scrolls_down_to_the_end_follows_again() -> None:
    window = Window(a_room(*FORTY))
    window.scroll("page_up", "page_down")
    assert window.show(a_room(*FORTY, said(41))) == between(32, 41)


@pytest.mark.parametrize(("complete", "told"), [(False, "there is more above"), (True, "the room begins here")])
def test_where_all_that_is_here_is_hidden_nothing_is_waited_for(complete: bool, told: str) -> None:
    shown = [row.strip() for row in Window(replace(a_room(complete=complete), all_hidden=True), (80, 9)).rows()]
    assert f"— {told}; what was said here is hidden by /ignore —" in shown


def test_what_has_nothing_yet_is_loading() -> None:
    assert [row.strip() for row in Window(a_room(complete=False)).rows()][-1] == "— loading … —"


def test_older_lines_come_above_those_in_view() -> None:
    window = Window(a_room(*FORTY[20:], complete=False))
    window.scroll("top")
    before = window.rows()
    assert before[0].strip() == "— there is more above —"
    window.show(replace(window.view, loading=True))
    assert window.rows()[0].strip() == "— loading … —"
    window.show(a_room(*FORTY))
    assert window.rows()[2:] == before[2:]
    assert window.seen()[:2] == [19, 20]
    assert window.scroll("page_up") == between(10, 19)


def test_older_lines_leave_those_in_view_where_they_are_also_while_following() -> None:
    window = Window(a_room(*FORTY[-5:], complete=False))
    before = window.rows()
    window.show(a_room(*FORTY))
    assert window.rows()[-5:] == before[-5:]


def test_what_is_let_go_at_the_top_moves_nothing() -> None:
    window = Window(a_room(*FORTY))
    before = window.scroll("page_up")
    assert window.show(a_room(*FORTY[15:], said(41))) == before


def test_where_the_line_in_view_is_let_go_the_next_one_takes_its_place() -> None:
    long = [said(number, f"message {number} " + "word " * 20) for number in range(1, 61)]
    window = Window(a_room(*long[:40]))
    window.scroll("page_up", "page_up", "line_up")
    assert window.rows()[0].endswith("word")
    window.show(a_room(*long[36:], complete=False))
    assert " message 37 " in window.rows()[0]


def test_where_only_older_lines_are_left_it_stays_with_the_last_of_them() -> None:
    window = Window(a_room(*FORTY))
    window.scroll("page_up")
    window.show(a_room(*FORTY[:15]))
    assert window.show(a_room(*FORTY)) == between(15, 24)


def test_where_what_waits_is_stored_those_that_still_wait_take_its_place() -> None:
    waiting = [Pending(f"c{number}", "alice", f"message {number}") for number in range(1, 41)]
    window = Window(replace(EMPTY, pending=waiting))
    window.scroll("page_up", "page_up")
    stored = [said(number) for number in range(1, 16)]
    assert window.show(replace(EMPTY, lines=stored, pending=waiting[15:])) == between(16, 25)


def test_lines_that_were_loaded_again_are_the_same() -> None:
    window = Window(a_room(*FORTY))
    window.scroll("top")
    before = window.rows()
    window.show(a_room(*map(replace, FORTY)))
    assert window.rows() == before


def test_where_all_lines_are_let_go_it_follows_the_new_ones() -> None:
    window = Window(a_room(*FORTY))
    window.scroll("page_up")
    window.show(EMPTY)
    assert window.show(a_room(*FORTY)) == between(31, 40)


def test_what_is_taken_back_where_one_reads_moves_nothing() -> None:
    window = Window(a_room(*FORTY))
    first = window.scroll("page_up", "line_up")[0]
    there = [replace(line, text="", retraction="taken back") if line.seq == first else line for line in FORTY]
    rows = window.rows()
    window.show(a_room(*there))
    assert window.rows()[1:] == rows[1:]
    assert "taken back" in window.rows()[0]


def test_equal_lines_are_told_apart() -> None:
    lines = [NoticeLine(EVENING, "tick" if number % 2 else f"tock {number}") for number in range(40)]
    window = Window(a_room(*lines))
    window.scroll("page_up", "page_up", "line_up")
    before = window.rows()
    assert before[0].endswith("tick")
    window.show(a_room(*(NoticeLine(EVENING, "tick") for _ in range(10)), *lines))
    assert window.rows() == before


def test_the_first_line_in_view_stays_when_the_size_changes() -> None:
    window = Window(a_room(*(said(number, f"word{number} " * 20) for number in range(1, 41))))
    window.scroll("page_up", "page_up", "page_up", "page_up", "line_up")
    first = window.rows()[0].split()[-1]
    for size in ((100, 20), (30, 5), (200, 9), (20, 30), SIZE):
        window.resize(*size)
        assert window.rows()[0].split()[-1] == first


def test_a_size_that_shows_all_for_a_moment_loses_no_place() -> None:
    window = Window(a_room(*FORTY))
    before = window.scroll("page_up")
    assert window.resize(400, 100) == between(1, 40)
    assert window.rows()[-1].endswith("message 40")
    window.show(window.view)
    assert window.resize(*SIZE) == before


def test_while_the_end_is_not_here_what_is_loaded_moves_nothing() -> None:
    window = Window(a_room(*FORTY, live=False))
    window.scroll("page_up", "page_down", "page_down")
    assert window.scrollback.at_end
    assert not window.scrollback.following
    newer = tuple(said(number) for number in range(41, 61))
    assert window.show(a_room(*FORTY, *newer)) == between(31, 40)
    assert window.scroll("page_down") == between(40, 49)


def test_whoever_asks_for_the_end_gets_it_when_it_is_here() -> None:
    window = Window(a_room(*FORTY, live=False))
    window.scroll("page_up", "end")
    assert window.show(a_room(*FORTY, said(41))) == between(32, 41)


# Going to a place.


def test_a_spot_is_brought_into_view_a_third_below_the_top() -> None:
    window = Window(a_room(*FORTY))
    view = replace(window.view, anchor=Anchor(20))
    assert window.show(view) == between(17, 26)
    assert window.scrollback.reading_at == 20
    assert not window.scrollback.following


def test_a_room_in_which_nothing_was_said_introduces_itself() -> None:
    window = Window(replace(EMPTY, introduction=("Tea and biscuits", "bob created it.", "Say something.")))
    assert [row.strip() for row in window.rows()][-4:] == [
        "— the room begins here —",
        "Tea and biscuits",
        "bob created it.",
        "Say something.",
    ]


def test_of_a_spot_that_is_hidden_the_place_is_shown_where_it_would_be() -> None:
    window = Window(a_room(*FORTY))
    assert window.show(replace(window.view, anchor=Anchor(45))) == between(31, 40)
    without = replace(a_room(*FORTY[:20], *FORTY[25:]), anchor=Anchor(23))
    assert window.show(without) == [*between(18, 20), *between(26, 32)]


def test_it_is_brought_there_once() -> None:
    window = Window(a_room(*FORTY))
    view = replace(window.view, anchor=Anchor(20))
    window.show(view)
    scrolled = window.scroll("page_down")
    assert window.show(replace(view, lines=(*FORTY, said(41)))) == scrolled
    assert window.show(replace(view, anchor=Anchor(20))) == between(17, 26)


def test_a_spot_in_a_room_that_was_not_drawn_yet_waits_for_it() -> None:
    assert Window(replace(a_room(*FORTY), anchor=Anchor(20))).seen() == between(17, 26)


def test_a_spot_in_lines_that_were_not_there_before_is_brought_into_view() -> None:
    window = Window(a_room(*FORTY))
    window.scroll("page_up")
    there = tuple(said(number) for number in range(500, 600))
    assert window.show(replace(a_room(*there, live=False), anchor=Anchor(550))) == between(547, 556)
    assert window.show(replace(a_room(*FORTY), anchor=Anchor(None))) == between(31, 40)
    assert window.scrollback.following


def test_at_the_end_too_a_spot_stays_where_it_is() -> None:
    window = Window(a_room(*FORTY))
    view = replace(window.view, anchor=Anchor(38))
    assert window.show(view) == between(31, 40)
    assert window.show(replace(view, lines=(*FORTY, said(41)))) == between(31, 40)
    assert not window.scrollback.at_end


def test_where_it_was_read_it_is_found_again() -> None:
    window = Window(a_room(*FORTY))
    before = window.scroll("page_up", "line_up")
    place = window.scrollback.reading_at
    window.scroll("end")
    assert window.scrollback.reading_at is None
    assert window.show(replace(window.view, anchor=Anchor(place))) == before


def test_what_is_marked_stands_out_over_its_whole_row() -> None:
    window = Window(replace(a_room(*FORTY), emphasized=35))
    looks = [row for row in window.scrollback.render(SIZE).content() if any(style == Style.CHOSEN for style, *_ in row)]
    assert [b"".join(text for _, _, text in row).decode().split() for row in looks] == [
        ["23:20", "bob", "message", "35"]
    ]
    assert {style for style, _, text in looks[0] if text} == {Style.CHOSEN}


def test_what_is_new_is_below_a_line() -> None:
    window = Window(a_room(*FORTY, read_to=37))
    rows = window.rows()
    assert rows[-4].strip("─ ") == "new"
    assert numbers(rows[-3:]) == [38, 39, 40]


@pytest.mark.parametrize("read_to", [None, 40, 0, 20])
def test_where_nothing_or_all_is_new_there_is_no_such_line(read_to: int | None) -> None:
    rows = Window(a_room(*FORTY[20:], read_to=read_to, complete=False), (60, 30)).rows()
    assert not any(row.endswith(" new ─") or " new " in row for row in rows)


def test_what_one_said_oneself_is_not_new() -> None:
    own = [replace(said(number), own=True) for number in (41, 42)]
    assert not any(row.strip("─ ") == "new" for row in Window(a_room(*FORTY, *own, read_to=40)).rows())
    rows = Window(a_room(*FORTY, *own, said(43), said(44), read_to=40)).rows()
    assert rows[-3].strip("─ ") == "new"


def test_every_day_has_its_name_above_it() -> None:
    tomorrow = replace(said(2), at=EVENING + timedelta(days=1))
    rows = [row.strip("─ ") for row in Window(a_room(said(1), tomorrow)).rows()]
    assert [row for row in rows if "November" in row] == ["Friday, 20 November 2026", "Saturday, 21 November 2026"]


def test_before_the_first_view_there_is_nothing() -> None:
    scrollback = Scrollback()
    scrollback.scroll("page_up")
    assert texts(scrollback.render((10, 2))) == ["", ""]
    assert (scrollback.following, scrollback.at_top, scrollback.at_end) == (True, False, True)


def test_lines_that_are_hidden_leave_the_others_where_they_are() -> None:
    traffic = [Traffic(message.at, joined=(message.speaker,)) for message in FORTY]
    both = a_room(*[line for pair in zip(FORTY, traffic, strict=True) for line in pair])
    window = Window(both)
    window.scroll("page_up", "page_up")
    assert window.rows()[0].endswith("bob  message 27")
    assert window.show(a_room(*FORTY)) == between(27, 36)
    assert window.show(both) == between(27, 31)

    # Where the first one is hidden, it goes on with what was said at that time.
    window.scroll("line_up")
    assert window.rows()[0].endswith("→  bob joined")
    assert window.show(a_room(*FORTY)) == between(25, 34)


def test_a_picture_serves_until_something_has_changed() -> None:
    window = Window(a_room(*FORTY))
    first = window.scrollback.render(SIZE)
    assert window.scrollback.render(SIZE) is first
    window.show(a_room(*FORTY, said(41)))
    second = window.scrollback.render(SIZE)
    assert second is not first
    window.scrollback.scroll("page_up")
    assert window.scrollback.render(SIZE) is not second


ACTIONS: list[Scroll] = ["page_up", "page_down", "line_up", "line_down", "top", "end"]


@given(st.lists(st.one_of(st.sampled_from(ACTIONS), st.sampled_from(["said", "older", "forgot", "short", "tall"]))))
def test_looking_back_is_never_disturbed(story: list[str]) -> None:
    lines: list[Line] = [said(number) for number in range(100, 130)]
    window = Window(a_room(*lines, complete=False))
    for event in story:
        before, held = window.rows(), not window.scrollback.following
        # Unless the end is in view: then there is nothing to be held above it.
        held = held and not window.scrollback.at_end
        match event:
            case "said":
                lines.append(said(number_of(lines[-1]) + 1))
            case "older":
                first = number_of(lines[0])
                lines[:0] = [said(number) for number in range(first - 4, first)]
            case "forgot" if len(lines) > 15 and numbers(before)[0] > number_of(lines[2]):
                del lines[:3]
            case "short" | "tall":
                window.size = (60, 5 if event == "short" else 12)
            case "page_up" | "page_down" | "line_up" | "line_down" | "top" | "end":
                window.scroll(event)
        after = window.show(a_room(*lines, complete=False))
        assert len(window.rows()) == window.size[1]
        if held and event in ("said", "older", "forgot"):
            assert [n for n in after if n in numbers(before)] == numbers(before)
            assert before[-1] == window.rows()[-1]
        if window.scrollback.following:
            assert after[-1] == number_of(lines[-1])


def number_of(line: Line) -> int:
    """Return the number of *line*, which is a message."""
    assert isinstance(line, MessageLine)
    return line.seq


@given(st.integers(1, 120), st.integers(1, 30), st.lists(st.sampled_from(ACTIONS), max_size=4))
def test_any_size_is_filled(columns: int, height: int, actions: list[Scroll]) -> None:
    window = Window(replace(a_room(*FORTY, read_to=30), pending=(Pending("c", "alice", "お茶 " * 40),)))
    window.scroll(*actions)
    window.resize(columns, height)
    window.scroll(*actions)
    canvas = window.scrollback.render((columns, height))
    assert (canvas.cols(), canvas.rows()) == (columns, height)
