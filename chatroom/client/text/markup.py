"""Marks that people put into what they say: code, quotes, rooms, names. Nothing of it is hidden."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import lru_cache

import regex

from chatroom.core.values import names

_Span = tuple[int, int]

_FENCE = "```"
_CODE = regex.compile(r"(?<!`)(`+)(?!`)[^`].*?(?<!`)\1(?!`)")
# A number is none: #7 is more likely the seventh of something.
_ROOM = regex.compile(
    r"(?<![\p{L}\p{M}\p{N}_#&/.-])#(?=[\p{Nd}_.-]*\p{L})[\p{L}\p{Nd}](?:[\p{L}\p{M}\p{Nd}_.-]*[\p{L}\p{M}\p{Nd}_])?"
)
_WORD = regex.compile(r"@?([\p{L}\p{M}\p{N}_]+(?:-+[\p{L}\p{M}\p{N}_]+)*)")

_LEAST_NAME = 2
"""Characters of a name that is told from any other letter."""


def fenced(text: str) -> list[bool]:
    """Return for each line of *text* whether it is of a block of code, which lines of three backticks begin and end."""
    found: list[bool] = []
    inside = False
    for line in text.split("\n"):
        begins = line.lstrip().startswith(_FENCE)
        # What ends in the same row is code within a text.
        alone = begins and _FENCE not in line.strip()[len(_FENCE) :]
        found.append(inside or alone)
        inside ^= alone
    return found


def is_quote(line: str) -> bool:
    """Say whether *line* is what somebody else has said."""
    return line.startswith("> ")


def code(line: str) -> Iterator[_Span]:
    """Find what stands between backticks in *line*, with these."""
    return (found.span() for found in _CODE.finditer(line))


def rooms(line: str) -> Iterator[_Span]:
    """Find names of rooms in *line*, which have a # before them."""
    return (found.span() for found in _ROOM.finditer(line))


def people(line: str, known: Container[str]) -> Iterator[tuple[str, _Span]]:
    """Find *known* names, which are folded, in *line*, each perhaps with an @ before it."""
    for found in _WORD.finditer(line):
        name = names.fold(found[1])
        if name in known:
            yield name, found.span()


@lru_cache(maxsize=1024)
def words(text: str) -> frozenset[str]:
    """Return the words of *text* that can be names, folded."""
    found = (found[1] for found in _WORD.finditer(text))
    return frozenset(names.fold(word) for word in found if len(word) >= _LEAST_NAME)
