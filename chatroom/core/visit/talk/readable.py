"""Who may read a room: whoever is in, and of those who were, whoever could come in again now. All ways to texts ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.ports import FollowedRoom, LogId, Opened
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.standing import Standing
from chatroom.core.values.limits import NAMES_A_TOKEN
from chatroom.core.values.names import Key, RoomName, key
from chatroom.core.visit.later import Later


def may_read(seat: Seat, room: Key, standing: Standing, keyed: int = 0) -> bool:
    """Return whether the user of *seat* may read what is said in the *room* of that *standing*.

    Its key is known to them as long as it is the one with the number *keyed*, by which they came in.
    """
    user = seat.user
    if any((reader := each.rooms.get(room)) and reader.is_in and not reader.held for each in user.seats):
        # They are shown what is said.
        return True
    # By a place that is held for them, or at another server.
    is_in = room in map(key, user.memberships)
    return standing.refusal(seat, is_in=is_in, opens=lambda: 0 < keyed == standing.keys) is None


@dataclass(frozen=True, slots=True)
class _Place:
    """A room called *name*, up to number *seq*, to which its user came by the key *keyed*; they were in it or not.

    Its *standing* is that of an open room, which goes on, or of one that is kept.
    """

    name: RoomName
    seq: int
    keyed: int
    was_in: bool
    standing: Standing


class Readable:
    """The rooms of *places* that the user of *seat* may read, as of when they were looked for."""

    def __init__(self, lobby: Lobby, seat: Seat, places: Mapping[LogId, _Place]) -> None:
        self._lobby = lobby
        self._seat = seat
        self._person = seat.identity
        self._places = {log: place for log, place in places.items() if self._may_read(log, place)}

    def __iter__(self) -> Iterator[LogId]:
        """Yield their logs."""
        return iter(self._places)

    def name(self, log: LogId) -> RoomName:
        """Return what the room of *log* is called."""
        return self._places[log].name

    def seq(self, log: LogId) -> int:
        """Return the number of its newest message, as of then."""
        return self._places[log].seq

    def still(self, log: LogId) -> bool:
        """Return whether the user may read *log* now, after a wait."""
        place = self._places.get(log)
        return place is not None and self._may_read(log, place)

    def _may_read(self, log: LogId, place: _Place) -> bool:
        name = key(place.name)
        is_in = name in map(key, self._seat.user.memberships)
        if not is_in and (place.was_in or self._seat.identity != self._person):
            # They have left it, or what they followed was somebody else's.
            return False
        room = open_here(self._lobby, log, place.name)
        if room and room.deleted_by is not None:
            return False
        return may_read(self._seat, name, room.standing if room else place.standing, place.keyed)


async def readable(lobby: Lobby, seat: Seat) -> Readable:
    """Find the rooms that the user of *seat* follows or is in, and may read."""
    person, store = seat.follower, lobby.follows
    followed: Sequence[FollowedRoom] = ()
    kept: Mapping[LogId, Opened] = {}
    if store is not None and person is not None:
        followed = await Later(partial(store.follows, person))
        closed = [each.log for each in followed if open_here(lobby, each.log, each.room) is None]
        if closed:
            kept = await Later(partial(store.standings, person, closed))
            seat.visitor.charge(sum(1 + len(opened.sanctions) for opened in kept.values()) // NAMES_A_TOKEN)
    keyed = {each.log: each.keyed for each in followed}
    places = dict[LogId, _Place]()
    for each in followed:
        if room := open_here(lobby, each.log, each.room):
            places[each.log] = _Place(room.name, each.seq, each.keyed, was_in=False, standing=room.standing)
        elif opened := kept.get(each.log):
            standing = Standing(opened, lobby.operators or (), lobby.now)
            places[each.log] = _Place(each.room, each.seq, each.keyed, was_in=False, standing=standing)
    for here in seat.user.seats:
        for reader in here.rooms.values():
            if reader.is_in:
                room = reader.room
                came_by = keyed.get(room.log_id, 0)
                places[room.log_id] = _Place(room.name, room.head, came_by, was_in=True, standing=room.standing)
    return Readable(lobby, seat, places)


def open_here(lobby: Lobby, log: LogId, name: RoomName) -> Room | None:
    """Return the room of *log*, if it is open here."""
    room = lobby.rooms.get(key(name))
    return room if room and room.log_id == log else None
