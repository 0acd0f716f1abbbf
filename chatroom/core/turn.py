"""The end of a turn of the reactor: what happened in it is shown at once, to everybody in one write."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatroom.core.room import Room


class Turn:
    """The rooms in which something happened, flushed together; *soon* calls a callable when the turn is over."""

    def __init__(self, soon: Callable[[Callable[[], None]], object]) -> None:
        self._soon = soon
        self._rooms: dict[Room, None] = {}

    def touch(self, room: Room) -> None:
        """Flush *room* when the turn is over."""
        if not self._rooms:
            self._soon(self.end)
        self._rooms[room] = None

    def end(self) -> None:
        """Flush now all that was touched."""
        rooms, self._rooms = self._rooms, {}
        try:
            while rooms:
                rooms.popitem()[0].flush()
        finally:
            # After a defect in one room the others still have their turn.
            for room in rooms:
                self.touch(room)
