"""The characters of Unicode, for tests that try one after the other."""

from __future__ import annotations

import random
import sys
import unicodedata
from functools import cache
from itertools import groupby


@cache
def everything() -> str:
    """Return every code point, the surrogates too."""
    return "".join(map(chr, range(sys.maxunicode + 1)))


@cache
def special() -> list[str]:
    """Return the controls, formats and separators, and the first and the last of each run of a category."""
    found: list[str] = []
    for category, run in groupby(everything(), unicodedata.category):
        characters = list(run)
        found += characters if category in {"Cc", "Cf", "Zl", "Zp", "Zs"} else {characters[0], characters[-1]}
    return sorted(found)


@cache
def sample() -> list[str]:
    """Return those that are special, and one of a hundred others."""
    return sorted({*special(), *random.Random(0).sample(everything(), len(everything()) // 100)})
