"""The lobby: the rooms that are open, live; to enter one, to open another, to delete one's own."""

from __future__ import annotations

import pytest

from chatroom.core.values.errors import RoomFull
from chatroom.core.values.names import RoomName
from chatroom.wire.frames import answers, requests
from tests.client.reader import Reader, entered, rooms


@pytest.fixture
def reader() -> Reader:
    """Somebody in a lobby with three rooms."""
    reader = Reader()
    reader.come_in()
    reader.hear(answers.Rooms(rooms=rooms("biscuits", "coffee", "tea"), more=False), requests.List(watch=True))
    return reader


def names(reader: Reader) -> list[str]:
    return [row.room for row in reader.lobby_view.rooms]


def test_the_open_rooms_are_listed_and_the_first_is_chosen(reader: Reader) -> None:
    assert names(reader) == ["biscuits", "coffee", "tea"]
    assert reader.lobby_view.chosen == 0
    assert reader.lobby_view.total == 3


def test_nothing_is_said_of_rooms_before_they_are_listed() -> None:
    reader = Reader()
    reader.come_in()
    assert reader.lobby_view.total is None
    reader.hear(answers.Rooms(rooms=[], more=False), requests.List(watch=True))
    assert reader.lobby_view.total == 0


def test_a_room_that_turns_out_to_be_open_is_entered_and_not_opened() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter("Tea")
    assert "what is it about" in reader.lobby_view.question
    reader.hear(answers.Rooms(rooms=rooms("tea"), more=False), requests.List(watch=True))
    assert reader.enter("Green") == requests.Join(room="tea", backlog=100)


def test_the_list_is_asked_for_page_by_page() -> None:
    reader = Reader()
    reader.come_in()

    more = reader.hear(answers.Rooms(rooms=rooms("a", "b"), more=True), requests.List(watch=True))

    assert more == [requests.List(after="b")]
    reader.hear(answers.Rooms(rooms=rooms("c"), more=False), more[0])
    assert names(reader) == ["a", "b", "c"]


def test_rooms_come_and_change_and_go(reader: Reader) -> None:
    reader.hear(answers.RoomsChanged(rooms=[*rooms("cake"), *rooms("tea", members=9)], closed=["coffee"]))

    # Where most people are is first.
    assert names(reader) == ["tea", "biscuits", "cake"]
    assert reader.lobby_view.rooms[0].members == 9


def test_of_the_rooms_that_one_is_in_it_is_seen_what_was_said_last(reader: Reader) -> None:
    reader.enter_room("tea")
    reader.hear_said("hello", "and more")
    reader.press("f2")
    assert [room.last and room.last.text for room in reader.lobby_view.rooms] == [None, None, "and more"]
    reader.enter("/ignore bob")
    assert not any(room.last for room in reader.lobby_view.rooms)


def test_a_whole_list_that_nobody_asked_for_takes_the_place_of_the_old_one(reader: Reader) -> None:
    reader.hear(answers.Rooms(rooms=rooms("milk"), more=False))

    assert names(reader) == ["milk"]


def test_what_is_typed_leaves_the_rooms_with_it_in_their_name(reader: Reader) -> None:
    reader.press("e")
    assert names(reader) == ["coffee", "tea"]
    reader.press("A")
    assert names(reader) == ["tea"]
    reader.press("backspace", "backspace", "T")
    assert names(reader) == ["tea", "biscuits"]


def test_rooms_that_begin_with_what_is_typed_come_first(reader: Reader) -> None:
    reader.hear(answers.RoomsChanged(rooms=rooms("eclairs"), closed=[]))
    reader.press("e")

    assert names(reader) == ["eclairs", "coffee", "tea"]


def test_up_and_down_choose_and_stop_at_the_ends(reader: Reader) -> None:
    reader.press("down")
    assert reader.lobby_view.chosen == 1
    reader.press("down", "down", "down")
    assert reader.lobby_view.chosen == 2
    reader.press("up", "up", "up", "up")
    assert reader.lobby_view.chosen == 0


def test_the_chosen_room_stays_chosen_when_others_come_before_it(reader: Reader) -> None:
    reader.press("down")
    reader.hear(answers.RoomsChanged(rooms=rooms("ale"), closed=[]))

    assert reader.lobby_view.rooms[reader.lobby_view.chosen or 0].room == "coffee"


def test_enter_joins_the_chosen_room(reader: Reader) -> None:
    reader.press("down")

    assert reader.press("enter") == requests.Join(room="coffee", backlog=100)


def test_a_full_room_says_so_and_is_not_asked_for(reader: Reader) -> None:
    reader.hear(answers.RoomsChanged(rooms=rooms("biscuits", members=8, capacity=8), closed=[]))

    assert reader.lobby_view.rooms[0].full
    assert reader.press("enter") is None
    assert reader.told == [f"! {RoomFull(RoomName('biscuits'), 8)}"]


def test_enter_goes_to_a_room_that_one_is_in_already(reader: Reader) -> None:
    reader.enter_room("tea")
    reader.press("f2")

    assert reader.enter("tea") is None
    assert reader.room_view.room == "tea"


def test_a_name_that_no_room_has_opens_one_with_a_topic(reader: Reader) -> None:
    assert reader.enter("cake") is None
    assert "cake" in reader.lobby_view.question

    asked = reader.enter("Cake and more")

    assert asked == requests.Create(room="cake", topic="Cake and more")
    assert reader.lobby_view.question == ""


