"""What may come before the first byte that means something, by which the dialect is told."""

from __future__ import annotations

import re

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
    """Return *data* without what says nothing at its beginning, and whether its first byte then tells the dialect."""
    found = _SKIPPED.match(data)
    rest = data[found.end() :] if found else data
    return rest, bool(rest) and not _UNFINISHED.fullmatch(rest)


def is_http(line: bytes) -> bool:
    """Tell whether *line*, the first one, is that of a browser."""
    return line.endswith((b"HTTP/1.0", b"HTTP/1.1"))


def is_tls(data: bytes) -> bool:
    """Tell whether *data*, the first that comes, greets a server that speaks TLS.

    A browser can be led to send lines of somebody else's in such a greeting: none of it is to be read as a line.
    """
    return data.startswith(b"\x16")


NOT_TLS = b"* This port speaks no TLS. Connect to it without, or to another one.\n"
"""What somebody gets who greets in TLS; a person sees it in what has come over the wire."""

NOT_HTTP = (
    b"HTTP/1.1 400 Bad Request\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Connection: close\r\n"
    b"\r\n"
    b"This is a chat server. Reach it from a terminal, with netcat or with chatroom's own client.\n"
)
"""What a browser gets."""
