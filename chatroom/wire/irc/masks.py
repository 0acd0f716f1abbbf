"""Masks: patterns in which ``*`` stands for any letters, and ``?`` for one."""

from __future__ import annotations


def matches(mask: str, text: str) -> bool:
    """Return whether *text* is one that *mask* stands for, whatever its case."""
    mask, text = mask.casefold(), text.casefold()
    # Of several stars only the last is ever tried again: at most one look for each letter of both.
    at = looked = begun = 0
    star = -1
    while at < len(text):
        if looked < len(mask) and mask[looked] == "*":
            star, begun = looked, at
            looked += 1
        elif looked < len(mask) and mask[looked] in ("?", text[at]):
            looked += 1
            at += 1
        elif star >= 0:
            begun += 1
            at, looked = begun, star + 1
        else:
            return False
    return not mask[looked:].strip("*")
