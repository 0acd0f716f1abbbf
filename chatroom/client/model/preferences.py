"""The user's preferences: how much they are told of each room, and whom they ignore."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from chatroom.core.values import names
from chatroom.core.values.errors import ChatError


class Interest(StrEnum):
    """An interest in a room: how much the user is told while they do not look at it."""

    ALL = "all"
    MENTIONS = "mentions"
    MUTE = "mute"


@dataclass(frozen=True, slots=True)
class Remembered:
    """Preferences for the next time: the interest in *rooms*, by their keys, and the names of people *ignored*."""

    rooms: dict[str, Interest] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)


class NotRemembered(Exception):
    """Preferences could not be kept or recalled; the text says why."""


class PreferenceStore(Protocol):
    """A place where preferences are kept from one time to the next."""

    def recall(self, username: str) -> Remembered:
        """Return what *username* had kept; :exc:`NotRemembered` if that can't be read."""

    def keep(self, remembered: Remembered) -> None:
        """Keep it for the one whose memory was recalled; :exc:`NotRemembered` if that fails."""


class Preferences:
    """The interest in each room, and the people ignored; *store*, if there is one, has them from the last time."""

    def __init__(self, store: PreferenceStore | None = None) -> None:
        self._store = store
        self._begun = False
        self._rooms: dict[str, Interest] = {}
        self._ignored: dict[str, str] = {}  # names as they were written, by their keys

    @property
    def ignored(self) -> Sequence[str]:
        """The names of people ignored, as they were written."""
        return tuple(self._ignored.values())

    def begin(self, username: str) -> None:
        """Recall what *username* wanted the last time; who takes another name later keeps what there is.

        :raises NotRemembered: if that can't be read.
        """
        if self._begun or self._store is None:
            return
        self._begun = True
        remembered = self._store.recall(username)
        self._rooms = dict(remembered.rooms)
        self._ignored = {_key(name): name for name in remembered.ignored}

    def keep(self) -> None:
        """Remember for the next time.

        :raises NotRemembered: if that fails.
        """
        if self._store is not None:
            self._store.keep(Remembered(self._rooms, list(self._ignored.values())))

    def interest(self, room: str) -> Interest:
        """Return the user's interest in *room*."""
        return self._rooms.get(_key(room), Interest.MENTIONS)

    def take(self, room: str, interest: Interest) -> None:
        """Take that much *interest* in *room*."""
        if interest is Interest.MENTIONS:
            self._rooms.pop(_key(room), None)
        else:
            self._rooms[_key(room)] = interest

    def ignores(self, username: str) -> bool:
        """Say whether *username* is ignored."""
        return bool(self._ignored) and _key(username) in self._ignored

    def ignore(self, username: str) -> None:
        """Want to see no more of *username*."""
        self._ignored[_key(username)] = username

    def unignore(self, username: str) -> bool:
        """See *username* again; return False if they were not ignored."""
        return self._ignored.pop(_key(username), None) is not None


def _key(name: str) -> str:
    """Return the form in which a *name*, of a room or a person, is compared, valid or not."""
    try:
        # Whatever may be a username may be the name of a room too.
        return names.key(names.room_name(name))
    except ChatError:
        return name
