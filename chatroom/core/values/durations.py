"""Durations as people write them: ``30s``, ``10m``, ``2h``, ``1d``, ``4w``; a number alone is seconds."""

from __future__ import annotations

import re

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
"""Seconds by the letter of a unit."""


def seconds(text: str) -> int | None:
    """Return the seconds that *text* means; ``None`` if it is no duration."""
    found = re.fullmatch(r"([0-9]{1,10})([wdhms]?)", text.lower(), re.ASCII)
    return int(found[1]) * UNITS[found[2] or "s"] if found else None
