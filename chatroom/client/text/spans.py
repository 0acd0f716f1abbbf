"""The spans of searched words in a text."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from chatroom.core.search.query import phrases
from chatroom.core.search.tokenize import tokenize
from chatroom.core.values.errors import QueryInvalid

_PIECE = regex.compile(r"[\p{L}\p{N}\p{M}]+|\X")
_GRAPHEME = regex.compile(r"\X")


def spans(text: str, query: str) -> tuple[tuple[int, int], ...]:
    """Return where what *query* looks for stands in *text*, in order and apart; nothing if it can't be looked for."""
    try:
        wanted = phrases(query)
    except QueryInvalid:
        return ()
    words = list(_words(text))
    found: list[tuple[int, int]] = []
    for phrase in wanted:
        parts = phrase.words.split()
        for first in range(len(words) - len(parts) + 1):
            here = words[first : first + len(parts)]
            *begin, last = [word for word, _, _ in here]
            if begin == parts[:-1] and (last.startswith(parts[-1]) if phrase.prefix else last == parts[-1]):
                found.append((here[0][1], here[-1][2]))
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return tuple(apart)


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """Give the words of *text* as the search cuts them, each with its start and its end."""
    for piece in _PIECE.finditer(text):
        words = tokenize(piece[0]).split()
        if len(words) == 1:
            yield words[0], piece.start(), piece.end()
        elif words:
            # Each character is a word of its own.
            for grapheme in _GRAPHEME.finditer(text, piece.start(), piece.end()):
                yield from ((word, grapheme.start(), grapheme.end()) for word in tokenize(grapheme[0]).split())
