"""Lines of IRC as messages of a WebSocket: one each, without an end (IRCv3's transport)."""

from __future__ import annotations

from collections.abc import Iterable

from chatroom.wire.framing.web_frames import BINARY, TEXT, web_frame
from chatroom.wire.irc.lines import one_line

TEXT_PROTOCOL, BINARY_PROTOCOL = "text.ircv3.net", "binary.ircv3.net"
"""What a client asks for, as a protocol inside of the WebSocket."""


def text_messages(lines: Iterable[str]) -> bytes:
    """Return *lines* as text."""
    return b"".join([web_frame(TEXT, one_line(line).encode()) for line in lines])


def binary_messages(lines: Iterable[str]) -> bytes:
    """Return *lines* as bytes, for who can take other things than UTF-8 as well."""
    return b"".join([web_frame(BINARY, one_line(line).encode()) for line in lines])


WRITES = {TEXT_PROTOCOL: text_messages, BINARY_PROTOCOL: binary_messages}
"""How lines are written by each of them."""
