"""Who may do what: ranks, the words for them, and the settings of a room."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal, TypeVar

from msgspec import Struct
from msgspec.structs import asdict, replace
from typing_extensions import override

T = TypeVar("T")

Role = Literal["owner", "moderator", "voiced", "member"]
"""What somebody can be made in a room; ``member`` takes it back."""

Trusted = Literal["moderator", "voiced"]
"""Those whom something is told alone: who moderates a room, or also who is voiced there."""

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


TRUSTED: dict[Trusted, Rank] = {"moderator": Rank.MODERATOR, "voiced": Rank.VOICED}
"""The least rank of those."""

_SHOWN: dict[Rank, ShownRole] = {
    Rank.VOICED: "voiced",
    Rank.MODERATOR: "moderator",
    Rank.OWNER: "owner",
    Rank.OPERATOR: "operator",
}


class Settings(Struct, frozen=True, omit_defaults=True):
    """How a room is moderated.

    Without a role there one may say something every *slow* seconds (0: at any time), and nothing while it is *locked*.
    Unless *guests* may, only those come in who have an account or moderate it. Into one that is *invite_only* only
    those come who were in when it became so, are invited, or moderate it; one that is *hidden* is in the lists of those
    alone, and of who is in. Where *topic_locked* holds, only those who moderate set the topic. To come into one that is
    *keyed*, others need its key.
    """

    slow: int = 0
    locked: bool = False
    guests: bool = True
    invite_only: bool = False
    hidden: bool = False
    topic_locked: bool = False
    keyed: bool = False

    @property
    def private(self) -> bool:
        """Whether only those know of it who may come in."""
        return self.invite_only and self.hidden

    @property
    def guarded(self) -> bool:
        """Whether nobody makes it anew while it is closed, for that is to come in and to set the topic."""
        return self.invite_only or self.keyed or self.topic_locked

    def but(self, tuning: Tuning) -> Settings:
        """Return them with what *tuning* gives."""
        return settings(
            _given(tuning.slow, self.slow),
            _given(tuning.locked, self.locked),
            _given(tuning.guests, self.guests),
            _given(tuning.invite_only, _given(tuning.private, self.invite_only)),
            _given(tuning.hidden, _given(tuning.private, self.hidden)),
            _given(tuning.topic_locked, self.topic_locked),
            self.keyed if tuning.key is None else bool(tuning.key),
        )


def _given(value: T | None, otherwise: T) -> T:
    return otherwise if value is None else value


def settings(slow: int, *others: int) -> Settings:
    """Return the settings that a store has kept, in the order of the fields."""
    kept = Settings(slow, *map(bool, others))
    return PLAIN if kept == PLAIN else kept


class Tuning(Struct, frozen=True, omit_defaults=True):
    """What is to change of the settings of a room, and of its *capacity* (0: the server's); ``None`` stays as it is.

    What makes it *private* makes it both invite-only and hidden. A *key* is for those alone who are in, and an empty
    one is none; all others are told whether it is *keyed*.
    """

    slow: int | None = None
    locked: bool | None = None
    capacity: int | None = None
    guests: bool | None = None
    private: bool | None = None
    invite_only: bool | None = None
    hidden: bool | None = None
    topic_locked: bool | None = None
    key: str | None = None
    keyed: bool | None = None

    @property
    def closes(self) -> bool | None:
        """Whether it becomes invite-only, or is so no more; ``None`` if that stays as it is."""
        return _given(self.invite_only, self.private)

    @property
    def told(self) -> Tuning:
        """It as others are told of it."""
        return self if self.key is None else replace(self, key=None, keyed=bool(self.key))

    @override
    def __repr__(self) -> str:
        # Not the key.
        given = (f"{name}={value!r}" for name, value in asdict(self.told).items() if value is not None)
        return f"Tuning({', '.join(given)})"


def tuned(settings: Settings) -> Tuning:
    """Return what was changed to come to *settings*."""
    private = settings.private
    return Tuning(
        settings.slow or None,
        settings.locked or None,
        guests=None if settings.guests else False,
        private=private or None,
        invite_only=(settings.invite_only and not private) or None,
        hidden=(settings.hidden and not private) or None,
        topic_locked=settings.topic_locked or None,
        keyed=settings.keyed or None,
    )


PLAIN = Settings()
"""The settings of a room that nobody has changed; those that are equal are this very value."""
