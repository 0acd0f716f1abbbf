"""What is printed where there is no screen: line by line, in the forms of the server's text, and harmless."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given

from chatroom.client.line_mode.transcript import LinePrinter, help_lines
from chatroom.client.model.quotes import MAX_QUOTES
from chatroom.client.screens.commands import groups
from chatroom.client.text.clock import USUAL, clock
from chatroom.client.views.lines import Line, MessageLine, NoticeLine, Pending, Private, Skipped, Traffic
from chatroom.client.views.printed import trouble, written
from chatroom.wire.frames import answers
from tests.client.drawing.test_rows import HARM
from tests.client.drawing.views import LINES, NAMES, PENDING
from tests.client.reader import NOON, Reader, rooms, said


def texts(line: Line, room: str = "") -> list[str]:
    return [printed.text for printed in written(line, USUAL, room)]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (MessageLine(1, NOON, "alice", "hello"), ["12:00 <alice> hello"]),
        (MessageLine(1, NOON, "alice", "waves", action=True), ["12:00 * alice waves"]),
        (MessageLine(1, NOON, "alice", "one\n* bob left."), ["12:00 <alice> one", "12:00 <alice> * bob left."]),
        (Private(NOON, "bob", "alice", "psst"), ["12:00 [bob] psst"]),
        (Private(NOON, "alice", "bob", "psst", own=True), ["12:00 [to bob] psst"]),
        (NoticeLine(NOON, "In tea: alice"), ["* In tea: alice"]),
        (NoticeLine(NOON, "Not sent: hi\nToo long.", error=True), ["! Not sent: hi", "! Too long."]),
        (Skipped(NOON, 3, 9, kept=False), ["* messages 3 to 9 are not kept any more"]),
        (
            Traffic(NOON, ("alice",), ("bob",), (("eve", "eva"),)),
            ["* alice joined.", "* bob left.", "* eve is now eva."],
        ),
        (Pending("1", "alice", "hello"), []),
    ],
)
def test_each_line_has_its_form(line: Line, shown: list[str]) -> None:
    assert texts(line) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (MessageLine(1, NOON, "alice", "hello"), "12:00 tea <alice> hello"),
        (MessageLine(1, NOON, "alice", "waves", action=True), "12:00 tea * alice waves"),
        (NoticeLine(NOON, "bob set the topic: Tea"), "* tea: bob set the topic: Tea"),
        (Skipped(NOON, 3, 9, kept=True), "* messages 3 to 9 of tea are not here; /goto #3 prints them"),
        (Traffic(NOON, ("alice",)), "* alice joined tea."),
    ],
)
def test_what_is_of_another_room_has_its_name(line: Line, shown: str) -> None:
    assert texts(line, "tea") == [shown]


def test_what_went_wrong_is_told_apart() -> None:
    assert [printed.error for printed in written(NoticeLine(NOON, "No.\nNever.", error=True), USUAL)] == [True, True]
    assert not written(NoticeLine(NOON, "Yes."), USUAL)[0].error
    assert written(NoticeLine(NOON, "Well.", error=True, warning=True), USUAL) == trouble("Well.", warning=True)


@given(LINES | PENDING, NAMES)
def test_whatever_there_is_to_print_does_no_harm(line: Line, room: str) -> None:
    for text in texts(line, room):
        assert not HARM.search(text)
        assert "\n" not in text


def taken(transcript: LinePrinter) -> list[str]:
    return [printed.text for printed in (*transcript.take(), *transcript.whereabouts())]


def at_tea(**settings: Any) -> tuple[Reader, LinePrinter]:
    reader = Reader(**settings)
    transcript = LinePrinter(reader.chat)
    reader.come_in()
    reader.enter_room(topic="Tea and biscuits")
    assert taken(transcript) == ["* You are in tea (1 person). Topic: Tea and biscuits"]
    return reader, transcript


def test_everything_is_printed_once_and_kept_no_longer() -> None:
    reader, transcript = at_tea()
    reader.hear_said("one", "two")
    assert taken(transcript) == ["12:01 <bob> one", "12:02 <bob> two"]
    reader.hear_said("three", first=3)
    reader.hear(answers.Joined(room="tea", username="eve", members=2))
    reader.hear(answers.Left(room="tea", username="eve", members=1, reason="quit"))
    assert taken(transcript) == ["12:03 <bob> three"]
    assert reader.chat.current is not None
    assert reader.chat.current.window.lines == []


def test_times_are_as_the_user_reads_them() -> None:
    reader, transcript = at_tea(clock=clock("%-I:%M %p"))
    reader.hear_said("one")
    reader.chat.aside("done")
    assert taken(transcript) == ["12:01 PM <bob> one", "* done"]


def answered(reader: Reader, transcript: LinePrinter, *, re: int) -> str:
    """Return what is printed before the answer to the message *re*."""
    reader.hear(msgspec.structs.replace(said(9, "yes", speaker="carol"), re=re))
    before, answer = taken(transcript)
    assert answer == "12:09 <carol> yes"
    return before.removeprefix("12:09 <carol> > ")


def test_before_an_answer_stands_what_is_answered_in_its_first_words() -> None:
    reader, transcript = at_tea()
    reader.hear_said("anyone for\na cup?", "word " * 100, "\x1b[2J")
    taken(transcript)
    assert answered(reader, transcript, re=1) == "bob: anyone for a cup?"
    assert answered(reader, transcript, re=2) == "bob: word word word word word word word word…"
    assert answered(reader, transcript, re=3) == "bob: �[2J"
    assert answered(reader, transcript, re=8) == "message 8"


def test_what_came_along_with_its_answer_is_known_too() -> None:
    reader, transcript = at_tea()
    reader.hear_said("a cup?")
    reader.hear(msgspec.structs.replace(said(2, "yes", speaker="carol"), re=1))
    assert taken(transcript) == ["12:01 <bob> a cup?", "12:02 <carol> > bob: a cup?", "12:02 <carol> yes"]


def test_of_what_was_taken_back_nothing_is_told_but_that() -> None:
    reader, transcript = at_tea()
    reader.hear_said("a secret")
    taken(transcript)
    reader.hear(answers.Redacted(room="tea", seq=1, from_="bob", by="bob"))
    assert answered(reader, transcript, re=1) == "bob: taken back"


def test_only_the_names_of_those_whom_one_ignores_and_of_long_ago_are_told() -> None:
    reader, transcript = at_tea()
    reader.hear_said("one", "two")
    taken(transcript)
    for seq in range(3, 3 + MAX_QUOTES):
        reader.hear(said(seq, "more", speaker="eve"))
    taken(transcript)
    assert answered(reader, transcript, re=2) == "bob"
    assert answered(reader, transcript, re=3) == "eve: more"
    reader.chat.preferences.ignore("eve")
    assert answered(reader, transcript, re=3) == "eve"


def test_who_comes_and_goes_is_told_when_somebody_has_looked_between() -> None:
    reader, transcript = at_tea()
    reader.hear(answers.Joined(room="tea", username="eve", members=2))
    assert taken(transcript) == ["* eve joined."]
    reader.hear(answers.Left(room="tea", username="eve", members=1, reason="quit"))
    assert taken(transcript) == ["* eve left."]


def test_another_room_than_the_one_that_is_talked_in_is_named() -> None:
    reader, transcript = at_tea()
    reader.enter_room("coffee")
    assert taken(transcript) == ["* You are in coffee (1 person)."]
    reader.hear_said("hello", room="tea")
    reader.hear_said("hello", room="coffee")
    assert taken(transcript) == ["12:01 tea <bob> hello", "12:01 <bob> hello"]


def test_another_day_is_told_before_what_was_said_on_it() -> None:
    reader, transcript = at_tea()
    reader.hear(answers.Said(room="tea", seq=1, at="2026-11-21T00:01:00Z", from_="bob", text="late"))
    reader.time = NOON + timedelta(days=1)
    reader.hear(answers.Joined(room="tea", username="eve", members=2))
    assert taken(transcript) == ["* 2026-11-21", "00:01 <bob> late", "* eve joined."]


def test_the_lobby_lists_its_rooms_also_when_one_is_there_already() -> None:
    reader = Reader()
    transcript = LinePrinter(reader.chat)
    reader.come_in()
    reader.hear(answers.Rooms(rooms=rooms("tea"), more=False))
    listed = [
        "* You are in the lobby; 1 room is open. /join room enters one, /help lists the commands.",
        "*   tea   3/256   about tea",
    ]
    assert taken(transcript) == listed
    assert taken(transcript) == []
    assert [printed.text for printed in transcript.lobby()] == listed


def test_only_some_of_very_many_rooms_are_listed() -> None:
    reader = Reader()
    reader.come_in()
    reader.hear(answers.Rooms(rooms=rooms(*(f"r{number}" for number in range(60))), more=False))
    assert [printed.text for printed in LinePrinter(reader.chat).lobby()][-1] == "*   and 10 more"


def test_the_help_is_the_table_of_the_commands() -> None:
    assert any(line.text.startswith("*   /join room ") for line in help_lines(groups()))
