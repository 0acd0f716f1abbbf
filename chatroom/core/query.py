"""What people search for: words and phrases that must all occur."""

from __future__ import annotations

from collections.abc import Callable

from chatroom.core.errors import QueryInvalid

MAX_QUERY = 300
"""Bytes of UTF-8 in the longest query."""


def matcher(query: str) -> Callable[[str], bool]:
    """Return a test for texts in which every word and every quoted phrase of *query* occurs, in any case."""
    if len(query.encode()) > MAX_QUERY:
        raise QueryInvalid(f"A search has at most {MAX_QUERY} bytes of UTF-8; look for fewer words")
    pieces = query.casefold().split('"')
    if len(pieces) % 2 == 0:
        raise QueryInvalid("A quoted phrase is not closed; add the other quotation mark")
    terms = [word.rstrip("*") for piece in pieces[::2] for word in piece.split()]
    terms += [" ".join(phrase.split()) for phrase in pieces[1::2]]
    terms = [term for term in dict.fromkeys(terms) if term]
    if not terms:
        raise QueryInvalid("There is no word to search for")

    def matches(text: str) -> bool:
        folded = " ".join(text.casefold().split())
        return all(term in folded for term in terms)

    return matches
