"""How far somebody has read, as they say."""

from __future__ import annotations

from functools import partial

from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.ports import Page
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.transcript import Transcript
from chatroom.core.values.commands import MarkRead
from chatroom.core.values.errors import NotAMember
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import RoomName, Username, key
from chatroom.core.values.replies import MarkKept
from chatroom.core.visit.later import Later, when
from chatroom.core.visit.rule import Ask
from chatroom.core.visit.talk.own_talks import Mine
from chatroom.core.visit.talk.readable import may_read


async def mark(ask: Ask, command: MarkRead) -> MarkKept:
    """Note how far the visitor has read a talk of theirs, or a room which they are in by any connection.

    :raises chatroom.core.values.errors.NotAMember: if they are not.
    """
    lobby, seat = ask.lobby, ask.seat
    await ask.answer.first()
    if command.other is not None:
        return await _mark_talk(lobby, seat, command.other, command)
    assert command.room is not None, "it is about one of both"
    await when(partial(lobby.marks.when_known, seat))
    room = await _room(lobby, seat, command.room)
    wanted = await _place(room, command, lobby.marks.of(seat).seq(room.log_id), lobby.now())
    if not (_is_in(seat, room.name) and may_read(seat, room.key, room.standing)):
        # Whoever comes back to a held place, and is banned meanwhile, learns nothing of when something was said.
        raise NotAMember(room.name)
    if wanted:
        return MarkKept(lobby.marks.move(seat, room.name, room.log_id, wanted))
    return MarkKept(lobby.marks.mark(seat, room.log_id))


async def _mark_talk(lobby: Lobby, seat: Seat, other: Username, command: MarkRead) -> MarkKept:
    """Note how far they have read their talk with *other*; where there is none, there is nothing to read."""
    mine = Mine(lobby, seat)
    talk, _ = await mine.with_(other)
    if talk is None:
        return MarkKept(None)
    await when(partial(lobby.marks.when_known, seat))
    wanted = await _place(talk, command, lobby.marks.of(seat).seq(talk.log_id), lobby.now())
    mine.stay()
    if wanted:
        return MarkKept(lobby.marks.move(seat, talk.name, talk.log_id, wanted))
    return MarkKept(lobby.marks.mark(seat, talk.log_id))


async def _room(lobby: Lobby, seat: Seat, name: RoomName) -> Room:
    """Return the room called *name*, which the user of *seat* is in."""
    for each in seat.user.seats:
        if reader := each.rooms.get(key(name)):
            return reader.room
    if not _is_in(seat, name):
        raise NotAMember(lobby.room(name, seat).name)
    # By a connection to another server.
    return await Later(partial(lobby.open_kept, name))


def _is_in(seat: Seat, name: RoomName) -> bool:
    return key(name) in map(key, seat.user.memberships)


async def _place(room: Transcript, command: MarkRead, known: int, now: int) -> Mark | None:
    """Return how far *command* wants *room* to be read *now*, where that is *known*; ``None`` if no further."""
    if command.at is not None:
        found: int = await Later(partial(room.pages.upto, command.at))
        # What is still to come nobody has read.
        return Mark(min(found, room.head), max(0, min(command.at, max(now, room.latest))))
    seq = min(command.seq or 0, room.head)
    if seq <= known:
        return None
    at = room.time_of(seq)
    if at is None and seq < room.head:
        some: Page = await Later(partial(room.pages.page, after=seq - 1, before=None, limit=1))
        at = some.entries[0][1].at if some.entries else None
    return Mark(seq, room.latest if at is None else at)
