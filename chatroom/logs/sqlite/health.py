"""Whether something works: logged when it stops and when it begins again, not each time."""

from __future__ import annotations

import sqlite3

from twisted.logger import Logger
from twisted.python.failure import Failure


class Health:
    """What becomes of a *task* that is done again and again; *trouble* is what is wrong with it now."""

    log = Logger()

    def __init__(self, task: str) -> None:
        self._task = task
        self.trouble: str | None = None

    def failed(self, error: Exception) -> None:
        """Note that it failed; what is not the database's *error* is a defect of ours."""
        if not isinstance(error, sqlite3.Error):
            self.log.failure("can't {task}", Failure(error), task=self._task)
        elif not self.trouble:
            self.trouble = f"can't {self._task}: {error}"
            # Only its words: the error holds on to the statement that failed, and that to the file as it was.
            self.log.error("can't {task}: {error}", task=self._task, error=str(error))

    def recovered(self) -> None:
        """Note that it was done."""
        if self.trouble:
            self.trouble = None
            self.log.info("can {task} again", task=self._task)
