"""What is remembered from one time to the next: rooms, how far they were read, drafts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from msgspec import UNSET

from chatroom.client.model.memory import Memory, ReadMark
from chatroom.client.navigation.message import go
from chatroom.client.reducer.remembering import remember
from chatroom.client.screens.overlays.catchup import CatchupScreen
from chatroom.client.views.items import RoomItem
from chatroom.client.views.view import Connectivity
from chatroom.wire.frames import answers, requests
from tests.client.fakes import FakePlaces
from tests.client.reader import Reader, entered, rooms, said


class House:
    """The server that one comes back to: what was said in its rooms, of which the last *page* messages are sent."""

    def __init__(self) -> None:
        self.places = FakePlaces()
        self.said: dict[str, list[tuple[str, str]]] = {"tea": [], "coffee": [], "ops": []}
        self.epoch = "e"
        self.marked: dict[str, int] = {}
        self.page = 100

    def reader(self, wanted: str = "", *, drafts: bool = True, **settings: Any) -> Reader:
        """Return somebody who begins now, and has been here if anybody has."""
        return Reader(wanted, memory=Memory(self.places, drafts=drafts), **settings)

    def come_in(self, wanted: str = "", *, answered: bool = True, **fields: Any) -> Reader:
        """Let alice come in, and into all rooms that she asks for."""
        reader = self.reader(wanted)
        reader.come_in(**fields)
        reader.hear(answers.Rooms(rooms=rooms(*self.said), more=False), requests.List(watch=True))
        if answered:
            self.let_in(reader)
        return reader

    def let_in(self, reader: Reader) -> None:
        """Let *reader* into the rooms that they ask for, one after the other."""
        for join in joins(reader):
            self.enter(reader, join)

    def enter(self, reader: Reader, join: requests.Join) -> None:
        """Let *reader* into a room, and send what was said last there."""
        spoken = list(enumerate(self.said[join.room], 1))
        frame = answers.Entered(
            room=join.room,
            topic="",
            members=1,
            capacity=256,
            epoch=self.epoch,
            seq=len(spoken),
            resumed=False,
            marked=self.marked.get(join.room, UNSET),
        )
        reader.hear(frame, join)
        for seq, (speaker, text) in spoken[-self.page :]:
            reader.hear(said(seq, text, room=join.room, speaker=speaker))
        reader.hear(answers.Level(room=join.room, seq=len(spoken), members=1, topic=""))

    def say(self, room: str, *texts: str, to: Sequence[Reader] = (), speaker: str = "bob") -> None:
        """Let *speaker* say *texts* in *room*, where some people hear it."""
        for text in texts:
            self.said[room].append((speaker, text))
            for reader in to:
                reader.hear(said(len(self.said[room]), text, room=room, speaker=speaker))

    def quit(self, reader: Reader) -> None:
        """Let *reader* go, who remembers where they were."""
        remember(reader.chat)


def joins(reader: Reader) -> Iterator[requests.Join]:
    """Yield what was asked to enter rooms, and what is asked meanwhile."""
    return (asked for asked in iter_growing(reader) if isinstance(asked, requests.Join))


def iter_growing(reader: Reader) -> Iterator[requests.AnyRequest]:
    number = 0
    while number < len(reader.asked):
        yield reader.asked[number]
        number += 1


def tabs(reader: Reader) -> list[tuple[str, int, bool]]:
    """Return the rooms, how much is new there, and whether one is mentioned."""
    return [(tab.room, tab.unread, tab.mentioned) for tab in reader.room_view.tabs]


@pytest.fixture
def house() -> House:
    """A house where alice was in three rooms, read all of them, and looked at coffee last."""
    house = House()
    house.say("tea", "one", "two")
    reader = house.come_in()
    for room in ("tea", "ops", "coffee"):
        house.enter(reader, requests.Join(room=room, backlog=100))
    house.say("tea", "three", to=[reader])
    reader.press("meta 1", "meta 3")
    house.quit(reader)
    return house


def test_the_rooms_are_entered_again_in_their_order_and_the_one_in_view_first(house: House) -> None:
    reader = house.come_in()

    assert [join.room for join in joins(reader)] == ["coffee", "tea", "ops"]
    assert tabs(reader) == [("tea", 0, False), ("ops", 0, False), ("coffee", 0, False)]
    assert reader.room_view.room == "coffee"


def test_what_was_said_meanwhile_is_new_and_stands_below_the_line(house: House) -> None:
    house.say("tea", "four", "alice: five", "six", "seven")
    house.say("coffee", "black or white?")
    reader = house.come_in()

    assert tabs(reader) == [("tea", 4, True), ("ops", 0, False), ("coffee", 0, False)]
    assert (reader.room_view.read_to, reader.texts) == (0, ["bob: black or white?"])
    reader.press("f3")
    assert isinstance(reader.screen, CatchupScreen)
    assert reader.screen.view().items[0] == RoomItem("tea", "", 4, 1, joined=True)
    reader.press("esc", "meta 1")
    assert reader.room_view.read_to == 3


def test_what_one_said_oneself_is_not_new(house: House) -> None:
    house.say("tea", "four", speaker="alice")
    reader = house.come_in()

    assert tabs(reader)[0] == ("tea", 0, False)


def test_what_was_seen_is_not_new_the_third_time(house: House) -> None:
    house.say("tea", "four")
    reader = house.come_in()
    reader.press("meta 1", "meta 3")
    house.quit(reader)
    house.say("tea", "five")

    assert tabs(house.come_in())[0] == ("tea", 1, False)


def test_what_was_not_seen_is_new_again(house: House) -> None:
    house.say("tea", "four")
    house.quit(house.come_in())
    house.say("tea", "five")

    assert tabs(house.come_in())[0] == ("tea", 2, False)


def test_what_came_to_a_room_that_was_entered_and_never_looked_at_is_new(house: House) -> None:
    reader = house.come_in()
    house.say("ops", "alarm", to=[reader])
    house.quit(reader)
    reader = house.come_in()

    assert tabs(reader)[1] == ("ops", 1, False)
    reader.press("meta 2")
    assert reader.room_view.read_to == 0


def test_more_than_is_sent_is_counted_too(house: House) -> None:
    house.page = 10
    house.say("tea", *map(str, range(250)))
    house.say("coffee", *map(str, range(120)))
    reader = house.come_in()

    assert tabs(reader)[0] == ("tea", 250, False)
    assert reader.room_view.status.remark == "120 new, Alt+u goes to the first"


def test_what_one_jumped_away_from_is_new_the_next_time(house: House) -> None:
    house.say("tea", "four", "five")
    reader = house.come_in()
    go(reader.chat, reader.chat.conversations["tea"], 1)
    house.quit(reader)
    assert house.places.places["alice"].marks["tea"] == ReadMark("e", 3)
    reader.press("meta 3")
    house.quit(reader)
    assert house.places.places["alice"].marks["tea"] == ReadMark("e", 3)
    reader.press("meta 1")
    house.quit(reader)
    assert house.places.places["alice"].marks["tea"] == ReadMark("e", 5)


def test_a_log_that_is_another_one_is_not_new(house: House) -> None:
    house.say("tea", "four")
    house.epoch = "another"
    reader = house.come_in()

    assert tabs(reader)[0] == ("tea", 0, False)


@pytest.mark.parametrize(("marked", "new"), [(2, 1), (3, 1), (4, 0)])
def test_of_two_marks_the_further_one_counts(house: House, marked: int, new: int) -> None:
    house.say("tea", "four")
    house.marked = {"tea": marked}
    reader = house.come_in()

    assert tabs(reader)[0] == ("tea", new, False)


def test_of_another_life_of_the_log_the_mark_of_the_server_counts(house: House) -> None:
    house.say("tea", "four")
    house.epoch, house.marked = "another", {"tea": 1}

    assert tabs(house.come_in())[0] == ("tea", 3, False)


def test_a_room_that_is_named_comes_into_view_and_the_others_stay(house: House) -> None:
    reader = house.come_in("ops")
    assert (reader.room_view.room, [tab[0] for tab in tabs(reader)]) == ("ops", ["tea", "ops", "coffee"])
    house.said["cake"] = []
    reader = house.come_in("cake")
    assert (reader.room_view.room, [tab[0] for tab in tabs(reader)]) == ("cake", ["tea", "ops", "coffee", "cake"])


def test_who_was_in_the_lobby_is_there_again_and_in_their_rooms(house: House) -> None:
    reader = house.come_in()
    reader.press("f2")
    house.quit(reader)
    reader = house.come_in()

    assert [room.joined for room in reader.lobby_view.rooms] == [True] * 3


def test_a_room_that_was_left_is_not_entered_but_how_far_it_was_read_is_known(house: House) -> None:
    reader = house.come_in()
    reader.hear(answers.Ok(), requests.Leave(room="tea"))
    house.quit(reader)
    house.say("tea", "four")
    reader = house.come_in()
    assert [tab[0] for tab in tabs(reader)] == ["ops", "coffee"]

    house.enter(reader, requests.Join(room="tea", backlog=100))
    assert reader.room_view.read_to == 3
    assert [tab[0] for tab in tabs(reader)] == ["ops", "coffee", "tea"]


def test_a_room_that_was_left_stands_behind_the_others_when_it_is_entered_again(house: House) -> None:
    reader = house.come_in()
    reader.hear(answers.Ok(), requests.Leave(room="tea"))
    house.enter(reader, requests.Join(room="tea", backlog=100))

    assert [tab[0] for tab in tabs(reader)] == ["ops", "coffee", "tea"]


def test_what_comes_to_a_room_before_one_looks_there_stands_below_the_line() -> None:
    reader = Reader("tea", also=["coffee"])
    reader.come_in()
    reader.enter_room("tea")
    reader.enter_room("coffee", seq=3)
    reader.hear_said("four", room="coffee", first=4)
    reader.press("meta 2")

    assert reader.room_view.read_to == 3


def test_a_room_that_is_gone_is_told_and_then_forgotten(house: House) -> None:
    reader = house.come_in(answered=False)
    [coffee] = joins(reader)
    reader.hear(answers.Error(code="no-such-room", message="There is no room called coffee."), coffee)
    house.quit(reader)

    assert "! There is no room called coffee." in reader.lobby_texts()
    # Nobody has asked to open it.
    assert reader.lobby_view.input.text == ""
    assert house.places.places["alice"].rooms == ["tea", "ops"]


def test_who_ends_before_their_rooms_are_there_finds_them_the_next_time(house: House) -> None:
    before = house.places.places["alice"]
    house.quit(house.come_in(answered=False))

    assert house.places.places["alice"] == before


def test_rooms_that_were_asked_for_when_the_connection_broke_are_asked_for_again(house: House) -> None:
    reader = house.come_in(answered=False)
    house.enter(reader, next(joins(reader)))
    reader.chat.connection_changed(Connectivity.LOST)
    reader.asked.clear()
    reader.come_in()

    assert [join.room for join in joins(reader)] == ["tea", "ops"]


def test_what_was_begun_stands_in_its_line_again(house: House) -> None:
    reader = house.come_in()
    reader.press("half a sentence", "meta 1")
    reader.paste("one line\nand another")
    house.quit(reader)
    reader = house.come_in()

    assert reader.room_view.input.text == "one line\nand another"
    reader.press("meta 3")
    assert reader.room_view.input.text == "half a sentence"
    reader.enter("sent")
    house.quit(reader)
    assert house.places.places["alice"].drafts == {"tea": "one line\nand another"}


def test_what_was_begun_in_a_room_that_is_not_entered_is_kept(house: House) -> None:
    reader = house.come_in()
    reader.press("half a sentence")
    reader.hear(answers.Deleted(room="coffee", by="bob"))
    house.quit(reader)
    reader = house.come_in()
    house.quit(reader)
    house.enter(reader, requests.Join(room="coffee", backlog=100))

    assert reader.room_view.input.text == "half a sentence"


def test_where_there_is_no_line_drafts_stay_as_they_are(house: House) -> None:
    reader = house.come_in()
    reader.press("half a sentence")
    house.quit(reader)
    plain = house.reader(drafts=False)
    plain.come_in()
    house.let_in(plain)
    assert plain.room_view.input.text == ""
    house.quit(plain)

    assert house.places.places["alice"].drafts == {"coffee": "half a sentence"}


def test_strangers_are_seen_to_come_and_go_if_they_were_the_last_time(house: House) -> None:
    reader = house.come_in()
    assert not reader.chat.line_filter.quiet
    reader.press("meta =")
    house.quit(reader)
    assert house.come_in().chat.line_filter.quiet
    settled = Reader(memory=Memory(house.places, settled=["strangers"]), quiet=False)
    settled.come_in()
    assert not settled.chat.line_filter.quiet


def test_nothing_that_others_said_is_kept(house: House) -> None:
    reader = house.come_in()
    house.say("coffee", "a secret", to=[reader])
    house.quit(reader)

    assert "secret" not in repr(house.places.places)
    assert "bob" not in repr(house.places.places)


def test_it_is_written_only_when_it_is_another_place(house: House) -> None:
    reader = house.come_in()
    house.quit(reader)
    writes = house.places.writes
    house.quit(reader)
    assert house.places.writes == writes
    house.say("coffee", "hello", to=[reader])
    house.quit(reader)
    assert house.places.writes == writes + 1


def test_an_account_does_not_enter_what_it_has_left_elsewhere(house: House) -> None:
    reader = house.come_in(account="alice", follows=["ops", "coffee"])

    assert [tab[0] for tab in tabs(reader)] == ["ops", "coffee"]
    reader = house.come_in(account="alice", follows=[])
    assert not any(room.joined for room in reader.lobby_view.rooms)


def test_where_the_server_knows_nothing_of_following_all_are_entered(house: House) -> None:
    assert [tab[0] for tab in tabs(house.come_in(account="alice"))] == ["tea", "ops", "coffee"]


def test_who_was_killed_before_anything_was_written_is_in_their_rooms_again(house: House) -> None:
    house.places.places.clear()
    reader = house.come_in(resumed=True, rooms=["tea", "ops"])

    assert ([tab[0] for tab in tabs(reader)], reader.room_view.room) == (["tea", "ops"], "ops")


def test_who_has_no_memory_enters_none_of_the_rooms_that_a_killed_one_was_in() -> None:
    reader = Reader("tea")
    reader.come_in(resumed=True, rooms=["coffee", "tea"])
    reader.enter_room("tea")

    assert [join.room for join in joins(reader)] == ["tea"]


def test_whose_memory_can_not_be_read_does() -> None:
    house = House()
    house.places.trouble = "Your rooms can't be read."
    reader = house.come_in(resumed=True, rooms=["tea"])

    assert reader.room_view.room == "tea"


def test_a_room_that_was_entered_just_before_is_entered_too(house: House) -> None:
    house.said["cake"] = []
    reader = house.come_in(resumed=True, rooms=["tea", "ops", "coffee", "cake"])

    assert [tab[0] for tab in tabs(reader)] == ["tea", "ops", "coffee", "cake"]


def test_what_can_not_be_kept_is_told_once(house: House) -> None:
    reader = house.come_in()
    house.places.trouble = "FILE can't be written: No space left"
    for text in ("one", "two"):
        house.say("coffee", text, to=[reader])
        remember(reader.chat)

    told = "! Where you are is not remembered: FILE can't be written: No space left."
    assert reader.texts == ["bob: one", told, "bob: two"]


def test_what_can_not_be_read_is_told_where_it_is_seen(house: House) -> None:
    house.places.trouble = "Your rooms can't be read."
    reader = house.come_in("tea")

    assert reader.texts[-1] == "! Your rooms can't be read."
    assert reader.texts.count("! Your rooms can't be read.") == 1


def test_nothing_is_written_before_one_has_come_in(house: House) -> None:
    reader = house.reader("tea")
    house.places.places.clear()
    remember(reader.chat)
    assert house.places.places == {}


def test_each_name_has_its_own(house: House) -> None:
    reader = house.come_in(username="carol")
    assert [room.joined for room in reader.lobby_view.rooms] == [False] * 3
    house.quit(reader)
    assert set(house.places.places) == {"alice"}


def test_where_nothing_is_kept_a_room_entered_again_still_has_its_line() -> None:
    reader = Reader()
    reader.come_in()
    reader.hear(entered("tea", seq=3))
    reader.enter_room("tea", seq=3)
    reader.hear(answers.Ok(), requests.Leave(room="tea"))
    reader.enter_room("tea", seq=5)

    assert reader.room_view.read_to == 3
