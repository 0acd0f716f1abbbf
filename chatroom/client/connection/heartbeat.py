"""The heartbeat: pings that show whether the server is alive, and how fast it answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from twisted.internet.interfaces import IDelayedCall, IReactorTime


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request *id* that was sent *at* some time; the answer to it is *measured* if the server has little to do."""

    id: object
    at: float
    measured: bool


class Heartbeat:
    """Calls *ping* every *every* seconds unless one is awaited, and *silent* if nothing comes for twice that.

    *heard_at* says when the last byte came. Answers come in the order of what was asked.
    """

    def __init__(
        self,
        clock: IReactorTime,
        every: float,
        *,
        ping: Callable[[], None],
        heard_at: Callable[[], float],
        silent: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._every = every
        self._ping = ping
        self._heard_at = heard_at
        self._silent = silent
        self._took: float | None = None
        self._asked: deque[_Asked] = deque()
        self._beating: IDelayedCall = clock.callLater(every, self._beat)
        self._deadline: IDelayedCall | None = None

    @property
    def lag(self) -> float | None:
        """Seconds that the last answer took, or, if that is more, for how long one has been awaited."""
        measured = self._measured()
        if measured is None:
            return self._took
        return max(self._took or 0.0, self._clock.seconds() - measured.at)

    @property
    def silence(self) -> float:
        """Seconds without a byte while an answer is awaited."""
        if not self._asked:
            return 0.0
        return self._clock.seconds() - max(self._asked[0].at, self._heard_at())

    def asked(self, id: object, *, measured: bool) -> None:
        """From now on an answer to *id* is awaited; how long it takes is told if it is *measured*."""
        self._asked.append(_Asked(id, self._clock.seconds(), measured))
        if self._deadline is None:
            self._deadline = self._clock.callLater(2 * self._every, self._late)

    def answered(self, id: object) -> None:
        """An answer to *id* has come."""
        number = next((number for number, asked in enumerate(self._asked) if asked.id == id), None)
        if number is None:
            return
        for _ in range(number):
            self._asked.popleft()
        asked = self._asked.popleft()
        if asked.measured:
            self._took = self._clock.seconds() - asked.at
        if not self._asked:
            self._stop_waiting()

    def stop(self) -> None:
        """Await nothing any longer."""
        if self._beating.active():
            self._beating.cancel()
        self._stop_waiting()

    def _measured(self) -> _Asked | None:
        return next((asked for asked in self._asked if asked.measured), None)

    def _stop_waiting(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _beat(self) -> None:
        self._beating = self._clock.callLater(self._every, self._beat)
        if self._measured() is None:
            self._ping()

    def _late(self) -> None:
        self._deadline = None
        left = 2 * self._every - self.silence
        if left > 0:
            self._deadline = self._clock.callLater(left, self._late)
        else:
            self._silent()
