"""Searches in memory: one at a time, a piece in each turn of the reactor."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from chatroom.core.ports import Page, Searched
from chatroom.core.tools.paging import Placed, newest
from chatroom.core.values.errors import SearchTooLong
from chatroom.core.values.events import Message
from chatroom.core.values.limits import CROWDED, PIECE

Got = Callable[[Searched], None]
MakePage = Callable[[Sequence[Placed], int], Page]


def newest_of_one(rows: Iterable[Placed], limit: int) -> Page:
    """Return a page of the first *rows* of a log, which come from the newest to the oldest."""
    return newest((row[1:] for row in rows), limit)


@dataclass(eq=False, slots=True)
class _Search:
    """A search under way: the steps left, and the seconds it took."""

    steps: Iterator[None]
    done: Callable[[bool, float], None]
    seconds: float = 0.0


class MemorySearches:
    """A queue of searches, each done piece by piece; *soon* calls its argument in the next turn.

    A search works for *timeout* of those *seconds*, a tenth of it while others wait; 0 is no limit.
    """

    def __init__(
        self, soon: Callable[[Callable[[], None]], object], timeout: float, seconds: Callable[[], float]
    ) -> None:
        self._soon = soon
        self._timeout = timeout
        self._seconds = seconds
        self._waiting: deque[_Search] = deque()
        self._cancelled = False

    def begin(
        self, rows: Iterable[Placed], finds: Callable[[Message], bool], page: MakePage, limit: int, got: Got
    ) -> None:
        """Look through *rows*, from the newest to the oldest, for those that *finds* picks out.

        Of so many of them as it needs for *limit*, *page* makes the result.
        """
        found: list[Placed] = []

        def steps() -> Iterator[None]:
            for row in rows:
                if finds(row[2]):
                    found.append(row)
                    if len(found) > limit and page(found, limit).more:
                        return
                yield

        def done(through: bool, seconds: float) -> None:
            got(Searched(page(found, limit) if through else SearchTooLong(), seconds))

        self.take(steps(), done)

    def take(self, steps: Iterator[None], done: Callable[[bool, float], None]) -> None:
        """Take all *steps*, and tell *done* whether there was time for that, and how many seconds it took."""
        self._waiting.append(_Search(steps, done))
        if len(self._waiting) == 1:
            self._soon(self._go_on)

    def limit(self, timeout: float) -> None:
        """Let searches take *timeout* from now on."""
        self._timeout = timeout

    def cancel(self) -> None:
        """Cancel all searches, later ones too."""
        self._cancelled = True

    def _go_on(self) -> None:
        """Do a piece of the first search."""
        search = self._waiting[0]
        began = self._seconds()
        through = self._step(search, began)
        search.seconds += self._seconds() - began
        over = self._cancelled or (bool(self._timeout) and search.seconds > self._time())
        if not (through or over):
            self._soon(self._go_on)
            return
        self._waiting.popleft()
        if self._waiting:
            self._soon(self._go_on)
        search.done(through, search.seconds)

    def _step(self, search: _Search, began: float) -> bool:
        """Take the next steps; return whether none is left."""
        return all(not (self._cancelled or self._seconds() - began >= PIECE) for _ in search.steps)

    def _time(self) -> float:
        return self._timeout * (CROWDED if len(self._waiting) > 1 else 1)
