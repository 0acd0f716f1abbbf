"""The frames of a WebSocket that a server sends (RFC 6455): they are not masked, so one is good for all readers."""

from __future__ import annotations

TEXT, BINARY, CLOSE, PONG = 0x81, 0x82, 0x88, 0x8A
"""First bytes of frames that are a whole message, or a control."""

MASKED = 0x80
"""What is added to the second byte, which is the length, by who masks."""

LONG = 126
"""In place of a length that takes two bytes more."""


def message(text: bytes) -> bytes:
    """Return *text*, which is UTF-8, as one message; of nothing, none."""
    return web_frame(TEXT, text) if text else b""


def web_frame(first: int, payload: bytes) -> bytes:
    """Return the frame with that *first* byte."""
    size = len(payload)
    if size < LONG:
        head = bytes((first, size))
    elif size < 65536:
        head = bytes((first, LONG)) + size.to_bytes(2, "big")
    else:
        head = bytes((first, 127)) + size.to_bytes(8, "big")
    return head + payload
