"""Restraints: what keeps the user from speaking in a room, or from entering one, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chatroom.core.values.durations import UNITS
from chatroom.core.values.wording import because

_SHORT = (("d", "d"), ("h", "h"), ("m", "min"), ("s", "s"))
"""Units, the longest first, as they are written where there is little room."""

_FEWEST = 2
"""So many of a unit at least: one alone is told in those below it, which says more."""


@dataclass(frozen=True, slots=True)
class Restraint:
    """What somebody has imposed on the user: it holds *until* a time, or (None) until it is lifted; *reason* is why."""

    until: datetime | None = None
    reason: str = ""

    def holds(self, now: datetime) -> bool:
        """Return whether it is not over."""
        return self.until is None or now < self.until

    def told(self, what: str, now: datetime) -> str:
        """Write *what* it is, for how long, and why."""
        lasts = f" for {remaining(self.until - now)}" if self.until else ""
        return f"{what}{lasts}{because(self.reason)}"


class Restraints:
    """The restraints of the user in a room: muted, *locked* for those without a role, or *slow* for them.

    A slow room takes a message of one person every so many seconds. One without *guests* lets in only those who have
    an account or a role, and a *private* or *invite_only* one only those who were invited.
    """

    def __init__(self) -> None:
        self.mute: Restraint | None = None
        self.slow = 0
        self.locked = False
        self.guests = True
        self.private = False
        self.invite_only = False
        # When a slow room takes the next message.
        self._next: datetime | None = None

    def spoke(self, now: datetime) -> None:
        """Know that the room has just taken a message of the user: whatever mute there was is lifted."""
        self.mute = None
        if self.slow:
            self.wait(self.slow, now)

    def wait(self, seconds: float, now: datetime) -> None:
        """Know that the room takes the next message in so many *seconds*."""
        self._next = now + timedelta(seconds=min(seconds, UNITS["w"]))

    def told(self, now: datetime, *, free: bool) -> str:
        """Write what keeps the user from speaking *now*, and others out; who has a role is *free* of all but a mute."""
        alone = "private" if self.private else "invited only" if self.invite_only else ""
        shut = alone, "" if self.guests else "no guests"
        return " · ".join(filter(None, (self._silence(now, free=free), *shut)))

    def _silence(self, now: datetime, *, free: bool) -> str:
        """Write what keeps the user from speaking *now*."""
        if self.mute and self.mute.holds(now):
            return self.mute.told("muted", now)
        if self.locked:
            return "locked"
        if not self.slow or free:
            return ""
        if self._next and now < self._next:
            return f"slow: {remaining(self._next - now)}"
        return f"slow: one every {remaining(timedelta(seconds=self.slow))}"


def remaining(left: timedelta) -> str:
    """Write about how much time is *left*, in seconds, minutes, hours or days."""
    seconds = max(-(-left // timedelta(seconds=1)), 1)
    letter, unit = next(((letter, unit) for letter, unit in _SHORT if seconds >= _FEWEST * UNITS[letter]), _SHORT[-1])
    return f"{round(seconds / UNITS[letter])} {unit}"
