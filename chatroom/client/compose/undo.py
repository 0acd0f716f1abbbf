"""Taking back what was done to a text, and doing it again."""

from __future__ import annotations

from collections import deque

State = tuple[str, int]
"""A text and where the cursor is in it."""

_STEPS = 200
"""Steps that can be taken back."""

_CHARACTERS = 200_000
"""Characters in all the texts that are kept for that."""


class Undo:
    """The states of a text before each step that changed it, and, behind those taken back, the ones after it."""

    __slots__ = ("_after", "_before", "_step")

    def __init__(self) -> None:
        self._before: deque[State] = deque(maxlen=_STEPS)
        self._after: list[State] = []
        self._step = ""

    def changed(self, before: State, step: str) -> None:
        """Know that the text is not *before* any more; changes of the same *step* in a row are one, unless it is ''."""
        if not step or step != self._step:
            self._before.append(before)
            while len(self._before) > 1 and sum(len(text) for text, _ in self._before) > _CHARACTERS:
                self._before.popleft()
        self._after.clear()
        self._step = step

    def pause(self) -> None:
        """Let the next change be another step than the last."""
        self._step = ""

    def back(self, now: State) -> State:
        """Return what was before the last step, or else *now*."""
        return self._go(self._before, self._after, now)

    def forward(self, now: State) -> State:
        """Return what was after the step that was taken back last, or else *now*."""
        return self._go(self._after, self._before, now)

    def forget(self) -> None:
        """Begin anew."""
        self._before.clear()
        self._after.clear()
        self._step = ""

    def _go(self, there: deque[State] | list[State], here: deque[State] | list[State], now: State) -> State:
        self._step = ""
        if not there:
            return now
        here.append(now)
        return there.pop()
