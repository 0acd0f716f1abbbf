"""What somebody asks about rooms, and does to one as a whole: their list, one row of it, the topic, the end."""

from __future__ import annotations

from functools import partial

from chatroom.core.people.directory import DirectoryPage
from chatroom.core.rooms.room import Room
from chatroom.core.values.commands import Delete, List, ShowRoom, Topic
from chatroom.core.values.errors import NoSuchRoom, NotAllowed
from chatroom.core.values.limits import NAMES_A_TOKEN
from chatroom.core.values.replies import Ok, Reply, RoomShown
from chatroom.core.visit.later import Later
from chatroom.core.visit.rule import Ask
from chatroom.core.visit.talk.readable import may_read
from chatroom.core.visit.waiting import still_in


async def list_rooms(ask: Ask, command: List) -> Reply:
    """Return a page of the rooms that the visitor may know of, and tell them of changes, if they want that."""
    directory, match, after = ask.lobby.directory, command.match, command.after
    listed: DirectoryPage
    if ask.somebody is None:
        if command.watch is not None:
            raise NotAllowed("Rooms are watched by those who have a name")
        listed = await Later(partial(directory.rooms, match, after, None))
        return listed.rooms
    connection = ask.somebody.connection
    # What a watcher is told of changes belongs behind the replies before this one; and a room that becomes private
    # meanwhile is in no list that comes after that.
    await ask.answer.first()
    if command.watch is False:
        directory.unwatch(connection)
    rooms = partial(directory.rooms, match, after, ask.somebody, watcher=connection if command.watch else None)
    listed = await Later(rooms, late=lambda _: directory.unwatch(connection))
    ask.charge(listed.looked_at // NAMES_A_TOKEN)
    ask.seat.visitor.charge_for(room.room + room.topic for room in listed.rooms.rooms)
    return listed.rooms


async def show_room(ask: Ask, command: ShowRoom) -> Reply:
    """Return a room as it is listed, with its key for those who are in."""
    seat = ask.seat
    await ask.answer.first()
    room = ask.lobby.room(command.room, seat)
    if not room.is_listed_to(seat):
        raise NoSuchRoom(command.room)
    is_in = room.key in seat.rooms
    shows_key = is_in and may_read(seat, room.key, room.standing)
    return RoomShown(room.info(), room.topic_by, is_in, room.standing.key if shows_key else "")


async def set_topic(ask: Ask, command: Topic) -> Reply:
    """Give a room another topic."""
    seat, reader = ask.seat, ask.reader(command.room)
    await ask.answer.first()
    room = still_in(reader).room
    seat.admit()
    room.admit_topic(seat.username, seat.user.identity, seat.host, seat)
    changes = command.topic != room.topic
    await Later(partial(room.set_topic, command.topic, seat.username, seat.id))
    return Ok(room.name, event_follows=reader.follows and changes)


async def delete(ask: Ask, command: Delete) -> None:
    """Delete a room; from outside also one that is closed."""
    lobby, actor = ask.lobby, ask.actor
    room: Room = (
        lobby.room(command.room, ask.somebody)
        if ask.somebody
        else await Later(partial(lobby.reach, command.room, None))
    )
    ask.rule.allow(actor, room)
    await ask.answer.first()
    # They may have another name by now.
    by = ask.somebody.username if ask.somebody else actor.username
    await Later(partial(lobby.delete, room, by, actor.seat), late=lambda _: room.audience.flush())
    was_in = ask.somebody is not None and room.key in ask.somebody.rooms
    await ask.answer.sent(Ok(room.name, event_follows=was_in))
    room.audience.flush()
