"""What goes on for ever takes a bounded place."""

from __future__ import annotations

from chatroom.client.pages.conversation import NAMES
from chatroom.client.pages.lines import Notice, Traffic
from chatroom.client.pages.window import CROWD, Window
from chatroom.wire import answers
from tests.client.pages.reader import NOON, Reader


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
    for number in range(NAMES + 5):
        reader.hear_said("hello", first=number + 1, speaker=f"bob{number}")
    spoken = list(reader.room_page.conversation.spoken)
    assert (len(spoken), spoken[0]) == (NAMES, "bob5")


def test_what_waits_for_the_end_of_a_room_is_as_much_as_a_window_holds() -> None:
    window = Window(limit=3)
    window.live = False
    for number in range(5):
        window.add(Notice(NOON, str(number)))
    window.add_newer([], live=True)
    assert [line.text for line in window.lines if isinstance(line, Notice)] == ["2", "3", "4"]
