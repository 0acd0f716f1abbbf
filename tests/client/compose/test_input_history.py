"""Going back to what was typed before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.compose.input_history import HistoryCursor, InputHistory


def recall(*lines: str) -> HistoryCursor:
    remembered = HistoryCursor()
    for line in lines:
        remembered.add(line)
    return remembered


def all_lines(remembered: HistoryCursor) -> list[str]:
    found: list[str] = []
    line = remembered.older("")
    while line is not None:
        found.append(line)
        line = remembered.older(line)
    return found[::-1]


def test_lines_come_back_the_newest_first() -> None:
    remembered = recall("one", "two")
    assert remembered.older("") == "two"
    assert remembered.older("two") == "one"
    assert remembered.older("one") is None


def test_nothing_is_before_or_behind_the_first_text_typed() -> None:
    remembered = HistoryCursor()
    assert remembered.older("draft") is None
    assert remembered.newer("draft") is None


def test_the_line_that_is_being_typed_comes_back_when_one_goes_down_again() -> None:
    remembered = recall("one", "two")
    remembered.older("draft")
    remembered.older("two")
    assert remembered.newer("one") == "two"
    assert remembered.newer("two") == "draft"
    assert remembered.newer("draft") is None


def test_what_is_changed_in_a_line_stays_while_one_goes_on() -> None:
    remembered = recall("one", "two")
    remembered.older("")
    remembered.older("two, changed")
    assert remembered.newer("one, changed") == "two, changed"
    assert remembered.older("two, changed again") == "one, changed"
    assert remembered.newer("one") == "two, changed again"


def test_when_a_line_is_added_the_others_are_again_as_they_were_said() -> None:
    remembered = recall("one", "two")
    remembered.older("draft")
    remembered.older("two, changed")
    remembered.add("three")
    assert all_lines(remembered) == ["one", "two", "three"]


def test_after_adding_one_begins_at_the_newest() -> None:
    remembered = recall("one", "two")
    remembered.older("")
    remembered.older("two")
    remembered.add("one")
    assert remembered.older("") == "one"
    assert remembered.older("one") == "two"


def test_the_same_line_twice_in_a_row_is_remembered_once() -> None:
    assert all_lines(recall("one", "one", "two", "one")) == ["one", "two", "one"]


def test_a_line_with_nothing_in_it_is_not_remembered() -> None:
    remembered = recall("one", "")
    assert remembered.older("") == "one"


def test_the_1000_newest_lines_are_remembered() -> None:
    assert all_lines(recall(*map(str, range(1100)))) == [str(number) for number in range(100, 1100)]


def test_each_room_has_its_lines_and_all_can_be_gone_through_too() -> None:
    sent = InputHistory()
    tea, coffee = HistoryCursor("tea", sent), HistoryCursor("coffee", sent)
    tea.add("one")
    coffee.add("two")
    tea.add("three")

    assert coffee.older("draft") == "two"
    assert coffee.older("two") is None
    assert coffee.older("two", everywhere=True) == "one"
    assert coffee.newer("one", everywhere=True) == "two"
    assert coffee.newer("two", everywhere=True) == "three"
    assert coffee.older("three") == "two"
    assert coffee.newer("two") == "draft"
    assert tea.older("") == "three"


def test_what_is_sent_in_another_room_meanwhile_moves_nothing() -> None:
    sent = InputHistory()
    tea, coffee = HistoryCursor("tea", sent), HistoryCursor("coffee", sent)
    tea.add("one")
    tea.older("draft")
    coffee.add("two")

    assert tea.newer("one", everywhere=True) == "two"
    assert tea.newer("two", everywhere=True) == "draft"


def test_the_same_line_in_another_room_is_remembered_too() -> None:
    sent = InputHistory()
    tea, coffee = HistoryCursor("tea", sent), HistoryCursor("coffee", sent)
    for room in (tea, coffee, tea):
        room.add("hello")

    assert [(line.room, line.text) for line in sent.lines] == [("tea", "hello"), ("coffee", "hello")]


@given(st.lists(st.text("ab", max_size=2)), st.lists(st.booleans() | st.text("ab", max_size=2)))
def test_going_up_and_down_is_moving_in_a_list_of_what_was_typed(lines: list[str], done: list[bool | str]) -> None:
    remembered, typed = HistoryCursor(), [""]
    for line in lines:
        remembered.add(line)
        if line and typed[-2:-1] != [line]:
            typed.insert(-1, line)
    at = len(typed) - 1
    for what in done:
        if isinstance(what, str):
            typed[at] = what
            continue
        to = at + (1 if what else -1)
        found = remembered.newer(typed[at]) if what else remembered.older(typed[at])
        if 0 <= to < len(typed):
            at = to
            assert found == typed[at]
        else:
            assert found is None
