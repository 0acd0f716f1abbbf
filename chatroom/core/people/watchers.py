"""Watchers of the lobby, told of changes once a second at most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from chatroom.core.ports import Connection
from chatroom.core.rooms.viewer import Viewer
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

    @property
    def is_hidden(self) -> bool:
        """Whether it is in the lists of some alone."""

    def is_listed_to(self, viewer: Viewer | None) -> bool:
        """Return whether it is in the lists of *viewer*."""

    def info(self) -> RoomInfo:
        """Return the room as the lobby shows it."""


class _Secret:
    """A *room* of which not all watchers know, for it is hidden or new, and those who do."""

    __slots__ = ("known_to", "room")

    def __init__(self, room: Listed, known_to: set[Connection]) -> None:
        self.room = room
        self.known_to = known_to


class Watchers:
    """Connections that are told of new, changed and closed rooms; one that falls behind is told *everything* anew.

    Of a hidden room they are told by whom it may be known. Who may not any more is told that it is closed; so it has
    to be noted who knows its name.
    """

    def __init__(self, wheel: TimerWheel, everything: Callable[[Connection, Viewer], None]) -> None:
        self._wheel = wheel
        self._everything = everything
        self._viewers: dict[Connection, Viewer] = {}
        self._missed: set[Connection] = set()
        self._changed: dict[Key, Listed] = {}
        self._closed: dict[Key, RoomName] = {}
        self._public: set[Key] = set()
        self._secrets: dict[Key, _Secret] = {}
        self._due = False

    def begin(self, watcher: Connection, viewer: Viewer) -> None:
        """Tell *watcher*, by whom *viewer* is reached, of changes from now on: they are shown the list as it is."""
        self._viewers[watcher] = viewer
        self._shown_all(watcher, viewer)

    def end(self, watcher: Connection) -> None:
        """Tell *watcher* of no more changes."""
        if self._viewers.pop(watcher, None):
            self._missed.discard(watcher)
            for secret in self._secrets.values():
                secret.known_to.discard(watcher)

    def told(self, rooms: Sequence[Key]) -> None:
        """Note that these *rooms*, which are not hidden, have been listed."""
        self._public.update(room for room in rooms if room not in self._secrets)

    def changed(self, room: Listed) -> None:
        """Note that *room* is new or changed."""
        name = room.key
        self._closed.pop(name, None)
        self._changed[name] = room
        if secret := self._secrets.get(name):
            secret.room = room
        elif name not in self._public:
            self._secrets[name] = _Secret(room, set())
        elif room.is_hidden:
            self._public.remove(name)
            self._secrets[name] = _Secret(room, set(self._viewers))
        self._tell_soon()

    def closed(self, room: Listed) -> None:
        """Note that *room* is no longer in the lobby."""
        self._changed.pop(room.key, None)
        self._closed[room.key] = room.name
        self._tell_soon()

    def drained(self, watcher: Connection) -> None:
        """Show everything to *watcher*, which can take more, if it missed an event."""
        if watcher in self._missed:
            self._missed.remove(watcher)
            viewer = self._viewers[watcher]
            self._shown_all(watcher, viewer)
            self._everything(watcher, viewer)

    def _shown_all(self, watcher: Connection, viewer: Viewer) -> None:
        for secret in self._secrets.values():
            if secret.room.is_listed_to(viewer):
                secret.known_to.add(watcher)
            else:
                secret.known_to.discard(watcher)

    def _tell_soon(self) -> None:
        if not self._viewers:
            self._settle()
        elif not self._due:
            self._due = True
            self._wheel.call_later(INTERVAL, self._tell)

    def _tell(self) -> None:
        self._due = False
        rooms = {name: room.info() for name, room in self._changed.items()}
        # Most know of all rooms, or of the same ones: what they are told is written once.
        made: dict[tuple[tuple[Key, ...], tuple[RoomName, ...]], Sequence[Batch]] = {}
        for watcher, viewer in tuple(self._viewers.items()):
            try:
                hidden, gone = self._kept_from(watcher, viewer)
                if (hidden, gone) not in made:
                    shown = [info for name, info in rooms.items() if name not in hidden]
                    made[hidden, gone] = _batches(shown, gone)
                for batch in made[hidden, gone]:
                    if watcher.busy:
                        self._missed.add(watcher)
                    if watcher not in self._missed:
                        watcher.show(batch)
            except Exception:
                watcher.crashed()
        self._settle()

    def _kept_from(self, watcher: Connection, viewer: Viewer) -> tuple[tuple[Key, ...], tuple[RoomName, ...]]:
        """Return which changed rooms *watcher* is not shown, and which are gone for it; note what it knows of."""
        hidden = list[Key]()
        gone = [name for at, name in self._closed.items() if self._may_hear_of(watcher, at)]
        for name, room in self._changed.items():
            if room.is_hidden:
                known_to = self._secrets[name].known_to
                if room.is_listed_to(viewer):
                    known_to.add(watcher)
                else:
                    hidden.append(name)
                    if watcher in known_to:
                        known_to.remove(watcher)
                        gone.append(room.name)
        return tuple(hidden), tuple(gone)

    def _may_hear_of(self, watcher: Connection, closed: Key) -> bool:
        """Return whether *watcher* may be told that a room is *closed*."""
        secret = self._secrets.get(closed)
        return secret is None or not secret.room.is_hidden or watcher in secret.known_to

    def _settle(self) -> None:
        """Note that all are told: all know of the rooms that are not hidden."""
        for name, room in self._changed.items():
            if not room.is_hidden:
                self._public.add(name)
                self._secrets.pop(name, None)
        for name in self._closed:
            self._public.discard(name)
            self._secrets.pop(name, None)
        self._changed.clear()
        self._closed.clear()


def _batches(rooms: Sequence[RoomInfo], closed: Sequence[RoomName]) -> Sequence[Batch]:
    return [
        Batch([RoomsChanged(tuple(rooms[at : at + AT_ONCE]), tuple(closed[at : at + AT_ONCE]))])
        for at in range(0, max(len(rooms), len(closed)), AT_ONCE)
    ]
