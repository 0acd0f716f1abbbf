"""The JSON schema of all frames: ``python -m chatroom.wire.schema [--check] FILE`` writes or compares it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec

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
    match arguments:
        case ["--check", name]:
            path = Path(name)
            if not path.exists() or path.read_text(encoding="utf-8") != schema():
                return f"{name} is not what the code says; run: make schema"
        case [name] if not name.startswith("-"):
            Path(name).write_text(schema(), encoding="utf-8")
        case _:
            return __doc__
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
