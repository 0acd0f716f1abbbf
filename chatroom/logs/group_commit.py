"""Group commit: changes that come while one commit runs go into the next, together."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from twisted.logger import Logger

from chatroom.core.ports import Clock
from chatroom.core.values.errors import StorageFailed
from chatroom.logs.health import Health

log = Logger()

Work = Callable[[], object]

Commit = Callable[[Sequence[Work], Callable[[Sequence[object] | Exception], None]], None]
"""Does all works in one commit, or none; gives their results, or the error, to its second argument."""

RETRY = 1.0
"""Seconds until failed work that has to succeed is tried again."""

GATHERING = 0.001
"""Seconds that a commit waits for more changes, where many come: it costs as much for one as for ten."""

MANY = 4
"""Changes in a commit that make the next one worth waiting for."""

MAX_CHANGES = 256
"""Changes in a commit at the most: those of one commit are answered and shown in one piece."""


Answer = Callable[[Any], None] | None
"""The callback of a result; work that has none is tried until it succeeds."""


class GroupCommit:
    """Changes gathered for *commit*: a batch begins when the one before has been answered and shown.

    Its *health* is that of the last commit. It takes changes from :meth:`open` to :meth:`close`.
    """

    def __init__(self, clock: Clock, commit: Commit, health: Health) -> None:
        self.closed = True
        self.running = False
        self._clock = clock
        self._commit = commit
        self._health = health
        self._changes: deque[tuple[Work, Answer]] = deque()
        self._patience = 0.0
        self._drained: Callable[[], None] | None = None

    @property
    def gathered(self) -> int:
        """Changes that wait for the next commit."""
        return len(self._changes)

    def open(self) -> None:
        """Take changes from now on."""
        self.closed = False

    def close(self) -> None:
        """Refuse changes from now on."""
        self.closed = True

    def add(self, work: Work, answer: Answer = None) -> None:
        """Do *work* in the next commit; *answer* gets its result, or :exc:`StorageFailed`."""
        if not self.closed:
            self._changes.append((work, answer))
            if not self.running:
                self._begin()
        elif answer:
            answer(StorageFailed())

    def drain(self, drained: Callable[[], None]) -> None:
        """Call *drained* when all changes are committed; what fails from now on is not tried again."""
        self._drained = drained
        self._begin()
        if not self.running:
            drained()

    def _begin(self) -> None:
        """Let a commit begin when this turn is over, unless one runs."""
        if self._changes and not self.running:
            self.running = True
            self._clock.callLater(self._patience, self._commit_batch)

    def _commit_batch(self) -> None:
        batch = [self._changes.popleft() for _ in range(min(len(self._changes), MAX_CHANGES))]
        # A lone speaker does not wait for others who are not there.
        self._patience = GATHERING if len(batch) >= MANY else 0.0
        self._commit([work for work, _ in batch], lambda results: self._committed(batch, results))

    def _committed(self, batch: Sequence[tuple[Work, Answer]], results: Sequence[object] | Exception) -> None:
        if isinstance(results, Exception):
            self._health.failed(results)
            for _, answer in batch:
                _tell(answer, StorageFailed())
            if not self._drained:
                self._changes.extendleft(reversed([change for change in batch if not change[1]]))
        else:
            self._health.recovered()
            for (_, answer), result in zip(batch, results, strict=True):
                _tell(answer, result)
        self.running = False
        if isinstance(results, Exception) and not any(answer for _, answer in self._changes):
            self._clock.callLater(RETRY, self._begin)
        else:
            self._begin()
        if self._drained and not self.running:
            self._drained()


def _tell(answer: Answer, result: object) -> None:
    """Give *result* to *answer*."""
    if answer:
        try:
            answer(result)
        except Exception:
            # A defect of who asked: the others still have their answers.
            log.failure("the answer to a change was not taken")