@pytest.mark.parametrize("key", ["enter", "meta enter"])
def test_a_name_that_no_room_can_have_is_told_before_the_topic_is_asked_for(reader: Reader, key: str) -> None:
    reader.press("-bad name", key)

    assert reader.lobby_view.question == ""
    assert reader.lobby_view.input.text == "-bad name"
    assert reader.told == ["! A room name can't hold a space; choose another."]


def test_enter_on_nothing_opens_nothing() -> None:
    reader = Reader()
    reader.come_in()
    reader.press("enter")
    assert reader.lobby_view.question == ""
    assert reader.lobby_texts() == []


def test_a_message_that_could_not_be_given_comes_back_into_the_line(reader: Reader) -> None:
    for line in ("", "/wh"):
        asked = reader.enter("/msg nobody  it is  late")
        reader.press(*([line] if line else []))
        reader.hear(answers.Error(code="no-such-user", message="Nobody called nobody is here."), asked)
        assert reader.lobby_view.input.text == (line or "/msg nobody it is  late")
        reader.press(*["backspace"] * len(reader.lobby_view.input.text))
    assert reader.told[-1] == "What you wrote is kept: Ctrl+y puts it into the line."
    reader.press("ctrl y")
    assert reader.lobby_view.input.text == "/msg nobody it is  late"


def test_a_message_that_comes_back_is_no_answer_to_a_question(reader: Reader) -> None:
    asked = reader.enter("/msg nobody it is late")
    reader.press("cake", "enter")
    reader.hear(answers.Error(code="no-such-user", message="Nobody called nobody is here."), asked)

    assert reader.lobby_view.question
    assert reader.lobby_view.input.text == ""
    reader.press("ctrl y")
    assert reader.lobby_view.input.text == "/msg nobody it is late"


def test_alt_enter_opens_a_room_whose_name_is_a_part_of_others(reader: Reader) -> None:
    reader.press("te", "meta enter")

    assert reader.press("enter") == requests.Create(room="te", topic="")


def test_escape_goes_back_from_the_question_for_a_topic(reader: Reader) -> None:
    reader.press("cake", "enter", "esc")

    assert reader.lobby_view.question == ""
    assert names(reader) == ["biscuits", "coffee", "tea"]


def test_a_room_is_deleted_after_a_question(reader: Reader) -> None:
    reader.press("down", "meta delete")
    assert "coffee" in reader.lobby_view.question
    assert "3" in reader.lobby_view.question

    assert reader.enter("yes") == requests.Delete(room="coffee")
    assert reader.lobby_view.question == ""


def test_a_room_is_not_deleted_without_a_clear_yes(reader: Reader) -> None:
    reader.press("meta delete")

    assert reader.enter("maybe") is None
    assert reader.lobby_view.question
    assert reader.enter("no") is None
    assert reader.lobby_view.question == ""


def test_a_room_that_had_been_closed_is_opened_with_what_was_said_there(reader: Reader) -> None:
    create = requests.Create(room="tea", topic="")
    assert reader.hear(entered("tea", seq=7), create) == [requests.History(room="tea", limit=100)]
    assert reader.hear(entered("garden", seq=0), requests.Create(room="garden", topic="")) == []


def test_what_the_operator_has_to_say_is_said_once(reader: Reader) -> None:
    reader.come_in(motd="Be kind.\nTea at five.")
    reader.come_in(motd="Be kind.\nTea at five.")
    assert reader.lobby_texts() == ["Be kind.\nTea at five."]


def test_what_the_server_refuses_is_said(reader: Reader) -> None:
    asked = reader.press("enter")
    reader.hear(answers.Error(code="room-full", message="biscuits is full.", room="biscuits"), asked)

    assert reader.told == ["! biscuits is full."]


def test_commands_work_here_too(reader: Reader) -> None:
    assert reader.enter("/msg bob psst") == requests.Tell(to="bob", text="psst", cid="1")
    assert reader.enter("/quit") == requests.Quit()


def test_a_command_that_lacks_a_word_says_how_it_is_written_and_stays(reader: Reader) -> None:
    assert reader.enter("/msg") is None

    assert reader.told[-1].startswith("! Write /msg user [text]")
    assert reader.lobby_view.input.text == "/msg"


def test_escape_goes_back_to_the_room_where_one_was(reader: Reader) -> None:
    reader.enter_room("tea")
    reader.enter_room("coffee")
    reader.press("f2", "esc")

    assert reader.room_view.room == "coffee"


def test_a_room_that_was_wanted_from_the_start_and_is_not_there_can_be_opened() -> None:
    reader = Reader(wanted="cake")
    reader.come_in()
    reader.hear(answers.Error(code="no-such-room", message="There is no room called cake."), reader.asked[-1])

    assert reader.lobby_view.input.text == "cake"
    reader.press("enter")
    assert "cake" in reader.lobby_view.question


def test_what_was_typed_to_find_a_room_is_gone_when_one_comes_back(reader: Reader) -> None:
    reader.enter("tea")
    reader.press("te")
    reader.enter_room("tea")
    reader.press("f2")

    assert reader.lobby_view.input.text == ""
