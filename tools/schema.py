"""The JSON schema of all frames: ``python -m tools.schema [--check] FILE`` writes or compares it."""

from __future__ import annotations

import json
import sys
from inspect import cleandoc
from typing import Any

import msgspec

from chatroom.core.values.errors import ChatError
from chatroom.wire.frames.answers import AnyEvent, AnyReply, Bye, Entered, Error, Rooms
from chatroom.wire.frames.requests import AnyRequest
from tools.generated import keep

ID = "urn:uuid:af3f33c6-6353-4290-8e2c-b6178482f71d"
"""The schema of the protocol's version 1, wherever a copy of it lies."""

UNASKED = (Rooms, Entered, Error, Bye)
"""Replies that may come as events too, without an id."""

KINDS = {
    "request": (AnyRequest, "What a client may send."),
    "reply": (AnyReply, "What comes back for a request."),
    "event": (AnyEvent, "What comes by itself."),
}


def schema() -> str:
    """Return the schema of requests, replies and events, as JSON."""
    definitions: dict[str, Any] = {}
    for kind, (frames, purpose) in KINDS.items():
        # A request and a reply may share a name: pong does.
        [part], found = msgspec.json.schema_components([frames], ref_template=f"#/$defs/{kind}.{{name}}")
        definitions |= {f"{kind}.{name}": _tidied(definition) for name, definition in found.items()}
        definitions[kind] = {"description": purpose, "anyOf": part["anyOf"]}
    definitions["event"]["anyOf"] += [_ref(f"reply.{reply.__name__}") for reply in UNASKED]
    definitions["server"] = {"description": "What a client may get.", "anyOf": [_ref("reply"), _ref("event")]}
    definitions["code"] = {
        "description": "What is wrong, for a program.",
        "enum": sorted({error.code for error in ChatError.__subclasses__()}),
    }
    definitions["reply.Error"]["properties"]["code"] = _ref("code")
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "chatroom frames",
        "description": "One JSON object a line: what a client may send (request), and what it may get (server).",
        "anyOf": [_ref("request"), _ref("server")],
        "$defs": dict(sorted(definitions.items())),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


def _tidied(definition: dict[str, Any]) -> dict[str, Any]:
    """Return *definition* as every version of Python writes it: from 3.13 on, docstrings lose their indentation."""
    return definition | {"description": cleandoc(definition["description"])}


def main(arguments: list[str]) -> str | None:
    """Write the schema, or return a mistake in the present one."""
    return keep(arguments, lambda _: schema(), target="schema", usage=__doc__)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
