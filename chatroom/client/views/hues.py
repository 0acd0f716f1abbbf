"""Hues by which people are told apart: numbers here, colours where they are drawn."""

from __future__ import annotations

from functools import lru_cache
from zlib import crc32

from chatroom.core.values import names

HUES = tuple("rose red orange amber gold lime green jade teal cyan sky blue indigo violet purple pink".split())
"""The names of the hues, around the circle of colours; the number of one is its place."""


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """Return *name* as all its spellings are."""
    return names.fold(name)


@lru_cache(maxsize=4096)
def first_choice(name: str) -> int:
    """Return the hue that *name* has as long as nobody else has it: the same for ever and however it is written."""
    return crc32(folded(name).encode(errors="surrogatepass")) % len(HUES)
