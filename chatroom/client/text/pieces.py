"""A text that is too much for one message, in pieces that are not."""

from __future__ import annotations

from functools import lru_cache

import regex

from chatroom.core.values.texts import MAX_LINES, MAX_TEXT

MAX_PIECES = 30
"""Pieces that are sent at once: more would be for a file, and not for people."""

_GRAPHEME = regex.compile(r"\X")


# A view is asked for again and again while a paste waits.
@lru_cache(maxsize=1)
def pieces(text: str) -> tuple[str, ...]:
    """Return *text* in messages, in as few as its lines allow; a line that is too long is cut, if it can between words.

    What would be an empty message is left out.
    """
    found: list[list[str]] = [[]]
    size = 0
    for part in (part for line in text.split("\n") for part in _parts(line)):
        length = len(part.encode()) + 1
        if found[-1] and (size + length > MAX_TEXT + 1 or len(found[-1]) == MAX_LINES):
            found.append([])
            size = 0
        found[-1].append(part)
        size += length
    joined = ("\n".join(lines).strip("\n") for lines in found)
    return tuple(piece for piece in joined if piece.strip())


def _parts(line: str) -> list[str]:
    """Return *line* in parts of which none is too long."""
    parts = []
    while len(line) > MAX_TEXT or len(line.encode()) > MAX_TEXT:
        head = line.encode()[:MAX_TEXT].decode(errors="ignore")
        if space := head.rfind(" ") + 1:
            head = head[:space]
        else:
            # The one at the cut may have begun before it.
            *_, last = _GRAPHEME.finditer(line, 0, len(head) + 1)
            head = head[: last.start() or len(head)]
        parts.append(head)
        line = line[len(head) :]
    return [*parts, line]
