"""What goes on for ever takes a bounded place."""

from __future__ import annotations

from chatroom.client.model.conversation import MAX_ASKED_NAMES
from chatroom.client.model.room_list import MAX_ROOMS
from chatroom.client.model.window import CROWD, Window
from chatroom.client.views.lines import NoticeLine, Traffic
from chatroom.wire.frames import answers, requests
from tests.client.reader import NOON, Reader, rooms


def test_a_line_tells_of_a_crowd_and_then_another_line_begins() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room()
    for number in range(CROWD + 5):
        reader.hear(answers.Renamed(room="tea", from_=f"bob{number}", to=f"bob{number + 1}"))
    told = [line.renamed for line in reader.room_view.lines if isinstance(line, Traffic)]
    assert [len(renamed) for renamed in told] == [CROWD, 5]


def test_those_who_spoke_long_before_many_others_are_forgotten() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room()
    for number in range(MAX_ASKED_NAMES + 5):
        reader.hear_said("hello", first=number + 1, speaker=f"bob{number}")
    spoken = list(reader.room_screen.conversation.spoken)
    assert (len(spoken), spoken[0]) == (MAX_ASKED_NAMES, "bob5")


def test_what_waits_for_the_end_of_a_room_is_as_much_as_a_window_holds() -> None:
    window = Window(limit=3)
    window.live = False
    for number in range(5):
        window.add(NoticeLine(NOON, str(number)))
    window.add_newer([], live=True)
    assert [line.text for line in window.lines if isinstance(line, NoticeLine)] == ["2", "3", "4"]


def test_rooms_that_were_left_out_are_asked_for_when_there_is_room_for_them() -> None:
    reader = Reader()
    reader.come_in()
    many = [f"room{number}" for number in range(MAX_ROOMS + 1)]
    assert reader.hear(answers.Rooms(rooms=rooms(*many), more=True), requests.List(watch=True)) == []
    assert len(reader.lobby_view.rooms) == MAX_ROOMS

    assert reader.hear(answers.RoomsChanged(rooms=[], closed=many[: MAX_ROOMS // 2])) == []
    assert reader.hear(answers.RoomsChanged(rooms=[], closed=many[MAX_ROOMS // 2 : MAX_ROOMS])) == [requests.List()]
    assert reader.hear(answers.RoomsChanged(rooms=rooms("last"), closed=[])) == []
    reader.hear(answers.Rooms(rooms=rooms("last", many[-1]), more=False), requests.List())
    assert [row.room for row in reader.lobby_view.rooms] == ["last", many[-1]]


def test_what_is_told_of_those_who_come_and_go_is_forgotten_before_what_they_said() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room()
    reader.hear_said("hello")
    for number in range(20_000):
        reader.hear(answers.Joined(room="tea", username=f"bob{number}", members=number))
    [message, *crowds] = reader.room_view.lines
    assert getattr(message, "text", "") == "hello"
    told = [name for line in crowds if isinstance(line, Traffic) for name in line.joined]
    assert told == [f"bob{number}" for number in range(20_000 - len(told), 20_000)]
    assert 5_000 <= len(told) <= 10_000
