"""Who may not speak is told so in the bar, and what they typed is in their line again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chatroom.client.views.view import Status
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest
from tests.client.reader import NOON, Reader, at

MUTED = answers.Error(code="muted", message="You are muted in tea.", room="tea", until=at(10), reason="shouting")
SLOW = answers.Error(code="slow-mode", message="Try again in 7 s.", room="tea", retry_after=7)
LOCKED = answers.Error(code="locked", message="tea is locked.", room="tea")


def told(reader: Reader) -> str:
    """Return what the bar says about it."""
    status = reader.screen.view().status
    assert isinstance(status, Status)
    return status.restraint


def refuse(reader: Reader, error: answers.Error, *asked: AnyRequest | None) -> None:
    """Let the server refuse what was *asked*, one after the other."""
    for request in asked:
        reader.hear(error, request)
        reader.screen = reader.screen.change_state()


def test_a_mute_is_told_until_it_is_over(reader: Reader) -> None:
    reader.hear(answers.Sanctioned(kind="mute", by="bob", room="tea", until=at(10), reason="shouting"))
    assert told(reader) == "muted for 10 min (shouting)"
    reader.time = NOON + timedelta(minutes=3)
    assert told(reader) == "muted for 7 min (shouting)"
    reader.time = NOON + timedelta(minutes=10)
    assert told(reader) == ""


def test_a_mute_is_told_until_it_is_lifted_or_a_message_is_taken(reader: Reader) -> None:
    reader.hear(answers.Sanctioned(kind="mute", by="bob", room="tea"))
    assert told(reader) == "muted"
    reader.hear(answers.Lifted(kind="mute", by="bob", room="tea"))
    assert told(reader) == ""
    refuse(reader, MUTED, reader.enter("hello"))
    assert told(reader) == "muted for 10 min (shouting)"
    reader.hear(answers.Ok(room="tea", seq=1, at=at(1), cid="2"), reader.press("enter"))
    assert told(reader) == ""


def test_a_locked_room_says_so(reader: Reader) -> None:
    reader.hear(answers.Configured(room="tea", by="bob", locked=True))
    assert told(reader) == "locked"
    reader.hear(answers.Configured(room="tea", by="bob", capacity=5))
    assert told(reader) == "locked"
    reader.hear(answers.Configured(room="tea", by="bob", locked=False))
    assert told(reader) == ""
    refuse(reader, LOCKED, reader.enter("hello"))
    assert told(reader) == "locked"


def test_a_private_room_says_so(reader: Reader) -> None:
    reader.hear(answers.Configured(room="tea", by="bob", private=True))
    assert told(reader) == "private"
    reader.hear(answers.Configured(room="tea", by="bob", private=False))
    assert told(reader) == ""


def test_a_room_without_guests_says_so(reader: Reader) -> None:
    reader.hear(answers.Configured(room="tea", by="bob", guests=False))
    assert told(reader) == "no guests"
    reader.hear(answers.Configured(room="tea", by="bob", locked=True))
    assert told(reader) == "locked · no guests"
    reader.hear(answers.Configured(room="tea", by="bob", guests=True, locked=False))
    assert told(reader) == ""
    assert "bob: only people with an account enter tea." in reader.texts


@pytest.mark.parametrize(
    ("fields", "more"),
    [
        ({"features": ["accounts"]}, " Write /register, and then enter it again."),
        ({"features": ["accounts"], "account": "alice"}, ""),
        ({}, ""),
    ],
)
def test_a_guest_who_is_not_let_in_is_told_what_to_do(fields: dict[str, Any], more: str) -> None:
    reader = Reader()
    reader.come_in(**fields)
    refused = answers.Error(
        code="password-required",
        message="Only people with an account come into tea; register makes your name yours.",
        room="tea",
    )
    refuse(reader, refused, requests.Join(room="tea"))
    assert reader.told == [f"! {refused.message}{more}"]


def test_who_is_muted_everywhere_is_told_so_everywhere(reader: Reader) -> None:
    reader.hear(answers.Sanctioned(kind="mute", by="root", until=at(10), reason="shouting"))
    assert reader.texts == ["root has muted you everywhere until 2026-11-20 12:10 (shouting)."]
    assert told(reader) == "muted everywhere for 10 min (shouting)"
    reader.press("f2")
    assert told(reader) == "muted everywhere for 10 min (shouting)"
    reader.hear(answers.Lifted(kind="mute", by="root"))
    assert told(reader) == ""
    assert reader.lobby_texts()[-1] == "root lets you speak again."


def test_who_hears_of_it_by_a_refusal_is_told_so_until_a_message_is_taken(reader: Reader) -> None:
    muted = answers.Error(code="muted", message="You are muted in this server.", until=at(10))
    refuse(reader, muted, reader.enter("/msg bob psst"))
    assert told(reader) == "muted everywhere for 10 min"
    refuse(reader, muted, reader.enter("hello"))
    assert reader.room_view.input.text == "hello"
    reader.hear(answers.Ok(room="tea", seq=1, at=at(1), cid="2"), reader.press("enter"))
    assert told(reader) == ""


def test_a_slow_room_says_when_the_next_message_may_be_sent(reader: Reader) -> None:
    reader.hear(answers.Configured(room="tea", by="bob", slow=10))
    assert told(reader) == "slow: one every 10 s"
    reader.hear(answers.Ok(room="tea", seq=1, at=at(1), cid="1"), reader.enter("hello"))
    assert told(reader) == "slow: 10 s"
    reader.time += timedelta(seconds=2)
    refuse(reader, SLOW, reader.enter("again"))
    assert told(reader) == "slow: 7 s"
    reader.hear(answers.Members(room="tea", usernames=["alice"], more=False, roles={"alice": "moderator"}), WHO)
    assert told(reader) == ""


WHO = requests.Who(room="tea")


def test_what_a_room_is_like_is_known_on_entering_it(reader: Reader) -> None:
    def enter(**settings: Any) -> None:
        entered = answers.Entered(
            room="tea", topic="", members=1, capacity=9, epoch="e", seq=0, resumed=True, **settings
        )
        reader.hear(entered, requests.Join(room="tea"))

    enter(slow=30)
    assert told(reader) == "slow: one every 30 s"
    enter(locked=True)
    assert told(reader) == "locked"
    enter()
    assert told(reader) == ""


def test_another_room_knows_nothing_of_it(reader: Reader) -> None:
    reader.enter_room("coffee")
    reader.hear(answers.Sanctioned(kind="mute", by="bob", room="tea"))
    assert told(reader) == ""


def test_a_ban_is_told_in_the_lobby(reader: Reader) -> None:
    reader.hear(answers.Removed(room="tea", by="bob", why="banned", note="enough"))
    assert told(reader) == "banned from tea (enough)"
    join = requests.Join(room="tea")
    ban = answers.Error(code="banned", message="You are banned from tea.", room="tea", until=at(180), reason="enough")
    reader.hear(ban, join)
    assert told(reader) == "banned from tea for 3 h (enough)"
    reader.time = NOON + timedelta(hours=3)
    assert told(reader) == ""
    reader.time = NOON
    reader.enter_room("tea")
    reader.press("f2")
    assert told(reader) == ""


def test_who_is_banned_for_some_time_is_told_so_at_once(reader: Reader) -> None:
    reader.hear(answers.Removed(room="tea", by="bob", why="banned", note="enough", until=at(180)))
    assert reader.lobby_texts() == ["You were banned from tea by bob until 2026-11-20 15:00 (enough)."]
    assert told(reader) == "banned from tea for 3 h (enough)"
    reader.time = NOON + timedelta(hours=3)
    assert told(reader) == ""


def test_who_is_only_put_out_may_come_in(reader: Reader) -> None:
    reader.hear(answers.Removed(room="tea", by="bob", why="kicked", note="enough"))
    assert told(reader) == ""


@pytest.mark.parametrize("error", [MUTED, SLOW, LOCKED])
@pytest.mark.parametrize("line", ["hello", "two\nlines", "/me waves", "//me is how it is written", "/topic Tea"])
def test_what_was_refused_is_in_the_line_again(reader: Reader, error: answers.Error, line: str) -> None:
    refuse(reader, error, reader.enter(line))
    assert reader.room_view.input.text == line
    assert reader.room_view.pending == []


def test_what_is_typed_meanwhile_stays_below_it(reader: Reader) -> None:
    asked = reader.enter("hello")
    reader.press("how are")
    refuse(reader, MUTED, asked)
    reader.press(" you")
    assert reader.room_view.input.text == "hello\nhow are you"


def test_a_paste_sent_in_pieces_comes_back_whole(reader: Reader) -> None:
    text = "\n".join(f"{number} {'x' * 1500}" for number in range(4))
    reader.paste(text)
    reader.press("enter")
    said = [each for each in reader.asked if isinstance(each, requests.Say)]
    assert len(said) == 2
    refuse(reader, LOCKED, said[1])
    assert reader.room_view.input.text == said[1].text


def test_it_waits_in_its_room_if_that_is_not_looked_at(reader: Reader) -> None:
    asked = reader.enter("two\nlines")
    reader.enter_room("coffee")
    refuse(reader, MUTED, asked)
    assert reader.room_view.input.text == ""
    reader.press("meta 1")
    assert reader.room_view.input.text == "two\nlines"


def test_a_question_is_not_answered_by_it(reader: Reader) -> None:
    asked = reader.enter("hello")
    reader.press("ctrl r", "h")
    refuse(reader, MUTED, asked)
    assert reader.room_view.input.text == "hello"
    assert reader.room_view.input.prompt.startswith("(search")
    reader.press("esc", "ctrl y")
    assert reader.room_view.input.text == "hello"


def test_what_is_refused_for_another_reason_is_not_mixed_with_what_is_typed(reader: Reader) -> None:
    asked = reader.enter("hello")
    reader.press("how are")
    refuse(reader, answers.Error(code="storage-failed", message="It can't be stored."), asked)
    assert reader.room_view.input.text == "how are"
