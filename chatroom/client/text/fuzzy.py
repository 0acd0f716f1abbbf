"""Fuzzy matches of a few letters with a name."""

from __future__ import annotations

from chatroom.client.text.highlights import plain


def misfit(typed: str, name: str) -> tuple[int, int] | None:
    """Return how badly *typed* fits *name*, the best fit first in order; None if its letters are not there in order.

    Best is how the name begins, then how a word in it begins, then any part of it; then the closer the letters stand
    together, the better. Neither case nor accents matter.
    """
    letters, text = plain("".join(typed.split())), plain(name)
    at = text.find(letters)
    if at == 0:
        return 0, len(text)
    if at > 0:
        words = [place for place in range(1, len(text)) if text.startswith(letters, place)]
        return (1 if any(not text[place - 1].isalnum() for place in words) else 2), len(text)
    spread = _spread(letters, text)
    return None if spread is None else (3, spread)


def _spread(letters: str, text: str) -> int | None:
    """Return over how many characters of *text* the *letters* are spread at least."""
    best: int | None = None
    for start in (place for place, letter in enumerate(text) if letter == letters[0]):
        end = start
        for letter in letters[1:]:
            end = text.find(letter, end + 1)
            if end < 0:
                return best
        best = min(best or len(text), end - start + 1)
    return best
