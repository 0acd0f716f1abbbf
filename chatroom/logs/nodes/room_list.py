"""The list of rooms, of all nodes: pages of it, and the changes that watchers are told of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from chatroom.core.people.directory import DirectoryPage, listed
from chatroom.core.people.watchers import Watchers
from chatroom.core.ports import Clock, Connection
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.viewer import Viewer
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.values.errors import ChatError, StoreAway
from chatroom.core.values.events import RoomInfo
from chatroom.core.values.limits import capacity
from chatroom.core.values.names import Key, RoomName, key
from chatroom.core.values.rights import settings
from chatroom.logs.nodes.engine import Catalogue, ShownRoom
from chatroom.logs.nodes.node import Node

FRESH = 1.0
"""Seconds for which a list of rooms is told again; a change that this node knows of ends them."""


class ListedRoom:
    """A room of the lobby as it was seen last, for a server with a *limit* of members."""

    def __init__(self, shown: ShownRoom, limit: int) -> None:
        self.name = shown.room
        self.key = key(shown.room)
        self._shown = shown
        self._limit = limit

    @property
    def is_hidden(self) -> bool:
        """Whether it is in the lists of some alone."""
        return self._shown.hidden

    def is_listed_to(self, viewer: Viewer | None) -> bool:
        """Return whether it is in the lists of *viewer*."""
        if not self._shown.hidden or viewer is None:
            return True
        return viewer.operates or viewer.identity in self._shown.insiders or viewer.is_in(self.key)

    def info(self) -> RoomInfo:
        """Return the room as the lobby shows it."""
        shown = self._shown
        how = settings(
            shown.slow,
            shown.locked,
            shown.guests,
            shown.invite_only,
            shown.hidden,
            shown.topic_locked,
            shown.keyed,
        )
        size = capacity(shown.capacity, self._limit)
        return RoomInfo(shown.room, shown.topic, shown.members, size, None, how, shown.created, shown.topic_at)


class SharedRooms:
    """The rooms of the chat that *node* is one of; *let_go* closes one here that is closed elsewhere.

    Operators may know of all, others not of hidden ones that are not for them. The server has a *limit* of members of
    each.
    """

    def __init__(
        self,
        node: Node,
        clock: Clock,
        wheel: TimerWheel,
        let_go: Callable[[Room], None],
        limit: Callable[[], int],
    ) -> None:
        self._node = node
        self._clock = clock
        self._let_go = let_go
        self._limit = limit
        self._rooms: dict[Key, Room] = {}
        self._deleted: set[Key] = set()
        self._known: dict[tuple[str, RoomName | None], tuple[float, Catalogue]] = {}
        self._asking: dict[tuple[str, RoomName | None], list[Callable[[Catalogue | StoreAway], None]]] = {}
        self._watchers = Watchers(wheel, self._list_everything)
        node.rooms_changed = self._rooms_changed

    def forget(self) -> None:
        """Tell nobody again what was told before."""
        self._known.clear()

    def page(
        self,
        match: str,
        after: RoomName | None,
        viewer: Viewer | None,
        got: Callable[[DirectoryPage | ChatError], None],
        watcher: Connection | None = None,
    ) -> None:
        """Find the rooms of which *viewer* may know; tell *watcher* of changes since then."""

        def answered(found: Catalogue | StoreAway) -> None:
            if isinstance(found, Catalogue):
                got(self._page(found, match, viewer))
                return
            if watcher:
                self._watchers.end(watcher)
            got(found)

        if watcher and viewer:
            self._watchers.begin(watcher, viewer)
        asked = match, after
        now = self._clock.seconds()
        self._known = {which: known for which, known in self._known.items() if now - known[0] < FRESH}
        if not self._node.lease.held:
            answered(StoreAway())
        elif known := self._known.get(asked):
            answered(known[1])
        elif waiting := self._asking.get(asked):
            waiting.append(answered)
        else:
            self._asking[asked] = [answered]
            self._node.consult(partial(self._node.engine.rooms, match, after), partial(self._found, asked, now))

    def _found(self, asked: tuple[str, RoomName | None], now: float, found: Catalogue | StoreAway) -> None:
        waiting = self._asking.pop(asked)
        if isinstance(found, Catalogue):
            self._known[asked] = now, found
            self._watchers.told([key(shown.room) for shown in found.rooms if not shown.hidden])
        for got in waiting:
            got(found)

    def _page(self, found: Catalogue, match: str, viewer: Viewer | None) -> DirectoryPage:
        rooms = (ListedRoom(shown, self._limit()) for shown in found.rooms)
        return listed((room.info() for room in rooms if room.is_listed_to(viewer)), match, found.looked_at)

    def _list_everything(self, watcher: Connection, viewer: Viewer) -> None:
        def shown(found: DirectoryPage | ChatError) -> None:
            if isinstance(found, DirectoryPage):
                watcher.notify(found.rooms)

        self.page("", None, viewer, shown)

    def _rooms_changed(self, rooms: Sequence[ShownRoom]) -> None:
        self._known.clear()
        for shown in rooms:
            seen = ListedRoom(shown, self._limit())
            room = self._rooms.get(seen.key)
            if shown.open:
                self._deleted.discard(seen.key)
                if not room:
                    self._watchers.changed(seen)
            elif seen.key in self._deleted:
                self._deleted.remove(seen.key)
            else:
                self._watchers.closed(seen)
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
