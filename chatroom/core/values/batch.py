"""The events of one room in one turn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from chatroom.core.values.events import Event, RoomEvent, Said
from chatroom.core.values.texts import LINE_BYTES, QUOTE_BYTES

T = TypeVar("T")

MOST = 16_384
"""The most characters of written text in a batch before its last message; a stalled connection holds no more."""


class Batch:
    """Events in order, encoded once per dialect for all members."""

    __slots__ = ("_encoded", "events")

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self._encoded: dict[Hashable, object] = {}

    def encoded(self, dialect: Callable[[Sequence[Event]], T]) -> T:
        """Return the events as *dialect* writes them; equal dialects share the result."""
        try:
            return self._encoded[dialect]  # type: ignore[return-value]
        except KeyError:
            made = self._encoded[dialect] = dialect(self.events)
            return made


def slices(events: Sequence[RoomEvent]) -> Iterator[Sequence[RoomEvent]]:
    """Split *events* by :data:`MOST`; few need more than one batch."""
    start = size = 0
    for end, event in enumerate(events, 1):
        if isinstance(event, Said):
            text = event.message.text
            size += len(text) + LINE_BYTES * text.count("\n")
            if event.message.re is not None:
                size += QUOTE_BYTES
            if size > MOST:
                yield events[start:end]
                start, size = end, 0
    if start < len(events):
        yield events[start:]
