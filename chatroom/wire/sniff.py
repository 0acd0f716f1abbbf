"""The beginning of a connection: its first bytes and its first line tell where it leads, and in which dialect."""

from __future__ import annotations

import re
from enum import Enum

from chatroom.wire.dialect import DialectName


class Way(Enum):
    """A way in, which the beginning of a connection leads to."""

    TLS = "tls"
    HTTP = "http"
    SSH = "ssh"
    LINES = "lines"


HTTP = b"http/1.1"
"""What a browser offers to speak inside of TLS (ALPN)."""

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PRI")
"""The methods of HTTP, by which a request begins; no username has a blank behind it, and what follows is a target.

By the last one HTTP/2 begins, whose further lines could be taken for a username.
"""

_TLS = b"\x16"
"""A browser can be led to send lines of somebody else's in the greeting of TLS: none of it is to be read as a line."""

_HTTP = re.compile(rb"(?:%s) [/*h]" % "|".join(METHODS).encode())
_BEGUN = frozenset(f"{method} "[:size].encode() for method in METHODS for size in range(1, len(method) + 2))

_SSH = re.compile(rb"SSH-[12]\.")
"""The version that a client of SSH says first; no username has a dot in it."""

_SSH_BEGUN = frozenset((b"S", b"SS", b"SSH", b"SSH-", b"SSH-1", b"SSH-2"))

_REQUEST_LINE = re.compile(rb"(?!\{).*HTTP/\d(?:\.\d)?", re.DOTALL)


def way(start: bytes) -> Way | None:
    """Return the way in for a connection that begins by *start*; nothing while one more byte may decide."""
    if start.startswith(_TLS):
        return Way.TLS
    if start in _BEGUN or start in _SSH_BEGUN:
        return None
    if _SSH.match(start):
        return Way.SSH
    return Way.HTTP if _HTTP.match(start) else Way.LINES


def is_request_line(line: bytes) -> bool:
    """Return whether *line*, the first of a connection, is one of HTTP, by whatever method it asks."""
    return _REQUEST_LINE.fullmatch(line) is not None


_IRC = re.compile(
    rb"(?:@\S+ +)?(?::\S+ +)?"
    rb"(?:(?:CAP|NICK|USER|PASS|WEBIRC|AUTHENTICATE|QUIT|PING|JOIN|REGISTER|PROTOCTL) +[^\s]|STARTTLS\r?$)"
)
"""The first line of a client, in capitals; no username has a blank inside, so that no login in text is one."""

_MAY_BE_IRC = frozenset(b"@:ACJNPQRSUW")


def dialect(start: bytes, *, ended: bool = False) -> DialectName | None:
    """Return the dialect of lines that begin by *start*; nothing until the first line has *ended*, if it may be IRC."""
    if start.startswith(b"{"):
        return "frames"
    if start[0] not in _MAY_BE_IRC:
        return "text"
    line, end, _ = start.partition(b"\n")
    if not end and not ended:
        return None
    return "irc" if _IRC.match(line) else "text"


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
