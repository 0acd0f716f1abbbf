"""Several rooms: the way from one to another, and what becomes of one that ends."""

from __future__ import annotations

from chatroom.client.screens.lobby import LobbyScreen
from chatroom.wire.frames import answers, requests
from tests.client.reader import Reader


def test_a_command_that_leads_elsewhere_is_remembered_where_it_was_given(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.enter("/join tea")
    reader.press("up")
    assert reader.room_view.input.text == ""
    reader.enter("/join coffee")
    reader.press("up")
    assert reader.room_view.input.text == "/join tea"


def test_a_draft_and_the_lines_sent_belong_to_their_room(reader: Reader) -> None:
    reader.enter("for tea")
    reader.press("a draft")
    reader.enter_room("coffee")
    assert reader.room_view.input.text == ""
    reader.press("up")
    assert reader.room_view.input.text == ""

    reader.press("meta 1")
    assert reader.room_view.input.text == "a draft"
    reader.press("up")
    assert reader.room_view.input.text == "for tea"
    reader.press("down")
    assert reader.room_view.input.text == "a draft"


def test_keys_lead_from_room_to_room(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.enter_room("biscuits")

    def here(*keys: str) -> str:
        reader.press(*keys)
        return reader.room_view.room

    assert here("ctrl n") == "tea"
    assert here("ctrl n") == "coffee"
    assert here("ctrl p", "ctrl p") == "biscuits"
    assert here("meta 2") == "coffee"
    assert here("meta /") == "biscuits"
    assert here("meta 9") == "biscuits"


def test_the_most_urgent_room_comes_first(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.enter_room("biscuits")
    reader.hear_said("one", "two", "three", room="tea")
    reader.hear_said("alice!", room="coffee")

    reader.press("meta a")
    assert reader.room_view.room == "coffee"
    reader.press("meta a")
    assert reader.room_view.room == "tea"
    reader.press("meta a")
    assert reader.room_view.room == "tea"


def test_join_goes_to_a_room_that_one_is_in(reader: Reader) -> None:
    reader.enter_room("coffee")

    assert reader.enter("/join TEA") is None
    assert reader.room_view.room == "tea"


def test_who_leaves_a_room_is_in_the_one_before_or_in_the_lobby(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.hear(answers.Ok(), reader.enter("/leave"))
    assert reader.room_view.room == "tea"

    reader.hear(answers.Ok(), reader.enter("/leave"))
    assert isinstance(reader.screen, LobbyScreen)


def test_who_leaves_a_room_after_a_look_at_the_lobby_is_in_another_room(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.press("f2", "f2")
    reader.hear(answers.Ok(), reader.enter("/leave"))

    assert reader.room_view.room == "tea"


def test_a_deleted_room_is_gone_and_says_by_whom(reader: Reader) -> None:
    reader.hear(answers.Deleted(room="tea", by="bob"))

    assert reader.lobby_texts() == ["bob deleted tea."]


def test_what_one_goes_on_typing_when_a_room_ends_is_said_nowhere_else(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.hear(answers.Deleted(room="coffee", by="bob"))
    assert not isinstance(reader.enter("and then she said"), requests.Say)
    reader.press("esc", "esc")
    assert reader.room_view.room == "tea"
    assert reader.texts == []


def test_of_much_that_is_new_one_is_told_how_to_get_to_the_first(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.hear_said(*map(str, range(21)))
    reader.press("meta 1")
    assert reader.room_view.status.remark == "21 new, Alt+u goes to the first"
    reader.press("meta 2")
    reader.hear_said("hello", first=22)
    reader.press("meta 1")
    assert reader.room_view.status.remark == ""


def test_what_one_had_begun_to_write_in_a_room_that_ends_can_be_put_into_another_line(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.press("look: ")
    reader.paste("one\ntwo")
    reader.hear(answers.Deleted(room="coffee", by="bob"))
    assert reader.lobby_texts()[-2:] == [
        "bob deleted coffee.",
        "What you had begun there is kept: in a room, Ctrl+y puts it back.",
    ]

    reader.press("esc", "ctrl y")
    assert reader.room_view.input.text == "look: one\ntwo"


def test_what_waited_for_the_server_in_a_room_that_ends_is_told_with_the_reason(reader: Reader) -> None:
    asked = reader.enter("a last word")
    reader.hear(answers.Deleted(room="tea", by="bob"))
    reader.hear(answers.Error(code="no-such-room", message="There is no room called tea."), asked)
    assert reader.lobby_texts()[-1] == "! Not sent: a last word\nThere is no room called tea."
