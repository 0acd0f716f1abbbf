"""Texts in pieces that fit into lines: no grapheme is cut, and all pieces together are the text."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from chatroom.wire.irc.lines import MAX_LINE

_GRAPHEME = regex.compile(r"\X")


def room_for(text_before: str) -> int:
    """Return how many bytes a piece may have behind *text_before*; however long that is, some are left."""
    return max(MAX_LINE - len(text_before.encode()), 64)


def pieces(text: str, size: int) -> Iterator[str]:
    """Yield *text*, which has no line break, in pieces of at most *size* bytes, if its graphemes are no longer.

    A piece ends behind a blank, if there is one in its second half.
    """
    if len(text) <= size // 4 or len(text.encode()) <= size:
        yield text
        return
    begun, length, blank = 0, 0, 0
    for found in _GRAPHEME.finditer(text):
        width = len(found[0].encode())
        if length and length + width > size:
            end = blank if blank > begun + (found.start() - begun) // 2 else found.start()
            yield text[begun:end]
            length = len(text[end : found.start()].encode())
            begun, blank = end, 0
        length += width
        if found[0] == " ":
            blank = found.end()
    yield text[begun:]
