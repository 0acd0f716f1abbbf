"""The JSON schema of all frames: ``python -m chatroom.wire.schema [--check] FILE`` writes or compares it."""

from __future__ import annotations

import json
import sys

import msgspec

from chatroom.generated import keep
from chatroom.wire.answers import AnyEvent, AnyReply
from chatroom.wire.requests import AnyRequest


def schema() -> str:
    """Return the schema of requests, replies and events, as JSON."""
    parts: dict[str, object] = {}
    definitions: dict[str, object] = {}
    for kind, frames in {"request": AnyRequest, "reply": AnyReply, "event": AnyEvent}.items():
        # A request and a reply may share a name: pong does.
        [parts[kind]], found = msgspec.json.schema_components([frames], ref_template=f"#/$defs/{kind}.{{name}}")
        definitions |= {f"{kind}.{name}": definition for name, definition in found.items()}
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "chatroom frames",
        "description": "One JSON object a line: what a client may send, and what it may get.",
        **parts,
        "$defs": dict(sorted(definitions.items())),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> str | None:
    """Write the schema, or return what is wrong with the one that is there."""
    return keep(arguments, lambda _: schema(), target="schema", usage=__doc__)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
