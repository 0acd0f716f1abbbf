"""Who follows which rooms, in memory: gone with the process."""

from __future__ import annotations

from collections.abc import Iterator

from chatroom.core.ports import LogId
from chatroom.core.values.limits import FOLLOWED

KEPT = 10_000
"""People of whom it is known, at most: those who were here last."""


class MemoryFollows:
    """The logs that people follow, of each in the order in which that began, with the number of the key they gave."""

    def __init__(self) -> None:
        # The order is that in which they were here last.
        self._people: dict[bytes, dict[LogId, int]] = {}

    def begin(self, log: LogId, person: bytes, keyed: int = 0) -> None:
        """Let *person* follow *log*, who gave the key with the number *keyed*; a later one counts."""
        followed = self._people.setdefault(person, {})
        followed[log] = max(keyed, followed.get(log, 0))
        if len(followed) > FOLLOWED:
            del followed[next(iter(followed))]
        if len(self._people) > KEPT:
            del self._people[next(iter(self._people))]

    def end(self, log: LogId, person: bytes | None) -> None:
        """Let *person* follow *log* no more."""
        if person is not None and (followed := self._people.get(person)):
            followed.pop(log, None)
            if not followed:
                del self._people[person]

    def of(self, person: bytes) -> Iterator[tuple[LogId, int]]:
        """Yield the logs that *person* follows, who is here now, each with the number of the key that they gave."""
        if followed := self._people.pop(person, None):
            self._people[person] = followed
            yield from followed.items()

    def gone(self, log: LogId) -> None:
        """Let nobody follow *log*, which is gone."""
        for person in list(self._people):
            self.end(log, person)

    def move(self, person: bytes, account: bytes) -> None:
        """Let *account* follow what *person* does, in place of them."""
        for log, keyed in self._people.pop(person, {}).items():
            self.begin(log, account, keyed)

    def forget(self, person: bytes) -> None:
        """Let *person* follow nothing."""
        self._people.pop(person, None)
