"""Advice for people who misspell a name."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


def suggestion(name: str, names: Collection[str], dashes: str = "") -> str:
    """Return a question for somebody who wrote *name*, which is none of *names*, if one of these is like it."""
    similar = get_close_matches(name.lower().replace("_", "-"), names, 1)
    return f"; did you mean {dashes}{similar[0]}?" if similar else ""
