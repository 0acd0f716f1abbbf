"""Highlights in a text: mentions of the user, and links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import regex

from chatroom.core.values import names


@dataclass(frozen=True, slots=True)
class Highlight:
    """A span of text that stands out, from *start* to *end*."""

    start: int
    end: int
    kind: Literal["mention", "link"]


_GRAPHEME = regex.compile(r"\X")
# Accents, and characters that are not seen.
_SLIGHT = regex.compile(r"[\u0300-\u036f]|\p{Default_Ignorable_Code_Point}")

# A hyphen belongs to a word only if the word goes on behind it.
_GOES_ON = regex.compile(r"-?[\p{L}\p{M}\p{N}_]")
_WENT_ON = regex.compile(r"(?<=[\p{L}\p{M}\p{N}_]-?)")
# Scripts that put no spaces between words. The last ones are those of South East Asia.
_SPACELESS = regex.compile(
    r"[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}\p{scx=Yi}\p{scx=Tibetan}"
    r"\p{scx=Javanese}\p{scx=Balinese}\p{Line_Break=SA}]"
)

_LINK_START = regex.compile(
    r"(?<![a-z0-9_])(?:(?:https?|gopher|gemini|ftp)://(?=[\p{L}\p{N}]|\[[\da-f:])|(?:mailto:|www\.)(?=[\p{L}\p{N}]))",
    regex.IGNORECASE,
)
# Spaces, controls, quotes of ASCII, and the punctuation of scripts that would put no space before it.
_LINK_END = regex.compile(r"[\s\p{Cc}\p{Cs}<>\"`\u3001\u3002\u3008-\u3011\uff01\uff0c\uff1b\uff1f]")
_BEHIND_LINKS = ".,:;!?'*\u2026\u2018\u2019\u201c\u201d\u00ab\u00bb"
_OPENING = {")": "(", "]": "[", "}": "{", "\uff09": "\uff08"}


def plain(text: str) -> str:
    """Return *text* in a form in which neither case nor accents matter."""
    return text.lower() if text.isascii() else _SLIGHT.sub("", names.fold(text))


def highlights(text: str, username: str, more: Sequence[str] = ()) -> list[Highlight]:
    """Return the links in *text* and the mentions of *username* and of the words *more*, in order and apart."""
    found: list[Highlight] = []
    words = [plain(word) for word in (username, *more)]
    end = 0
    for link in _links(text):
        found += _mentions(text, end, link.start, words)
        found.append(link)
        end = link.end
    return [*found, *_mentions(text, end, len(text), words)]


def mentions(text: str, username: str, more: Sequence[str] = ()) -> bool:
    """Return whether *text* mentions *username* or one of the words *more*."""
    return any(found.kind == "mention" for found in highlights(text, username, more))


def _links(text: str) -> Iterator[Highlight]:
    """Find the links in *text*."""
    end = 0
    while found := _LINK_START.search(text, end):
        end = _end_of_link(text, found.end())
        yield Highlight(found.start(), end, "link")


def _end_of_link(text: str, start: int) -> int:
    """Return where the link ends that goes on at *start*: before a bracket that it didn't open, or punctuation."""
    end = start
    opened: list[str] = []
    while end < len(text) and not _LINK_END.match(text, end):
        character = text[end]
        if character in _OPENING.values():
            opened.append(character)
        elif character in _OPENING:
            if opened[-1:] != [_OPENING[character]]:
                break
            opened.pop()
        end += 1
    while text[end - 1] in _BEHIND_LINKS:
        end -= 1
    return end


def _mentions(text: str, start: int, end: int, words: Sequence[str]) -> list[Highlight]:
    """Return where the plain *words* are in *text* from *start* to *end*; where two overlap, the first and longer."""
    pieces: list[str] = []
    places = {0: start}  # where the pieces begin, by where they begin when they are plain
    length = 0
    for piece in _GRAPHEME.finditer(text, start, end):
        pieces.append(plain(piece[0]) or piece[0])
        length += len(pieces[-1])
        places[length] = piece.end()
    looked_through = "".join(pieces)

    found: list[tuple[int, int]] = []
    for word in filter(None, words):
        at = -1
        while (at := looked_through.find(word, at + 1)) >= 0:
            first, last = places.get(at), places.get(at + len(word))
            if first is not None and last is not None and _is_whole(text, first, last):
                found.append((first - (first > start and text[first - 1] == "@"), -last))

    apart: list[Highlight] = []
    for first, negative in sorted(found):
        if not apart or first >= apart[-1].end:
            apart.append(Highlight(first, -negative, "mention"))
    return apart


def _is_whole(text: str, start: int, end: int) -> bool:
    """Return whether *text* from *start* to *end* is a word by itself and no part of a longer one."""
    if _WENT_ON.match(text, start) and not _is_spaceless(text, start):
        return False
    return not _GOES_ON.match(text, end) or _is_spaceless(text, end)


def _is_spaceless(text: str, at: int) -> bool:
    """Return whether one of the characters around *at* is of a script without spaces, where any place ends a word."""
    return bool(_SPACELESS.search(text, max(at - 1, 0), at + 1))
