"""Characters of which terminals disagree how wide they are, placed so that they move nothing beside them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

import regex

from chatroom.client.drawing.columns import width

Run = tuple[Hashable, Literal["0", "U"] | None, bytes]
"""A piece of a row: a style, a character set (U: what is written as it is), and the text."""

_DISPUTED = regex.compile(r"[\ufe0e\ufe0f\u200d\u20e3\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]")
"""What chooses between text and emoji, joins emoji, makes a keycap, a flag, a tone of skin."""

# The same in UTF-8, where a row is looked through that has not to be decoded for it.
_ENCODED = re.compile(
    b"\xef\xb8[\x8e\x8f]|\xe2\x80\x8d|\xe2\x83\xa3|\xf0\x9f\x87[\xa6-\xbf]|\xf0\x9f\x8f[\xbb-\xbf]",
)

_CLUSTER = regex.compile(r"\X")

_NO_WRAP, _WRAP = b"\x1b[?7l", b"\x1b[?7h"
"""To have the cursor stay at the right edge, so that what is wider there begins no other row; and to end it."""


def is_disputed(text: bytes) -> bool:
    """Say whether there is something in *text* that may be of another width elsewhere."""
    return not text.isascii() and _ENCODED.search(text) is not None


def placed(row: Iterable[Run]) -> Iterator[Run]:
    """Give the runs of *row* with the cursor set to its column behind each character that may be of another width."""
    left = 0
    yield None, "U", _NO_WRAP
    for style, charset, encoded in row:
        text = encoded.decode()
        if not is_disputed(encoded):
            yield style, charset, encoded
        else:
            yield from ((style, chars, piece) for chars, piece in _pieces(text, left))
        left += width(text)
    yield None, "U", _WRAP


# Nearly all rows are those of the drawing before.
@lru_cache(maxsize=256)
def _pieces(text: str, left: int) -> Sequence[tuple[Literal["U"] | None, bytes]]:
    """Return the pieces of *text*, whose first column is *left*: the disputed ones on blanks that they can't leave."""
    pieces: list[tuple[Literal["U"] | None, bytes]] = []
    done = 0
    for found in _CLUSTER.finditer(text):
        if _DISPUTED.search(found[0]):
            pieces.append((None, text[done : found.start()].encode()))
            first, last = (left + width(text[:end]) for end in found.span())
            # Blanks first: where it is narrower, what was there before would be left beside it.
            placed = f"{' ' * (last - first)}\x1b[{first + 1}G{found[0]}\x1b[{last + 1}G"
            pieces.append(("U", placed.encode()))
            done = found.end()
    return [*pieces, (None, text[done:].encode())]
