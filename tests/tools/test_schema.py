"""The schema of the frames: it is what the code says, and the frames are what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from chatroom.core.values.commands import Request
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Event
from chatroom.core.values.limits import Limits
from chatroom.core.values.replies import Reply
from chatroom.wire.frames import requests
from chatroom.wire.frames.codec import TYPES
from chatroom.wire.frames.frames import Frames
from tests.wire.frames.values import EVENTS, REPLIES, REQUESTS
from tools.schema import main, schema

DOCS = Path(__file__).parents[2] / "docs"
EXPORTED = DOCS / "frames.schema.json"
SCHEMA: dict[str, Any] = json.loads(schema())
REPLY_TYPES = """
    welcome rooms entered members people monitored entries talks unread connections sanctions reports audit
    devices ignored accounts ok error pong bye
"""
EVENT_TYPES = """
    said joined left presence renamed profile online offline topic-changed level gap told deleted rooms-changed slowed
    notice ping
"""
MODERATION_TYPES = """
    redacted removed sanctioned lifted reported appointed configured invited other-invited memberships marked
"""
UNASKED_TYPES = "rooms entered error bye"


WHOLE = Draft202012Validator(SCHEMA)
REQUEST, REPLY, EVENT, SERVER = (
    Draft202012Validator(SCHEMA | {"$ref": f"#/$defs/{name}"}) for name in ("request", "reply", "event", "server")
)
WRONG_IN_THE_PROTOCOL = ['{"type":"dance","id":2}', '{"type":"tell","id":3}']
"""Requests in the examples of the protocol that are meant to be wrong."""


def types(kind: str) -> set[str]:
    """Return the types of the frames of that *kind*."""
    frames = SCHEMA["$defs"][kind]["anyOf"]
    definitions = [SCHEMA["$defs"][one["$ref"].removeprefix("#/$defs/")] for one in frames]
    return {name for definition in definitions for name in definition["properties"]["type"]["enum"]}


def test_the_exported_schema_is_current() -> None:
    assert main(["--check", str(EXPORTED)]) is None


def test_the_exported_schema_is_the_same_with_every_python() -> None:
    # Until 3.13 a docstring kept its indent.
    descriptions = [definition.get("description", "") for definition in SCHEMA["$defs"].values()]
    assert [text for text in descriptions if "\n" in text]
    assert not [text for text in descriptions if "\n " in text]


def test_a_schema_that_is_not_current_is_found_and_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "frames.schema.json"
    for _ in range(2):
        assert "make schema" in str(main(["--check", str(file)]))
        file.write_text("{}", encoding="utf-8")
    assert main([str(file)]) is None
    assert main(["--check", str(file)]) is None
    assert file.read_text(encoding="utf-8") == schema()


@pytest.mark.parametrize("arguments", [[], ["--check"], ["--help"], ["a", "b"]])
def test_whoever_calls_it_wrongly_is_told_how(arguments: list[str]) -> None:
    assert "--check" in str(main(arguments))


def test_it_is_a_schema_that_every_version_of_python_writes_alike() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for name, definition in SCHEMA["$defs"].items():
        assert not re.search(r"^ | $", definition["description"], flags=re.MULTILINE), name


def test_it_has_every_frame_and_every_code_of_the_protocol() -> None:
    assert types("request") == TYPES
    assert types("reply") == {*REPLY_TYPES.split()}
    assert types("event") == {*EVENT_TYPES.split(), *MODERATION_TYPES.split(), *UNASKED_TYPES.split()}
    assert {*SCHEMA["$defs"]["code"]["enum"]} == {error.code for error in ChatError.__subclasses__()}


@given(REQUESTS)
def test_requests_fit(request: requests.RequestFrame) -> None:
    frame = json.loads(msgspec.json.encode(request))
    assert REQUEST.is_valid(frame)
    assert WHOLE.is_valid(frame)


@given(REPLIES)
def test_replies_fit(reply: Reply) -> None:
    frame = json.loads(Frames("chatroom", Limits()).reply(Request(None, "a"), reply))
    assert REPLY.is_valid(frame)
    assert SERVER.is_valid(frame)
    assert WHOLE.is_valid(frame)


@given(EVENTS)
def test_events_fit(event: Event) -> None:
    frame = json.loads(Frames("chatroom", Limits()).event(event))
    assert EVENT.is_valid(frame)
    assert SERVER.is_valid(frame)
    assert WHOLE.is_valid(frame)


def test_the_examples_of_the_protocol_fit() -> None:
    examples = re.findall(r"^([<>]) (\{.*)$", (DOCS / "protocol.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    wrong = []
    for direction, line in examples:
        # Some of what is got is abbreviated, which no frame is.
        if "…" not in line.replace('"…"', '""'):
            frame = json.loads(line)
            fits = (REQUEST if direction == ">" else SERVER).is_valid(frame)
            assert WHOLE.is_valid(frame) == fits
            if not fits:
                wrong.append(line)
    assert wrong == WRONG_IN_THE_PROTOCOL


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "dance"},
        {"type": "join"},
        {"type": "join", "room": 5},
        {"type": "join", "room": "tea", "backlog": -1},
        {"type": "join", "room": "tea", "backlog": True},
        {"type": "login", "username": "alice", "session": "a" * 21},
        {"type": "login", "username": "alice", "session": "a" * 129},
        {"type": "who", "id": None},
        {"type": "who", "id": "a" * 65},
        {"room": "tea"},
        {},
        [],
        "ping",
        None,
    ],
)
def test_what_is_no_request_does_not_fit(frame: Any) -> None:
    assert not REQUEST.is_valid(frame)
    assert not WHOLE.is_valid(frame)


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "foo"},
        {"type": "said", "room": "tea"},
        {"type": "error", "code": "went-wrong", "message": "It went wrong."},
        {"type": "error", "code": "no-such-room"},
        {"type": "joined", "room": "tea", "username": "bob", "members": "two"},
        {"type": "rooms", "rooms": [{"room": "tea"}], "more": False},
        {"type": "bye"},
    ],
)
def test_what_no_server_says_does_not_fit(frame: Any) -> None:
    assert not SERVER.is_valid(frame)
    assert not WHOLE.is_valid(frame)


def test_what_is_said_in_one_direction_does_not_fit_in_the_other() -> None:
    assert not SERVER.is_valid({"type": "quit"})
    assert not REQUEST.is_valid({"type": "bye", "reason": "quit"})
