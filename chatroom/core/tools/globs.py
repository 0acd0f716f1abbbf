"""Masks with ``*`` and ``?``, as people write them for names."""

from __future__ import annotations

import re
from functools import lru_cache

from chatroom.core.values.names import fold


def matches(mask: str, text: str) -> bool:
    """Return whether all of *text* is as in *mask*: ``*`` stands for anything, ``?`` for one character."""
    return _compiled(mask).fullmatch(fold(text)) is not None


@lru_cache(maxsize=64)
def _compiled(mask: str) -> re.Pattern[str]:
    first, *rest = [re.escape(part).replace(r"\?", ".") for part in fold(mask).split("*")]
    if not rest:
        return re.compile(first, re.DOTALL)
    *parts, last = rest
    # The first place where a part fits is as good as any other: however many stars there are, nothing is tried twice.
    found = "".join(f"(?>.*?{part})" for part in parts if part)
    return re.compile(f"{first}{found}.*{last}", re.DOTALL)
