"""Durations as people write them: ``30s``, ``10m``, ``2h``, ``1d``, ``4w``; a number alone is seconds."""

from __future__ import annotations

import re

UNITS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
"""Seconds by the letter of a unit, the longest first."""

_NAMES = {"w": "week", "d": "day", "h": "hour", "m": "minute", "s": "second"}


class NoDuration(ValueError):
    """A word that is no duration, though one is wanted; its text says so in a sentence."""


def seconds(text: str, *, most: int, least: int = 1) -> int:
    """Return the seconds that *text* means.

    :raises NoDuration: if it is no duration, or none between *least* and *most* seconds.
    """
    found = re.fullmatch(r"([0-9]{1,10})([wdhms]?)", text.lower(), re.ASCII)
    if not found:
        raise NoDuration(f"{text[:64]} is no time; write one like 30s, 10m, 2h, 1d or 4w")
    time = int(found[1]) * UNITS[found[2] or "s"]
    if time < least:
        raise NoDuration(f"{text} is too short; the least is {spoken(least)}")
    if time > most:
        raise NoDuration(f"{text} is too long; the most is {spoken(most)}")
    return time


def leading(text: str, *, most: int) -> tuple[int | None, str]:
    """Return the seconds that the first word of *text* means, if it is a duration, and what stands behind it.

    What begins as one has to be one: by ``10min`` nobody means for ever.

    :raises NoDuration: if it is none, or none from 1 to *most* seconds.
    """
    first, _, rest = text.partition(" ")
    if not re.match(r"[0-9]+([wdhmsy]|$)", first.lower(), re.ASCII):
        return None, text
    return seconds(first, most=most), rest.strip()


def spoken(seconds: int) -> str:
    """Write *seconds*, of which there are some, in the longest unit that divides them."""
    letter, unit = next((letter, unit) for letter, unit in UNITS.items() if seconds % unit == 0)
    count = seconds // unit
    return f"{count} {_NAMES[letter]}{'s' * (count != 1)}"
