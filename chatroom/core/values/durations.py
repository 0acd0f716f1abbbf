"""Durations as people write them: ``30s``, ``10m``, ``2h``, ``1d``, ``4w``; a number alone is seconds."""

from __future__ import annotations

import re

UNITS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
"""Seconds by the letter of a unit, the longest first."""

_NAMES = {"w": "week", "d": "day", "h": "hour", "m": "minute", "s": "second"}


def seconds(text: str) -> int | None:
    """Return the seconds that *text* means; ``None`` if it is no duration."""
    found = re.fullmatch(r"([0-9]{1,10})([wdhms]?)", text.lower(), re.ASCII)
    return int(found[1]) * UNITS[found[2] or "s"] if found else None


def leading(text: str) -> tuple[int | None, str]:
    """Return the seconds that the first word of *text* means, if it is a duration, and what stands behind it."""
    first, _, rest = text.partition(" ")
    found = seconds(first)
    return (None, text) if found is None else (found, rest.strip())


def spoken(seconds: int) -> str:
    """Write *seconds*, of which there are some, in the longest unit that divides them."""
    letter, unit = next((letter, unit) for letter, unit in UNITS.items() if seconds % unit == 0)
    count = seconds // unit
    return f"{count} {_NAMES[letter]}{'s' * (count != 1)}"
