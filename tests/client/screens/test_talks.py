"""The pages of private talks: what the server keeps, and what only the client has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec import UNSET

from chatroom.client.model import overview
from chatroom.client.model.memory import Memory, SavedView
from chatroom.client.model.talk import KEPT, NOT_KEPT
from chatroom.client.reducer.marking import due
from chatroom.client.reducer.remembering import remember
from chatroom.client.screens.overlays.catchup import CatchupScreen
from chatroom.client.screens.overlays.menu import MenuScreen
from chatroom.client.views.alert import Alert
from chatroom.client.views.items import FoundMessage, RoomItem
from chatroom.client.views.lines import Pending
from chatroom.client.views.view import ListView, Tab
from chatroom.wire.frames import answers, requests
from tests.client.fakes import FakePlaces
from tests.client.reader import NOON, Reader, at, entry

FEATURES = ["accounts", "marks", "redaction", "talks"]

ASKED = requests.History(with_="bob", limit=100)
"""What is asked for when the page of bob is to be read."""

NOBODY = answers.Error(code="no-such-user", message="Nobody called bob is here.")


def alice(*, account: bool = True, wanted: str = "", **settings: Any) -> Reader:
    """Alice, who has an account or is a guest, and looks at tea."""
    reader = Reader(wanted, **settings)
    reader.come_in(features=FEATURES, account="alice" if account else UNSET)
    reader.enter_room("tea")
    due(reader.chat, 99)
    reader.asked.clear()
    return reader


@pytest.fixture
def reader() -> Reader:
    return alice()


@pytest.fixture
def guest() -> Reader:
    return alice(account=False)


def told(seq: int | None, text: str, *, speaker: str = "bob", other: str = "bob", **fields: Any) -> answers.Told:
    """What *speaker* has told, in the talk with *other*: message *seq*, or (None) kept nowhere."""
    kept: dict[str, Any] = {} if seq is None else {"seq": seq, "with_": other}
    to = "alice" if speaker == other else other
    return answers.Told(from_=speaker, to=to, at=at(seq or 0), text=text, **kept, **fields)


def page(*entries: answers.Message, more: bool = False, other: str = "bob") -> answers.Entries:
    """A page of the talk with *other*."""
    return answers.Entries(with_=other, entries=[*entries], more=more)


def row(other: str, seq: int, *, marked: int = 0, unread: int = 0, **fields: Any) -> answers.Talk:
    """A talk with *other*, as the server lists it."""
    return answers.Talk(
        with_=other, seq=seq, at=at(seq), from_=other, text="the last one", marked=marked, unread=unread, **fields
    )


def listed(reader: Reader, *rows: answers.Talk) -> None:
    """Hear the list of the talks."""
    reader.hear(answers.Talks(talks=[*rows], more=False), requests.Talks())


def tab(reader: Reader, name: str = "@bob") -> Tab:
    """Return what the list on the left says of a page."""
    [found] = (tab for tab in overview.tabs(reader.chat) if tab.room == name)
    return found


def tabs(reader: Reader) -> list[str]:
    """Return the names in the list on the left."""
    return [tab.room for tab in overview.tabs(reader.chat)]


# A page appears.


def test_who_is_told_something_stays_and_sees_that_there_is_a_page(reader: Reader) -> None:
    reader.hear(told(3, "psst"))
    assert reader.room_view.room == "tea"
    assert reader.texts == []
    assert tab(reader) == Tab("@bob", unread=1, mentioned=True, current=False)
    assert reader.chat.alerts.take() == Alert("bob privately", "psst")
    assert reader.asked == [ASKED]
    reader.hear(page(entry(2, "hello"), entry(3, "psst"), more=True), ASKED)
    assert tab(reader).unread == 1
    reader.press("meta a")
    assert reader.texts == ["bob: hello", "bob: psst"]
    assert (reader.room_view.read_to, reader.room_view.topic, reader.room_view.members) == (2, KEPT, ())
    assert tab(reader).unread == 0


def test_talks_stand_behind_the_rooms(reader: Reader) -> None:
    reader.hear(told(1, "psst"))
    reader.enter_room("coffee", request=requests.Join(room="coffee"))
    assert tabs(reader) == ["tea", "coffee", "@bob"]
    reader.press("meta 3")
    assert reader.room_view.room == "@bob"


def test_what_is_new_in_a_talk_is_in_the_list_of_news(reader: Reader) -> None:
    reader.hear_said("one")
    reader.hear(told(1, "psst"))
    reader.press("f3")
    assert isinstance(reader.screen, CatchupScreen)
    view = reader.screen.view()
    assert isinstance(view, ListView)
    first, second = view.items[:2]
    assert first == RoomItem("@bob", KEPT, 1, 1, joined=True, private=True)
    assert isinstance(second, FoundMessage)
    assert second.message.text == "psst"
    reader.press("enter")
    assert reader.room_view.room == "@bob"


def test_of_whom_one_ignores_there_is_no_page(reader: Reader) -> None:
    reader.enter("/ignore bob")
    reader.hear(told(1, "psst"))
    listed(reader, row("bob", 1, unread=1))
    assert tabs(reader) == ["tea"]
    assert reader.chat.alerts.take() is None


def test_what_one_has_told_by_another_device_is_on_the_page_and_not_new(reader: Reader) -> None:
    reader.hear(told(1, "milk?", speaker="alice"))
    assert tab(reader).unread == 0
    reader.press("meta 2")
    assert reader.texts == ["alice: milk?"]


@pytest.mark.parametrize("key", ["f1", "f2", "f3"])
def test_wherever_one_looks_the_bar_says_that_there_is_something(reader: Reader, key: str) -> None:
    reader.press(key)
    reader.hear(told(1, "psst"))
    view = reader.screen.view()
    assert view.status.elsewhere == (Tab("@bob", unread=1, mentioned=True, current=False),)


# Going there, telling, and closing.


def test_msg_tells_without_going_there(reader: Reader) -> None:
    asked = reader.enter("/msg bob psst")
    assert asked == requests.Tell(to="bob", text="psst", cid="1")
    assert reader.room_view.room == "tea"
    reader.press("meta 2")
    assert reader.room_view.pending == [Pending("1", "alice", "psst")]
    reader.press("meta 1")
    assert reader.hear(answers.Ok(seq=4, at=at(4), cid="1"), asked) == [ASKED]
    reader.hear(page(entry(3, "hello"), entry(4, "psst", speaker="alice")), ASKED)
    assert reader.told == ["Told bob."]
    reader.press("meta 2")
    assert reader.room_view.pending == []
    assert reader.texts == ["bob: hello", "alice: psst"]


@pytest.mark.parametrize("line", ["/msg bob", "/query bob", "/query @bob", "/talk bob"])
def test_the_page_is_opened_by_a_name_alone(reader: Reader, line: str) -> None:
    reader.enter(line)
    assert reader.room_view.room == "@bob"
    assert reader.asked == [ASKED]
    reader.hear(page(), ASKED)
    assert reader.room_view.topic == KEPT
    assert reader.enter("hello") == requests.Tell(to="bob", text="hello", cid="1")
    assert reader.enter("/me waves") == requests.Tell(to="bob", text="waves", action=True, cid="2")


def test_query_goes_there_and_says_something(reader: Reader) -> None:
    assert reader.enter("/query bob hello") == requests.Tell(to="bob", text="hello", cid="1")
    assert reader.room_view.room == "@bob"
    assert reader.room_view.pending == [Pending("1", "alice", "hello")]


def test_tab_knows_whom_one_talks_with(reader: Reader) -> None:
    reader.hear(told(1, "psst"))
    reader.press("f2", "/msg b", "tab")
    assert reader.lobby_view.input.text == "/msg bob "
    reader.press("ctrl u", "/close ", "tab")
    assert "@bob" in reader.lobby_view.input.hint


@pytest.mark.parametrize("line", ["/leave", "/close", "/close bob", "/close @Bob"])
def test_closing_a_page_asks_nobody_and_leads_back(reader: Reader, line: str) -> None:
    reader.hear(told(1, "psst"))
    reader.hear(page(entry(1, "psst")), ASKED)
    reader.press("meta 2")
    reader.asked.clear()
    assert reader.enter(line) is None
    assert reader.room_view.room == "tea"
    assert tabs(reader) == ["tea"]
    assert reader.asked == [requests.Mark(with_="bob", seq=1)]
    reader.hear(told(2, "still there?"))
    assert tab(reader).unread == 1


def test_a_page_opened_for_nobody_is_closed_and_the_line_comes_back(reader: Reader) -> None:
    asked = reader.enter("/msg bob it is late")
    reader.hear(NOBODY, asked)
    assert tabs(reader) == ["tea"]
    assert reader.told == ["! Nobody called bob is here."]
    assert reader.room_view.input.text == "/msg bob it is late"


def test_who_looks_at_the_page_sees_there_what_was_not_told(reader: Reader) -> None:
    asked = reader.enter("/query bob it is late")
    reader.hear(NOBODY, asked)
    assert reader.texts == ["! Not sent: it is late\nNobody called bob is here."]
    assert reader.room_view.input.text == "it is late"


def test_who_can_have_no_page_is_told_so(reader: Reader) -> None:
    reader.enter("/query b?b")
    assert reader.told[-1].startswith("! ")
    assert reader.room_view.input.text == "/query b?b"
    assert tabs(reader) == ["tea"]


# What the server keeps.


def test_pages_of_the_last_time_and_those_with_news_are_opened() -> None:
    places = FakePlaces()
    places.places["alice"] = SavedView(["tea"], "@dora", talks=["dora", "bob"])
    reader = Reader(memory=Memory(places))
    reader.come_in(features=FEATURES, account="alice")
    assert reader.asked[-1] == requests.Talks()
    remember(reader.chat)
    assert (places.places["alice"].talks, places.places["alice"].view) == (["dora", "bob"], "@dora")
    listed(reader, row("eve", 9, marked=9), row("carol", 8, marked=5, unread=2), row("bob", 3, marked=3))
    assert tabs(reader) == ["@dora", "@bob", "@carol"]
    assert reader.room_view.room == "@dora"
    assert (tab(reader).unread, tab(reader, "@carol").unread) == (0, 2)
    asked = [requests.History(with_=name, limit=100) for name in ("dora", "bob", "carol")]
    assert reader.asked[-3:] == asked
    reader.hear(page(*(entry(seq, "hm", speaker="carol") for seq in range(1, 9)), other="carol"), asked[2])
    reader.press("meta a")
    assert (reader.room_view.room, reader.room_view.read_to) == ("@carol", 5)
    assert due(reader.chat, 99) == [requests.Mark(with_="carol", seq=8)]
    remember(reader.chat)
    assert places.places["alice"].talks == ["dora", "bob", "carol"]


def list_page(reader: Reader, *rows: answers.Talk, more: bool = True) -> list[requests.Talks]:
    """Hear a page of the list of the talks; return what asks for the next one."""
    asked = reader.hear(answers.Talks(talks=[*rows], more=more), requests.Talks())
    return [request for request in asked if isinstance(request, requests.Talks)]


def test_talks_with_something_unread_are_found_however_far_down_they_are_listed(reader: Reader) -> None:
    known = [row(f"k{seq}", seq, marked=seq) for seq in range(290, 190, -1)]
    assert list_page(reader, *known) == [requests.Talks(before=NOON + timedelta(minutes=191))]
    assert tabs(reader) == ["tea"]
    reader.hear(told(1, "psst", speaker="eve", other="eve"))
    assert list_page(reader, row("carol", 8, marked=5, unread=2), row("bob", 3, marked=3), more=False) == []
    assert tabs(reader) == ["tea", "@eve", "@carol"]
    assert tab(reader, "@carol").unread == 2


def test_a_page_of_the_last_time_that_is_listed_later_has_what_is_new_there() -> None:
    places = FakePlaces()
    places.places["alice"] = SavedView(["tea"], "@dora", talks=["dora", "bob", "carol"])
    reader = Reader(memory=Memory(places))
    reader.come_in(features=FEATURES, account="alice")
    list_page(reader, row("eve", 99, marked=99))
    # What is looked at waits for nothing.
    assert (tabs(reader), reader.room_view.room) == (["@dora"], "@dora")
    remember(reader.chat)
    assert places.places["alice"].talks == ["dora", "bob", "carol"]
    list_page(reader, row("carol", 8, marked=5, unread=3))
    assert (tabs(reader), tab(reader, "@carol").unread) == (["@dora", "@carol"], 3)
    list_page(reader, row("ines", 2, marked=2), more=False)
    assert tabs(reader) == ["@dora", "@carol", "@bob"]


def test_the_list_is_read_on_only_so_far(reader: Reader) -> None:
    for number in range(9):
        assert list_page(reader, *(row(f"k{number}-{each}", 1, marked=1) for each in range(100)))
    assert list_page(reader, *(row(f"k{each}", 1, marked=1) for each in range(100))) == []
    reader.come_in(features=FEATURES, account="alice")
    assert list_page(reader, row("bob", 1, marked=1))
    assert list_page(reader) == []


def test_older_news_close_no_page_with_newer(reader: Reader) -> None:
    assert list_page(reader, *(row(f"k{each:02}", 900 - each, unread=1) for each in range(99)))
    assert list_page(reader, row("zoe", 9, unread=1), row("yan", 8, unread=1)) == []
    names = tabs(reader)
    assert len(names) == 101
    assert {"@k00", "@k98", "@zoe"} <= set(names)
    assert "@yan" not in names


def test_pages_without_news_make_room_for_those_with_some() -> None:
    places = FakePlaces()
    last = [f"m{each:02}" for each in range(100)]
    places.places["alice"] = SavedView(["tea"], "", talks=last)
    reader = alice(memory=Memory(places))
    news = [row("zoe", 99, unread=1), row("aaa", 98, unread=1)]
    list_page(reader, *news, *(row(name, 9, marked=9) for name in last), more=False)
    assert len(reader.chat.talks) == 100
    assert (tab(reader, "@zoe").unread, tab(reader, "@aaa").unread) == (1, 1)


def test_a_room_that_is_wanted_is_looked_at_and_not_the_talk_of_the_last_time() -> None:
    places = FakePlaces()
    places.places["alice"] = SavedView(["tea"], "@bob", talks=["bob"])
    reader = alice(wanted="tea", memory=Memory(places))
    listed(reader, row("bob", 3, marked=3))
    assert reader.room_view.room == "tea"


def test_what_was_missed_is_counted_once_however_it_comes(reader: Reader) -> None:
    listed(reader, row("bob", 4, marked=2, unread=2))
    reader.hear(told(3, "three"))
    reader.hear(told(4, "four"))
    reader.hear(page(entry(2, "two"), entry(3, "three"), entry(4, "four")), ASKED)
    reader.hear(told(4, "four"))
    assert tab(reader).unread == 2
    reader.hear(told(5, "five"))
    assert tab(reader).unread == 3
    reader.press("meta a")
    assert reader.texts == ["bob: two", "bob: three", "bob: four", "bob: five"]


def test_what_comes_while_the_page_is_on_its_way_stays_behind_it(reader: Reader) -> None:
    reader.hear(told(3, "three"))
    reader.hear(told(4, "four"))
    reader.hear(page(entry(2, "two"), entry(3, "three")), ASKED)
    reader.press("meta a")
    assert reader.texts == ["bob: two", "bob: three", "bob: four"]


def test_what_one_tells_and_is_told_at_once_stands_in_its_order(reader: Reader) -> None:
    reader.enter("/query bob")
    reader.hear(page(entry(1, "one")), ASKED)
    asked = reader.enter("three")
    reader.hear(answers.Ok(seq=3, at=at(3), cid="1"), asked)
    reader.hear(told(2, "two"))
    assert reader.texts == ["bob: one", "bob: two", "alice: three"]


def test_a_message_that_was_sent_again_is_there_once(reader: Reader) -> None:
    reader.enter("/query bob")
    reader.hear(page(), ASKED)
    asked = reader.enter("one")
    reader.hear(told(1, "one", speaker="alice"))
    reader.hear(answers.Ok(seq=1, at=at(1), cid="1"), asked)
    assert (reader.texts, reader.room_view.pending) == (["alice: one"], [])


def test_older_messages_are_read_and_words_are_searched(reader: Reader) -> None:
    reader.enter("/query bob")
    reader.hear(page(entry(5, "five"), more=True), ASKED)
    older = reader.room_screen.older()
    assert older == requests.History(with_="bob", before=5, limit=100)
    reader.hear(page(entry(4, "four")), older)
    assert reader.texts == ["bob: four", "bob: five"]
    assert reader.room_view.complete
    asked = reader.enter("/search four")
    assert asked == requests.Search(with_="bob", query="four", limit=50, newest_first=True)


def test_what_was_read_elsewhere_is_not_new_here(reader: Reader) -> None:
    reader.hear(told(1, "one"))
    reader.hear(told(2, "two"))
    reader.hear(answers.Marked(with_="bob", seq=1, marked_at=at(1)))
    assert tab(reader).unread == 1
    listed(reader, row("bob", 2, marked=2))
    assert tab(reader).unread == 0


def test_one_takes_back_ones_own_words_and_sees_that_the_other_does(reader: Reader) -> None:
    reader.enter("/query bob")
    reader.hear(page(entry(1, "one"), entry(2, "two", speaker="alice")), ASKED)
    asked = reader.enter("/redact")
    assert asked == requests.Redact(with_="bob", seq=2)
    reader.hear(answers.Ok(), asked)
    assert reader.texts == ["bob: one", "alice: "]
    assert reader.enter("/report bob rude") == requests.Report(with_="bob", seq=1, reason="rude")
    reader.hear(answers.Redacted(with_="bob", seq=1, from_="bob", by="bob"))
    assert reader.texts == ["bob: ", "alice: "]


def test_what_is_for_rooms_is_not_for_talks(reader: Reader) -> None:
    reader.enter("/query bob")
    for line in ("/topic green", "/kick bob", "/delete", "/redact bob 1h", "/lock"):
        assert reader.enter(line) is None
        assert reader.told[-1] == "! That is for rooms: go to the one that it is about."
    asked = reader.enter("/who")
    assert asked == requests.Who()
    reader.press("ctrl e", "ctrl u", "f10")
    assert isinstance(reader.screen, MenuScreen)
    assert [getattr(item, "words", "") for item in reader.screen.items()] == ["mention bob", "ignore bob"]


def test_the_page_goes_on_under_another_name(reader: Reader) -> None:
    reader.hear(told(1, "psst"))
    reader.press("meta 2")
    asked = reader.enter("yes?")
    reader.hear(answers.Renamed(room="tea", from_="bob", to="robert"))
    assert tabs(reader) == ["tea", "@robert"]
    assert reader.texts == ["bob: psst", "bob is now robert."]
    reader.hear(answers.Ok(seq=2, at=at(2), cid="1"), asked)
    assert reader.room_view.pending == []
    assert reader.enter("so") == requests.Tell(to="robert", text="so", cid="2")


def test_a_former_name_finds_the_page(reader: Reader) -> None:
    reader.enter("/query bob")
    reader.hear(page(entry(1, "one"), other="robert"), ASKED)
    assert reader.room_view.room == "@robert"


@pytest.mark.parametrize("first", ["bob", "robert"])
def test_two_names_of_one_person_lead_to_one_page(reader: Reader, first: str) -> None:
    log = [entry(1, "one"), entry(2, "two", speaker="alice"), entry(3, "three", speaker="robert")]
    for name in (first, "robert" if first == "bob" else "bob"):
        asked = requests.History(with_=name, limit=100)
        reader.enter(f"/query {name}")
        reader.press("a draft")
        reader.hear(page(*log, other=name), asked)
    assert tabs(reader) == ["tea", "@robert"]
    assert reader.room_view.room == "@robert"
    assert reader.texts == ["bob: one", "alice: two", "robert: three"]
    assert reader.room_view.input.text == "a draft"


def test_what_one_tells_without_looking_parts_what_is_new(reader: Reader) -> None:
    asked = reader.enter("/msg bob psst")
    reader.hear(answers.Ok(seq=1, at=at(1), cid="1"), asked)
    reader.hear(told(2, "what?"))
    reader.press("meta a")
    assert reader.room_view.read_to == 1


def test_who_has_no_account_any_more_is_told_of(reader: Reader) -> None:
    listed(reader, row("bob", 2, marked=1, unread=1, gone=True))
    reader.press("meta a")
    assert "nobody has that account any more" in reader.room_view.topic


# What nobody keeps.


def test_a_guest_has_pages_that_are_only_here(guest: Reader) -> None:
    assert guest.asked == []
    asked = guest.enter("/query bob psst")
    guest.hear(answers.Ok(), asked)
    guest.hear(told(None, "what?"))
    guest.hear(told(None, "gone", action=True))
    assert guest.asked == [asked]
    assert guest.texts == ["alice: psst", "bob: what?", "bob: gone"]
    assert (guest.room_view.topic, guest.room_view.complete) == (NOT_KEPT, True)
    assert guest.room_screen.older() is None
    assert due(guest.chat, 99) == []
    guest.press("meta 1")
    guest.hear(told(None, "still there?"))
    assert tab(guest) == Tab("@bob", unread=1, mentioned=True, current=False)
    assert guest.press("meta a") is None
    assert guest.room_view.read_to == 3


def test_what_is_only_here_is_not_searched(guest: Reader) -> None:
    guest.enter("/query bob")
    assert guest.enter("/search psst") is None
    assert guest.told == ["! What is said here is not kept, and can't be searched."]


def test_with_a_guest_nothing_is_kept_either(reader: Reader) -> None:
    reader.enter("/query bob")
    reader.hear(NOBODY, ASKED)
    assert (reader.room_view.topic, reader.texts) == (NOT_KEPT, [])
    reader.hear(told(None, "psst"))
    assert reader.texts == ["bob: psst"]


def test_what_was_only_here_stays_when_the_server_begins_to_keep(reader: Reader) -> None:
    reader.hear(told(None, "one"))
    reader.press("meta 2")
    reader.hear(told(1, "two"))
    assert reader.asked == [ASKED]
    reader.hear(page(entry(1, "two")), ASKED)
    assert [getattr(line, "text", "") for line in reader.room_view.lines] == ["one", "two"]
    assert reader.room_view.topic == KEPT


def test_a_guest_who_gets_an_account_asks_for_its_talks(guest: Reader) -> None:
    asked = guest.hear(answers.Ok(account="alice"), requests.Authenticate(username="alice", password="x"))
    assert asked == [requests.Talks()]


def test_there_are_so_many_pages_and_no_more(reader: Reader) -> None:
    reader.enter("/query bob")
    for number in range(200):
        reader.hear(told(None, "psst", speaker=f"b{number}", other=f"b{number}"))
    assert len(reader.chat.talks) == 100
    assert reader.room_view.room == "@bob"
