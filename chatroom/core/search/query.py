"""Queries: words and phrases that must all occur in a text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chatroom.core.search.tokenize import tokenize
from chatroom.core.values.authors import Author
from chatroom.core.values.errors import QueryInvalid
from chatroom.core.values.events import Message

MAX_QUERY = 300
"""Bytes of UTF-8 in the longest query."""

MAX_PHRASED = 8
"""Words in all phrases together, at most: each is looked up wherever it stands in a text.

A character that is a word of its own counts half: a message has 2,000 words like "a", but 1,333 of these.
"""

MAX_PREFIXES = 3
"""Prefixes in a query, at most: each merges the index entries of all words that begin so."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokenized *words* that follow each other; the last may be a *prefix*."""

    words: str
    prefix: bool = False


def phrases(query: str, *, none: bool = False) -> list[Phrase]:
    """Return the phrases that must all occur in each text that *query* finds; if there may be *none*, that is any.

    A phrase stands between spaces or quotation marks, and usually has one word.

    :raises chatroom.core.values.errors.QueryInvalid: if there is no phrase, or too much of them.
    """
    if none and not query.strip():
        return []
    if len(query.encode(errors="replace")) > MAX_QUERY:
        raise QueryInvalid(f"A search has at most {MAX_QUERY} bytes of UTF-8; look for fewer words")
    parts = query.split('"')
    if len(parts) % 2 == 0:
        raise QueryInvalid("A quoted phrase is not closed; add the other quotation mark")
    found = [Phrase(tokenize(word), word.endswith("*")) for part in parts[::2] for word in part.split()]
    found += [Phrase(tokenize(part)) for part in parts[1::2]]
    found = [phrase for phrase in dict.fromkeys(found) if phrase.words]
    if not found:
        raise QueryInvalid("There is no word to search for")
    if sum(map(_phrased, found)) > MAX_PHRASED:
        raise QueryInvalid(
            f"A search has at most {MAX_PHRASED} words in phrases ({2 * MAX_PHRASED} characters of Chinese, Japanese or"
            " Korean); look for fewer, or write them apart and without quotation marks"
        )
    if sum(phrase.prefix for phrase in found) > MAX_PREFIXES:
        raise QueryInvalid(f"A search has at most {MAX_PREFIXES} words with *; write some of them out")
    return found


def _phrased(phrase: Phrase) -> float:
    """Return the words that *phrase* adds to those in phrases."""
    words = phrase.words.split()
    return sum(0.5 if len(word) == 1 and not word.isascii() else 1 for word in words) if len(words) > 1 else 0


def matcher(query: str, *, none: bool = False) -> Callable[[str], bool]:
    """Return a test for texts that *query* finds; it may have no words, if there may be *none*."""
    asked = phrases(query, none=none)
    parts = [f" {phrase.words}" if phrase.prefix else f" {phrase.words} " for phrase in asked]

    def matches(text: str) -> bool:
        words = f" {tokenize(text)} "
        return all(part in words for part in parts)

    return matches if parts else bool


def finder(query: str, author: Author | None, viewer: bytes | None = None) -> Callable[[Message], bool]:
    """Return a test for messages that *query* finds; with an *author*, theirs alone, and it may have no words.

    Those that are withheld from a *viewer* are not found.
    """
    matches = matcher(query, none=author is not None)

    def finds(message: Message) -> bool:
        said = (author is None or author.has_said(message)) and message.is_for(viewer)
        return said and matches(message.text)

    return finds
