"""The wait for a name that is in use: perhaps it is held for its user, who was here before."""

from __future__ import annotations

from datetime import datetime, timedelta

HELD = timedelta(seconds=30)
"""For how long servers hold a name, unless they were told otherwise; they say so only to whom they let in."""

EVERY = timedelta(seconds=5)
"""Between two tries; there may be ten names that are not taken before a server hangs up."""


class NameWait:
    """The wait for *username*, which was in use *at* some time: it is tried again until no place is held any longer."""

    def __init__(self, username: str, at: datetime) -> None:
        self.username = username
        self._next = at + EVERY
        self._last = at + HELD + EVERY

    def told(self, now: datetime) -> str:
        """Say that it is waited for; nothing when that is over."""
        if self._next > self._last:
            return ""
        seconds = max(0, round((self._next - now).total_seconds()))
        return f"If that is you, it is free soon: trying again in {seconds} s."

    def is_due(self, now: datetime) -> bool:
        """Say whether it is to be tried now, and then wait for the next time."""
        if now < self._next or self._next > self._last:
            return False
        self._next = now + EVERY
        return True
