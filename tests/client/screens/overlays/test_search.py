"""Searching a room: the words, what is found, and going there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chatroom.client.reducer import failing
from chatroom.client.screens.overlays.search import SearchScreen
from chatroom.client.screens.room import RoomScreen
from chatroom.client.views.items import Day, FoundMessage
from chatroom.client.views.view import ListView
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest
from tests.client.reader import Reader, entry


def view(reader: Reader) -> ListView:
    """Return what the screen of the search shows."""
    assert isinstance(reader.screen, SearchScreen)
    return reader.screen.view()


def find(reader: Reader, request: AnyRequest | None, seqs: Sequence[int], *, more: bool = False) -> None:
    """Let the server find the messages *seqs*."""
    assert isinstance(request, requests.Search)
    entries = [entry(seq, f"the kettle {seq}") for seq in seqs]
    reader.hear(answers.Entries(room=request.room, entries=entries, more=more), request)


def found(reader: Reader) -> list[int]:
    """Return the numbers of what is listed."""
    return [item.message.seq for item in view(reader).items if isinstance(item, FoundMessage)]


def chosen(reader: Reader) -> int:
    """Return the number of what is chosen."""
    shown = view(reader)
    assert shown.chosen is not None
    item = shown.items[shown.chosen]
    assert isinstance(item, FoundMessage)
    return item.message.seq


@pytest.mark.parametrize("command", ["/search", "/lastlog"])
def test_a_command_searches_the_room_the_newest_first(reader: Reader, command: str) -> None:
    asked = reader.enter(f"{command} the kettle")
    assert asked == requests.Search(room="tea", query="the kettle", limit=50, newest_first=True)
    assert view(reader).notice == "searching …"

    find(reader, asked, [2000, 30, 7])

    assert (view(reader).title, view(reader).about, view(reader).count) == ("Found in tea", "the kettle", "3 found")
    assert [type(item) for item in view(reader).items] == [Day, FoundMessage, Day, FoundMessage, FoundMessage]
    assert (found(reader), chosen(reader)) == ([2000, 30, 7], 2000)
    item = view(reader).items[1]
    assert isinstance(item, FoundMessage)
    assert [item.message.text[start:end] for start, end in item.spans] == ["the", "kettle"]


def test_a_key_asks_for_the_words_first(reader: Reader) -> None:
    assert reader.press("ctrl s") is None
    assert view(reader).notice.startswith("All words must occur")
    assert reader.press("enter") is None

    assert reader.press("kettle", "enter") == requests.Search(room="tea", query="kettle", limit=50, newest_first=True)


def test_enter_goes_to_what_is_chosen(reader: Reader) -> None:
    find(reader, reader.enter("/search kettle"), [30, 7])
    asked = reader.press("down", "enter")

    assert asked == requests.History(room="tea", before=8, limit=50)
    assert isinstance(reader.screen, RoomScreen)


def test_other_words_are_searched_for_instead(reader: Reader) -> None:
    find(reader, reader.enter("/search kettle"), [30, 7])
    asked = reader.press(" on", "enter")

    assert asked == requests.Search(room="tea", query="kettle on", limit=50, newest_first=True)
    assert found(reader) == []


def test_older_matches_are_fetched_at_the_last_one(reader: Reader) -> None:
    find(reader, reader.enter("/search kettle"), range(100, 50, -1), more=True)
    assert view(reader).count == "50+ found"
    assert reader.press("page down", "page down") is None
    asked = reader.press("ctrl end")
    assert asked == requests.Search(room="tea", query="kettle", before=51, limit=50, newest_first=True)
    assert reader.press("down") is None

    find(reader, asked, [50, 3])

    assert (len(found(reader)), chosen(reader)) == (52, 51)
    assert reader.press("ctrl end") is None
    assert chosen(reader) == 3


@pytest.mark.parametrize("key", ["esc", "ctrl c", "ctrl s"])
def test_it_is_closed_and_the_line_in_the_room_is_as_it_was(reader: Reader, key: str) -> None:
    reader.press("a draft", "ctrl s", "kettle", key)

    assert reader.room_view.input.text == "a draft"


def test_where_nobody_said_that_it_says_so(reader: Reader) -> None:
    find(reader, reader.enter("/search kettl*"), [])

    assert (view(reader).notice, view(reader).chosen) == ("Nobody said that in tea.", None)
    assert reader.press("enter", "down") is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("kettl", " as whole words; kettl* finds those that begin so"),
        ("the kettl from:bob", " as whole words; kettl* finds those that begin so"),
        ("a* b* c* d", ""),
        ("a* b* c* kettl", ""),
        ('"the kettl"', ""),
        ("下午", ""),
        ("tea-tim", ""),
    ],
)
def test_where_only_the_beginning_of_a_word_is_looked_for_it_says_how(reader: Reader, words: str, told: str) -> None:
    reader.chat.features = frozenset(["finding"])
    find(reader, reader.enter(f"/search {words}"), [])
    assert view(reader).notice == f"Nobody said that in tea{told}."


def test_what_can_not_be_searched_for_is_said_on_the_screen(reader: Reader) -> None:
    asked = reader.enter('/search "the kettle')
    reader.hear(answers.Error(code="query-invalid", message="A quoted phrase is not closed."), asked)

    assert (view(reader).notice, view(reader).error) == ("A quoted phrase is not closed.", True)
    # And so it is asked again.
    assert reader.press('"', "enter") == requests.Search(room="tea", query='"the kettle"', limit=50, newest_first=True)
    assert not view(reader).error


def test_without_a_connection_it_says_so(reader: Reader) -> None:
    asked = reader.enter("/search kettle")
    assert asked is not None
    failing.failed(reader.chat, asked, "That was not done: not connected.")

    assert (view(reader).notice, view(reader).error) == ("That was not done: not connected.", True)


def test_the_same_words_are_asked_for_again_after_a_failure(reader: Reader) -> None:
    asked = reader.enter("/search kettle")
    assert asked is not None
    failing.failed(reader.chat, asked, "That was not done: not connected.")

    assert reader.press("enter") == asked


def test_an_answer_to_older_words_is_not_taken(reader: Reader) -> None:
    first = reader.enter("/search kettle")
    reader.press("s", "enter")
    find(reader, first, [7])

    assert found(reader) == []


def test_an_answer_that_comes_too_late_harms_nobody(reader: Reader) -> None:
    asked = reader.enter("/search kettle")
    reader.press("esc")
    find(reader, asked, [7])

    assert reader.texts == []


def test_what_happens_meanwhile_happens_in_the_room(reader: Reader) -> None:
    reader.press("ctrl s")
    reader.hear_said("meanwhile")
    reader.press("esc")

    assert reader.texts == ["bob: meanwhile"]


def test_in_the_lobby_there_is_nothing_to_search(reader: Reader) -> None:
    reader.press("f2", "ctrl s")

    assert reader.told == ["! You are in the lobby: enter a room to search it."]


def test_what_those_said_who_are_ignored_is_neither_listed_nor_counted(reader: Reader) -> None:
    reader.enter("/ignore bob")
    asked = reader.enter("/search kettle")
    entries = [entry(60, "the kettle"), entry(50, "which kettle?", speaker="carol"), entry(40, "the kettle!")]
    reader.hear(answers.Entries(room="tea", entries=entries, more=True), asked)
    assert (found(reader), view(reader).count) == ([50], "1+ found")
    # The next page begins behind all that was looked at.
    assert reader.press("down") == requests.Search(room="tea", query="kettle", before=40, limit=50, newest_first=True)


def test_a_search_goes_on_behind_pages_of_those_who_are_ignored_for_a_while_and_further_when_asked(
    reader: Reader,
) -> None:
    reader.enter("/ignore bob")
    asked = reader.enter("/search kettle")
    pages, seq = 0, 1000
    while asked:
        pages, seq = pages + 1, seq - 1
        page = answers.Entries(room="tea", entries=[entry(seq, "the kettle")], more=True)
        asked = next(iter(reader.hear(page, asked)), None)
    assert (pages, found(reader)) == (10, [])
    assert "ignore" in view(reader).notice

    asked = reader.press("down")
    assert isinstance(asked, requests.Search)
    assert asked.before == seq
    reader.hear(answers.Entries(room="tea", entries=[entry(7, "a kettle", speaker="carol")], more=False), asked)
    assert found(reader) == [7]
