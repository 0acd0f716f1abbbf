"""Seeds: one for all, and from it others for all that is tried."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random


def seeds(seed: int) -> Iterator[int]:
    """Return seeds without end: *seed* itself, by which a finding comes again at once, then those that follow of it."""
    yield seed
    for number in count():
        yield Random(f"{seed} {number}").getrandbits(31)
