"""How far people have read, in memory: gone with the process."""

from __future__ import annotations

from collections.abc import Mapping

from chatroom.core.ports import LogId
from chatroom.core.values.marks import Mark

KEPT = 10_000
"""People of whom it is known, at most: those who were here last."""


class MemoryMarks:
    """The marks of people, by logs."""

    def __init__(self) -> None:
        # The order is that in which they were here last.
        self._people: dict[bytes, dict[LogId, Mark]] = {}

    def of(self, person: bytes) -> Mapping[LogId, Mark]:
        """Return the marks of *person*, who is here now."""
        if marks := self._people.pop(person, None):
            self._people[person] = marks
        return dict(marks or {})

    def keep(self, person: bytes, log: LogId, mark: Mark) -> None:
        """Keep a *mark* of *person* in *log*, as far as it is further than the one there is."""
        marks = self._people.setdefault(person, {})
        kept = marks.get(log)
        marks[log] = kept.joined(mark) if kept else mark
        if len(self._people) > KEPT:
            del self._people[next(iter(self._people))]

    def gone(self, log: LogId) -> None:
        """Keep no marks of *log*, which is gone."""
        for marks in self._people.values():
            marks.pop(log, None)

    def move(self, person: bytes, account: bytes) -> None:
        """Let *account* have read what *person* has, in place of them."""
        for log, mark in self._people.pop(person, {}).items():
            self.keep(account, log, mark)

    def forget(self, person: bytes) -> None:
        """Keep no marks of *person*."""
        self._people.pop(person, None)
