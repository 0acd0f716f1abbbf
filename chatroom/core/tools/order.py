"""The order of a room: questions to its log, and actions that wait behind them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import ParamSpec, Protocol

P = ParamSpec("P")


class Order:
    """Questions whose answers come in the order in which they were asked, and actions that wait for those before them.

    An order is true while anything waits.
    """

    def __init__(self) -> None:
        # None stands for a question.
        self._waiting: deque[Callable[[], None] | None] = deque()
        self._answered = 0
        self._advancing = False

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def then(self, action: Callable[[], None]) -> None:
        """Call *action* when all questions before it are answered."""
        if self._waiting:
            self._waiting.append(action)
        else:
            action()

    def ask(self, question: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call *question*; later actions wait until :meth:`answered` is called for it."""
        self._waiting.append(None)
        try:
            question(*args, **kwargs)
        except Exception:
            # A defect of the log: it must not keep the others waiting for ever.
            self._waiting.pop()
            raise

    def ask_in_turn(self, question: Callable[[], None]) -> None:
        """Call *question* when all questions before it are answered; later actions wait for its answer too.

        *question* does not raise: the exception would hit the giver of the answer before.
        """

        def ask() -> None:
            # The question keeps the place that it has reached: the first.
            self._waiting.appendleft(None)
            question()

        self.then(ask)

    def answered(self) -> None:
        """Note that the oldest question is answered, and call the actions that waited behind it."""
        self._answered += 1
        if self._advancing:
            # An action has led to this answer: the loop that called the action goes on with it.
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
    """A room, as far as :func:`in_turn_of_all` knows it."""

    def in_turn(self, action: Callable[[], None]) -> None:
        """Call *action* when every question to the log before it is answered."""


def in_turn_of_all(rooms: Iterable[Ordered], action: Callable[[], None]) -> None:
    """Call *action* when all messages taken before it in each of *rooms* are stored or refused."""
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
