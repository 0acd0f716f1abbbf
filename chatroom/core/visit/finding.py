"""What was said in all the rooms that somebody follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from chatroom.core.ports import FollowedRoom, LogId, Page
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.seat import Seat
from chatroom.core.values.commands import Search
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Said
from chatroom.core.values.limits import NAMES_A_TOKEN, TOKEN_SECONDS
from chatroom.core.values.names import RoomName, key
from chatroom.core.values.replies import Entries
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.later import Later
from chatroom.core.visit.spoken import author_of


@dataclass(frozen=True, slots=True)
class _Place:
    """Where is searched: the log of a room called *name*, up to number *seq*.

    If the *room* is open here, so many messages were *redacted* there before, and the user is in or not.
    """

    name: RoomName
    seq: int
    room: Room | None = None
    redacted: int = 0
    is_in: bool = False


async def search_all(lobby: Lobby, seat: Seat, command: Search, answer: Answer) -> Entries:
    """Search all rooms that the user follows and may enter; the time that it takes is charged."""
    await answer.first()
    author = await author_of(lobby, command)
    places = await _places(lobby, seat)
    seat.visitor.charge(len(places) // NAMES_A_TOKEN)
    find = partial(
        lobby.search_all,
        logs={log: place.seq for log, place in places.items()},
        query=command.query,
        limit=command.limit,
        author=author,
        since=command.since,
        until=command.until,
    )
    found = await Later(find)
    seat.visitor.charge(int(found.seconds / TOKEN_SECONDS))
    if isinstance(found.result, ChatError):
        raise found.result
    said = _shown(lobby, seat, places, found.result)
    seat.visitor.charge_for(event.message.text for event in said)
    return Entries(None, tuple(reversed(said) if command.newest_first else said), found.result.more)


async def _places(lobby: Lobby, seat: Seat) -> dict[LogId, _Place]:
    """Return what the user follows, if they may look into it, and the rooms that they are in."""
    person = seat.follower
    followed: Sequence[FollowedRoom] = ()
    if lobby.follows is not None and person is not None:
        followed = await Later(partial(lobby.follows.follows, person))
    everywhere = lobby.is_operator(seat.identity)
    places = {each.log: _Place(each.room, each.seq) for each in followed if each.is_open or everywhere}
    for log, place in places.items():
        if room := _open(lobby, log, place.name):
            places[log] = _Place(room.name, place.seq, room, room.redactions.count)
    for here in seat.user.seats:
        for reader in here.rooms.values():
            if reader.is_in:
                room = reader.room
                places[room.log_id] = _Place(room.name, room.head, room, room.redactions.count, is_in=True)
    return places


def _open(lobby: Lobby, log: LogId, name: RoomName) -> Room | None:
    """Return the room of *log*, if it is open here."""
    room = lobby.rooms.get(key(name))
    return room if room and room.log_id == log else None


def _shown(lobby: Lobby, seat: Seat, places: dict[LogId, _Place], page: Page) -> list[Said]:
    """Return what was found, but for what the user is not to see any more."""
    hidden: dict[LogId, set[int] | None] = {}
    said = []
    for log, (seq, message) in zip(page.logs, page.entries, strict=True):
        if log not in hidden:
            hidden[log] = _hidden(lobby, seat, log, places[log])
        numbers = hidden[log]
        if numbers is not None and seq not in numbers:
            said.append(Said(places[log].name, seq, message))
    return said


def _hidden(lobby: Lobby, seat: Seat, log: LogId, place: _Place) -> set[int] | None:
    """Return the messages of *log* that were taken back during the search; ``None`` if all of it is to be hidden."""
    room, known = place.room, place.redacted
    if room is None:
        room = _open(lobby, log, place.name)
        if room is None:
            return set()
        known = room.redactions.before
    left = place.is_in and not seat.is_in(room.key)
    if left or room.deleted_by is not None or not room.is_shown_to(seat):
        return None
    if room.standing.removal(seat.username, seat.identity):
        return None
    later = room.redactions.behind(known)
    return None if later is None else {redaction.seq for redaction in later}
