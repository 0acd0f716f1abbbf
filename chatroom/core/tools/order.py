"""The order of a room: questions to its log, and actions that wait behind them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

Question = int
"""A question to the log: its number in the order."""


class Order:
    """Questions until they are answered, and actions that wait for those before them.

    An order is true while anything waits.
    """

    def __init__(self) -> None:
        self._waiting: deque[Question | Callable[[], None]] = deque()
        self._answered: set[Question] = set()
        self._last = 0
        self._advancing = False

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def then(self, action: Callable[[], None]) -> None:
        """Call *action* when all questions before it are answered."""
        if self._waiting:
            self._waiting.append(action)
        else:
            action()

    def asks(self) -> Question:
        """Return a question that is about to be asked: later actions wait for its answer."""
        self._last += 1
        self._waiting.append(self._last)
        return self._last

    def asks_in_turn(self, ask: Callable[[Question], None]) -> None:
        """Call *ask* with a question when all before it are answered; whatever stands behind waits for its answer too.

        *ask* does not raise: the exception would hit the giver of the answer before.
        """

        def asks() -> None:
            # The question keeps the place that it has reached: the first.
            self._last += 1
            self._waiting.appendleft(self._last)
            ask(self._last)

        self.then(asks)

    def answered(self, question: Question) -> None:
        """Note that *question* is answered, and call the actions that waited for nothing else."""
        waiting = self._waiting
        if waiting[0] == question:
            waiting.popleft()
        else:
            self._answered.add(question)
        if self._advancing or not waiting:
            # If it was an action that led to this answer, the loop that called the action goes on with it.
            return
        self._advance()

    def _advance(self) -> None:
        """Call the actions that wait for nothing else."""
        self._advancing = True
        try:
            while self._is_ready():
                first = self._waiting.popleft()
                if isinstance(first, int):
                    self._answered.remove(first)
                else:
                    first()
        finally:
            self._advancing = False
            if self._is_ready():
                # One has raised: that is nothing to the others.
                self._advance()

    def _is_ready(self) -> bool:
        return bool(self._waiting) and (not isinstance(self._waiting[0], int) or self._waiting[0] in self._answered)


def when_all(moments: Iterable[Callable[[Callable[[], None]], object]], action: Callable[[], None]) -> None:
    """Call *action* when each of *moments* has called its argument, at once or later."""
    waiting = 1

    def reached() -> None:
        nonlocal waiting
        waiting -= 1
        if not waiting:
            action()

    for moment in tuple(moments):
        waiting += 1
        moment(reached)
    reached()
