"""The events of one room in one turn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from chatroom.core.events import Event

T = TypeVar("T")


class Batch:
    """Events in order, each way of writing them down worked out only once for all who see them."""

    __slots__ = ("_encoded", "events")

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self._encoded: dict[Hashable, object] = {}

    def encoded(self, dialect: Callable[[Sequence[Event]], T]) -> T:
        """Return what *dialect* makes of the events; equal dialects share it."""
        try:
            return self._encoded[dialect]  # type: ignore[return-value]
        except KeyError:
            made = self._encoded[dialect] = dialect(self.events)
            return made
