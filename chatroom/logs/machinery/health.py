"""Health of a recurring task: logged when it begins to fail and when it recovers, not each time."""

from __future__ import annotations

from twisted.logger import Logger
from twisted.python.failure import Failure

from chatroom.core.ports import Clock

PATIENCE = 4.0
"""Seconds after which an attempt that has not ended is trouble: people wait, though nothing has failed yet."""

LATE = 1.0
"""Seconds by which a timer is late where the process did not run: then nobody knows how long an attempt takes."""


class Health:
    """The health of a *task*, which may fail by *expected* errors; *trouble* says what is wrong with it now.

    An attempt that :meth:`began` has :data:`PATIENCE` seconds by *clock*. One timer watches them all.
    """

    log = Logger()

    def __init__(
        self, task: str, expected: type[Exception] | tuple[type[Exception], ...], clock: Clock | None = None
    ) -> None:
        self._task = task
        self._expected = expected
        self._clock = clock
        self._since: float | None = None
        self._watched = False
        self.trouble: str | None = None

    def began(self) -> None:
        """Note that an attempt begins, unless nobody watches how long one takes."""
        if self._clock:
            self._since = self._clock.seconds()
            if not self._watched:
                self._watch(self._clock, PATIENCE)

    def blames(self, error: Exception) -> bool:
        """Return whether *error* is one that is expected: of what the task is done with, and not a defect of ours."""
        return isinstance(error, self._expected)

    def failed(self, error: Exception) -> None:
        """Note a failure; an *error* that is not expected is a defect of ours."""
        self._since = None
        if not self.blames(error):
            self.log.failure("can't {task}", Failure(error), task=self._task)
        else:
            # Only its words: the error holds on to the statement that failed, and that to the file as it was.
            self._suffer(str(error).strip().partition("\n")[0])

    def recovered(self) -> None:
        """Note a success."""
        self._since = None
        if self.trouble:
            self.trouble = None
            self.log.info("can {task} again", task=self._task)

    def ended(self) -> None:
        """Note that nobody waits any more for what has begun."""
        self._since = None

    def _suffer(self, error: str) -> None:
        if not self.trouble:
            self.trouble = f"can't {self._task}: {error}"
            self.log.error("can't {task}: {error}", task=self._task, error=error)

    def _watch(self, clock: Clock, seconds: float) -> None:
        self._watched = True
        due = clock.seconds() + seconds

        def look() -> None:
            self._watched = False
            now = clock.seconds()
            if self._since is None:
                return
            if now - due > LATE:
                self._since = now
            left = self._since + PATIENCE - now
            if left > 0:
                self._watch(clock, left)
            else:
                self._suffer(f"no answer for {PATIENCE:.0f} s")

        clock.callLater(seconds, look)
