"""What is said in a room and was meant as a command."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.core.values.commands import Request, Say
from chatroom.core.values.names import key, room_name
from chatroom.core.values.replies import Stored
from chatroom.wire.text.commands import BY_NAME
from chatroom.wire.text.slips import NamesInUse, slip
from chatroom.wire.text.text import Text

TEA = room_name("tea")
KNOWN = NamesInUse({key(name) for name in ("tea", "café", "us")}, {key(name) for name in ("alice", "Bob", "Zoë")})
NOBODY = NamesInUse()

SLIPS = [
    ("list", "/list"),
    ("who", "/who"),
    ("quit", "/quit"),
    ("leave", "/leave"),
    ("help", "/help"),
    ("history", "/history"),
    ("join", "/join"),
    ("LIST ", "/list"),
    (" Who", "/who"),
    ("join tea", "/join tea"),
    ("Join Tea", "/join Tea"),
    ("JOIN  café ", "/join café"),
    ("join cafe\u0301", "/join cafe\u0301"),
    ("join us", "/join us"),
    ("delete tea", "/delete tea"),
    ("who tea", "/who tea"),
    ("list tea", "/list tea"),
    ("create x", "/create x"),
    ("create 田中", "/create 田中"),
    ("nick robert", "/nick robert"),
    ("tell bob is there milk?", "/tell bob text"),
    ("TELL zoë psst", "/tell zoë text"),
    ("msg Bob psst", "/msg Bob text"),
    ("reply bob yes", "/reply bob text"),
    ("reply 812 yes", "/reply 812 text"),
    ("quit now", "/quit"),
    ("leave NOW", "/leave"),
    ("history 5", "/history 5"),
    ("help join", "/help join"),
]

TALK = [
    "",
    "hello",
    "/who",
    "listen",
    "join us tomorrow",
    "join milk",
    "join us!",
    "who is there",
    "who cares",
    "who?",
    "tea",
    "delete it",
    "delete tea and milk",
    "list them",
    "create something beautiful",
    "create @",
    "nick bob",
    "nick said so",
    "nick join",
    "tell me",
    "tell me more",
    "tell bob",
    "tell carol I am late",
    "msg me later",
    "reply to me",
    "reply bob",
    "reply 812",
    "leave it",
    "leave it to me",
    "quit smoking",
    "quit it",
    "history repeats itself",
    "history ²",
    "help me",
    "help is on its way",
    "me",
    "me too",
    "topic",
    "topic of the day",
    "search for it",
]


@pytest.mark.parametrize(("text", "meant"), SLIPS)
def test_what_would_be_a_command_is_taken_for_one(text: str, meant: str) -> None:
    assert slip(text, KNOWN) == meant


@pytest.mark.parametrize("text", TALK)
def test_talk_is_left_alone(text: str) -> None:
    assert slip(text, KNOWN) is None


@pytest.mark.parametrize("text", ["join tea", "delete tea", "who tea", "list tea", "tell bob is there milk?"])
def test_names_that_nobody_has_are_words_like_others(text: str) -> None:
    assert slip(text, NOBODY) is None


@given(st.text() | st.tuples(st.sampled_from(sorted(BY_NAME)), st.text()).map(" ".join))
def test_what_looks_like_a_command_begins_with_one(text: str) -> None:
    if meant := slip(text, KNOWN):
        [word, *_] = meant.split()
        assert text.lstrip().lower().startswith(word.removeprefix("/"))
        assert word.removeprefix("/") in BY_NAME


def test_the_speaker_is_told_and_only_of_what_was_said() -> None:
    text = Text("2026-11-20", KNOWN)

    def told(command: Say) -> str:
        return text.reply(Request(command), Stored(TEA, 1, 0)).decode()

    assert told(Say(TEA, "join café")) == "* That was said to everybody. The command is /join café.\n"
    assert told(Say(TEA, "join us tomorrow")) == ""
    assert told(Say(TEA, "who", kind="action")) == ""
    assert told(Say(TEA, "join café", re=1)) == ""
