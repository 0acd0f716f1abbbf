"""Masks with ``*`` and ``?``, as people write them for names."""

from __future__ import annotations

from chatroom.core.values.names import fold


def matches(mask: str, text: str) -> bool:
    """Return whether all of *text* is as in *mask*: ``*`` stands for anything, ``?`` for one character.

    However many stars there are, it takes no more steps than the product of both lengths.
    """
    mask, text = fold(mask), fold(text)
    at = begun = 0
    star = -1
    for_star = 0
    while at < len(text):
        if begun < len(mask) and (mask[begun] == "?" or mask[begun] == text[at]) and mask[begun] != "*":
            begun += 1
            at += 1
        elif begun < len(mask) and mask[begun] == "*":
            star, for_star = begun, at
            begun += 1
        elif star >= 0:
            # The last star stands for one character more.
            for_star += 1
            begun, at = star + 1, for_star
        else:
            return False
    return not mask[begun:].strip("*")
