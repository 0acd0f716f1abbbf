"""Text that does no harm to a terminal."""

from __future__ import annotations

from chatroom.core.values import texts

_TAB = 4
"""Columns between the stops of a tab."""


def safe(text: str) -> str:
    """Return any *text* as one line that does no harm where it is drawn or printed."""
    return texts.harmless(text.expandtabs(_TAB))


def safe_lines(text: str) -> list[str]:
    """Return the lines of any *text*, each as :func:`safe` makes it."""
    return [safe(line) for line in text.split("\n")]
