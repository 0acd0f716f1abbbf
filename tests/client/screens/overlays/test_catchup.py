"""What is new in all rooms, and all mentions."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chatroom.client.reducer import failing
from chatroom.client.screens.overlays.catchup import CatchupScreen
from chatroom.client.screens.overlays.mentions import MentionsScreen
from chatroom.client.views.items import FoundMessage, RoomItem
from chatroom.client.views.view import ListView
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest
from tests.client.reader import Reader, entry


@pytest.fixture
def reader() -> Reader:
    """Somebody called alice, in the rooms tea, coffee and cake; she looks at the last."""
    reader = Reader()
    reader.come_in()
    for room in ("tea", "coffee", "cake"):
        reader.enter_room(room)
    return reader


def view(reader: Reader) -> ListView:
    """Return the list that is shown."""
    assert isinstance(reader.screen, (CatchupScreen, MentionsScreen))
    return reader.screen.view()


def told(reader: Reader) -> list[str]:
    """Return the lines of the list, each in a few words."""
    lines = []
    for item in view(reader).items:
        match item:
            case RoomItem():
                lines.append(f"{item.room} {item.unread} {item.mentions}")
            case FoundMessage(named=True):
                lines.append(f"{item.room}: {item.message.text}")
            case FoundMessage():
                lines.append(item.message.text)
    return lines


def test_every_room_has_its_counts_and_last_lines_and_mentions_come_first(reader: Reader) -> None:
    reader.hear_said("seen", room="cake")
    reader.hear_said("one", "two", room="tea")
    reader.hear_said("alice!", "a", "b", "alice?", "c", "d", "e", room="coffee")
    reader.press("f3")

    assert told(reader) == [
        *("coffee 7 2", "alice!", "alice?", "d", "e"),
        *("tea 2 0", "one", "two"),
        *("cake 0 0", "seen"),
    ]
    assert (view(reader).count, view(reader).chosen) == ("9 new", 0)


def test_who_is_mentioned_sees_it_at_once(reader: Reader) -> None:
    reader.hear_said("one", "for alice", room="tea")
    reader.press("f3")
    spans = [item.spans for item in view(reader).items if isinstance(item, FoundMessage)]
    assert spans == [(), ((4, 9),)]


def test_what_comes_is_counted_while_one_looks(reader: Reader) -> None:
    reader.enter("/catchup")
    assert view(reader).about == "nothing is new"
    reader.hear_said("one", room="tea")
    assert told(reader) == ["tea 1 0", "one", "coffee 0 0", "cake 0 0"]


def test_enter_goes_to_the_room_that_is_chosen(reader: Reader) -> None:
    reader.hear_said("one", "two", room="tea")
    reader.press("f3", "down", "enter")
    assert reader.room_view.room == "coffee"
    reader.press("f3", "enter")
    assert reader.room_view.room == "tea"


def test_the_choice_stays_with_its_room(reader: Reader) -> None:
    reader.press("f3", "down")
    reader.hear_said("one", room="cake", speaker="bob")
    reader.hear_said("alice!", room="tea")
    reader.hear_said("alice!", room="coffee", first=2)
    reader.press("enter")
    assert reader.room_view.room == "coffee"


def test_all_can_be_counted_as_read(reader: Reader) -> None:
    reader.hear_said("one", "alice", room="tea")
    reader.press("f3", "meta U")
    assert told(reader) == ["tea 0 0", "alice", "coffee 0 0", "cake 0 0"]
    reader.press("f3", "meta 1")
    assert reader.room_view.read_to == 2

    reader.hear_said("two", room="coffee")
    reader.press("meta U")
    assert [tab.unread for tab in reader.room_view.tabs] == [0, 0, 0]


def test_what_is_typed_closes_it_and_is_not_lost(reader: Reader) -> None:
    reader.press("f3", "h", "ello")
    assert reader.room_view.input.text == "hello"


def test_in_no_room_there_is_nothing_to_catch_up_with() -> None:
    reader = Reader()
    reader.come_in()
    reader.press("f3")
    assert (view(reader).notice, view(reader).chosen) == ("You are in no room.", None)
    reader.press("enter", "esc")
    assert reader.lobby_view.rooms == []


# Mentions.


def find(
    reader: Reader, request: AnyRequest | None, found: Sequence[tuple[int, str]], *, more: bool = False
) -> AnyRequest | None:
    """Let the server find messages in the room that *request* is about; return what is asked next."""
    assert isinstance(request, requests.Search)
    entries = [entry(seq, text) for seq, text in found]
    asked = reader.hear(answers.Entries(room=request.room, entries=entries, more=more), request)
    return asked[0] if asked else None


def test_what_those_said_who_are_ignored_by_now_is_no_mention(reader: Reader) -> None:
    reader.hear_said("alice?", "alice!")
    reader.enter("/ignore bob")
    asked = reader.press("f4")
    while asked:
        asked = find(reader, asked, [])
    assert told(reader) == []


def test_the_mentions_of_all_rooms_are_listed_the_newest_first(reader: Reader) -> None:
    asked = reader.press("f4")
    assert asked == requests.Search(room="tea", query='"alice"', limit=50, newest_first=True)
    assert view(reader).notice == "searching …"
    asked = find(reader, asked, [(30, "alice: thirty"), (10, "ten, alice")])
    asked = find(reader, asked, [(20, "alice: twenty"), (15, "al-ice")])
    assert told(reader) == []
    assert find(reader, asked, []) is None

    assert told(reader) == ["tea: alice: thirty", "coffee: alice: twenty", "tea: ten, alice"]
    assert view(reader).count == "3 found"


def test_enter_goes_to_the_room_and_the_place(reader: Reader) -> None:
    asked = find(reader, reader.enter("/mentions"), [(30, "alice: thirty")])
    find(reader, find(reader, asked, [(20, "alice: twenty")]), [])
    asked = reader.press("down", "enter")

    assert reader.room_view.room == "coffee"
    assert asked == requests.History(room="coffee", before=21, limit=50)


def test_a_mention_that_others_may_come_before_waits_for_them(reader: Reader) -> None:
    asked = find(reader, reader.press("f4"), [(30, "alice: thirty"), (10, "ten, alice")])
    asked = find(reader, asked, [(40, "alice: forty"), (20, "alice: twenty")], more=True)
    find(reader, asked, [])
    assert told(reader) == ["coffee: alice: forty", "tea: alice: thirty", "coffee: alice: twenty"]
    assert view(reader).count == "3+ found"

    asked = reader.press("ctrl end")
    assert asked == requests.Search(room="coffee", query='"alice"', before=20, limit=50, newest_first=True)
    find(reader, asked, [(12, "alice: twelve")])
    assert told(reader)[3:] == ["coffee: alice: twelve", "tea: ten, alice"]


def test_what_is_here_and_the_server_does_not_find_is_listed_too(reader: Reader) -> None:
    reader.hear_said("Älice!", room="tea")
    asked = find(reader, reader.press("f4"), [])
    find(reader, find(reader, asked, []), [])
    assert told(reader) == ["tea: Älice!"]


def test_nobody_may_have_mentioned_one(reader: Reader) -> None:
    asked = find(reader, reader.press("f4"), [])
    find(reader, find(reader, asked, []), [])
    assert view(reader).notice == "Nobody has mentioned you yet in the rooms you are in."


def test_without_a_connection_the_mentions_are_not_known(reader: Reader) -> None:
    asked = reader.press("f4")
    assert asked is not None
    failing.failed(reader.chat, asked, "That was not done: not connected.")
    assert (view(reader).notice, view(reader).error) == ("That was not done: not connected.", True)
