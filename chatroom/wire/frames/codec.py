"""Between frames and bytes: JSON that harms no terminal, and what is wrong with a line that is no frame."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from chatroom.core.values.commands import Request
from chatroom.core.values.errors import BadFrame, UnknownType
from chatroom.core.values.texts import HARMFUL
from chatroom.wire.dialect import Misread
from chatroom.wire.frames.requests import AnyRequest, Id

TYPES = frozenset(msgspec.inspect.type_info(shape).tag for shape in AnyRequest.__args__)  # type: ignore[attr-defined]
"""The types of all requests."""

_write = msgspec.json.Encoder().encode

_read = msgspec.json.Decoder(AnyRequest).decode

# JSON has no other way to write it.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def decode(line: bytes) -> Any:
    """Return the shape of *line*, one of :data:`~chatroom.wire.frames.requests.AnyRequest`.

    U+0000 stands in no string of it, whatever field that is of: what can't be stored everywhere is stored nowhere. Lone
    surrogates, which are no characters, don't either.

    :raises ValueError: if it has none.
    :raises RecursionError: if it is too deep.
    """
    if b"\\u0000" in line and _NUL.search(line):
        raise ValueError("no text can hold U+0000")
    return _read(line)


def encode(shape: Struct) -> bytes:
    """Write *shape* on a line."""
    return _harmless(_write(shape) + b"\n")


def encode_all(shapes: Iterable[Struct]) -> bytes:
    """Write *shapes*, each on a line."""
    # Msgspec's own way to write lines returns a KiB of memory for the shortest.
    return _harmless(b"".join([_write(shape) + b"\n" for shape in shapes]))


def _harmless(written: bytes) -> bytes:
    """Return JSON that means the same and does no harm to a terminal, be it an id that comes back or an old log."""
    if written.isascii() and b"\x7f" not in written:
        return written
    text = written.decode()
    return HARMFUL.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode() if HARMFUL.search(text) else written


def misread(line: bytes, reason: str) -> Misread:
    """Say what is wrong with *line*, to the request that it means to be, as far as that can be told."""
    try:
        # Unlike msgspec, this reads lone surrogates, so that the id of a frame with some in its text is found.
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    fields = found if isinstance(found, dict) else {}
    try:
        id = msgspec.convert(fields.get("id"), Id | None)
        _write(id)
    except (ValueError, RecursionError):
        id = None
    type = fields.get("type")
    if isinstance(type, str) and type not in TYPES:
        return Misread(Request(None, id), UnknownType(type[:64]))
    return Misread(Request(None, id), BadFrame(reason))
