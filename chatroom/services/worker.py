"""A thread that does one thing after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")
FromThread = Callable[[Callable[[], None]], object]
"""Calls its argument in the reactor's thread, soon: Twisted's ``callFromThread``."""


class Worker:
    """Does work in a thread of its own, and gives what comes of it back through *from_thread*."""

    def __init__(self, name: str, from_thread: FromThread) -> None:
        self._from_thread = from_thread
        self._jobs: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        # A daemon: where the process ends without stopping it, this is like a power failure, for which the log is made.
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def do(self, work: Callable[[], T], done: Callable[[T | Exception], None]) -> None:
        """Do *work* after what was asked for before; give what it returns or raises to *done*."""
        self._jobs.put(lambda: self._from_thread(partial(done, _outcome(work))))

    def stop(self) -> None:
        """End the thread; it has nothing more to do."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while job := self._jobs.get():
            job()


def _outcome(work: Callable[[], T]) -> T | Exception:
    """Return what *work* returns or raises."""
    try:
        return work()
    except Exception as error:
        # Nothing here may go on referring to it: it holds what the work used, such as a statement that was being read.
        return error
