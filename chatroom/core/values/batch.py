"""The events of one room in one turn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from chatroom.core.values.events import Event, RoomEvent, Said
from chatroom.core.values.texts import LINE_BYTES

T = TypeVar("T")

MOST = 16_384
"""Characters of text in a batch, as they are written, but for its last message: who stops reading holds no more."""


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


def slices(events: Sequence[RoomEvent]) -> Iterator[Sequence[RoomEvent]]:
    """Cut *events* into batches of not too much text; mostly they are one."""
    start = size = 0
    for end, event in enumerate(events, 1):
        if isinstance(event, Said):
            text = event.message.text
            size += len(text) + LINE_BYTES * text.count("\n")
            if size > MOST:
                yield events[start:end]
                start, size = end, 0
    if start < len(events):
        yield events[start:]
