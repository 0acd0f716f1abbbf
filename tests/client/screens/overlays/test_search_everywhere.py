"""Searching all rooms and talks, by who said it and when; and going there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec import UNSET

from chatroom.client.drawing.lists import rows
from chatroom.client.keys.bindings import DEFAULT
from chatroom.client.screens.overlays.search import SearchScreen
from chatroom.client.views.items import FoundMessage
from chatroom.client.views.view import ListView
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest
from tests.client.reader import Reader, at, said


@pytest.fixture
def reader() -> Reader:
    """Alice, in the rooms coffee and tea, of which she looks at tea."""
    reader = Reader()
    reader.come_in(features=["finding"])
    reader.enter_room("coffee", seq=50)
    reader.enter_room("tea")
    return reader


def search(query: str, **more: object) -> requests.Search:
    return requests.Search(query=query, limit=50, newest_first=True, **more)  # type: ignore[arg-type]


def view(reader: Reader) -> ListView:
    assert isinstance(reader.screen, SearchScreen)
    return reader.screen.view()


def entry(seq: int, room: str = "", with_: str = "", speaker: str = "bob") -> answers.Message:
    """A message that was said in *room*, or *with* somebody."""
    text = f"the kettle {seq}"
    return answers.Message(room=room or UNSET, with_=with_ or UNSET, seq=seq, at=at(seq), from_=speaker, text=text)


def find(reader: Reader, asked: AnyRequest | None, *entries: answers.Message, more: bool = False) -> None:
    assert isinstance(asked, requests.Search)
    reader.hear(answers.Entries(room=asked.room, entries=list(entries), more=more), asked)


def found(reader: Reader) -> list[tuple[str, int]]:
    return [(item.place, item.message.seq) for item in view(reader).items if isinstance(item, FoundMessage)]


def test_a_star_searches_everywhere(reader: Reader) -> None:
    asked = reader.enter("/search * the kettle")
    assert asked == search("the kettle")

    find(reader, asked, entry(9, "milk"), entry(8, with_="bob"), entry(7, "tea"))

    assert found(reader) == [("milk", 9), ("with bob", 8), ("tea", 7)]
    assert (view(reader).title, view(reader).about) == ("Found in all rooms and talks", "the kettle")
    drawn = ["".join(text for _, text in row).rstrip() for row in rows(view(reader), 80, 10, DEFAULT)]
    assert drawn[1:4] == [
        " 12:09 milk       bob  the kettle 9",
        " 12:08 with bob   bob  the kettle 8",
        " 12:07 tea        bob  the kettle 7",
    ]


def test_a_key_turns_to_all_rooms_and_back(reader: Reader) -> None:
    find(reader, reader.enter("/search kettle"), entry(7))
    assert found(reader) == [("tea", 7)]
    assert reader.press("tab") == search("kettle")
    assert (found(reader), view(reader).title) == ([], "Found in all rooms and talks")
    assert reader.press("tab") == search("kettle", room="tea")


def test_it_goes_on_with_the_time_of_the_oldest(reader: Reader) -> None:
    find(reader, reader.enter("/search * kettle"), entry(9, "milk"), entry(7, "tea"), more=True)
    asked = reader.press("page down")
    assert asked == search("kettle", until=datetime(2026, 11, 20, 12, 7, tzinfo=UTC))
    find(reader, asked, entry(3, "milk"))
    assert found(reader) == [("milk", 9), ("tea", 7), ("milk", 3)]


def test_a_server_whose_times_are_none_is_asked_no_further(reader: Reader) -> None:
    odd = answers.Message(room="tea", seq=3, at="tea time", from_="bob", text="the kettle")
    find(reader, reader.enter("/search * kettle"), odd, more=True)
    assert reader.press("page down") is None


def test_enter_goes_to_another_room(reader: Reader) -> None:
    find(reader, reader.enter("/search * kettle"), entry(9, "coffee"))
    assert reader.press("enter") == requests.History(room="coffee", before=10, limit=50)
    assert reader.room_view.room == "coffee"


def test_a_room_that_one_is_not_in_is_entered_for_it(reader: Reader) -> None:
    find(reader, reader.enter("/search * kettle"), entry(9, "milk"))
    assert view(reader).notice == "You are not in milk: Enter enters it, and goes there."
    asked = reader.press("enter")
    assert asked == requests.Join(room="milk", backlog=100)

    reader.enter_room("milk", seq=900, request=asked)

    assert reader.room_view.room == "milk"
    assert requests.History(room="milk", before=10, limit=50) in reader.asked


def test_who_is_not_let_in_goes_nowhere_later(reader: Reader) -> None:
    find(reader, reader.enter("/search * kettle"), entry(9, "milk"))
    asked = reader.press("enter")
    reader.hear(answers.Error(code="room-full", message="milk is full."), asked)
    reader.enter_room("milk", seq=900)
    assert not any(isinstance(asked, requests.History) for asked in reader.asked)


def test_what_was_said_in_a_talk_is_on_its_page(reader: Reader) -> None:
    find(reader, reader.enter("/search * kettle"), entry(9, with_="bob"))
    request = reader.press("enter")
    assert isinstance(request, requests.History)
    assert request.with_ == "bob"
    assert reader.chat.current
    assert reader.chat.current.name == "@bob"


def test_who_said_it_and_when_narrow_it(reader: Reader) -> None:
    day = datetime(2026, 11, 19, tzinfo=UTC)
    asked = reader.enter("/search from:bob since:2026-11-19 before:today kettle")
    instant_before = datetime(2026, 11, 18, 23, 59, 59, 999000, tzinfo=UTC)
    until = day.replace(day=20)
    assert asked == search("kettle", room="tea", from_="bob", since=instant_before, until=until)
    find(reader, asked, entry(7))
    item = view(reader).items[1]
    assert isinstance(item, FoundMessage)
    assert [item.message.text[first:last] for first, last in item.spans] == ["kettle"]


def test_a_day_that_is_none_is_told_and_can_be_mended(reader: Reader) -> None:
    assert reader.enter("/search kettle before:soon") is None
    told = "soon is no day and no time; write it like 2026-11-20, yesterday, monday or 14:30."
    assert (view(reader).notice, view(reader).error) == (told, True)
    assert reader.press("ctrl w", "before:today", "enter") == search(
        "kettle", room="tea", until=datetime(2026, 11, 20, tzinfo=UTC)
    )


def test_a_time_alone_finds_nothing_and_says_what_does(reader: Reader) -> None:
    assert reader.enter("/search since:yesterday before:today") is None
    told = "Add a word or from:bob to the time; /goto 2026-11-20 shows all that was said from then on."
    assert (view(reader).notice, view(reader).error) == (told, True)
    assert reader.press(" from:bob", "enter") is not None


def test_what_was_taken_back_or_said_by_ignored_people_is_not_seen(reader: Reader) -> None:
    reader.enter("/ignore eve")
    reader.hear(answers.Redacted(room="tea", seq=7, from_="bob", by="bob", redactions=1))
    find(reader, reader.enter("/search * kettle"), entry(9, "tea", speaker="eve"), entry(7, "tea"), entry(7, "milk"))
    texts = [item.message.text for item in view(reader).items if isinstance(item, FoundMessage)]
    assert texts == ["", "the kettle 7"]


def test_in_the_lobby_all_rooms_are_searched(reader: Reader) -> None:
    reader.press("f2", "ctrl s", "kettle")
    assert reader.press("enter") == search("kettle")
    assert reader.press("tab") is None


def test_an_older_server_says_so() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea")
    told = "This server looks through one room at a time, and for words alone."
    reader.enter("/search * kettle")
    assert reader.told[-1] == f"! {told}"
    reader.press("esc", "ctrl s", "from:bob", "enter")
    assert view(reader).notice == told
    reader.press("ctrl u", "kettle", "tab")
    assert view(reader).notice == told
    assert reader.press("enter") == search("kettle", room="tea")


# Going to a time.


@pytest.mark.parametrize(
    ("what", "since"),
    [
        ("2026-11-19", datetime(2026, 11, 18, 23, 59, 59, 999000, tzinfo=UTC)),
        ("yesterday", datetime(2026, 11, 18, 23, 59, 59, 999000, tzinfo=UTC)),
        ("11:30", datetime(2026, 11, 20, 11, 29, 59, 999000, tzinfo=UTC)),
    ],
)
def test_a_command_goes_to_the_first_message_at_a_time(reader: Reader, what: str, since: datetime) -> None:
    reader.hear_said("one", "two", "three")
    asked = reader.enter(f"/goto {what}")
    assert asked == requests.History(room="tea", since=since, limit=1)
    reader.hear(answers.Entries(room="tea", entries=[entry(2)], more=True), asked)
    assert reader.room_view.emphasized == 2


@pytest.mark.parametrize("what", ["2", "#2"])
def test_a_number_is_that_of_a_message(reader: Reader, what: str) -> None:
    reader.hear_said("one", "two", "three")
    assert reader.enter(f"/goto {what}") is None
    assert reader.room_view.emphasized == 2


def test_a_number_that_no_message_has_yet_is_told(reader: Reader) -> None:
    reader.hear_said("one", "two", "three")
    assert reader.enter("/goto 4") is None
    assert reader.told[-1] == "! There is no message 4 here yet; the newest is 3."


def test_where_nothing_was_said_since_it_stays(reader: Reader) -> None:
    reader.hear(answers.Entries(room="tea", entries=[], more=False), reader.enter("/goto 11:30"))
    assert reader.room_view.status.remark == "Nothing was said here since 2026-11-20 11:30"


def test_what_is_found_too_late_leads_nowhere(reader: Reader) -> None:
    asked = reader.enter("/goto 11:30")
    reader.press("meta 1")
    reader.hear(answers.Entries(room="tea", entries=[entry(2)], more=True), asked)
    assert reader.room_view.room == "coffee"


def test_what_is_no_time_says_how_one_is_written(reader: Reader) -> None:
    reader.enter("/goto soon")
    assert reader.told[-1] == (
        "! soon is no day and no time; write it like 2026-11-20, yesterday, monday or 14:30,"
        " or #812 for a message by its number."
    )
    reader.enter("/goto")
    assert reader.told[-1].startswith("! Write /goto time: ")


def test_the_menu_of_an_answer_leads_to_what_it_answers(reader: Reader) -> None:
    reader.hear_said("one", "two")
    reader.hear(answers.Said(room="tea", seq=3, at=at(3), from_="bob", text="three", re=1))
    reader.hear(said(4, "four"))
    reader.press("meta x", "up", "enter", "enter")
    assert reader.room_view.emphasized == 1
