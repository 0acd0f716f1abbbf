"""Who has talked with whom, in memory: gone with the process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest

from chatroom.core.ports import LogId
from chatroom.core.values.events import Message
from chatroom.core.values.names import Username


@dataclass(slots=True)
class Talked:
    """A talk in *log* with account *other*, which was called *name* if it is removed.

    Of what is not withheld, message number *seq* is the newest, said *at* a time.
    """

    log: LogId
    other: bytes
    seq: int
    at: int
    name: Username | None = None


class MemoryTalks:
    """The talks of all accounts that have any."""

    def __init__(self) -> None:
        self._people: dict[bytes, dict[bytes, Talked]] = {}

    def said(self, log: LogId, both: tuple[bytes, bytes], seq: int, message: Message) -> None:
        """Note that *message*, number *seq*, is the newest of the talk of *both*."""
        for person, other in {both, both[::-1]}:
            if message.is_for(person):
                self._people.setdefault(person, {})[other] = Talked(log, other, seq, message.at)

    def of(self, person: bytes) -> Iterable[Talked]:
        """Return the talks of *person*."""
        return self._people.get(person, {}).values()

    def newest(self, person: bytes, before: int | None, limit: int) -> Sequence[Talked]:
        """Return the talks of *person* whose newest messages are from *before* a time, the newest first."""
        some = (talked for talked in self.of(person) if before is None or talked.at < before)
        return nlargest(limit, some, key=lambda talked: talked.at)

    def has(self, both: tuple[bytes, bytes]) -> bool:
        """Return whether the talk of *both* is one of somebody's."""
        one, other = both
        return other in self._people.get(one, {}) or one in self._people.get(other, {})

    def drop(self, account: bytes, name: Username | None) -> Sequence[LogId]:
        """Forget the talks of *account*, which was called *name*; return the logs that nobody has any more."""
        gone = []
        for other, talked in self._people.pop(account, {}).items():
            if theirs := self._people.get(other, {}).get(account):
                theirs.name = name
            else:
                gone.append(talked.log)
        return gone

    def forget(self, both: tuple[bytes, bytes]) -> None:
        """Forget the talk of *both*, whose log is gone."""
        for person, other in {both, both[::-1]}:
            self._people.get(person, {}).pop(other, None)
