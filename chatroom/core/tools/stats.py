"""What has happened since the start, as plain numbers: whoever wants to look at them finds them here."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
"""The bounds by which batches are sorted: how many messages they hold."""


class Histogram:
    """How many values there were up to each of *bounds*, which ascend, and beyond the last; and the *sum* of all."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum: float = 0

    def add(self, value: float) -> None:
        """Count *value*."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


class Stats:
    """What all rooms have shown: *batches* of messages, and *deliveries*, each a message shown to one member."""

    __slots__ = ("batches", "deliveries")

    def __init__(self) -> None:
        self.batches = Histogram(BATCH_SIZES)
        self.deliveries = 0
