"""Rooms that somebody wants to be in from the start."""

from __future__ import annotations

from chatroom.wire.frames import answers, requests
from tests.client.reader import Reader, entered


def joins(reader: Reader) -> list[requests.Join]:
    """Return what was asked to enter a room."""
    return [asked for asked in reader.asked if isinstance(asked, requests.Join)]


def enter_all(reader: Reader) -> None:
    """Be let into every room that is asked for."""
    for number in range(3):
        for join in joins(reader)[number : number + 1]:
            reader.enter_room(join.room, request=join)


def test_all_of_them_are_entered_and_the_first_is_looked_at() -> None:
    reader = Reader("tea", also=["coffee", "garden"])
    reader.come_in()
    assert [join.room for join in joins(reader)] == ["tea"]
    enter_all(reader)

    assert [join.room for join in joins(reader)] == ["tea", "coffee", "garden"]
    assert [(tab.room, tab.current) for tab in reader.room_view.tabs] == [
        ("tea", True),
        ("coffee", False),
        ("garden", False),
    ]


def test_one_that_is_not_there_is_told_below_what_is_said() -> None:
    reader = Reader("tea", also=["coffee"])
    reader.come_in()
    reader.hear(entered("tea", seq=2), joins(reader)[0])
    reader.hear_said("one", "two")
    reader.hear(answers.Level(room="tea", seq=2, members=1, topic=""))
    reader.hear(answers.Error(code="no-such-room", message="There is no room coffee."), joins(reader)[1])

    assert reader.texts == ["bob: one", "bob: two", "! There is no room coffee."]


def test_the_others_are_entered_though_the_first_is_not_there() -> None:
    reader = Reader("tea", also=["coffee"])
    reader.come_in()
    reader.hear(answers.Error(code="no-such-room", message="There is no room tea."), joins(reader)[0])

    assert [join.room for join in joins(reader)] == ["tea", "coffee"]


def test_they_are_asked_for_once() -> None:
    reader = Reader("tea", also=["coffee"])
    reader.come_in()
    enter_all(reader)
    reader.come_in()
    reader.hear(answers.Level(room="tea", seq=0, members=1, topic=""))

    assert len(joins(reader)) == 2


def test_one_that_is_entered_later_by_hand_is_looked_at() -> None:
    reader = Reader("tea", also=["coffee"])
    reader.come_in()
    enter_all(reader)
    reader.press("/join coffee", "enter")

    assert reader.room_view.room == "coffee"


def test_one_that_is_asked_for_by_hand_while_it_comes_is_looked_at() -> None:
    reader = Reader("tea", also=["coffee"])
    reader.come_in()
    reader.enter_room("tea", request=joins(reader)[0])
    typed = reader.press("/join coffee", "enter")
    reader.enter_room("coffee", request=joins(reader)[1])
    reader.hear(answers.Error(code="already-a-member", message="You are in coffee already."), typed)

    assert (reader.room_view.room, reader.told) == ("coffee", [])


def test_a_room_that_is_wanted_twice_is_entered_once() -> None:
    reader = Reader("tea", also=["coffee", "Tea", "Coffee", "garden"])
    reader.come_in()
    enter_all(reader)
    assert [join.room for join in joins(reader)] == ["tea", "Coffee", "garden"]
