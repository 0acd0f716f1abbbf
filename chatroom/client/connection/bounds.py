"""Frames in which nothing is longer than a server may make it, so that nothing that is kept of them is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from chatroom.core.values.texts import MAX_TEXT, MAX_TOPIC

SHORT = 1000
"""Bytes of a line in which nothing can be too long to be kept some thousand times."""

_NAME = 128
_LONGEST: Mapping[str, int] = {"text": MAX_TEXT, "topic": MAX_TOPIC, "message": 1000, "motd": MAX_TEXT}
"""Characters of what is no name, nor anything else as short."""

Incoming = TypeVar("Incoming", bound=msgspec.Struct)


def bounded(frame: Incoming) -> Incoming:
    """Return *frame* with the texts and names in it cut to the length that the protocol allows, or a little more."""
    changes = {}
    for field in frame.__struct_fields__:
        value = getattr(frame, field)
        if (kept := _kept(field, value)) is not value:
            changes[field] = kept
    return msgspec.structs.replace(frame, **changes) if changes else frame


def _kept(field: str, value: object) -> object:
    match value:
        case str():
            most = _LONGEST.get(field, _NAME)
            return value if len(value) <= most else value[:most]
        case list():
            return [_kept(field, item) for item in value]
        case msgspec.Struct():
            return bounded(value)
    return value
