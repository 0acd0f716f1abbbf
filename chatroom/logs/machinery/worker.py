"""A worker: one thread, and the queue of its jobs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
Job = Callable[[], object]
FromThread = Callable[[Callable[[], None]], object]
"""Calls its argument in the reactor's thread, soon: Twisted's ``callFromThread``."""


class Worker:
    """A thread that does jobs, and gives their results back through *from_thread*."""

    def __init__(self, name: str, from_thread: FromThread) -> None:
        self._from_thread = from_thread
        self._jobs = _Jobs()
        # A daemon: where the process ends without stopping it, this is like a power failure, for which the log is made.
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def others_wait(self) -> bool:
        """Whether jobs wait behind the one being done."""
        return bool(self._jobs)

    @property
    def running(self) -> bool:
        """Whether the thread lives."""
        return self._thread.is_alive()

    def do(self, work: Callable[[], T], done: Callable[[T | Exception], None], *, of: Hashable = None) -> None:
        """Do *work* after earlier jobs; give its result or exception to *done*.

        Where jobs *of* several owners wait, the owners take turns: nobody waits for all of another's.
        """
        self._jobs.put(lambda: self._from_thread(partial(done, outcome(work))), of)

    def do_within(self, seconds: float, work: Callable[[], T], done: Callable[[T | Exception], None]) -> bool:
        """Do *work* likewise, but wait for it *seconds* at most; return whether *done* was called meanwhile, from here.

        It is for work that takes less than what a thread and the reactor need to wake each other.
        """
        call = _AwaitedCall(work, lambda result: self._from_thread(partial(done, result)))
        self._jobs.put(call.run, None)
        if not call.is_done_within(seconds):
            return False
        done(call.result)
        return True

    def do_last(self, work: Callable[[], T], done: Callable[[T | Exception], None]) -> None:
        """Do *work* likewise, once no other job waits."""
        self._jobs.put_last(lambda: self._from_thread(partial(done, outcome(work))))

    def stop(self) -> None:
        """End the thread once no job waits."""
        self._jobs.put_last(None)
        self._thread.join()

    def _run(self) -> None:
        while job := self._jobs.get():
            job()


class _AwaitedCall(Generic[T]):
    """The call of *work*, which may be waited for; who does not get its *result* in time is told it by *tell* later."""

    result: T | Exception

    def __init__(self, work: Callable[[], T], tell: Callable[[T | Exception], object]) -> None:
        self._work = work
        self._tell = tell
        # Whoever takes the first one has come before the other: the thread with its result, or who waits for it.
        self._first, self._done = Lock(), Lock()
        self._done.acquire()

    def run(self) -> None:
        self.result = outcome(self._work)
        if self._first.acquire(blocking=False):
            self._done.release()
        else:
            self._tell(self.result)

    def is_done_within(self, seconds: float) -> bool:
        return self._done.acquire(timeout=seconds) or not self._first.acquire(blocking=False)


class _Jobs:
    """A fair queue of jobs: their owners take turns; last jobs come when there are no others."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: dict[Hashable, deque[Job]] = {}
        self._last: deque[Job | None] = deque()
        # One for each job: to wait for it costs less than for a condition.
        self._tickets: SimpleQueue[None] = SimpleQueue()

    def __bool__(self) -> bool:
        return not self._tickets.empty()

    def put(self, job: Job, of: Hashable) -> None:
        with self._lock:
            self._waiting.setdefault(of, deque()).append(job)
        self._tickets.put(None)

    def put_last(self, job: Job | None) -> None:
        with self._lock:
            self._last.append(job)
        self._tickets.put(None)

    def get(self) -> Job | None:
        """Wait for the next job, and return it; ``None`` ends the thread."""
        self._tickets.get()
        with self._lock:
            if not self._waiting:
                return self._last.popleft()
            of, jobs = next(iter(self._waiting.items()))
            # An owner with more jobs goes to the end.
            del self._waiting[of]
            job = jobs.popleft()
            if jobs:
                self._waiting[of] = jobs
            return job


def outcome(work: Callable[[], T]) -> T | Exception:
    """Return what *work* returns or raises."""
    try:
        return work()
    except Exception as error:
        # Nothing here may go on referring to it: it holds what the work used, such as a statement that was being read.
        return error
