"""In and out of rooms."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from msgspec.structs import replace

from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.rooms.participant import Position
from chatroom.core.rooms.reader import Reader
from chatroom.core.rooms.room import Room
from chatroom.core.values import audit
from chatroom.core.values.changes import Entry
from chatroom.core.values.commands import Create, Join, Leave
from chatroom.core.values.errors import (
    AlreadyAMember,
    ChatError,
    NoSuchRoom,
    NotAMember,
)
from chatroom.core.values.events import Memberships, Muted, Reason
from chatroom.core.values.limits import MAX_ROWS
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import RoomName, key
from chatroom.core.values.replies import Entered, Members, Ok, Reply
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.later import Later, when
from chatroom.core.visit.rights import know_of
from chatroom.core.visit.rule import OPENING, Ask
from chatroom.core.visit.waiting import in_turn, shown, still_in


async def join(ask: Ask, command: Join) -> None:
    """Enter a room that is open, or was kept; else a new one, if it may be created."""
    lobby, seat, answer = ask.lobby, ask.seat, ask.answer
    reader = seat.rooms.get(key(command.room))
    if reader and not (reader.held or reader.provisional):
        raise AlreadyAMember(reader.room.name)
    await _before_moving(lobby, seat, command, answer)
    if key(command.room) not in lobby.rooms:
        seat.visitor.charge(OPENING)
    try:
        room = await Later(partial(lobby.reach, command.room, seat))
    except NoSuchRoom:
        if not command.create:
            raise
        room = await _created(lobby, seat, Create(command.room))
    await _enter(lobby, seat, room, command, answer)


async def create(ask: Ask, command: Create) -> None:
    """Open a new room, and enter it."""
    lobby, seat, answer = ask.lobby, ask.seat, ask.answer
    await _before_moving(lobby, seat, command, answer)
    room = await _created(lobby, seat, command)
    await _enter(lobby, seat, room, command, answer)


async def _created(lobby: Lobby, seat: Seat, command: Create) -> Room:
    """Open a new room, when it is known that there is none, and let all be shown its name and its topic."""
    seat.admit()
    while lobby.opening(command.room):
        await when(partial(lobby.when_opened, command.room))
    room: Room = await Later(partial(lobby.create, command, seat))
    return room


async def _before_moving(lobby: Lobby, seat: Seat, command: Join | Create, answer: Answer) -> None:
    """Wait until the user is shown all of the room that *command* leaves, or that they were put out of."""
    # Nothing is waited for once there is a room: while it is empty, it may close.
    await when(partial(lobby.marks.when_known, seat))
    await _told_all(seat)
    if old := _left_by(seat, command):
        await answer.first()
        await shown(old)


async def _told_all(seat: Seat) -> None:
    """Wait until the user is told of the rooms that they were put out of: that comes before any other room."""
    for leaver in seat.leavers:
        await when(leaver.when_level)


async def _enter(lobby: Lobby, seat: Seat, room: Room, command: Join | Create, answer: Answer) -> None:
    """Enter *room*, then leave the one that *command* leaves, and reply."""
    old = _left_by(seat, command)
    reader, position = await _come(lobby, seat, room, command)
    entered = Entered(
        room=room.name,
        topic=room.topic,
        members=len(room.members),
        capacity=room.capacity,
        epoch=room.epoch,
        seq=room.head,
        creator=room.creator,
        resumed=position.resumed,
        port=room.port,
        settings=room.standing.settings,
        redactions=room.redactions.count,
        muted=_muted(seat, room),
        mark=lobby.marks.mark(seat, room.log_id),
        key=room.standing.key,
        created=room.created,
        topic_by=room.topic_by,
        topic_at=room.topic_at,
    )
    for left in old:
        # Unless the room is deleted meanwhile.
        with suppress(NotAMember):
            await _go(seat, left, "moved")
    await _told_all(seat)
    if isinstance(command, Join) and command.names:
        # At last: whoever comes and goes from now on is told.
        with suppress(ChatError):
            names: Members = await Later(partial(lobby.directory.who, room.name, None, seat))
            entered = replace(entered, names=names)
    await answer.sent(entered)
    reader.start()


async def _come(lobby: Lobby, seat: Seat, room: Room, command: Join | Create) -> tuple[Reader, Position]:
    """Come into *room*, in turn; return the reader, which is there and not started, and where it begins."""
    by = seat.id
    username = seat.username

    def give_back(entry: Entry | None) -> None:
        # A seat that was held before is still held.
        if room.key not in seat.rooms:
            room.go(username, by, "lost", lambda _: None)

    if held := seat.rooms.get(room.key):
        held.awaited = True
    seat.coming = room
    try:
        await in_turn([room])
        if _comes_as_operator(seat, room):
            # Before they are there: what can't be written down is not done.
            act = audit.Act(lobby.now(), seat.username, "join", room.name)
            await Later(partial(lobby.audit.note, act, log=room.log_id))
            await in_turn([room])
        # Another connection of theirs may have changed it.
        username = seat.username
        know_of(seat, room, command.room)
        opens = _Key(lobby, seat, room, command)
        is_in = seat.is_in(room.key)
        if refusal := room.standing.refusal(seat, is_in=is_in, opens=opens):
            raise refusal
        come = partial(room.come, username, by, identity=seat.identity, person=seat.follower, keyed=opens.number)
        await Later(come, late=give_back)
        if meanwhile := room.standing.refusal(seat, is_in=is_in, opens=opens):
            # By another server, of which this one knows only now.
            room.go(username, by, "left", lambda _: None)
            know_of(seat, room, command.room)
            raise meanwhile
    except ChatError:
        if held:
            # There is some time to try again.
            held.awaited = False
            seat.taken_over()
        raise
    finally:
        seat.coming = None
    reader = seat.rooms.get(room.key) or Reader(seat, room)
    first = not (held or seat.is_in(room.key))
    if isinstance(command, Join):
        if command.unread:
            command = _behind_what_is_read(lobby, seat, room, command)
        position = room.position(
            after=command.after, epoch=command.epoch, backlog=command.backlog, redactions=command.redactions
        )
    else:
        position = Position(room.head, redactions=room.redactions.count)
    reader.enter(position)
    if first:
        _begin_to_read(lobby, seat, room, position)
    reader.provisional = isinstance(command, Join) and command.provisional
    reader.keyed = opens.number or reader.keyed
    return reader, position


def _begin_to_read(lobby: Lobby, seat: Seat, room: Room, position: Position) -> None:
    """Mark *room* where the user has come in for the first time: without a mark, nothing of it counts as read."""
    if seat.follower is None or seat.followed is None or room.key in map(key, seat.followed):
        # Where somebody has been before there were marks, nobody knows what they have read.
        return
    marks = lobby.marks.of(seat)
    if not marks.loaded or room.log_id in marks.by_log:
        return
    seq = position.after if position.resumed else room.head
    at = room.time_of(seq)
    lobby.marks.move(seat, room.name, room.log_id, Mark(seq, room.latest if at is None else at))


def _behind_what_is_read(lobby: Lobby, seat: Seat, room: Room, command: Join) -> Join:
    """Return *command* as one that reads on where the user has read, or was shown, something before."""
    mark, held = lobby.marks.mark(seat, room.log_id), seat.rooms.get(room.key)
    after = mark.seq if mark else held.cursor if held else None
    if after is None:
        return command
    if seat.recalled:
        # They may be somebody else of that name, who has missed nothing.
        return replace(command, backlog=min(command.backlog or 0, max(0, room.head - after)))
    return replace(command, after=after, epoch=room.epoch, backlog=MAX_ROWS)


def _muted(seat: Seat, room: Room) -> Muted | None:
    """Return what somebody who comes in is told who may not speak there."""
    mute = room.standing.mute_of(seat.username, seat.user.identity, seat.host, seat)
    return Muted(room.name, mute.by, mute.until, mute.reason) if mute else None


def _comes_as_operator(seat: Seat, room: Room) -> bool:
    """Return whether the user may come into *room* only because operators may come into all."""
    return (
        room.standing.settings.invite_only
        and not (room.standing.is_open_to(seat.identity) or seat.is_in(room.key))
        and seat.operates
    )


class _Key:
    """The key that *command* gives for *room*: the one with that *number* when it was tried last, or 0."""

    def __init__(self, lobby: Lobby, seat: Seat, room: Room, command: Join | Create) -> None:
        self.number = 0
        self._given = command.key if isinstance(command, Join) else ""
        self._is_key = partial(room.standing.is_key, self._given, lobby.guesses, seat.where)
        self._standing = room.standing

    def __call__(self) -> bool:
        """Try it, unless that is known: a wrong one is a guess."""
        if self.number != self._standing.keys:
            self.number = self._standing.keys if self._is_key() else 0
        return self.number > 0


def _left_by(seat: Seat, command: Join | Create) -> list[Reader]:
    """Return the reader of the room that *command* leaves, if there is one."""
    name = key(command.instead_of) if command.instead_of else None
    reader = seat.rooms.get(name) if name and name != key(command.room) else None
    return [reader] if reader else []


async def leave(ask: Ask, command: Leave) -> Reply:
    """Leave a room by this connection, or by all."""
    if command.everywhere:
        return await _leave_everywhere(ask.lobby, ask.seat, command.room, ask.answer, command.text)
    reader = ask.reader(command.room)
    await ask.answer.first()
    await _go(ask.seat, reader, "left", command.text)
    return Ok(reader.room.name)


async def _leave_everywhere(lobby: Lobby, seat: Seat, name: RoomName, answer: Answer, text: str) -> Reply:
    """Leave by all connections: another one that was there is told that it is not there any more."""
    user, room = seat.user, key(name)
    inside = [each for each in user.seats if room in each.rooms]
    elsewhere = [there for there in user.elsewhere if key(there) == room]
    if not inside and not elsewhere:
        raise NotAMember(lobby.room(name, seat).name)
    left = inside[0].rooms[room].room.name if inside else elsewhere[0]
    await answer.first()
    seat.put_out_of = room
    for each in inside:
        each.put_out_of = room
        # Unless they have left meanwhile.
        with suppress(KeyError, NotAMember):
            await _go(seat, each.rooms[room], "left", text)
    if elsewhere:
        kept: Room = await Later(partial(lobby.open_kept, name))
        await in_turn([kept])
        await Later(
            partial(kept.go_elsewhere, user.username, seat.id, person=seat.follower, note=seat.heard(kept, text))
        )
        user.is_elsewhere([there for there in user.elsewhere if key(there) != room], besides=(*inside, seat))
    rooms = user.memberships
    for other in inside:
        if other is not seat:
            other.notify(Memberships(tuple(each for each in rooms if key(each) != room)))
            if room in map(key, rooms):
                # By a connection that came in meanwhile.
                other.notify(Memberships(rooms))
    return Ok(left)


async def _go(seat: Seat, reader: Reader, reason: Reason, note: str = "") -> None:
    """Leave the room of *reader* with a *note*, in turn, and wait until it is shown all that was said there before."""
    await in_turn([reader.room])
    reader.room.audience.flush_messages()
    await Later(partial(still_in(reader).leave, reason, follower=seat.follower, note=note))
    await when(reader.when_level)
