"""Menus of what can be done with somebody, or with a message."""

from __future__ import annotations

import pytest

from chatroom.client.model.wishes import Copy
from chatroom.client.screens.offers import MESSAGES, PEOPLE
from chatroom.client.screens.overlays.asking import AskScreen
from chatroom.client.screens.overlays.menu import MenuScreen
from chatroom.client.screens.overlays.messages import MessageScreen
from chatroom.client.screens.overlays.people import PeopleScreen
from chatroom.client.views.items import Choice
from chatroom.client.views.lines import MessageLine
from chatroom.client.views.view import ListView, Menu, RoomView
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest
from tests.client.reader import Reader

ANYBODY = ["mention bob", "tell bob …", "talk with bob alone", "ignore bob"]
MODERATOR = [
    "mute bob for 10 minutes",
    "mute bob …",
    "let bob speak again",
    "kick bob …",
    "ban bob for a day …",
    "ban bob for good …",
]


VOICE = "let bob speak where few may"


def reader_as(own: str = "", theirs: str = "", **people: str) -> Reader:
    """Return a reader with a role of their *own* in a room with bob, who has *theirs*, and other *people*."""
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea")
    roles = {name: role for name, role in {"alice": own, "bob": theirs, **people}.items() if role}
    usernames = ["alice", "bob", "carol", *people]
    reader.hear(answers.Members(room="tea", usernames=usernames, more=False, roles=roles), requests.Who(room="tea"))
    return reader


@pytest.fixture
def reader() -> Reader:
    return reader_as("owner")


def view(reader: Reader) -> RoomView:
    """Return what is seen of the room."""
    seen = reader.screen.view()
    assert isinstance(seen, RoomView)
    return seen


def menu(reader: Reader) -> Menu:
    assert isinstance(reader.screen, MenuScreen)
    shown = view(reader).menu
    assert shown is not None
    return shown


def rows(reader: Reader) -> list[str]:
    return [choice.words for choice in menu(reader).choices]


def open_menu(reader: Reader, name: str = "bob") -> list[str]:
    """Open the menu of who is called so; return its rows."""
    reader.press("f10", name, "enter")
    return rows(reader)


def choose(reader: Reader, row: str) -> AnyRequest | None:
    """Go down to a *row* of the menu, and take it."""
    return reader.press(*["down"] * rows(reader).index(row), "enter")


@pytest.mark.parametrize(
    ("own", "theirs", "more"),
    [
        ("", "", []),
        ("", "owner", []),
        ("moderator", "", [*MODERATOR, VOICE]),
        ("moderator", "voiced", [*MODERATOR, "let bob speak only as all may"]),
        ("voiced", "", []),
        ("moderator", "moderator", []),
        ("moderator", "owner", []),
        ("owner", "", [*MODERATOR, "make bob a moderator", VOICE, "give tea to bob …"]),
        ("owner", "moderator", [*MODERATOR, "let bob moderate no more", "give tea to bob …"]),
        ("owner", "operator", []),
        ("operator", "owner", MODERATOR),
        ("operator", "", [*MODERATOR, "make bob a moderator", VOICE]),
        ("operator", "operator", []),
        ("something new", "", []),
    ],
)
def test_everybody_is_offered_what_they_may_do(own: str, theirs: str, more: list[str]) -> None:
    assert open_menu(reader_as(own, theirs)) == [*ANYBODY, *more]


def test_the_menu_says_whom_it_is_about() -> None:
    reader = reader_as("owner", "moderator")
    open_menu(reader)
    assert (menu(reader).title, menu(reader).about, menu(reader).chosen) == ("bob", "moderator", 0)


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        ("mute bob for 10 minutes", requests.Mute(room="tea", username="bob", seconds=600)),
        ("let bob speak again", requests.Unmute(room="tea", username="bob")),
        (VOICE, requests.Appoint(room="tea", username="bob", role="voiced")),
        ("make bob a moderator", requests.Appoint(room="tea", username="bob", role="moderator")),
    ],
)
def test_some_of_it_is_done_at_once(reader: Reader, row: str, asked: AnyRequest) -> None:
    reader.press("a draft")
    open_menu(reader)
    assert choose(reader, row) == asked
    assert reader.room_view.input.text == "a draft"


