"""An answer that a command awaits: plain callbacks below it, plain text above, and no event loop."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class VisitorGone(Exception):
    """The visitor has gone while a command of theirs waited: raised at its ``await``, and the end of it."""


class Later(Generic[T]):
    """An answer or exception that *ask* gives its argument once, at once or later; ``await`` returns or raises it.

    *late* gets an answer that came when the visitor was gone, to give it back.
    """

    __slots__ = ("ask", "late")

    def __init__(
        self,
        ask: Callable[[Callable[[T | Exception], None]], object],
        late: Callable[[T], None] | None = None,
    ) -> None:
        self.ask = ask
        self.late = late

    def __await__(self) -> Generator[Later[Any], Any, T]:
        """Let the driver ask, and return the answer that it sends."""
        value: T = yield self
        return value


def when(ask: Callable[[Callable[[], None]], object]) -> Later[None]:
    """Return an answer without a value: the moment at which *ask* calls its argument."""
    return Later(lambda answer: ask(lambda: answer(None)))
