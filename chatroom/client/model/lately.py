"""Who has spoken in a room lately."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta

LATELY = timedelta(minutes=10)
"""How long it is known of somebody that they have spoken."""

MAX_LATELY = 1000
"""People of whom it is known at most."""


class Lately:
    """People by the time when they spoke last; the latest is the last."""

    def __init__(self) -> None:
        self._spoke: dict[str, datetime] = {}

    def spoke(self, username: str, at: datetime) -> None:
        """Know that *username* has spoken *at* a time."""
        self._spoke.pop(username, None)
        self._spoke[username] = at
        if len(self._spoke) > MAX_LATELY:
            del self._spoke[next(iter(self._spoke))]

    def renamed(self, old: str, new: str) -> None:
        """Know that *old* is called *new* now."""
        if old in self._spoke:
            self._spoke[new] = self._spoke.pop(old)

    def among(self, members: Container[str], now: datetime) -> int:
        """Count those of *members* who have spoken lately."""
        # The server's clock is another one: what comes from the future was said now.
        self._spoke = {name: at for name, at in self._spoke.items() if now - at < LATELY}
        return sum(name in members for name in self._spoke)
