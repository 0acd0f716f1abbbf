"""Words of messages and queries, as PostgreSQL is given them: cut here, so that no parser of its own is asked."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.core.ports import LogId
from chatroom.core.search.query import Phrase
from chatroom.core.search.tokenize import tokenize

LEXEME = 500
"""Characters of a word that are indexed: PostgreSQL takes 2,046 bytes."""

POSITIONS = 255
"""Positions of a word that PostgreSQL keeps in a text."""

MANY = "'#many'"
"""Stands for a word that a text has more often: its phrases can't be told from the index."""


def vector(log: LogId, text: str) -> str:
    """Return the words of *text* with where they stand, and *log*, to be cast to a ``tsvector``."""
    positions: dict[str, list[int]] = {}
    for position, word in enumerate(tokenize(text).split(), 1):
        positions.setdefault(word[:LEXEME], []).append(position)
    lexemes = [f"'{word}':{','.join(map(str, found[:POSITIONS]))}" for word, found in positions.items()]
    if any(len(found) > POSITIONS for found in positions.values()):
        lexemes.append(MANY)
    return " ".join([_of(log), *lexemes])


def query(log: LogId | None, phrases: Sequence[Phrase]) -> str:
    """Return what all texts of *log* match that have all *phrases*, and few others, to be cast to a ``tsquery``.

    Without one these are the texts of all logs.
    """
    return " & ".join([*([] if log is None else [_of(log)]), *map(_matching, phrases)])


def _matching(phrase: Phrase) -> str:
    words = [f"'{word[:LEXEME]}'" for word in phrase.words.split()]
    if phrase.prefix:
        words[-1] += ":*"
    return words[0] if len(words) == 1 else f"({' <-> '.join(words)} | {MANY})"


def _of(log: LogId) -> str:
    # No word has this character.
    return f"'#{log}'"
