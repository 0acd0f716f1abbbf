"""How far one has read: the server is told, and tells what was read elsewhere."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from chatroom.client.model.overview import tabs
from chatroom.client.navigation.message import go
from chatroom.client.reducer.marking import due
from chatroom.client.screens.overlays.catchup import CatchupScreen
from chatroom.client.views.view import Connectivity
from chatroom.wire.frames import answers, requests
from tests.client.reader import NOON, Reader, at, entered, entry, said

ALL = 100


@pytest.fixture
def reader() -> Reader:
    """Somebody called alice, who looks at tea and is in coffee too, on a server that keeps marks."""
    reader = Reader()
    reader.come_in(features=["marks"])
    reader.enter_room("coffee", seq=3)
    reader.enter_room("tea")
    due(reader.chat, ALL)
    return reader


def marked(room: str, seq: int) -> answers.Marked:
    """Tell that another device has read so far."""
    return answers.Marked(room=room, seq=seq, marked_at=at(seq))


def news(reader: Reader) -> tuple[int, bool]:
    """Return how much is new in coffee, and whether one is mentioned there."""
    [coffee] = (tab for tab in reader.room_view.tabs if tab.room == "coffee")
    return coffee.unread, coffee.mentioned


def test_what_is_looked_at_is_marked_once(reader: Reader) -> None:
    reader.hear_said("one", "two")
    reader.hear_said("four", room="coffee", first=4)

    assert due(reader.chat, ALL) == [requests.Mark(room="tea", seq=2)]
    assert due(reader.chat, ALL) == []
    reader.press("meta 1")
    assert due(reader.chat, ALL) == [requests.Mark(room="coffee", seq=4)]


def test_a_room_where_nothing_is_known_is_marked_where_one_came_in() -> None:
    reader = Reader()
    reader.come_in(features=["marks"])
    reader.enter_room("coffee", seq=3)

    assert due(reader.chat, ALL) == [requests.Mark(room="coffee", seq=3)]


def test_a_room_that_one_follows_is_not_read_before_anybody_has_marked_it() -> None:
    reader = Reader()
    reader.come_in(features=["marks"], account="alice", follows=["coffee"])
    for asked in reader.asked:
        if isinstance(asked, requests.Join):
            reader.hear(entered(asked.room, seq=2), asked)
    reader.hear_said("one", "alice: two", room="coffee")
    reader.hear(answers.Level(room="coffee", seq=2, members=1, topic=""))

    [coffee] = tabs(reader.chat)
    assert (coffee.unread, coffee.mentioned) == (2, True)
    assert due(reader.chat, ALL) == []
    reader.press("meta 1")
    assert due(reader.chat, ALL) == [requests.Mark(room="coffee", seq=2)]


@pytest.mark.parametrize("known", [0, 2])
def test_what_comes_before_one_looks_is_new_also_where_all_before_was_read(known: int) -> None:
    reader = Reader("tea", also=["coffee"])
    reader.come_in(features=["marks"])
    reader.enter_room("tea")
    frame = msgspec.structs.replace(entered("coffee", seq=known), marked=known)
    reader.hear(frame, requests.Join(room="coffee", backlog=100))
    reader.hear(answers.Level(room="coffee", seq=known, members=1, topic=""))
    reader.hear_said("news", room="coffee", first=known + 1)
    reader.press("meta 2")
    assert (reader.room_view.room, reader.room_view.read_to) == ("coffee", known)


def test_what_is_told_before_the_talks_are_listed_marks_nothing_before_it(reader: Reader) -> None:
    reader.come_in(features=["marks", "talks"], account="alice")
    reader.hear(
        answers.Told(from_="bob", to="alice", at=at(5), text="five", seq=5, with_="bob"),
    )
    assert due(reader.chat, ALL) == []
    reader.press("meta a")
    assert due(reader.chat, ALL) == [requests.Mark(with_="bob", seq=5)]


def test_a_few_rooms_are_marked_at_a_time_or_one(reader: Reader) -> None:
    reader.hear_said("one")
    reader.hear_said("four", room="coffee", first=4)
    reader.press("f3", "meta U", "esc")

    assert due(reader.chat, ALL, "COFFEE") == [requests.Mark(room="coffee", seq=4)]
    assert due(reader.chat, ALL, "nowhere") == []
    assert len(due(reader.chat, 1)) == 1
    assert due(reader.chat, ALL) == []


def test_who_does_not_look_at_the_terminal_marks_nothing(reader: Reader) -> None:
    reader.chat.focus(False)
    reader.hear_said("one")
    assert due(reader.chat, ALL) == []
    reader.chat.focus(True)
    assert due(reader.chat, ALL) == [requests.Mark(room="tea", seq=1)]


def test_what_one_says_the_server_marks_by_itself_if_all_was_read(reader: Reader) -> None:
    reader.hear_said("one")
    due(reader.chat, ALL)
    reader.hear_said("two", first=2, speaker="alice")
    assert due(reader.chat, ALL) == []
    reader.hear_said("three", first=3)
    reader.hear_said("four", first=4, speaker="alice")
    assert due(reader.chat, ALL) == [requests.Mark(room="tea", seq=4)]


def test_no_server_is_asked_that_keeps_none_or_is_not_there(reader: Reader) -> None:
    reader.hear_said("one")
    reader.chat.connection_changed(Connectivity.LOST)
    assert due(reader.chat, ALL) == []
    reader.come_in()
    assert due(reader.chat, ALL) == []


def test_what_was_read_elsewhere_is_not_new(reader: Reader) -> None:
    reader.hear_said("four", "alice: five", "six", room="coffee", first=4)
    assert news(reader) == (3, True)
    reader.hear(marked("coffee", 4))
    assert news(reader) == (2, True)
    reader.hear(marked("coffee", 5))
    assert news(reader) == (1, False)
    reader.hear(marked("coffee", 3))
    assert news(reader) == (1, False)
    reader.press("f3")
    assert isinstance(reader.screen, CatchupScreen)
    assert reader.screen.view().count == "1 new"
    reader.hear(marked("coffee", 6))
    assert reader.screen.view().about == "nothing is new"
    reader.press("esc", "meta 1")
    assert reader.room_view.read_to == 6
    assert due(reader.chat, ALL) == []


def test_what_ignored_people_said_does_not_count_as_left_to_read(reader: Reader) -> None:
    reader.chat.preferences.ignore("carol")
    reader.hear_said("four", "five", room="coffee", first=4)
    reader.hear_said("six", room="coffee", first=6, speaker="carol")
    reader.hear_said("seven", room="coffee", first=7, speaker="alice")
    reader.hear(marked("coffee", 4))

    assert news(reader) == (1, False)


def test_the_line_moves_along_while_one_looks_at_another_window(reader: Reader) -> None:
    reader.hear_said("one")
    reader.chat.focus(False)
    reader.hear_said("two", "three", first=2)
    assert reader.room_view.read_to == 1
    reader.hear(marked("tea", 2))
    assert (reader.room_view.read_to, reader.room_view.tabs[1].unread) == (2, 1)


def test_what_one_reads_oneself_keeps_its_line(reader: Reader) -> None:
    reader.hear_said("four", "five", room="coffee", first=4)
    reader.press("meta 1")
    assert reader.room_view.read_to == 3
    reader.hear(marked("coffee", 5))
    assert reader.room_view.read_to == 3


def test_what_one_has_jumped_away_from_may_be_read_elsewhere(reader: Reader) -> None:
    reader.hear_said("alice: four", "alice: five", "six", room="coffee", first=4)
    go(reader.chat, reader.chat.conversations["coffee"], 2)
    reader.hear(marked("coffee", 4))
    reader.press("meta 2")
    assert news(reader) == (2, True)

    go(reader.chat, reader.chat.conversations["coffee"], 2)
    reader.hear(marked("coffee", 5))
    reader.press("meta 2")
    assert news(reader) == (1, False)

    go(reader.chat, reader.chat.conversations["coffee"], 2)
    reader.hear(marked("coffee", 6))
    reader.press("meta 2")
    assert news(reader) == (0, False)


def test_a_mark_further_on_is_known_when_one_is_back(reader: Reader) -> None:
    reader.hear_said("four", "five", room="coffee", first=4)
    frame = answers.Entered(
        room="coffee", topic="", members=1, capacity=256, epoch="e", seq=6, resumed=True, marked=6, marked_at=at(6)
    )
    reader.hear(frame)
    reader.hear_said("six", room="coffee", first=6)

    assert news(reader) == (0, False)


def test_marks_go_out_again_if_the_server_does_not_have_them_when_one_is_back(reader: Reader) -> None:
    reader.hear_said("one")
    due(reader.chat, ALL)
    reader.hear(entered("tea", seq=1, resumed=True))

    assert due(reader.chat, ALL) == [requests.Mark(room="tea", seq=1)]


def test_where_more_is_new_than_was_sent_the_server_is_asked_how_much() -> None:
    reader = Reader("tea", also=["coffee"])
    reader.come_in(features=["marks"])
    reader.enter_room("tea")
    join = requests.Join(room="coffee", backlog=100)
    reader.hear(
        answers.Entered(room="coffee", topic="", members=1, capacity=256, epoch="e", seq=300, resumed=False, marked=50),
        join,
    )
    for seq in range(290, 301):
        reader.hear(said(seq, "hello", room="coffee"))
    reader.hear(answers.Level(room="coffee", seq=300, members=1, topic=""))
    assert news(reader) == (250, False)
    assert reader.asked[-1] == requests.Unread()

    row = answers.UnreadPlace(
        room="coffee",
        seq=300,
        at=at(300),
        from_="bob",
        text="hello",
        first=51,
        mention=entry(60, "alice: hello"),
        marked=50,
        unread=240,
        mentions=1,
    )
    reader.hear(answers.Unread(unread=[row], more=False), requests.Unread())
    assert news(reader) == (240, True)


def test_the_count_of_a_room_is_looked_for_as_far_as_it_may_be() -> None:
    reader = Reader("tea", also=["coffee"])
    reader.come_in(features=["marks"])
    reader.enter_room("tea")
    join = requests.Join(room="coffee", backlog=100)
    reader.hear(
        answers.Entered(room="coffee", topic="", members=1, capacity=256, epoch="e", seq=300, resumed=False, marked=50),
        join,
    )
    reader.hear(said(300, "hello", room="coffee"))
    reader.hear(answers.Level(room="coffee", seq=300, members=1, topic=""))

    def page(minutes: int) -> answers.Unread:
        row = answers.UnreadPlace(
            with_="bob", seq=9, at=at(minutes), from_="bob", text="hi", first=1, marked=0, unread=9, mentions=0
        )
        return answers.Unread(unread=[row], more=True)

    second = requests.Unread(before=NOON + timedelta(minutes=400))
    assert reader.hear(page(400), requests.Unread()) == [second]
    assert reader.hear(page(400), second) == []
    third = requests.Unread(before=NOON + timedelta(minutes=350))
    assert reader.hear(page(350), second) == [third]
    # Coffee would have been listed before that.
    assert reader.hear(page(299), third) == []
    assert reader.hear(answers.Unread(unread=[], more=True), third) == []


def test_where_the_server_can_not_count_nothing_is_said(reader: Reader) -> None:
    reader.hear(answers.Error(code="unavailable", message="Not now."), requests.Unread())
    assert reader.texts == []
