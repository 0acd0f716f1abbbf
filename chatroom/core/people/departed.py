"""The departed: people who are gone, and may be acted on for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chatroom.core.people.directory import Somebody
from chatroom.core.people.seat import Seat
from chatroom.core.values.errors import NoSuchUser
from chatroom.core.values.names import Key, Username, key

MOST = 1000
"""People who are remembered, at most: the last ones."""

DAY = 86_400.0
"""Seconds for which they are remembered."""


class DepartedPeople:
    """People by the names that they had when they went, by a clock in *seconds*; *sessions* has those who are here."""

    def __init__(self, seconds: Callable[[], float], sessions: Mapping[bytes, Seat]) -> None:
        self._seconds = seconds
        self._sessions = sessions
        # The order is that in which they went.
        self._people: dict[Key, tuple[float, Somebody]] = {}

    def went(self, person: Somebody) -> None:
        """Remember *person*."""
        name = key(person.username)
        self._people.pop(name, None)
        self._people[name] = self._seconds(), person
        if len(self._people) > MOST:
            del self._people[next(iter(self._people))]

    def find(self, username: Username) -> Somebody | NoSuchUser:
        """Return who was the last to be called *username*; who has come back by another name, by that one."""
        went, person = self._people.get(key(username), (0.0, None))
        if person is None or went + DAY <= self._seconds():
            return NoSuchUser(username)
        seat = self._sessions.get(person.identity)
        return Somebody.of(seat.user) if seat else person
