"""The list of rooms, of all nodes: pages of it, and the changes that watchers are told of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from chatroom.core.ports import Clock, Connection
from chatroom.core.rooms.directory import Listed
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.watchers import Watchers
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.values.errors import ChatError, StoreAway
from chatroom.core.values.events import RoomInfo
from chatroom.core.values.names import Key, RoomName, key
from chatroom.core.values.rights import settings
from chatroom.logs.nodes.engine import Shown
from chatroom.logs.nodes.node import Node

FRESH = 1.0
"""Seconds for which a list of rooms is told again; a change that this node knows of ends them."""


class ListedRoom:
    """A room of the lobby, as it was seen last."""

    def __init__(self, shown: Shown) -> None:
        self.name = shown.room
        self.key = key(shown.room)
        self._shown = shown

    def info(self) -> RoomInfo:
        """Return the room as the lobby shows it."""
        shown = self._shown
        how = settings(shown.slow, shown.locked, shown.guests)
        return RoomInfo(shown.room, shown.topic, shown.members, shown.capacity, settings=how)


class RoomList:
    """The rooms of the chat that *node* is one of; *let_go* closes one here that is closed elsewhere."""

    def __init__(self, node: Node, clock: Clock, wheel: TimerWheel, let_go: Callable[[Room], None]) -> None:
        self._node = node
        self._clock = clock
        self._let_go = let_go
        self._rooms: dict[Key, Room] = {}
        self._deleted: set[Key] = set()
        self._known: dict[tuple[str, RoomName | None], tuple[float, Listed]] = {}
        self._asking: dict[tuple[str, RoomName | None], list[Callable[[Listed | StoreAway], None]]] = {}
        self._watchers = Watchers(wheel, self._list_everything)
        node.rooms_changed = self._rooms_changed

    def forget(self) -> None:
        """Tell nobody again what was told before."""
        self._known.clear()

    def page(
        self,
        match: str,
        after: RoomName | None,
        got: Callable[[Listed | ChatError], None],
        watcher: Connection | None = None,
    ) -> None:
        """Find the rooms behind *after* with *match* in their names; tell *watcher* of changes since then."""

        def answered(listed: Listed | ChatError) -> None:
            if watcher and not isinstance(listed, Listed):
                self._watchers.end(watcher)
            got(listed)

        if watcher:
            self._watchers.begin(watcher)
        asked = match, after
        now = self._clock.seconds()
        self._known = {which: known for which, known in self._known.items() if now - known[0] < FRESH}
        if not self._node.lease.held:
            answered(StoreAway())
        elif known := self._known.get(asked):
            got(known[1])
        elif waiting := self._asking.get(asked):
            waiting.append(answered)
        else:
            self._asking[asked] = [answered]
            self._node.consult(partial(self._node.engine.rooms, match, after), partial(self._found, asked, now))

    def _found(self, asked: tuple[str, RoomName | None], now: float, listed: Listed | StoreAway) -> None:
        waiting = self._asking.pop(asked)
        if isinstance(listed, Listed):
            self._known[asked] = now, listed
        for got in waiting:
            got(listed)

    def _list_everything(self, watcher: Connection) -> None:
        def listed(found: Listed | ChatError) -> None:
            if isinstance(found, Listed):
                watcher.notify(found.rooms)

        self.page("", None, listed)

    def _rooms_changed(self, rooms: Sequence[Shown]) -> None:
        self._known.clear()
        for shown in rooms:
            listed = ListedRoom(shown)
            room = self._rooms.get(listed.key)
            if shown.open:
                self._deleted.discard(listed.key)
                if not room:
                    self._watchers.changed(listed)
            elif listed.key in self._deleted:
                self._deleted.remove(listed.key)
            else:
                self._watchers.closed(listed)
                if room:
                    self._let_go(room)

    def unwatch(self, watcher: Connection) -> None:
        """Tell *watcher* of no more changes."""
        self._watchers.end(watcher)

    def drained(self, watcher: Connection) -> None:
        """Show the whole list to *watcher*, if it missed changes."""
        self._watchers.drained(watcher)

    def changed(self, room: Room) -> None:
        """Note that *room* is open here, and what is listed of it may be new."""
        self._known.clear()
        self._rooms[room.key] = room
        self._watchers.changed(room)

    def closed(self, room: Room) -> None:
        """Note that *room* is no longer open here; whether it still is at other nodes, a look will tell."""
        self._known.clear()
        del self._rooms[room.key]
        if room.deleted_by is not None:
            self._watchers.closed(room)
            self._deleted.add(room.key)
