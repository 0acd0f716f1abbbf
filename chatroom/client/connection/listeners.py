"""The users of a connection: listeners to it, and waiters for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from chatroom.client.states import Incoming, State

T = TypeVar("T")


class Listeners:
    """The two functions that a connection calls: *heard* and *changed*; errors in them are logged, and harm nothing."""

    log = Logger()

    def __init__(self, heard: Callable[[Incoming], object], changed: Callable[[State], object]) -> None:
        self._heard = heard
        self._changed = changed

    def hear(self, frame: Incoming) -> None:
        """Tell of *frame*."""
        self._call(self._heard, frame)

    def change(self, state: State) -> None:
        """Tell of the new *state*."""
        self._call(self._changed, state)

    def _call(self, listener: Callable[[T], object], value: T) -> None:
        try:
            listener(value)
        except Exception:
            self.log.failure("what a connection told was not taken")


class Waiters(Generic[T]):
    """Deferreds that fire together, each once."""

    def __init__(self) -> None:
        self._waiting: list[Deferred[T]] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self) -> Deferred[T]:
        """Return another one."""
        done: Deferred[T] = Deferred()
        self._waiting.append(done)
        return done

    def take(self) -> list[Deferred[T]]:
        """Return all, and wait no more."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def succeed(self, result: T) -> None:
        """Fire all with *result*."""
        for done in self.take():
            done.callback(result)

    def fail(self, error: Exception | Failure) -> None:
        """Fail all with *error*."""
        for done in self.take():
            done.errback(error)