@pytest.mark.parametrize(
    ("row", "answer", "asked"),
    [
        ("kick bob …", "", requests.Kick(room="tea", username="bob")),
        ("kick bob …", "that is enough", requests.Kick(room="tea", username="bob", reason="that is enough")),
        ("ban bob for a day …", "", requests.Ban(room="tea", username="bob", seconds=86400)),
        ("ban bob for a day …", "2 much", requests.Ban(room="tea", username="bob", seconds=86400, reason="2 much")),
        ("ban bob for good …", "loud", requests.Ban(room="tea", username="bob", reason="loud")),
        ("mute bob …", "2h loud", requests.Mute(room="tea", username="bob", seconds=7200, reason="loud")),
        ("tell bob …", "how are you", requests.Tell(to="bob", text="how are you", cid="1")),
        ("give tea to bob …", "yes", requests.Appoint(room="tea", username="bob", role="owner")),
    ],
)
def test_for_the_rest_one_is_asked_while_what_is_typed_stays(
    reader: Reader, row: str, answer: str, asked: AnyRequest
) -> None:
    reader.press("a draft")
    open_menu(reader)
    assert choose(reader, row) is None
    assert isinstance(reader.screen, AskScreen)
    assert "bob" in " ".join(view(reader).input.hint)
    assert reader.press(answer) is None
    assert view(reader).input.text == answer
    assert reader.press("enter") == asked
    assert reader.room_view.input.text == "a draft"


@pytest.mark.parametrize("row", ["tell bob …", "mute bob …", "give tea to bob …"])
def test_what_needs_an_answer_waits_for_one_and_esc_does_nothing(reader: Reader, row: str) -> None:
    open_menu(reader)
    choose(reader, row)
    assert reader.press("enter") is None
    assert reader.press("  ", "enter") is None
    assert isinstance(reader.screen, AskScreen)
    assert reader.press("esc") is None
    assert (reader.room_view.menu, reader.room_view.input.text, reader.texts) == (None, "", [])


def test_who_does_not_want_to_give_the_room_away_keeps_it(reader: Reader) -> None:
    open_menu(reader)
    choose(reader, "give tea to bob …")
    assert reader.press("perhaps", "enter") is None
    assert isinstance(reader.screen, AskScreen)
    assert reader.press("no", "enter") is None
    assert reader.room_view.menu is None


def test_what_was_answered_wrongly_does_not_take_the_place_of_what_is_typed(reader: Reader) -> None:
    reader.press("a draft")
    open_menu(reader)
    choose(reader, "mute bob …")
    assert reader.press("0s", "enter") is None
    assert reader.room_view.input.text == "a draft"
    assert reader.told[-1].startswith("What you wrote is kept")
    reader.press("esc", "ctrl y")
    assert reader.room_view.input.text == "/mute bob 0s"


def test_a_mention_is_typed(reader: Reader) -> None:
    open_menu(reader)
    choose(reader, "mention bob")
    assert reader.room_view.input.text == "bob: "


def test_who_is_ignored_can_be_seen_again(reader: Reader) -> None:
    open_menu(reader)
    choose(reader, "ignore bob")
    assert "ignore bob" not in open_menu(reader)
    choose(reader, "see again what bob says")
    assert "ignore bob" in open_menu(reader)


def test_typing_closes_a_menu_and_goes_into_the_line(reader: Reader) -> None:
    open_menu(reader)
    reader.press("h", "i")
    assert (reader.room_view.menu, reader.room_view.input.text) == (None, "hi")


@pytest.mark.parametrize("event", ["deleted", "removed"])
@pytest.mark.parametrize("keys", [["f10"], ["f10", "bob", "enter"], ["f10", "bob", "enter", "end", "down", "enter"]])
def test_when_the_room_is_gone_so_is_what_was_open_in_it(reader: Reader, event: str, keys: list[str]) -> None:
    reader.hear_said("hello")
    reader.press(*keys)
    if event == "deleted":
        reader.hear(answers.Deleted(room="tea", by="bob"))
    else:
        reader.hear(answers.Removed(room="tea", by="bob", why="kicked"))
    assert reader.lobby_view.rooms == []


# The people.


def listed(reader: Reader) -> list[Choice]:
    assert isinstance(reader.screen, PeopleScreen)
    items = reader.screen.view().items
    return [item for item in items if isinstance(item, Choice)]


def test_people_are_listed_with_their_roles_who_spoke_last_first() -> None:
    reader = reader_as("", "moderator", ann="owner", dan="operator")
    reader.hear_said("hello", speaker="carol")
    reader.press("f10")
    assert listed(reader) == [
        Choice("carol"),
        Choice("ann", "owns the room"),
        Choice("bob", "moderator"),
        Choice("dan", "operator of the server"),
    ]


