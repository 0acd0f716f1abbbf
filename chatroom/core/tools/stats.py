"""Statistics since the start, as plain numbers for anybody to look at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
"""Bounds of the histogram of batches, in messages."""


class Histogram:
    """*counts* of values up to each of *bounds*, which ascend, and beyond the last; and the *sum* of all values."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        """Count *value*."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


class Stats:
    """Statistics of all rooms: *batches* of messages, and *deliveries*, each a message shown to one member."""

    __slots__ = ("batches", "deliveries")

    def __init__(self) -> None:
        self.batches = Histogram(BATCH_SIZES)
        self.deliveries = 0
