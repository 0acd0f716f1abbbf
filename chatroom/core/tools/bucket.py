"""A token bucket: what a visitor may ask for at once, and how fast it may go on."""

from __future__ import annotations

ROUNDING = 1e-6
"""Seconds that are as good as none."""


class Bucket:
    """Holds *burst* tokens, and when some are taken gets *rate* a second until it is full again.

    What costs more than there is leaves a debt. *left* is what there was when some were taken last. Every *now* is in
    seconds, and runs only forward.
    """

    __slots__ = ("_at", "_burst", "_rate", "left")

    def __init__(self, burst: float, rate: float, now: float) -> None:
        self._burst = burst
        self._rate = rate
        self.left = burst
        self._at = now

    def take(self, tokens: int, now: float) -> None:
        """Take *tokens*, whether there are so many or not."""
        left = self.left + (now - self._at) * self._rate
        # Every request comes by here, and min() would take as long as all the rest.
        if left > self._burst:
            left = self._burst
        self.left = left - tokens
        self._at = now

    def wait(self, now: float) -> float:
        """Return the seconds until there is a token; 0 if there is one."""
        seconds = (1 - self.left) / self._rate - (now - self._at)
        # Who has waited for so long as this said is not to wait again for a rounding error.
        return seconds if seconds > ROUNDING else 0
