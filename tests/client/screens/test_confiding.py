"""What is told to those alone who moderate a room: how one asks for it, and where it is shown."""

from __future__ import annotations

import pytest

from chatroom.client.views.alert import Alert
from chatroom.wire.frames import answers, requests
from tests.client.reader import Reader, at, text


@pytest.fixture
def reader() -> Reader:
    """Alice, who looks at tea."""
    reader = Reader()
    reader.come_in(features=["moderation"])
    reader.enter_room("tea")
    return reader


def told(speaker: str, to: str) -> answers.Told:
    return answers.Told(from_=speaker, to=to, at=at(1), text="a troll is here", room="tea", role="moderator")


def test_it_is_asked_for_by_a_command_and_shown_where_it_was_said(reader: Reader) -> None:
    asked = reader.enter("/mods a troll is here")
    assert asked == requests.Confide(room="tea", text="a troll is here")
    reader.hear(answers.Ok(count=2), asked)
    assert text(reader.room_view.lines[-1]) == "alice to the moderators of tea: a troll is here"
    assert reader.chat.alerts.take() is None


def test_who_moderates_sees_it_in_its_room(reader: Reader) -> None:
    reader.hear(told("bob", "alice"))
    assert text(reader.room_view.lines[-1]) == "bob to the moderators of tea: a troll is here"
    assert reader.chat.talks == []
    assert reader.chat.alerts.take() == Alert("bob to the moderators of tea", "a troll is here")
    reader.enter("/lobby")
    reader.hear(told("alice", "alice"))
    assert reader.chat.alerts.take() is None


def test_without_words_it_is_said_what_is_missing(reader: Reader) -> None:
    assert reader.enter("/mods") is None
    assert "/mods text" in reader.told[-1]
