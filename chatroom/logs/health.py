"""Health of a recurring task: logged when it begins to fail and when it recovers, not each time."""

from __future__ import annotations

from twisted.logger import Logger
from twisted.python.failure import Failure


class Health:
    """The health of a *task*, which may fail by *expected* errors; *trouble* says what is wrong with it now."""

    log = Logger()

    def __init__(self, task: str, expected: type[Exception] | tuple[type[Exception], ...]) -> None:
        self._task = task
        self._expected = expected
        self.trouble: str | None = None

    def failed(self, error: Exception) -> None:
        """Note a failure; an *error* that is not expected is a defect of ours."""
        if not isinstance(error, self._expected):
            self.log.failure("can't {task}", Failure(error), task=self._task)
        elif not self.trouble:
            # Only its words: the error holds on to the statement that failed, and that to the file as it was.
            said = str(error).strip().partition("\n")[0]
            self.trouble = f"can't {self._task}: {said}"
            self.log.error("can't {task}: {error}", task=self._task, error=said)

    def recovered(self) -> None:
        """Note a success."""
        if self.trouble:
            self.trouble = None
            self.log.info("can {task} again", task=self._task)
