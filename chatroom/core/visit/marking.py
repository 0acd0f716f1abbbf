"""How far somebody has read: they say so, and ask what is unread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from msgspec.structs import replace

from chatroom.core.ports import FoundUnread, LogId, Page, UnreadPage, WantedUnread
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.seat import Seat
from chatroom.core.search.tokenize import tokenize
from chatroom.core.tools.paging import page
from chatroom.core.values.commands import ListUnread, MarkRead
from chatroom.core.values.errors import ChatError, NotAMember
from chatroom.core.values.events import Said, erased
from chatroom.core.values.limits import TOKEN_SECONDS, UNREAD_ROOMS
from chatroom.core.values.marks import Mark, Unread
from chatroom.core.values.names import RoomName, key
from chatroom.core.values.replies import MarkKept, UnreadList
from chatroom.core.values.texts import written_size
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.later import Later, when


async def mark(lobby: Lobby, seat: Seat, command: MarkRead, answer: Answer) -> MarkKept:
    """Note how far the user of *seat* has read a room, which they are in by any connection.

    :raises chatroom.core.values.errors.NotAMember: if they are not.
    """
    await answer.first()
    await when(partial(lobby.marks.when_known, seat))
    room = await _room(lobby, seat, command.room)
    wanted = await _place(room, command, lobby.marks.of(seat).seq(room.log_id), lobby.now())
    if not _is_in(seat, room.name):
        raise NotAMember(room.name)
    if wanted:
        return MarkKept(lobby.marks.move(seat, room.name, room.log_id, wanted))
    return MarkKept(lobby.marks.mark(seat, room.log_id))


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


async def _place(room: Room, command: MarkRead, known: int, now: int) -> Mark | None:
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


async def list_unread(lobby: Lobby, seat: Seat, command: ListUnread, answer: Answer) -> UnreadList:
    """Find the rooms in which something is unread to the user of *seat*; the time that it takes is charged."""
    await answer.first()
    store = lobby.mark_store
    if store is None:
        return UnreadList((), False)
    await when(partial(lobby.marks.when_known, seat))
    lobby.marks.mark_shown(seat)
    marks = lobby.marks.of(seat)
    opened = {room.log_id: (room, room.redactions.count) for room in lobby.rooms.values()}
    wanted = WantedUnread(
        seat.identity,
        tokenize(seat.username),
        frozenset(reader.room.log_id for each in seat.user.seats for reader in each.rooms.values()),
        {log: mark.seq for log, mark in marks.by_log.items()},
        everywhere=lobby.is_operator(seat.identity),
        before=command.before,
    )
    found: FoundUnread = await Later(partial(store.unread, wanted))
    seat.visitor.charge(int(found.seconds / TOKEN_SECONDS))
    if isinstance(found.result, ChatError):
        raise found.result
    rows, more = page(_as_now(lobby, seat, found.result, opened), UNREAD_ROOMS, _size)
    seat.visitor.charge_for(text for row in rows for text in _texts(row))
    return UnreadList(tuple(rows), more or found.result.more)


def _as_now(lobby: Lobby, seat: Seat, found: UnreadPage, opened: Mapping[LogId, tuple[Room, int]]) -> Iterator[Unread]:
    """Yield the rooms that were *found* as they are now; some were *opened* here before, with so many redactions."""
    marks = lobby.marks.of(seat)
    for log, row in found.rooms:
        room, redactions = opened.get(log, (lobby.rooms.get(key(row.newest.room)), 0))
        if marks.seq(log) >= row.newest.seq:
            continue
        if room and (room.deleted_by is not None or room.log_id != log or not room.is_shown_to(seat)):
            continue
        yield _without_redacted(room, redactions, row) if room and log in opened else row


def _without_redacted(room: Room, known: int, row: Unread) -> Unread:
    """Return *row* without the texts that were taken back since so many redactions were *known* in *room*."""

    def as_now(said: Said) -> Said:
        now = room.redactions.applied(Page([(said.seq, said.message)], more=False), known)
        return Said(said.room, said.seq, now.entries[0][1] if now else erased(said.message))

    mention = row.mention and as_now(row.mention)
    return replace(row, newest=as_now(row.newest), mention=mention if mention and mention.message.text else None)


def _texts(row: Unread) -> Iterator[str]:
    yield row.newest.message.text
    if row.mention:
        yield row.mention.message.text


def _size(row: Unread) -> int:
    return sum(map(written_size, _texts(row)))