def test_some_letters_find_somebody_and_nobody_is_told(reader: Reader) -> None:
    reader.press("f10", "c")
    assert listed(reader) == [Choice("carol")]
    reader.press("x")
    seen = reader.screen.view()
    assert isinstance(seen, ListView)
    assert seen.notice.startswith("Nobody else here")
    assert reader.press("enter") is None
    reader.press("esc")
    assert reader.room_view.input.text == ""


def test_the_key_opens_nothing_in_the_lobby(reader: Reader) -> None:
    reader.press("f2")
    reader.press("f9", "f10")
    assert reader.lobby_view.input.text == ""


# The messages.


def pointed(reader: Reader) -> int | None:
    return view(reader).pointed


def test_a_message_is_chosen_where_it_stands(reader: Reader) -> None:
    reader.hear_said("one", "two\nlines", "three")
    reader.press("a draft", "f9")
    assert isinstance(reader.screen, MessageScreen)
    assert (pointed(reader), view(reader).input.text) == (3, "a draft")
    reader.press("up")
    assert pointed(reader) == 2
    reader.hear_said("meanwhile", first=4)
    reader.press("enter")
    assert (menu(reader).title, menu(reader).about, pointed(reader)) == ("bob, 12:02", "two", 2)
    assert rows(reader)[:2] == ["copy what was said", "mention bob"]
    assert choose(reader, "mute bob for 10 minutes") == requests.Mute(room="tea", username="bob", seconds=600)
    assert (reader.room_view.pointed, reader.room_view.input.text) == (None, "a draft")


def test_a_message_can_be_copied_to_the_clipboard_and_the_line(reader: Reader) -> None:
    reader.hear_said("two\n{lines}")
    reader.press("f9", "enter", "enter")
    assert reader.chat.wishes == [Copy("two\n{lines}")]
    reader.press("ctrl y")
    assert reader.room_view.input.text == "two\n{lines}"


def test_what_was_copied_is_said_and_never_carried_out(reader: Reader) -> None:
    reader.hear_said("/owner bob")
    reader.press("f9", "enter", "enter")
    assert reader.chat.wishes == [Copy("/owner bob")]
    reader.press("ctrl y", "enter")
    (said,) = (request for request in reader.asked if isinstance(request, requests.Say))
    assert said.text == "/owner bob"


def test_no_row_can_have_in_its_line_what_was_said() -> None:
    values = dict.fromkeys(("name", "room", "readers", "seq", "re"), "word")
    for offer in (*MESSAGES, *PEOPLE):
        assert "/owner mallory" not in offer.about(values, "/owner mallory").line


def test_with_a_message_of_ones_own_there_is_less_to_do(reader: Reader) -> None:
    reader.hear_said("hello", speaker="alice")
    reader.press("f9", "enter")
    assert rows(reader) == ["copy what was said"]


def test_the_message_that_stands_out_is_the_first_to_be_chosen(reader: Reader) -> None:
    reader.hear_said("one for alice", "two", "three")
    reader.press("meta p")
    assert reader.room_view.emphasized == 1
    reader.press("f9")
    assert pointed(reader) == 1
    reader.press("esc")
    assert reader.room_view.emphasized == 1


def test_above_the_first_message_older_ones_are_asked_for() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea", seq=8)
    reader.hear_said("seven", "eight", first=7)
    reader.press("f9")
    assert reader.press("up") == requests.History(room="tea", before=7, limit=100)
    older = [answers.Message(seq=6, at="2026-11-20T12:06:00.000Z", from_="bob", text="six")]
    reader.hear(answers.Entries(room="tea", entries=older, more=True), reader.asked[-1])
    assert pointed(reader) == 7
    reader.press("up")
    assert pointed(reader) == 6


def test_without_messages_there_is_none_to_choose(reader: Reader) -> None:
    reader.press("f9")
    assert reader.room_view.status.remark == "There is no message here"


def test_the_keys_lead_from_one_to_the_other(reader: Reader) -> None:
    reader.hear_said("hello")
    reader.press("f9", "f10")
    assert isinstance(reader.screen, PeopleScreen)
    reader.press("f9")
    assert isinstance(reader.screen, MessageScreen)
    reader.press("f9")
    assert isinstance(reader.room_view.lines[0], MessageLine)
