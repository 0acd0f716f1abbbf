"""The beginning of a connection: its first bytes and its first line tell where it leads, and in which dialect."""

from __future__ import annotations

import re
from enum import Enum

from chatroom.wire.dialect import DialectName

FIRST_BYTES = 8
"""Bytes of a connection that tell whether it consists of lines: no line of HTTP is as short."""


class Way(Enum):
    """A way in, which the beginning of a connection leads to."""

    TLS = "tls"
    HTTP = "http"
    LINES = "lines"


_WAYS = (
    # A browser can be led to send lines of somebody else's in the greeting of TLS: none of it is to be read as a line.
    (Way.TLS, re.compile(rb"\x16")),
    (Way.HTTP, re.compile(rb"(?!\{)[^\n]*HTTP/1\.[01]\r?\n")),
)


def way(start: bytes) -> Way:
    """Return the way in for a connection that begins by *start*: its first bytes, or its first line with the end."""
    for found, pattern in _WAYS:
        if pattern.match(start):
            return found
    return Way.LINES


def dialect(start: bytes) -> DialectName:
    """Return the dialect of lines of which the first begins by *start*."""
    return "frames" if start.startswith(b"{") else "text"


_INSIDE = rb"(?:[^\xff]|\xff[^\xf0]){0,1024}+"
_SKIPPED = re.compile(
    rb"(?:[\r\n ]+"  # empty lines
    rb"|\xef\xbb\xbf"  # a byte order mark
    rb"|\xff[\xfb-\xfe]."  # telnet: WILL, WON'T, DO, DON'T
    rb"|\xff\xfa" + _INSIDE + rb"\xff\xf0"  # telnet: a subnegotiation, of a length that clients have use for
    rb"|\xff[^\xfa-\xff])*+",  # telnet: any other command
    re.DOTALL,
)
_UNFINISHED = re.compile(rb"\xef\xbb?|\xff[\xfb-\xfe]?|\xff\xfa" + _INSIDE + rb"\xff?", re.DOTALL)


def skip(data: bytes) -> tuple[bytes, bool]:
    """Return *data* without what means nothing at its beginning, and whether the next byte then tells the dialect."""
    found = _SKIPPED.match(data)
    rest = data[found.end() :] if found else data
    return rest, bool(rest) and not _UNFINISHED.fullmatch(rest)
