"""Watchers of the lobby, told of changes once a second at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from chatroom.core.ports import Connection
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.values.batch import Batch
from chatroom.core.values.events import RoomInfo, RoomsChanged
from chatroom.core.values.names import Key, RoomName

INTERVAL = 1.0
"""Seconds between two events for a watcher."""

AT_ONCE = 100
"""The most rooms that one event names."""


class Listed(Protocol):
    """A room, as far as the lobby shows it."""

    key: Key
    name: RoomName

    def info(self) -> RoomInfo:
        """Return the room as the lobby shows it."""


class Watchers:
    """Connections that are told of new, changed and closed rooms; one that falls behind is told *everything* anew."""

    def __init__(self, wheel: TimerWheel, everything: Callable[[Connection], None]) -> None:
        self._wheel = wheel
        self._everything = everything
        self._missed: dict[Connection, bool] = {}
        self._changed: dict[Key, Listed] = {}
        self._closed: dict[Key, RoomName] = {}
        self._due = False

    def begin(self, watcher: Connection) -> None:
        """Tell *watcher* of changes from now on."""
        self._missed.setdefault(watcher, False)

    def end(self, watcher: Connection) -> None:
        """Tell *watcher* of no more changes."""
        self._missed.pop(watcher, None)

    def changed(self, room: Listed) -> None:
        """Note that *room* is new or changed."""
        self._closed.pop(room.key, None)
        self._changed[room.key] = room
        self._tell_soon()

    def closed(self, room: Listed) -> None:
        """Note that *room* is no longer in the lobby."""
        self._changed.pop(room.key, None)
        self._closed[room.key] = room.name
        self._tell_soon()

    def drained(self, watcher: Connection) -> None:
        """Show everything to *watcher*, which can take more, if it missed an event."""
        if self._missed.get(watcher):
            self._missed[watcher] = False
            self._everything(watcher)

    def _tell_soon(self) -> None:
        if not self._missed:
            self._changed.clear()
            self._closed.clear()
        elif not self._due:
            self._due = True
            self._wheel.call_later(INTERVAL, self._tell)

    def _tell(self) -> None:
        self._due = False
        rooms = [room.info() for room in self._changed.values()]
        closed = list(self._closed.values())
        self._changed.clear()
        self._closed.clear()
        batches = [
            Batch([RoomsChanged(tuple(rooms[at : at + AT_ONCE]), tuple(closed[at : at + AT_ONCE]))])
            for at in range(0, max(len(rooms), len(closed)), AT_ONCE)
        ]
        for watcher in tuple(self._missed):
            for batch in batches:
                if watcher.busy:
                    self._missed[watcher] = True
                if not self._missed[watcher]:
                    watcher.show(batch)
