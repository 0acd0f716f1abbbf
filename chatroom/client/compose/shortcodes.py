"""Shortcodes: emoji by their names, as in ``:tea:``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module

import regex

MAX_OFFERED = 50
"""Emoji that are offered for the beginning of a name."""

# Read backwards from the cursor. What has a letter before it is no shortcode: a time, or who is addressed.
_BEGUN = regex.compile(r"(?r)(?<!\S):([a-z0-9_+-]{2,}):?", regex.IGNORECASE)


def begun(text: str, cursor: int) -> str | None:
    """Return the shortcode that is begun or ends before *cursor*, with its colons, if one is."""
    found = _BEGUN.match(text, 0, cursor)
    return found[0] if found else None


def emoji(shortcode: str) -> Sequence[tuple[str, str]]:
    """Return the names that begin as *shortcode* does, or are the whole of it, and their emoji; short names first."""
    name = shortcode.strip(":").lower()
    known = _known()
    if shortcode.endswith(":"):
        return [(name, known[name])] if name in known else []
    found = sorted((each for each in known if each.startswith(name)), key=lambda each: (len(each), each))
    return [(each, known[each]) for each in found[:MAX_OFFERED]]


@cache
def _known() -> Mapping[str, str]:
    """Return all emoji by their names, but for those of skins: they would fill every list."""
    # To read the table takes a tenth of a second, which the start of the client shall not take for who never asks.
    library = import_module("emoji")
    whole = library.STATUS["fully_qualified"]
    return {
        name.strip(":").lower(): each
        for each, about in library.EMOJI_DATA.items()
        if about["status"] == whole and "skin_tone" not in about["en"]
        for name in (about["en"], *about.get("alias", ()))
    }
