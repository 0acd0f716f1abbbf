"""Who may do what: ranks, the words for them, and the settings of a room."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

from msgspec import Struct

Role = Literal["owner", "moderator", "voiced", "member"]
"""What somebody can be made in a room; ``member`` takes it back."""

ShownRole = Literal["owner", "moderator", "operator", "voiced"]
"""A role that others are shown."""


DAY = 86_400
"""Seconds: as slow as a room can be."""


class Rank(IntEnum):
    """Whom one may act on: those below. Who is *voiced* has no right but to speak where few may."""

    GUEST = 0
    VOICED = 1
    MODERATOR = 2
    OWNER = 3
    OPERATOR = 4

    @property
    def shown(self) -> ShownRole | None:
        """The word by which it is shown; ``None`` for those without rights."""
        return _SHOWN.get(self)


_SHOWN: dict[Rank, ShownRole] = {
    Rank.VOICED: "voiced",
    Rank.MODERATOR: "moderator",
    Rank.OWNER: "owner",
    Rank.OPERATOR: "operator",
}


class Settings(Struct, frozen=True, omit_defaults=True):
    """How a room is moderated.

    Without a role there one may say something every *slow* seconds (0: at any time), and nothing while it is *locked*.
    Unless *guests* may, only those come in who have an account or moderate it. Of a *private* one only those know who
    may come in: who was in when it became so, is invited, or moderates it.
    """

    slow: int = 0
    locked: bool = False
    guests: bool = True
    private: bool = False

    def but(self, tuning: Tuning) -> Settings:
        """Return them with what *tuning* gives."""
        slow = self.slow if tuning.slow is None else tuning.slow
        locked = self.locked if tuning.locked is None else tuning.locked
        guests = self.guests if tuning.guests is None else tuning.guests
        private = self.private if tuning.private is None else tuning.private
        return settings(slow, locked, guests, private)


def settings(slow: int, locked: bool, guests: bool, private: bool) -> Settings:  # four columns
    """Return the settings that a store has kept."""
    if slow or locked or not guests or private:
        return Settings(slow, bool(locked), bool(guests), bool(private))
    return PLAIN


class Tuning(Struct, frozen=True, omit_defaults=True):
    """What is to change of the settings of a room, and of its *capacity* (0: the server's); ``None`` stays as it is."""

    slow: int | None = None
    locked: bool | None = None
    capacity: int | None = None
    guests: bool | None = None
    private: bool | None = None


def tuned(settings: Settings) -> Tuning:
    """Return what was changed to come to *settings*."""
    return Tuning(
        settings.slow or None,
        settings.locked or None,
        guests=None if settings.guests else False,
        private=settings.private or None,
    )


PLAIN = Settings()
"""The settings of a room that nobody has changed; those that are equal are this very value."""
