"""The schema of the frames: it is what the code says, and the frames are what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given

from chatroom.core.commands import Request
from chatroom.core.events import Bye, Event, Rooms
from chatroom.core.limits import Limits
from chatroom.core.replies import Reply
from chatroom.wire import requests
from chatroom.wire.frames import TYPES, Frames
from chatroom.wire.schema import main, schema
from tests.wire.values import EVENTS, REPLIES, REQUESTS

EXPORTED = Path(__file__).parents[2] / "docs" / "frames.schema.json"
SCHEMA: dict[str, Any] = json.loads(schema())
REPLY_TYPES = "welcome rooms entered members entries ok error pong bye"
EVENT_TYPES = "said joined left presence renamed topic-changed level gap told deleted rooms-changed slowed ping"
KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
KNOWN = {
    "$ref",
    "anyOf",
    "type",
    "properties",
    "required",
    "items",
    "enum",
    "const",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
}
SAYS_NOTHING = {"title", "description", "discriminator", "default"}


def fits(value: Any, rule: dict[str, Any]) -> bool:
    """Tell whether *value* is what *rule* says, as far as our schema uses the language of schemas."""
    assert rule.keys() <= KNOWN | SAYS_NOTHING
    if "$ref" in rule:
        return fits(value, SCHEMA["$defs"][rule["$ref"].removeprefix("#/$defs/")])
    if "anyOf" in rule:
        return any(fits(value, one) for one in rule["anyOf"])
    if "type" in rule and type(value) not in KINDS[rule["type"]]:
        return False
    if isinstance(value, dict):
        properties = rule.get("properties", {})
        return {*rule.get("required", ())} <= value.keys() and all(
            name in properties and fits(field, properties[name]) for name, field in value.items()
        )
    if isinstance(value, list):
        return all(fits(item, rule["items"]) for item in value)
    if isinstance(value, str):
        length = len(value)
        short, long = rule.get("minLength", length), rule.get("maxLength", length)
        return value in rule.get("enum", [value]) and short <= length <= long
    return bool(rule.get("minimum", value) <= value <= rule.get("maximum", value))


def types(kind: str) -> set[str]:
    """Return the types of the frames of that *kind*."""
    definitions = [SCHEMA["$defs"][one["$ref"].removeprefix("#/$defs/")] for one in SCHEMA[kind]["anyOf"]]
    return {name for definition in definitions for name in definition["properties"]["type"]["enum"]}


def test_the_exported_schema_is_current() -> None:
    assert main(["--check", str(EXPORTED)]) is None


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


def test_it_has_every_frame_of_the_protocol() -> None:
    assert types("request") == TYPES
    assert types("reply") == {*REPLY_TYPES.split()}
    assert types("event") == {*EVENT_TYPES.split()}


@given(REQUESTS)
def test_requests_fit(request: requests.Request) -> None:
    assert fits(json.loads(msgspec.json.encode(request)), SCHEMA["request"])


@given(REPLIES)
def test_replies_fit(reply: Reply) -> None:
    line = Frames("chatroom", Limits()).reply(Request(None, "a"), reply)
    assert fits(json.loads(line), SCHEMA["reply"])


@given(EVENTS)
def test_events_fit(event: Event) -> None:
    alone = isinstance(event, Rooms | Bye)
    line = Frames("chatroom", Limits()).event(event)
    assert fits(json.loads(line), SCHEMA["reply" if alone else "event"])


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
        {"type": "ping", "id": None},
        {"type": "ping", "id": "a" * 65},
        {"room": "tea"},
    ],
)
def test_what_is_no_request_does_not_fit(frame: dict[str, Any]) -> None:
    assert not fits(frame, SCHEMA["request"])
