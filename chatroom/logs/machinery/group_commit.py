"""Group commit: changes that come while one commit runs go into the next, together."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from twisted.logger import Logger

from chatroom.core.ports import Clock
from chatroom.core.values.errors import ChatError, StorageFailed
from chatroom.logs.machinery.health import Health

log = Logger()

RETRY = 1.0
"""Seconds until failed work that has to succeed is tried again, and something else where there is none."""

GATHERING = 0.004
"""Seconds that a commit waits for more changes, where several people speak at the same time.

It costs as much for one as for ten; and who speaks alone does not wait for others who are not there.
"""

SEVERAL = 3
"""People who speak within :data:`GATHERING` that make it worth waiting for."""

SETTLING = 0.001
"""Seconds that a commit waits where many changes come together, as those who were answered by the last one speak."""

MANY = 4
"""Changes in a commit for which the next one waits so long."""

ENOUGH = 16
"""Changes in a commit from which on to wait longer saves next to nothing."""

MAX_CHANGES = 256
"""Changes in a commit at the most: those of one commit are answered and shown in one piece."""


class Unfit(Exception):
    """Nothing of a commit was stored because of one of its changes, which does not fit what it is to be stored in."""


class PendingChange(Protocol):
    """A change that is to be committed, by an engine that knows what it is."""

    @property
    def by(self) -> Hashable:
        """Who has asked for it."""

    @property
    def lasts(self) -> bool:
        """True if it is tried until it succeeds: nobody waits for it."""

    def answer(self, result: Any) -> None:
        """Give its *result*, or the error for which there is none, to whoever asked for it."""


class Work:
    """Some *work*, whose result *done* gets; without that, it is tried until it succeeds."""

    __slots__ = ("_done", "by", "do")

    def __init__(
        self, work: Callable[[], object], done: Callable[[Any], None] | None = None, by: Hashable = None
    ) -> None:
        self.do = work
        self.by = by
        self._done = done

    @property
    def lasts(self) -> bool:
        """True if it is tried until it succeeds."""
        return self._done is None

    def answer(self, result: Any) -> None:
        """Give the *result* to whoever asked."""
        if self._done:
            self._done(result)


_: type[PendingChange] = Work

C = TypeVar("C", bound=PendingChange)
Commit = Callable[[Sequence[C], Callable[[Sequence[object] | Exception], None]], None]
"""Makes all changes in one commit, or none; gives their results, or the error, to its second argument."""


class GroupCommit(Generic[C]):
    """Changes gathered for *commit*: a batch begins when the one before has been answered and shown.

    Where one of them can't be stored, the others are: those of a commit that failed for no trouble of the store's go
    into ever smaller ones, until that one is alone. Its *health* is that of the last commit; while that is bad, a
    *probe* is committed where nobody asks. It takes changes from :meth:`open` to :meth:`close`.
    """

    def __init__(self, clock: Clock, commit: Commit[C], health: Health, probe: Callable[[], C]) -> None:
        self.closed = True
        self.running = False
        self._clock = clock
        self._commit = commit
        self._health = health
        self._probe = probe
        self._changes: deque[C] = deque()
        self._speaking: deque[tuple[float, set[Hashable]]] = deque(maxlen=SEVERAL)
        self._patience = 0.0
        self._most = MAX_CHANGES
        self._draining = False
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
        self._health.ended()

    def add(self, change: C) -> None:
        """Make *change* with the next commit."""
        if self.closed:
            change.answer(StorageFailed())
            return
        self._changes.append(change)
        if not self.running:
            self._begin()

    def refuse(self, error: ChatError, *, lasting: bool = False) -> None:
        """Answer with *error* all changes that wait for the next commit; those that are to succeed if *lasting*."""
        waiting = list(self._changes)
        self._changes = deque(change for change in waiting if change.lasts and not lasting)
        for change in waiting:
            if lasting or not change.lasts:
                _answer(change, error)

    def drain(self, drained: Callable[[], None]) -> None:
        """Call *drained* when all changes are committed; what fails from now on is not tried again."""
        self._draining = True
        self._drained = drained
        self._begin()
        self._see_drained()

    def _begin(self) -> None:
        """Let a commit begin when this turn is over, unless one runs."""
        if self._changes and not self.running:
            self.running = True
            self._clock.callLater(self._patience, self._commit_batch)

    def _commit_batch(self) -> None:
        batch = [self._changes.popleft() for _ in range(min(len(self._changes), self._most))]
        self._patience = self._next_patience(batch)
        self._health.began()
        self._commit(batch, partial(self._committed, batch))

    def _next_patience(self, batch: Sequence[C]) -> float:
        """Return how long the commit after that of *batch* waits for more."""
        if len(batch) >= ENOUGH:
            return SETTLING
        now = self._clock.seconds()
        self._speaking.append((now, {change.by for change in batch}))
        people = set[Hashable]().union(*[people for time, people in self._speaking if time > now - GATHERING])
        if len(people) >= SEVERAL:
            return GATHERING
        return SETTLING if len(batch) >= MANY else 0.0

    def _committed(self, batch: Sequence[C], results: Sequence[object] | Exception) -> None:
        if not isinstance(results, Exception):
            self._health.recovered()
            self._take_more()
            for change, result in zip(batch, results, strict=True):
                _answer(change, result)
        elif self._health.blames(results):
            self._health.failed(results)
            again = [change for change in batch if change.lasts and not self._draining]
            self._changes.extendleft(reversed(again))
            for change in batch:
                if self._draining or not change.lasts:
                    _answer(change, _refusal(results))
        elif len(batch) > 1:
            self._health.ended()
            self._changes.extendleft(reversed(batch))
            self._most = len(batch) // 2
            self._patience = 0.0
        else:
            # Also if it is to last: it would be in the way for ever.
            self._health.failed(results)
            self._take_more()
            _answer(batch[0], _refusal(results))
        self.running = False
        if self._health.trouble and all(change.lasts for change in self._changes):
            self._clock.callLater(RETRY, self._try_again)
        else:
            self._begin()
        self._see_drained()

    def _take_more(self) -> None:
        """Let the next commit have more changes again, if this one was to be small."""
        self._most = min(2 * self._most, MAX_CHANGES)

    def _try_again(self) -> None:
        if self._health.trouble and not (self._changes or self.running or self.closed):
            self._changes.append(self._probe())
        self._begin()

    def _see_drained(self) -> None:
        if self._drained and not self.running:
            drained, self._drained = self._drained, None
            drained()


def _refusal(error: Exception) -> ChatError:
    return error if isinstance(error, ChatError) else StorageFailed()


def _answer(change: PendingChange, result: object) -> None:
    try:
        change.answer(result)
    except Exception:
        # A defect of who asked: the others still have their answers.
        log.failure("the answer to a change was not taken")
