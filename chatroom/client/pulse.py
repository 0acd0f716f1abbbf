"""Whether the server is alive, and how long it takes to answer."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime


class Pulse:
    """Calls *ping* every *every* seconds unless an answer is awaited, and *silent* if nothing comes for twice that.

    *heard_at* says when the last byte came.
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
        self._asked_at: float | None = None
        self._awaited: object = None
        self._call: IDelayedCall = clock.callLater(every, self._beat)

    @property
    def lag(self) -> float | None:
        """How many seconds the last answer took, or, if that is more, for how long one has been awaited."""
        if self._asked_at is None:
            return self._took
        return max(self._took or 0.0, self._clock.seconds() - self._asked_at)

    def asked(self, id: object) -> None:
        """From now on an answer to *id* is awaited, unless another one is already."""
        if self._asked_at is None:
            self._asked_at = self._clock.seconds()
            self._awaited = id

    def answered(self, id: object) -> None:
        """An answer to *id* has come."""
        if self._asked_at is not None and id == self._awaited:
            self._took = self._clock.seconds() - self._asked_at
            self._asked_at = None

    def stop(self) -> None:
        """Await nothing any longer."""
        if self._call.active():
            self._call.cancel()

    def _beat(self) -> None:
        self._call = self._clock.callLater(self._every, self._beat)
        if self._asked_at is None:
            self._ping()
        elif self._clock.seconds() - max(self._asked_at, self._heard_at()) >= 2 * self._every:
            self._silent()
