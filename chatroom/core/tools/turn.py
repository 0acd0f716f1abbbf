"""The end of a turn of the reactor: its events are shown at once, to each member in one write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Flushed(Protocol):
    """A room, as far as the turn knows it."""

    def flush(self) -> None:
        """Publish the events of the turn."""


class Gate(Protocol):
    """What keeps everything back that would leave, while it is shut."""

    @property
    def shut(self) -> bool:
        """Whether nothing may leave."""

    def when_open(self, action: Callable[[], None]) -> None:
        """Call *action* when something may leave again."""


class Turn:
    """The end of a turn: rooms with events are flushed, and then all connections send.

    *soon* calls its argument when the turn is over. All that leaves goes through the *gate*, if there is one.
    """

    def __init__(self, soon: Callable[[Callable[[], None]], object], gate: Gate | None = None) -> None:
        self.gate = gate
        self._soon = soon
        self._rooms: dict[Flushed, None] = {}
        self._gone: set[str] = set()
        self._sends: list[Callable[[], None]] = []
        self._ends = False

    def touch(self, room: Flushed) -> None:
        """Flush *room* when the turn is over."""
        self._rooms[room] = None
        if not self._ends:
            self._end_soon()

    def flush(self) -> None:
        """Flush all touched rooms now: what happens next is shown behind that, in whatever room it is."""
        rooms, self._rooms = self._rooms, {}
        self._gone.clear()
        try:
            # In the order in which something happened there.
            while rooms:
                room = next(iter(rooms))
                del rooms[room]
                room.flush()
        finally:
            # After a defect in one room the others still have their turn.
            self._rooms = rooms | self._rooms

    def went(self, name: str) -> None:
        """Note that nobody is called *name* any more."""
        self._gone.add(name)

    def comes(self, name: str) -> None:
        """Let all be shown that nobody was called *name* any more, before somebody else is."""
        if name in self._gone:
            self.flush()

    def send_at_end(self, send: Callable[[], None]) -> None:
        """Call *send*, which sends a connection's output of this turn, when all rooms are flushed."""
        self._sends.append(send)
        if not self._ends:
            self._end_soon()

    def end(self) -> None:
        """Flush all touched rooms now, and send everything."""
        self._ends = True
        try:
            self.flush()
        finally:
            # After a defect in one room all send; so do they after one in that.
            sends, self._sends = iter(self._sends), []
            try:
                for send in sends:
                    send()
            finally:
                self._sends += sends
                self._ends = False
                if self._rooms or self._sends:
                    self._end_soon()

    def _end_soon(self) -> None:
        self._ends = True
        self._soon(self.end)
