"""The people at this server, as others may know them: those who are here, and those who were here lately."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from chatroom.core.ports import CloakStore
from chatroom.core.rooms.user import Place, User
from chatroom.core.tools.serials import next_serial
from chatroom.core.values.events import Described
from chatroom.core.values.names import Key, Username, key
from chatroom.core.values.people import Person, cloak, differing

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

    def away(self, usernames: Iterable[Username]) -> dict[Username, str]:
        """Return those of *usernames* who are here and away, each with the reason."""
        found = ((username, self._users.get(key(username))) for username in usernames)
        return {name: user.profile.away for name, user in found if user and user.profile and user.profile.away}

    def away_of(self, username: Username) -> str | None:
        """Return why *username* is away, if they are here and that is so."""
        return self.away([username]).get(username)

    def cloak(self, host: bytes | None) -> str:
        """Return what is shown of *host*."""
        return cloak(self._cloaks.cloak_key, host)

    def changed(
        self, user: User, before: Person, by: Place | None = None, seats: Sequence[Place] | None = None
    ) -> None:
        """Tell the rooms of *user*, and their connections but *by* that one, in what they are not as *before*.

        If only some *seats* were somebody else before, those are told, and the rooms where they are alone.
        """
        now = user.person
        what = differing(before, now)
        if not what:
            return
        serial = next_serial()
        seats = user.seats if seats is None else seats
        told = {key for seat in user.seats if seat not in seats for key in seat.rooms}
        rooms = {reader.room: None for seat in seats for key, reader in seat.rooms.items() if key not in told}
        for room in rooms:
            room.audience.happened(Described(room.name, now.username, now, what, serial))
        for seat in seats:
            if seat is not by:
                seat.notify(Described(None, now.username, now, what, serial))

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
