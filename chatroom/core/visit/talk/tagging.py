"""Live tags: what is shown to those who are there and want it, and is in no log, such as that somebody types."""

from __future__ import annotations

from functools import partial

from chatroom.core.lobby import Lobby
from chatroom.core.people.directory import Somebody
from chatroom.core.people.seat import Seat
from chatroom.core.rooms.reader import Reader
from chatroom.core.values.commands import Tag
from chatroom.core.values.events import Tagged
from chatroom.core.values.names import Username, key
from chatroom.core.values.replies import Ok, Reply
from chatroom.core.visit.later import Later
from chatroom.core.visit.rule import Ask
from chatroom.core.visit.waiting import in_turn, still_in


async def tag(ask: Ask, command: Tag) -> Reply:
    """Show tags to those who are there and want them: in a room, or to one person."""
    if command.to is not None:
        return await _tag_user(ask.lobby, ask.seat, command.to, command)
    return await _tag_room(ask.seat, ask.reader(command.room), command)


async def _tag_room(seat: Seat, reader: Reader, command: Tag) -> Reply:
    """Show tags to the other readers of the room of *reader* at this server, behind what was said there before."""
    room = reader.room
    await in_turn([room])
    still_in(reader)
    seat.admit(room)
    room.audience.flush_messages()
    room.audience.tag(Tagged(room.name, seat.username, command.tags), besides=reader)
    return Ok(room.name)


async def _tag_user(lobby: Lobby, seat: Seat, to: Username, command: Tag) -> Reply:
    """Show tags to one person, who is at this server, and over the other connections of who has *seat*."""
    seat.admit()
    person: Somebody = await Later(partial(lobby.find, to))
    tagged = Tagged(None, seat.username, command.tags, person.username)
    user = lobby.users.get(key(person.username))
    for other in dict.fromkeys((*(user.seats if user else ()), *seat.user.others(seat))):
        if other is not seat:
            other.tag(tagged)
    return Ok(person.username)
