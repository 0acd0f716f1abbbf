"""The order of a room: what was asked of the log, and what waits behind it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import ParamSpec, Protocol

P = ParamSpec("P")


class Order:
    """Questions whose answers come in the order in which they were asked, and actions that wait for those before them.

    It is true while anything waits.
    """

    def __init__(self) -> None:
        # None stands for a question.
        self._waiting: deque[Callable[[], None] | None] = deque()
        self._answered = 0
        self._advancing = False

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def then(self, action: Callable[[], None]) -> None:
        """Call *action* when all that was asked before is answered."""
        if self._waiting:
            self._waiting.append(action)
        else:
            action()

    def ask(self, question: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call *question*, and let what follows wait until :meth:`answered` is called for it."""
        self._waiting.append(None)
        try:
            question(*args, **kwargs)
        except Exception:
            # A defect of who was asked: it must not keep the others waiting for ever.
            self._waiting.pop()
            raise

    def ask_in_turn(self, question: Callable[[], None]) -> None:
        """Call *question* when all that was asked before is answered, and let what follows wait for its answer too.

        It does not raise: that would hit whoever gave the answer before.
        """

        def ask() -> None:
            # It keeps the place that it has reached: the first.
            self._waiting.appendleft(None)
            question()

        self.then(ask)

    def answered(self) -> None:
        """Take note that the oldest question is answered, and do what waited behind it."""
        self._answered += 1
        if self._advancing:
            # What was just done led to another answer: the walk below goes on with it.
            return
        self._advancing = True
        waiting = self._waiting
        try:
            while waiting and (self._answered or waiting[0] is not None):
                action = waiting.popleft()
                if action is None:
                    self._answered -= 1
                else:
                    action()
        finally:
            self._advancing = False


class Ordered(Protocol):
    """A room, as far as those know it who wait for their turn there."""

    def in_turn(self, action: Callable[[], None]) -> None:
        """Call *action* when all that was asked of the log before is stored or refused."""


def in_turn_of_all(rooms: Iterable[Ordered], action: Callable[[], None]) -> None:
    """Call *action* when in each of *rooms* all messages taken before it are stored or refused."""
    waiting = 1

    def reached() -> None:
        nonlocal waiting
        waiting -= 1
        if not waiting:
            action()

    for room in tuple(rooms):
        waiting += 1
        room.in_turn(reached)
    reached()
