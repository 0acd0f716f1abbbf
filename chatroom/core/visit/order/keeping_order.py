"""What operators do at the whole server: ban and mute people, ban networks, and let no more guests in."""

from __future__ import annotations

from functools import partial

from chatroom.core.lobby import Lobby
from chatroom.core.people.directory import Somebody
from chatroom.core.values.commands import Configure, Impose, Lift
from chatroom.core.values.errors import NotAllowed
from chatroom.core.values.networks import parsed
from chatroom.core.values.replies import Ok, Reply
from chatroom.core.values.rights import Tuning
from chatroom.core.visit.later import Later
from chatroom.core.visit.order.moderation import SANCTIONS, Act, lifted, moderate, named, placed, sanctioned
from chatroom.core.visit.rights import Actor, operate
from chatroom.core.visit.rule import Ask


async def order(ask: Ask, command: Act) -> Reply:
    """Do what *command* says where it is to be done: in a room, or at the whole server."""
    command = await placed(ask.lobby, ask.actor, command)
    return await (_keep_order if command.room is None else moderate)(ask, command)


async def _keep_order(ask: Ask, command: Act) -> Reply:
    """Do what *command* says at the whole server.

    :raises chatroom.core.values.errors.NotAllowed: for all but operators.
    """
    lobby, actor = ask.lobby, ask.actor
    operate(actor)
    await ask.answer.first()
    await Later(lobby.house.when_open)
    operate(actor)
    match command:
        case Impose():
            await _impose(lobby, actor, command, ask.somebody.where if ask.somebody else None)
        case Lift():
            person = await named(lobby, command)
            operate(actor)
            if done := lifted(lobby.house, command, actor.username, person):
                await Later(partial(lobby.house.lift, done, actor.seat))
        case Configure(_, tuning):
            assert tuning == Tuning(guests=tuning.guests), "all else is a setting of rooms"
            await Later(partial(lobby.house.configure, tuning, actor.username, actor.seat))
        case _:
            raise AssertionError("all else is done in a room")
    return Ok()


async def _impose(lobby: Lobby, actor: Actor, command: Impose, where: bytes | None) -> None:
    person: Somebody | None = None
    if command.network:
        if parsed(command.network).holds(where):
            raise NotAllowed("You come from there yourself")
    else:
        assert command.username is not None, "a name or a network belongs to it"
        person = await Later(partial(lobby.find, command.username))
        assert person is not None, "who is nobody is an error"
        operate(actor)
        if person.identity == actor.identity:
            raise NotAllowed("That can't be done to oneself")
        if lobby.is_operator(person.identity):
            raise NotAllowed(f"{person.username} is an operator as well")
    if len(lobby.house.sanctions) >= SANCTIONS:
        raise NotAllowed(f"{SANCTIONS:,} sanctions are the most")
    sanction = sanctioned(command, person, actor.username, lobby.now())
    await Later(partial(lobby.house.impose, sanction, actor.seat))
