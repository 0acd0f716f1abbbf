"""Texts in pieces that fit into lines: no grapheme is cut that fits, and all pieces together are the text."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from chatroom.wire.irc.lines import MAX_LINE

_GRAPHEME = regex.compile(r"\X")


def room_for(text_before: str) -> int:
    """Return how many bytes a piece may have behind *text_before*; however long that is, some are left."""
    return max(MAX_LINE - len(text_before.encode()), 64)


def pieces(text: str, size: int) -> Iterator[str]:
    """Yield *text*, which has no line break, in pieces of at most *size* bytes.

    A piece ends behind a blank, if there is one in its second half. Only a grapheme that does not fit into one is cut.
    """
    if len(text) <= size // 4 or len(text.encode()) <= size:
        yield text
        return
    begun, length, blank = 0, 0, 0
    for start, end in _places(text, size):
        width = len(text[start:end].encode())
        while length and length + width > size:
            cut = blank if blank > begun + (start - begun) // 2 else start
            yield text[begun:cut]
            length = len(text[cut:start].encode())
            begun, blank = cut, 0
        length += width
        if text[start:end] == " ":
            blank = end
    yield text[begun:]


def _places(text: str, size: int) -> Iterator[tuple[int, int]]:
    """Yield the beginnings and ends of what is not to be cut: graphemes, and letters of those with more bytes."""
    for found in _GRAPHEME.finditer(text):
        start, end = found.span()
        if len(found[0]) > size // 4 and len(found[0].encode()) > size:
            yield from ((at, at + 1) for at in range(start, end))
        else:
            yield start, end
