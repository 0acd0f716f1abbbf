"""What is known of the messages that others answer, and how it comes to be known."""

from __future__ import annotations

import msgspec
import pytest

from chatroom.client.reducer import failing
from chatroom.client.views.lines import MessageLine
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest
from tests.client.reader import Reader, entered, entry, said


@pytest.fixture
def reader() -> Reader:
    """Alice, in the room tea, where bob answers message 3 of long ago."""
    reader = Reader()
    reader.come_in(features=["replies"])
    reader.enter_room("tea", seq=99)
    reader.hear(msgspec.structs.replace(said(100, "yes"), re=3))
    return reader


def look_up(reader: Reader, *seqs: int) -> list[AnyRequest]:
    """Return what is asked for when answers to *seqs* come into view."""
    return [*reader.room_screen.look_up(seqs)]


def found(reader: Reader, asked: AnyRequest, *entries: answers.Message) -> None:
    reader.hear(answers.Entries(room="tea", entries=list(entries), more=False), asked)


def told(reader: Reader) -> dict[int, str]:
    """Return what is told of messages that are answered."""
    return {seq: message.retraction or message.text for seq, message in reader.room_view.answered.items()}


def test_the_message_tells_its_number() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea")
    reader.hear(msgspec.structs.replace(said(2, "yes"), re=1))
    [line] = [line for line in reader.room_view.lines if isinstance(line, MessageLine)]
    assert line.re == 1


def test_what_comes_into_view_is_looked_up_once(reader: Reader) -> None:
    [asked] = look_up(reader, 3)
    assert asked == requests.History(room="tea", before=4, limit=1)
    assert look_up(reader, 3) == []

    found(reader, asked, entry(3, "a cup?"))

    assert told(reader) == {3: "a cup?"}
    assert look_up(reader, 3) == []


def test_a_few_are_looked_up_at_a_time(reader: Reader) -> None:
    assert [asked.before for asked in look_up(reader, *range(9)) if isinstance(asked, requests.History)] == [9, 8, 7]
    assert [asked.before for asked in look_up(reader, *range(9)) if isinstance(asked, requests.History)] == [6, 5, 4]


def test_what_the_server_has_forgotten_stays_a_number(reader: Reader) -> None:
    [asked] = look_up(reader, 3)
    found(reader, asked, entry(2, "another one"))
    assert told(reader) == {}
    assert look_up(reader, 3) == []


def test_what_could_not_be_asked_is_asked_again(reader: Reader) -> None:
    [asked] = look_up(reader, 3)
    failing.failed(reader.chat, asked, "That was not done.")
    assert look_up(reader, 3) == [asked]


def test_what_is_in_the_window_need_not_be_asked(reader: Reader) -> None:
    assert look_up(reader, 100) == []
    assert told(reader) == {100: "yes"}


def test_nothing_is_shown_of_people_who_are_ignored(reader: Reader) -> None:
    [asked] = look_up(reader, 3)
    found(reader, asked, entry(3, "a cup?", speaker="eve"))
    reader.enter("/ignore eve")
    assert told(reader) == {}


def test_nothing_is_kept_of_what_was_taken_back(reader: Reader) -> None:
    [asked] = look_up(reader, 3)
    found(reader, asked, entry(3, "a cup?"))
    reader.hear(answers.Redacted(room="tea", seq=3, from_="bob", by="bob", redactions=1))
    assert told(reader) == {3: "taken back"}


def test_another_log_has_other_numbers(reader: Reader) -> None:
    [asked] = look_up(reader, 3)
    found(reader, asked, entry(3, "a cup?"))
    reader.hear(replace_epoch(entered("tea", seq=1)))
    assert told(reader) == {}


def replace_epoch(reply: answers.Entered) -> answers.Entered:
    return msgspec.structs.replace(reply, epoch="f")
