"""Retention: which messages and closed rooms a log keeps."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400.0
"""Seconds of a day."""


@dataclass(frozen=True, slots=True)
class Retention:
    """The newest *messages* of a room are kept, for *days*, and a closed room for *closed* days.

    0 messages or days are no limit; 0 closed days remove a closed room at once.
    """

    messages: int = 100_000
    days: float = 0
    closed: float = 7

    def floor(self, head: int) -> int:
        """Return the newest number no longer shown, in a log whose newest is *head*."""
        return max(0, head - self.messages) if self.messages else 0

    def oldest(self, now: float | None) -> float:
        """Return the time since which messages are kept, in milliseconds since 1970; *now* is in seconds, if known."""
        return (now - self.days * DAY) * 1000 if self.days and now is not None else 0

    def closed_since(self, now: float) -> float:
        """Return the time since which a room may be closed, in milliseconds since 1970; *now* is in seconds."""
        return (now - self.closed * DAY) * 1000
