"""A token bucket: a visitor may ask in bursts, and in the long run at a rate."""

from __future__ import annotations

ROUNDING = 1e-6
"""Seconds that count as none."""


class Bucket:
    """At most *burst* tokens, filled up by *rate* a second.

    Taking more tokens than there are leaves a debt. *left* counts the tokens after the last :meth:`take`. *now* is in
    seconds, and never runs backwards.
    """

    __slots__ = ("_at", "_burst", "left", "rate")

    def __init__(self, burst: float, rate: float, now: float) -> None:
        self._burst = burst
        self.rate = rate
        self.left = burst
        self._at = now

    def take(self, tokens: int, now: float) -> None:
        """Take *tokens*, even if there are fewer."""
        left = self.left + (now - self._at) * self.rate
        # Every request passes here, and min() would take as long as all the rest.
        if left > self._burst:
            left = self._burst
        self.left = left - tokens
        self._at = now

    def wait(self, now: float) -> float:
        """Return the seconds until there is a token; 0 if there is one."""
        seconds = (1 - self.left) / self.rate - (now - self._at)
        # A visitor who has waited for the time returned here must not wait again for a rounding error.
        return seconds if seconds > ROUNDING else 0
