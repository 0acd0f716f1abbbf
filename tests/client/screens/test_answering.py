"""Answering a message: how one chooses it, what is sent, and the way to what is answered."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import UNSET

from chatroom.client.screens.overlays.menu import MenuScreen
from chatroom.client.screens.overlays.messages import AnswerScreen
from chatroom.client.screens.pointing import point
from chatroom.client.screens.room import RoomScreen
from chatroom.client.views.lines import MessageLine, Pending
from chatroom.client.views.targets import OnMessage
from chatroom.client.views.view import Answering, RoomView
from chatroom.wire.frames import answers, requests
from tests.client.reader import Reader, said


@pytest.fixture
def reader() -> Reader:
    """Alice, in the room tea, where bob and carol have said something."""
    reader = Reader()
    reader.come_in(features=["replies"])
    reader.enter_room("tea")
    reader.hear_said("anyone for a cup?", "or two?")
    reader.hear(said(3, "later", speaker="carol"))
    return reader


def answering(reader: Reader) -> str | None:
    """Return what is answered, as it is seen above the line."""
    seen = reader.room_view.answering
    return seen.message.text if seen and seen.message else str(seen.seq) if seen else None


def sent(reader: Reader) -> tuple[str, object]:
    """Press Enter; return what was said, and the number that it answers."""
    asked = reader.press("enter")
    assert isinstance(asked, requests.Say)
    return asked.text, asked.re


def test_a_key_and_enter_answer_the_newest(reader: Reader) -> None:
    reader.press("meta q")
    view = reader.screen.view()
    assert isinstance(view, RoomView)
    assert (view.pointed, view.status.remark) == (3, "Enter answers it, Esc goes back")
    reader.press("enter")
    assert answering(reader) == "later"
    reader.press("fine")
    assert sent(reader) == ("fine", 3)
    assert answering(reader) is None
    assert reader.room_view.pending == [Pending("1", "alice", "fine", re=3)]


def test_the_arrows_choose_another_one(reader: Reader) -> None:
    reader.press("yes", "meta q", "up", "up", "enter")
    assert answering(reader) == "anyone for a cup?"
    assert sent(reader) == ("yes", 1)


@pytest.mark.parametrize("key", ["esc", "ctrl c"])
def test_esc_drops_that_and_then_the_line(reader: Reader, key: str) -> None:
    reader.press("yes", "meta q", "enter", key)
    assert (answering(reader), reader.room_view.input.text) == (None, "yes")
    reader.press(key)
    assert reader.room_view.input.text == ""


@pytest.mark.parametrize("key", ["esc", "meta q"])
def test_one_may_think_better_of_it(reader: Reader, key: str) -> None:
    reader.press("meta q", key)
    assert isinstance(reader.screen, RoomScreen)
    assert answering(reader) is None


def test_it_stays_with_its_room(reader: Reader) -> None:
    reader.press("meta q", "enter")
    reader.enter_room("coffee")
    assert answering(reader) is None
    reader.press("hello")
    assert sent(reader) == ("hello", UNSET)
    reader.press("meta 1")
    assert answering(reader) == "later"


def test_the_menu_of_a_message_offers_it(reader: Reader) -> None:
    reader.press("meta x", "enter", "enter")
    assert answering(reader) == "later"


def test_what_was_taken_back_is_not_offered(reader: Reader) -> None:
    reader.hear(answers.Redacted(room="tea", seq=3, from_="carol", by="carol", redactions=1))
    reader.press("meta x", "enter")
    assert isinstance(reader.screen, MenuScreen)
    menu = reader.screen.view().menu
    assert menu
    assert "answer" not in [choice.words for choice in menu.choices]


def test_a_click_chooses_too(reader: Reader) -> None:
    reader.press("meta q")
    assert isinstance(reader.screen, AnswerScreen)
    first = reader.chat.conversations["tea"].message(1)
    assert first
    point(reader.screen, OnMessage(first))
    reader.screen = reader.screen.change_state()
    assert answering(reader) == "anyone for a cup?"


@pytest.mark.parametrize(("what", "seq"), [("bob", 2), ("1", 1), ("Carol", 3), ("812", 812)])
def test_a_command_answers_somebody_or_a_number(reader: Reader, what: str, seq: int) -> None:
    asked = reader.enter(f"/reply {what} yes  please")
    assert asked == requests.Say(room="tea", text="yes  please", cid="1", re=seq)
    assert answering(reader) is None


def test_a_command_without_a_text_only_chooses(reader: Reader) -> None:
    assert reader.enter("/reply bob") is None
    assert answering(reader) == "or two?"
    assert reader.enter("/reply 812") is None
    assert reader.room_view.answering == Answering(812)


def test_who_has_said_nothing_can_not_be_answered(reader: Reader) -> None:
    reader.enter("/reply dora yes")
    assert reader.told[-1] == "! Nothing that dora said here is left to answer."


def test_actions_answer_too_and_commands_do_not(reader: Reader) -> None:
    reader.press("meta q", "enter")
    reader.enter("/topic")
    assert answering(reader) == "later"
    asked = reader.enter("/me nods")
    assert asked == requests.Say(room="tea", text="nods", action=True, cid="1", re=3)


def test_of_a_paste_in_pieces_the_first_one_answers(reader: Reader) -> None:
    reader.press("meta q", "enter")
    reader.paste("\n".join(["tea " * 500] * 3))
    first = reader.press("enter")
    said = [first, *(asked for asked in reader.asked if asked is not first)]
    assert [asked.re for asked in said if isinstance(asked, requests.Say)] == [3, UNSET, UNSET]


def test_what_is_refused_can_be_sent_again_as_an_answer(reader: Reader) -> None:
    asked = reader.enter("/reply bob yes")
    reader.hear(answers.Error(code="muted", message="You are muted.", room="tea"), asked)
    assert reader.room_view.input.text == "/reply 2 yes"


def test_another_log_has_other_messages_to_answer(reader: Reader) -> None:
    reader.press("meta q", "enter")
    reader.enter_room("tea", seq=9)
    assert answering(reader) is None


def test_older_servers_have_no_answers() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea")
    reader.hear_said("one")
    reader.press("meta q")
    assert reader.room_view.status.remark == "On this server, no message can answer another one."
    reader.enter("/reply bob yes")
    assert reader.told[-1] == "! On this server, no message can answer another one."


# The way to what is answered.


@pytest.fixture
def chain(reader: Reader) -> Reader:
    """Alice, who has read that carol answers bob, who answered what he had said before."""
    reader.hear(msgspec.structs.replace(said(4, "two, then"), re=1))
    reader.hear(msgspec.structs.replace(said(5, "good", speaker="carol"), re=4))
    reader.hear(said(6, "oh"))
    return reader


def test_a_key_leads_from_answer_to_answer(chain: Reader) -> None:
    for seq in (4, 1):
        assert chain.press("meta g") is None
        assert chain.room_view.emphasized == seq
    chain.press("meta g")
    assert chain.room_view.status.remark == "That answers no other message"
    chain.press("esc")
    assert chain.room_view.emphasized is None


def test_from_a_message_that_is_pointed_at_it_leads_to_what_that_answers(chain: Reader) -> None:
    chain.press("meta x", "up", "up", "meta g")
    assert chain.room_view.emphasized == 1


def test_further_up_it_begins_where_one_reads(chain: Reader) -> None:
    chain.chat.conversations["tea"].reading.follow(False, 2)
    chain.press("meta g")
    assert chain.room_view.emphasized == 1


def test_what_is_not_here_is_fetched(reader: Reader) -> None:
    reader.enter_room("milk", seq=899)
    reader.hear(msgspec.structs.replace(said(900, "yes", room="milk"), re=3))
    assert reader.press("meta g") == requests.History(room="milk", before=4, limit=50)


def test_where_nothing_answers_anything_it_says_so(reader: Reader) -> None:
    assert reader.press("meta g") is None
    assert reader.room_view.status.remark == "Nothing here answers another message"
    assert all(isinstance(line, MessageLine) for line in reader.room_view.lines)
