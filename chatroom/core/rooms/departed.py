"""The departed: people who are gone, and may be acted on for a while."""

from __future__ import annotations

from collections.abc import Callable

from chatroom.core.rooms.directory import Person
from chatroom.core.values.names import Key, key

MOST = 1000
"""People who are remembered, at most: the last ones."""

DAY = 86_400.0
"""Seconds for which they are remembered."""


class Departed:
    """People by the names that they had when they went, by a clock in *seconds*."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        # The order is that in which they went.
        self._people: dict[Key, tuple[float, Person]] = {}

    def went(self, person: Person) -> None:
        """Remember *person*."""
        name = key(person.username)
        self._people.pop(name, None)
        self._people[name] = self._seconds(), person
        if len(self._people) > MOST:
            del self._people[next(iter(self._people))]

    def find(self, name: Key) -> Person | None:
        """Return who was the last to have that *name*."""
        went, person = self._people.get(name, (0.0, None))
        return person if person and went + DAY > self._seconds() else None
