"""Serials: what happens in several rooms at once has the same number in all of them."""

from __future__ import annotations

from itertools import count

_serials = count(1)


def next_serial() -> int:
    """Return a number that nothing has had before, in this process."""
    return next(_serials)
