"""What a client of SSH is told that has come here: nothing of SSH is spoken but its good-bye."""

from __future__ import annotations

import struct

DISCONNECT = 1
"""The number of the message that ends a connection; it needs no encryption (RFC 4253, 11.1)."""

BY_APPLICATION = 11
"""Its reason: whoever is reached by SSH wants to go."""

BLOCK = 8
"""Bytes of which a packet has a multiple."""

LEAST_PADDING = 4
"""Bytes behind what a packet says, at least."""


def good_bye(sentence: str) -> bytes:
    """Return what lets a client of SSH show *sentence* and end: the line of the version, and a packet."""
    words = sentence.encode()
    said = struct.pack("!BII", DISCONNECT, BY_APPLICATION, len(words)) + words + bytes(4)  # in no language
    # The length of the whole packet counts, with the field for its length and that for the padding's.
    padding = LEAST_PADDING + -(5 + len(said) + LEAST_PADDING) % BLOCK
    return b"SSH-2.0-chatroom\r\n" + struct.pack("!IB", 1 + len(said) + padding, padding) + said + bytes(padding)
