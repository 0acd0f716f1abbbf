"""What moderators do: acts on a room and on the people there, from wherever they are."""

from __future__ import annotations

from functools import partial

from chatroom.core.rooms.directory import Person
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.room import Room
from chatroom.core.values.changes import Entry
from chatroom.core.values.commands import Appoint, Configure, Kick
from chatroom.core.values.errors import NotAllowed, NotThere
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.later import Later
from chatroom.core.visit.rights import Actor, act_on, own
from chatroom.core.visit.rules import Rule
from chatroom.core.visit.waiting import in_turn

MODERATORS = 100
"""The most moderators that a room may have."""

Act = Kick | Appoint | Configure
"""What moderators ask for."""


async def moderate(lobby: Lobby, actor: Actor, command: Act, rule: Rule, answer: Answer) -> Room:
    """Let *actor* do what *command* says, in the order of the room, and return that; who may not is told so.

    After each wait their rights are looked at again.
    """
    room: Room = await Later(partial(lobby.open_kept, command.room))
    rule.allow(actor, room)
    await answer.first()
    match command:
        case Kick():
            await _kick(lobby, actor, command, rule, room)
        case Appoint():
            await _appoint(lobby, actor, command, rule, room)
        case Configure(_, tuning):
            await in_turn([room])
            rule.allow(actor, room)
            if tuning.capacity is not None:
                own(actor, room, "change how many may be in")
            await Later(partial(room.configure, tuning, actor.username, actor.seat))
    return room


async def _kick(lobby: Lobby, actor: Actor, command: Kick, rule: Rule, room: Room) -> None:
    person: Person = await Later(partial(lobby.directory.find, command.username))
    await in_turn([room])
    rule.allow(actor, room)
    act_on(actor, person, room)
    by, seat = actor.username, actor.seat
    entry: Entry | None = await Later(partial(room.kick, person.username, by, command.reason, seat))
    if entry is None:
        raise NotThere(room.name, person.username)


async def _appoint(lobby: Lobby, actor: Actor, command: Appoint, rule: Rule, room: Room) -> None:
    person: Person = await Later(partial(lobby.directory.find, command.username))
    await in_turn([room])
    rule.allow(actor, room)
    act_on(actor, person, room)
    if command.role == "moderator" and len(room.moderators) >= MODERATORS:
        raise NotAllowed(f"{MODERATORS} moderators are the most", room.name)
    await Later(partial(room.appoint, person.username, person.identity, command.role, actor.username, actor.seat))
