"""Sentences over several rows."""

from __future__ import annotations

from chatroom.client.drawing.columns import cut, width
from chatroom.client.text.safe import safe


def wrapped(text: str, columns: int) -> list[str]:
    """Return the words of *text* in rows of at most *columns*; a word that is longer than that is cut."""
    rows: list[str] = []
    for word in safe(text).split():
        if rows and width(longer := f"{rows[-1]} {word}") <= columns:
            rows[-1] = longer
        else:
            rows.append(word)
    return [cut(row, columns) for row in rows]
