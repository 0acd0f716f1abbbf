"""Messages that are taken back: what is seen of them then, anywhere, and how one asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from chatroom.client.drawing.copy_mode import plain_lines
from chatroom.client.model.preferences import Interest
from chatroom.client.screens.overlays.menu import MenuScreen
from chatroom.client.screens.overlays.search import SearchScreen
from chatroom.client.screens.room import RoomScreen
from chatroom.client.views.items import FoundMessage
from chatroom.client.views.lines import MessageLine
from chatroom.client.views.view import ListView, RoomView
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest
from tests.client.reader import NOON, Reader, at, entered, entry, said


def redacted(seq: int, *, by: str = "bob", speaker: str = "bob", room: str = "tea", **more: Any) -> answers.Redacted:
    return answers.Redacted(room=room, seq=seq, from_=speaker, by=by, redactions=1, **more)


@pytest.fixture
def reader() -> Reader:
    """Alice, who moderates coffee and tea, and looks at tea."""
    reader = Reader()
    reader.come_in(features=["redaction"])
    for room in ("coffee", "tea"):
        reader.enter_room(room)
        people = answers.Members(room=room, usernames=["alice", "bob"], more=False, roles={"alice": "moderator"})
        reader.hear(people, requests.Who(room=room))
    return reader


def seen(reader: Reader) -> list[str]:
    """Return what is seen of the messages in the room: their texts, or what stands in the place of these."""
    view = reader.screen.view()
    assert isinstance(view, RoomView)
    return [line.retraction or line.text for line in view.lines if isinstance(line, MessageLine)]


def listed(reader: Reader) -> list[str]:
    """Return what is seen of the messages in the list over the room."""
    view = reader.screen.view()
    assert isinstance(view, ListView)
    return [item.message.retraction or item.message.text for item in view.items if isinstance(item, FoundMessage)]


def find(reader: Reader, request: AnyRequest | None, *entries: answers.Message) -> Sequence[AnyRequest]:
    """Answer a search with *entries*."""
    assert isinstance(request, requests.Search | requests.History)
    return reader.hear(answers.Entries(room=request.room, entries=list(entries), more=False), request)


# What is seen of it.


def test_it_stays_in_its_place_and_says_so(reader: Reader) -> None:
    reader.hear_said("one", "two", "three", "four")
    reader.hear(redacted(2))
    reader.hear(redacted(3, by="carol", note="not for sale"))
    reader.hear(redacted(4, note="oh no"))
    assert seen(reader) == ["one", "taken back", "taken back by carol (not for sale)", "taken back (oh no)"]
    shown = plain_lines(reader.room_view, None, 80, 9)
    assert shown[1:3] == [
        "12:02 * A message of bob was taken back.",
        "12:03 * A message of bob was taken back by carol (not for sale).",
    ]


def test_nothing_of_it_is_kept(reader: Reader) -> None:
    reader.hear(said(1, "waves at alice", action=True))
    reader.hear(redacted(1))
    assert reader.room_view.lines == [
        MessageLine(1, NOON + timedelta(minutes=1), "bob", "", retraction="taken back"),
    ]


def test_what_was_taken_back_before_one_came_names_nobody(reader: Reader) -> None:
    reader.hear(answers.Said(room="tea", seq=1, at=at(1), from_="bob", text="", redacted=True))
    assert seen(reader) == ["taken back"]


def test_of_what_is_not_here_nothing_is_told(reader: Reader) -> None:
    reader.hear_said("one")
    reader.hear(redacted(7))
    reader.hear(redacted(1, room="milk"))
    assert seen(reader) == ["one"]


def test_what_comes_from_the_log_later_has_been_taken_back_too(reader: Reader) -> None:
    reader.enter_room("milk", seq=9)
    reader.hear_said("one", first=9, room="milk")
    asked = reader.room_screen.older()
    reader.hear(redacted(7, by="carol", room="milk"))
    find(reader, asked, entry(7, "seven"), entry(8, "eight"))
    assert seen(reader) == ["taken back by carol", "eight", "one"]


def test_another_log_has_other_numbers(reader: Reader) -> None:
    reader.hear_said("one")
    reader.hear(redacted(1))
    reader.hear(entered("tea", seq=1))
    reader.hear_said("another one")
    assert seen(reader) == ["another one"]


def test_it_is_gone_from_the_window_around_what_was_found(reader: Reader) -> None:
    reader.hear_said("new", first=1000)
    asked = reader.enter("/search ten")
    find(reader, asked, entry(10, "ten"))
    [before] = [reader.press("enter")]
    [behind] = find(reader, before, entry(9, "nine"), entry(10, "ten"))
    # Between the two pages, and after them.
    reader.hear(redacted(9))
    assert isinstance(behind, requests.History)
    page = answers.Entries(room="tea", entries=[entry(11, "eleven")], more=True)
    reader.hear(page, behind)
    assert seen(reader) == ["taken back", "ten", "eleven"]
    reader.hear(redacted(11))
    assert seen(reader) == ["taken back", "ten", "taken back"]


def test_it_is_gone_from_what_was_found(reader: Reader) -> None:
    asked = reader.enter("/search kettle")
    find(reader, asked, entry(2, "the kettle"), entry(1, "a kettle"))
    reader.hear(redacted(1, by="carol"))
    assert listed(reader) == ["the kettle", "taken back by carol"]
    assert isinstance(reader.screen, SearchScreen)


def test_it_mentions_nobody_any_more(reader: Reader) -> None:
    reader.hear(said(1, "alice: one"))
    reader.hear(said(2, "alice: two"))
    find(reader, reader.press("f4"))
    find(reader, reader.asked[-1])
    assert listed(reader) == ["alice: two", "alice: one"]
    reader.hear(redacted(2))
    assert listed(reader) == ["alice: one"]


def test_what_is_new_elsewhere_is_still_counted_but_mentions_nobody(reader: Reader) -> None:
    reader.hear(said(1, "alice: one", room="coffee"))
    reader.hear(said(2, "two", room="coffee"))
    [coffee, _] = reader.room_view.tabs
    assert (coffee.unread, coffee.mentioned) == (2, True)
    reader.hear(redacted(1, room="coffee"))
    [coffee, _] = reader.room_view.tabs
    assert (coffee.unread, coffee.mentioned) == (2, False)
    reader.press("f3")
    assert listed(reader) == ["taken back", "two"]


def test_nobody_is_called_by_it(reader: Reader) -> None:
    reader.chat.preferences.take("tea", Interest.ALL)
    reader.hear(said(1, "one"))
    reader.hear(redacted(1))
    assert reader.chat.alerts.take() is None
    reader.hear(said(2, "two"))
    reader.hear(redacted(1))
    assert reader.chat.alerts.take() is not None


def test_a_copy_of_what_somebody_else_said_is_gone_too(reader: Reader) -> None:
    reader.hear_said("secret")
    reader.press("meta x", "enter", "enter", "esc")
    assert reader.chat.clipboard.text == "secret"
    reader.hear(redacted(1))
    assert reader.chat.clipboard.text == ""


def test_a_menu_about_it_is_closed(reader: Reader) -> None:
    reader.hear_said("one", "two")
    reader.press("meta x", "enter")
    assert isinstance(reader.screen, MenuScreen)
    reader.hear(redacted(1))
    assert isinstance(reader.screen, MenuScreen)
    reader.hear(redacted(2))
    assert isinstance(reader.screen, RoomScreen)


# How one asks for it.


def test_ones_last_message_is_taken_back_and_then_the_one_before(reader: Reader) -> None:
    for seq, speaker in enumerate(("alice", "alice", "bob"), 1):
        reader.hear(said(seq, "hello", speaker=speaker))
    assert reader.enter("/redact") == requests.Redact(room="tea", seq=2)
    reader.hear(redacted(2, speaker="alice", by="alice"))
    assert reader.enter("/redact") == requests.Redact(room="tea", seq=1)
    reader.hear(redacted(1, speaker="alice", by="alice"))
    assert reader.enter("/redact") is None
    assert reader.told[-1].startswith("! Nothing that you said here is left to take back")


def test_nothing_is_taken_back_in_place_of_what_is_still_under_way(reader: Reader) -> None:
    reader.hear(said(1, "hello", speaker="alice"))
    reader.enter("again")
    assert reader.enter("/redact") is None
    assert reader.told[-1] == "! What you said last is not stored yet; take it back in a moment."


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("/redact 812 why not", requests.Redact(room="tea", seq=812, reason="why not")),
        ("/redact 812", requests.Redact(room="tea", seq=812)),
        ("/redact BOB not for sale", requests.Redact(room="tea", seq=2, reason="not for sale")),
        (
            "/redact bob 1h not for sale",
            requests.Redact(room="tea", username="bob", seconds=3600, reason="not for sale"),
        ),
        ("/redact @7 1h", requests.Redact(room="tea", username="7", seconds=3600)),
        ("/redact bob 1d", requests.Redact(room="tea", username="bob", seconds=86400)),
        ("/audit", requests.Audit(room="tea", limit=20)),
        ("/guests on", requests.Configure(room="tea", guests=True)),
        ("/guests OFF", requests.Configure(room="tea", guests=False)),
        ("/private on", requests.Configure(room="tea", private=True)),
        ("/private off", requests.Configure(room="tea", private=False)),
        ("/invite carol", requests.Invite(room="tea", username="carol")),
    ],
)
def test_there_are_commands(reader: Reader, line: str, asked: AnyRequest) -> None:
    reader.hear_said("hello", "again")
    assert reader.enter(line) == asked


def test_what_cannot_be_taken_back_is_told(reader: Reader) -> None:
    assert reader.enter("/redact carol") is None
    assert reader.told[-1] == "! Nothing that carol said here is left to take back."
    assert reader.enter("/redact bob 2d") is None
    assert reader.told[-1] == "! 2d is too long; the most is 1 day."
    assert reader.enter("/guests maybe") is None
    assert reader.told[-1].startswith("! Write /guests on or off: ")
    assert reader.enter(f"/redact {'9' * 5000}") is None
    assert reader.told[-1].endswith(" said here is left to take back.")


def test_an_older_server_takes_nothing_back() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea")
    reader.hear(said(1, "hello", speaker="alice"))
    for line in ("/redact", "/audit"):
        assert reader.enter(line) is None
        assert reader.told[-1] == "! This server takes nothing back."
    reader.press("ctrl u", "meta x", "enter")
    assert rows(reader) == ["copy what was said"]


def rows(reader: Reader) -> list[str]:
    view = reader.screen.view()
    assert isinstance(view, RoomView)
    assert view.menu
    return [choice.words for choice in view.menu.choices]


def choose(reader: Reader, row: str) -> AnyRequest | None:
    return reader.press(*["down"] * rows(reader).index(row), "enter")


def test_the_menu_of_ones_own_message_takes_it_back_at_once(reader: Reader) -> None:
    reader.hear(said(1, "hello", speaker="alice"))
    reader.press("meta x", "enter")
    assert rows(reader) == ["copy what was said", "take back"]
    assert choose(reader, "take back") == requests.Redact(room="tea", seq=1)


def test_the_menu_of_another_ones_asks_moderators_why(reader: Reader) -> None:
    reader.hear_said("buy my milk")
    people = answers.Members(room="tea", usernames=["alice"], more=False, roles={"alice": "moderator", "bob": "owner"})
    reader.hear(people, requests.Who(room="tea"))
    reader.press("meta x", "enter")
    assert choose(reader, "take back …") is None
    assert reader.press("not for sale", "enter") == requests.Redact(room="tea", seq=1, reason="not for sale")


def test_nobody_else_is_offered_to_take_back_what_others_said() -> None:
    reader = Reader()
    reader.come_in(features=["redaction"])
    reader.enter_room("tea")
    reader.hear_said("hello")
    reader.press("meta x", "enter")
    assert not any(row.startswith("take back") for row in rows(reader))


def test_what_was_taken_back_is_neither_copied_nor_taken_back_again(reader: Reader) -> None:
    reader.hear_said("hello")
    reader.hear(redacted(1))
    reader.press("meta x", "enter")
    assert rows(reader)[0] == "mention bob"


def test_what_somebody_said_in_the_last_hour_is_taken_back_if_one_says_yes(reader: Reader) -> None:
    reader.hear_said("hello")
    reader.press("f10", "bob", "enter")
    assert choose(reader, "take back what bob said in the last hour …") is None
    assert reader.press("yes", "enter") == requests.Redact(room="tea", username="bob", seconds=3600)


@pytest.mark.parametrize(("count", "told"), [(0, "0 messages"), (1, "1 message"), (3, "3 messages")])
def test_how_many_there_were_is_told(reader: Reader, count: int, told: str) -> None:
    reader.hear(answers.Ok(count=count), reader.enter("/redact bob 1h"))
    assert reader.told == [f"You took back {told} of bob."]


def test_what_was_done_is_listed(reader: Reader) -> None:
    acts = [
        answers.Act(entry=3, at=at(3), by="alice", action="redact", room="tea", username="bob", seq=2, reason="enough"),
        answers.Act(entry=2, at=at(2), by="bob", action="configure", room="tea", guests=False),
        answers.Act(entry=1, at=at(1), by="bob", action="ban", room="tea", username="carol", host=True, until=at(9)),
    ]
    reader.hear(answers.Audit(audit=acts, more=True), reader.enter("/audit"))
    reader.hear(answers.Audit(audit=[], more=False), reader.enter("/audit"))
    done, nothing = reader.told
    assert done.split("\n") == [
        "2026-11-20 12:03 alice: redact message 2 of bob (enough)",
        "2026-11-20 12:02 bob: configure: only people with an account enter tea",
        "2026-11-20 12:01 bob: ban carol and all from there until 2026-11-20 12:09",
        "There is more.",
    ]
    assert nothing == "Nothing was done to anybody in tea."
