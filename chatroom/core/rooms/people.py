"""The people at this server, as others may know them: those who are here, and those who were here lately."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from chatroom.core.ports import CloakStore
from chatroom.core.rooms.user import User
from chatroom.core.values.names import Key, Username, key
from chatroom.core.values.people import Person, cloak

MOST = 128
"""People who were here lately and are remembered, at most: the last ones."""


class Gone(NamedTuple):
    """A *person*, who left or took another name *at* a time, in milliseconds since 1970 (UTC)."""

    person: Person
    at: int


class People:
    """The *users* who are here, and people by the names that they had until lately; *now* is the time of day.

    Hosts are shown as cloaks, whose secret *cloaks* keeps.
    """

    def __init__(self, users: Mapping[Key, User], cloaks: CloakStore, now: Callable[[], int]) -> None:
        self._users = users
        self._cloaks = cloaks
        self._now = now
        self._gone: deque[Gone] = deque(maxlen=MOST)
        self._last: dict[Key, Gone] = {}

    def find(self, username: Username) -> Person | None:
        """Return who is called *username* here, or was until lately."""
        name = key(username)
        if user := self._users.get(name):
            return user.person
        gone = self._last.get(name)
        return gone.person if gone else None

    def were(self, username: Username) -> Sequence[Gone]:
        """Return who was called *username* until lately, the last one first."""
        name = key(username)
        return [gone for gone in reversed(self._gone) if key(gone.person.username) == name]

    def cloak(self, host: bytes | None) -> str:
        """Return what is shown of *host*."""
        return cloak(self._cloaks.cloak_key, host)

    def went(self, person: Person) -> None:
        """Remember *person*, who is gone or has another name now."""
        if len(self._gone) == MOST:
            oldest = self._gone[0]
            name = key(oldest.person.username)
            if self._last.get(name) is oldest:
                del self._last[name]
        gone = Gone(person, self._now())
        self._gone.append(gone)
        self._last[key(person.username)] = gone
