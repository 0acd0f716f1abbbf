"""Reading further up: older messages are fetched, and the newest are not missed."""

from __future__ import annotations

from chatroom.client.reducer import failing
from chatroom.wire.frames import answers, requests
from tests.client.reader import Reader, entry, said


def test_older_messages_are_asked_for_once_and_put_before_the_others(reader: Reader) -> None:
    reader.enter_room("coffee", seq=9)
    reader.hear_said("ten", first=10, room="coffee")
    asked = reader.room_screen.older()
    assert asked == requests.History(room="coffee", before=10, limit=100)
    assert reader.room_screen.older() is None

    reader.hear(answers.Entries(room="coffee", entries=[_entry(8), _entry(9)], more=False), asked)

    assert reader.texts == ["bob: 8", "bob: 9", "bob: ten"]
    assert reader.room_view.complete
    assert reader.room_screen.older() is None


def test_a_room_that_is_read_from_its_first_message_has_nothing_older(reader: Reader) -> None:
    reader.hear_said("one")

    assert reader.room_view.complete
    assert reader.room_screen.older() is None


def test_a_page_that_failed_can_be_asked_for_again(reader: Reader) -> None:
    reader.enter_room("coffee", seq=9)
    reader.hear_said("ten", first=10, room="coffee")
    asked = reader.room_screen.older()
    assert asked is not None
    failing.failed(reader.chat, asked, "That was not done.")

    assert reader.room_screen.older() == asked


def test_five_thousand_lines_are_kept_and_the_newest_come_back() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea", seq=9000)
    for seq in range(4000, 9001):
        reader.hear(said(seq, str(seq)))
    assert len(reader.room_view.lines) == 5000
    assert reader.texts[0] == "bob: 4001"

    reader.room_screen.conversation.reading.follow(False)
    asked = reader.room_screen.older()
    reader.hear(answers.Entries(room="tea", entries=[_entry(seq) for seq in range(3901, 4001)], more=True), asked)
    assert len(reader.room_view.lines) == 5000
    assert (reader.texts[0], reader.texts[-1]) == ("bob: 3901", "bob: 8900")
    assert not reader.room_view.live

    # What comes now is not here, but counted; what the client tells is kept until the end is back.
    reader.hear(said(9001, "new"))
    reader.hear(answers.TopicChanged(room="tea", topic="green", by="bob"))
    assert reader.texts[-1] == "bob: 8900"
    assert reader.room_view.arrived == 1

    asked = reader.room_screen.newest()
    reader.hear(answers.Entries(room="tea", entries=[_entry(9000), _entry(9001)], more=True), asked)
    assert reader.texts == ["bob: 9000", "bob: 9001", "bob set the topic: green"]
    assert reader.room_view.live


def test_the_end_is_also_reached_page_by_page() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea", seq=6000)
    for seq in range(1001, 6001):
        reader.hear(said(seq, str(seq)))
    asked = reader.room_screen.older()
    reader.hear(answers.Entries(room="tea", entries=[_entry(1000)], more=True), asked)
    assert reader.texts[-1] == "bob: 5999"

    asked = reader.room_screen.newer()
    assert asked == requests.History(room="tea", after=5999, limit=100)
    # Said after the page was read and before it came: then there is one more page to read.
    reader.hear(said(6001, "6001"))
    reader.hear(answers.Entries(room="tea", entries=[_entry(6000)], more=False), asked)
    assert not reader.room_view.live

    reader.hear(answers.Entries(room="tea", entries=[_entry(6001)], more=False), reader.room_screen.newer())
    assert reader.room_view.live
    assert reader.texts[-1] == "bob: 6001"
    assert reader.room_screen.newer() is None


def _entry(seq: int) -> answers.Message:
    return entry(seq, str(seq))
