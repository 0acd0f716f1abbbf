"""A reader of IRC that knows nothing of ours: it takes only what the grammar of RFC 2812 and of message tags allows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_TAG = r"\+?(?:[A-Za-z0-9.-]+/)?[A-Za-z0-9-]+(?:=(?:[^\0\r\n; \\]|\\[:s\\rn])*)?"
_LINE = re.compile(
    rf"(?:@(?P<tags>{_TAG}(?:;{_TAG})*) )?"
    r"(?::(?P<source>[^ \0\r\n]+) )?"
    r"(?P<command>[A-Z]+|[0-9]{3})"
    r"(?P<middles>(?: [^: \0\r\n][^ \0\r\n]*)*)"
    r"(?: :(?P<trailing>[^\0\r\n]*))?"
)

_ESCAPES = {"\\:": ";", "\\s": " ", "\\\\": "\\", "\\r": "\r", "\\n": "\n"}

MAX_TAGS = 8191
"""Bytes of the tags of a server's line, with the ``@`` and the blank."""

MAX_REST = 512
"""Bytes of the rest, with the end of the line."""


class Read(NamedTuple):
    """A line as a client reads it."""

    tags: Mapping[str, str]
    source: str
    command: str
    params: Sequence[str]

    @property
    def nick(self) -> str:
        """The name in the source."""
        return self.source.partition("!")[0]


def read(data: bytes) -> Read:
    """Return the line that *data* are, with its end; fail if there is anything wrong with it."""
    assert data.endswith(b"\r\n"), data
    text = data[:-2].decode()
    found = _LINE.fullmatch(text)
    assert found, f"no line of IRC: {text!r}"
    tags = found["tags"]
    before = len(f"@{tags} ".encode()) if tags else 0
    assert before <= MAX_TAGS, f"{before} bytes of tags: {text!r}"
    assert len(data) - before <= MAX_REST, f"{len(data) - before} bytes: {text!r}"
    values = dict(_tag(tag) for tag in tags.split(";")) if tags else {}
    assert not tags or len(values) == len(tags.split(";")), f"a tag comes twice: {text!r}"
    params = found["middles"].split(" ")[1:]
    if found["trailing"] is not None:
        params.append(found["trailing"])
    assert len(params) <= 15, text
    return Read(values, found["source"] or "", found["command"], params)


def reads(data: bytes) -> list[Read]:
    """Return the lines of which *data* consist."""
    *lines, rest = data.split(b"\r\n")
    assert not rest, f"a line has no end: {rest!r}"
    return [read(line + b"\r\n") for line in lines]


def _tag(written: str) -> tuple[str, str]:
    name, _, value = written.partition("=")
    return name, re.sub(r"\\.", lambda found: _ESCAPES[found[0]], value)
