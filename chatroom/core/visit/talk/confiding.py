"""What is told to those with a role in a room alone: at once, and kept nowhere."""

from __future__ import annotations

from functools import partial

from chatroom.core.values.commands import Confide
from chatroom.core.values.errors import NobodyTrusted
from chatroom.core.values.events import Confided
from chatroom.core.values.names import Key
from chatroom.core.values.replies import Ok, Reply
from chatroom.core.visit.later import Later
from chatroom.core.visit.rule import Ask
from chatroom.core.visit.waiting import in_turn, still_in


async def confide(ask: Ask, command: Confide) -> Reply:
    """Show what *command* says to those whom it is for, behind what was said in the room before.

    That is for members who are not muted, however few may speak there.
    """
    lobby, seat, reader = ask.lobby, ask.seat, ask.reader(command.room)
    room, user = reader.room, seat.user
    seat.visitor.charge_for((command.text,))
    await in_turn([room])
    still_in(reader)
    lobby.house.admit(user.identity, user.username, seat.host)
    room.standing.refuse_muted(user.username, user.identity, seat.host, seat)
    room.audience.flush_messages()
    at, name = lobby.now(), user.username
    confided = Confided(room.name, name, name, at, command.text, command.kind, command.role, command.tags)
    told = room.confide(confided, user.identity, reader)
    elsewhere: frozenset[Key] = await Later(partial(lobby.directory.confide, confided, user.identity))
    if not told | elsewhere:
        raise NobodyTrusted(room.name)
    return Ok(room.name, count=len(told | elsewhere), at=at)
