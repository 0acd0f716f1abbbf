"""Rooms that somebody wants to be in from the start."""

from __future__ import annotations

from chatroom.wire import requests
from tests.client.pages.reader import Reader


def joins(reader: Reader) -> list[requests.Join]:
    """Return what was asked to enter a room."""
    return [asked for asked in reader.asked if isinstance(asked, requests.Join)]


def test_all_of_them_are_entered_and_the_first_is_looked_at() -> None:
    reader = Reader("tea", also=["coffee", "garden"])
    reader.come_in()

    assert [join.room for join in joins(reader)] == ["tea", "coffee", "garden"]
    for join in joins(reader):
        reader.enter_room(join.room, request=join)
    assert [(tab.room, tab.current) for tab in reader.room_view.tabs] == [
        ("tea", True),
        ("coffee", False),
        ("garden", False),
    ]


def test_they_are_asked_for_once() -> None:
    reader = Reader("tea", also=["coffee"])
    reader.come_in()
    for join in joins(reader):
        reader.enter_room(join.room, request=join)
    reader.come_in()

    assert len(joins(reader)) == 2


def test_one_that_is_entered_later_by_hand_is_looked_at() -> None:
    reader = Reader("tea", also=["coffee"])
    reader.come_in()
    reader.enter_room("tea", request=joins(reader)[0])
    reader.enter_room("coffee", request=joins(reader)[1])
    reader.press("/join coffee", "enter")

    assert reader.room_view.room == "coffee"
