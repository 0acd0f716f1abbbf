"""What moderators do: acts on a room and on the people there, from wherever they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from chatroom.core.lobby import Lobby
from chatroom.core.people.directory import Somebody
from chatroom.core.people.house import House
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.standing import Standing
from chatroom.core.tools.paging import page
from chatroom.core.values.changes import Entry, Lifted
from chatroom.core.values.commands import Appoint, Configure, Impose, Invite, Kick, Lift, ListSanctions
from chatroom.core.values.errors import AlreadyThere, NoSuchSanction, NoSuchUser, NotAllowed, NotThere
from chatroom.core.values.events import Invited
from chatroom.core.values.limits import PAGE_NAMES
from chatroom.core.values.names import Key, Username, key
from chatroom.core.values.replies import Ok, Reply, SanctionList
from chatroom.core.values.rights import Rank
from chatroom.core.values.sanctions import Placed, Sanction, on_mask
from chatroom.core.visit.later import Later
from chatroom.core.visit.rights import Actor, act_on, operate, own
from chatroom.core.visit.rule import Ask, Rule
from chatroom.core.visit.waiting import in_turn

MODERATORS = 100
"""The most moderators that a room may have."""

VOICED = 1000
"""The most people who may be voiced in a room."""

MASKS = 100
"""The most masks that a room may have, of all kinds."""

MASKS_OF_ONE = 400
"""The most masks in all rooms that one person owns, or that were created from one host."""

SANCTIONS = 100_000
"""The most sanctions that a room may have."""

ADMITTED = 10_000
"""The most people for whom an invite-only room may be open who have no role there."""

ROW = 120
"""Bytes for which all else of a sanction counts in a list."""

Act = Kick | Appoint | Configure | Invite | Impose | Lift
"""What moderators ask for."""


async def moderate(ask: Ask, command: Act) -> Reply:
    """Do what *command* says in a room, in the order of that, for who may; others are told that they may not.

    After each wait their rights are looked at again.
    """
    if isinstance(command, Kick | Impose):
        command = replace(command, reason=ask.heard(None, command.reason))
    lobby, actor, rule = ask.lobby, ask.actor, ask.rule
    assert command.room is not None, "what is done at the whole server is done elsewhere"
    room: Room = await Later(partial(lobby.reach, command.room, actor.viewer))
    rule.allow(actor, room)
    await ask.answer.first()
    shown = True
    match command:
        case Kick():
            await _kick(lobby, actor, command, rule, room)
        case Appoint():
            shown = await _appoint(lobby, actor, command, rule, room)
        case Configure(_, tuning):
            await in_turn([room])
            rule.allow(actor, room)
            if tuning.capacity is not None:
                own(actor, room, "change how many may be in")
            settings = room.standing.settings
            if tuning.hidden is not None or settings.but(tuning).private != settings.private:
                own(actor, room, "say whether it is private")
            if tuning.closes and len(room.members) + len(room.standing.admitted) > ADMITTED:
                raise NotAllowed(f"A room of more than {ADMITTED:,} people can't become invite-only", room.name)
            await Later(partial(room.configure, tuning, actor.username, actor.seat))
        case Invite():
            await _invite(lobby, actor, command, rule, room)
            shown = False
        case Impose():
            shown = await _impose(lobby, actor, command, rule, room)
        case Lift():
            await _lift(lobby, actor, command, rule, room)
            shown = False
    return Ok(room.name, event_follows=shown and ask.follows(room))


async def _found(
    lobby: Lobby, actor: Actor, username: Username, rule: Rule, room: Room, *, steps_down: bool = False
) -> Somebody:
    """Find somebody on whom *actor* may act, in turn, and at last: meanwhile they may have taken another name.

    A moderator who *steps_down* is that somebody.
    """
    await in_turn([room])
    person: Somebody = await Later(partial(lobby.find, username))
    rule.allow(actor, room)
    moderates = room.standing.rank(person.identity) == Rank.MODERATOR
    if not (steps_down and moderates and person.identity == actor.identity):
        act_on(actor, person, room)
    return person


async def _kick(lobby: Lobby, actor: Actor, command: Kick, rule: Rule, room: Room) -> None:
    person = await _found(lobby, actor, command.username, rule, room)
    by, seat = actor.username, actor.seat
    entry: Entry | None = await Later(partial(room.kick, person.username, person.identity, by, command.reason, seat))
    if entry is None:
        raise NotThere(room.name, person.username)


async def _invite(lobby: Lobby, actor: Actor, command: Invite, rule: Rule, room: Room) -> None:
    await in_turn([room])
    person: Somebody = await Later(partial(lobby.find, command.username))
    rule.allow(actor, room)
    by, seat = actor.username, actor.seat
    if person.identity == actor.identity:
        raise NotAllowed("That can't be done to oneself", room.name)
    admits = actor.rank(room) >= Rank.MODERATOR
    if admits:
        act_on(actor, person, room)
    else:
        mine = lobby.users.get(key(by))
        lobby.house.admit(actor.identity or b"", by, mine.host if mine else None)
    if key(person.username) in room.members:
        raise AlreadyThere(room.name, person.username)
    if room.standing.ban_of(person.username, person.identity, None):
        raise NotAllowed(f"{person.username} is banned from {room.name}; lift that first", room.name)
    if admits and len(room.standing.admitted) >= ADMITTED and person.identity not in room.standing.admitted:
        raise NotAllowed(f"{ADMITTED:,} invitations are the most; kick or ban somebody to take one back", room.name)
    await Later(partial(room.invite, person.username, person.identity, by, seat, admits=admits))
    user = lobby.users.get(key(person.username))
    if user and user.identity == person.identity:
        for place in user.seats:
            place.invite(Invited(room.name, by))


async def _impose(lobby: Lobby, actor: Actor, command: Impose, rule: Rule, room: Room) -> bool:
    if command.mask:
        await in_turn([room])
        rule.allow(actor, room)
        if not room.standing.sanctions.of(command.kind, on_mask(command.mask), None):
            _leave_masks_to_others(lobby, room)
        await Later(partial(room.impose, sanctioned(command, None, actor.username, lobby.now()), actor.seat))
        return False
    assert command.username is not None, "networks are banned from the whole server"
    person = await _found(lobby, actor, command.username, rule, room)
    if len(room.standing.sanctions) >= SANCTIONS:
        raise NotAllowed(f"{SANCTIONS:,} sanctions are the most", room.name)
    sanction = sanctioned(command, person, actor.username, lobby.now())
    puts_out = command.kind == "ban" and key(person.username) in room.members
    await Later(partial(room.impose, sanction, actor.seat))
    return puts_out


def _leave_masks_to_others(lobby: Lobby, room: Room) -> None:
    """Let *room* have a further mask: for each visitor, those of all rooms are looked at.

    :raises chatroom.core.values.errors.NotAllowed: if there are enough here, or in the rooms that belong together.
    """
    if len(room.standing.sanctions.masks) >= MASKS:
        raise NotAllowed(f"{MASKS} masks are the most", room.name)
    owner, host = room.standing.owner, room.host
    together = (
        each.standing.sanctions.masks
        for each in lobby.rooms.values()
        if (owner is not None and each.standing.owner == owner) or (host is not None and each.host == host)
    )
    if sum(map(len, together)) >= MASKS_OF_ONE:
        raise NotAllowed(f"{MASKS_OF_ONE} masks are the most in all rooms of one owner, or of one host", room.name)


def sanctioned(command: Impose, person: Somebody | None, by: Username, now: int) -> Sanction:
    """Return the sanction that *command* is about, on *person* or a network, *by* somebody."""
    return Sanction(
        command.kind,
        person.username if person else Username(""),
        person.identity if person else b"",
        person.host if person else None,
        by,
        now,
        None if command.seconds is None else now + command.seconds * 1000,
        command.reason,
        command.everybody,
        command.network,
        command.mask,
    )


async def _lift(lobby: Lobby, actor: Actor, command: Lift, rule: Rule, room: Room) -> None:
    await in_turn([room])
    person = await named(lobby, command)
    rule.allow(actor, room)
    if done := lifted(room.standing, command, actor.username, person):
        await Later(partial(room.lift, done, actor.seat))


async def named(lobby: Lobby, command: Lift) -> bytes | None:
    """Return by what rooms know whoever *command* names, who had another name perhaps; ``None`` if nobody is known."""
    if command.username is None:
        return None
    try:
        person: Somebody = await Later(partial(lobby.find, command.username))
    except NoSuchUser:
        return None
    return person.identity


def lifted(place: Standing | House, command: Lift, by: Username, person: bytes | None) -> Lifted | None:
    """Return what *command* lifts at a *place*, as *by* asks; ``None`` if nothing of that holds there.

    By a name, that is what was imposed on the name, and on the *person* who has it now.

    :raises chatroom.core.values.errors.NoSuchSanction: if it has a number that is none of that kind there.
    """
    kind, number = command.kind, command.number
    if number is not None:
        # Another server may have imposed it a moment ago, and only the store knows of it here.
        sanction = place.sanction(number) or command.found
        if sanction is None or sanction.kind != kind:
            raise NoSuchSanction(number)
        return Lifted(kind, sanction.username, (number,), by, sanction.network, sanction.mask)
    username, network, mask = command.username or Username(""), command.network, command.mask
    whom = on_mask(mask) if mask else Key(network) if network else key(username)
    numbers = place.sanctions.of(kind, whom, person)
    return Lifted(kind, username, tuple(numbers), by, network, mask) if numbers else None


async def list_sanctions(ask: Ask, command: ListSanctions) -> SanctionList:
    """Return a page of the sanctions that hold in a room, or for operators of all there are."""
    lobby, actor = ask.lobby, ask.actor
    if command.room is None:
        operate(actor)
        some, more = page(await _anywhere(lobby, command.before, PAGE_NAMES + 1), PAGE_NAMES, _size)
        return SanctionList(None, tuple(some), more)
    room: Room = await Later(partial(lobby.reach, command.room, actor.viewer))
    ask.rule.allow(actor, room)
    held = (Placed(room.name, sanction) for sanction in room.standing.sanctions_below(command.before))
    some, more = page(held, PAGE_NAMES, _size)
    return SanctionList(room.name, tuple(some), more)


async def _anywhere(lobby: Lobby, before: int | None, limit: int) -> Sequence[Placed]:
    """Read the newest sanctions below number *before*, those of rooms and those of the whole server."""
    read = partial(lobby.audit.sanctions, before=before, now=lobby.now(), limit=limit)
    found: Sequence[Placed] = await Later(lambda got: read(got=got))
    return found


def _size(placed: Placed) -> int:
    sanction = placed.sanction
    texts = (placed.room or "", sanction.username, sanction.by, sanction.reason, sanction.mask)
    return sum(len(text.encode()) for text in texts) + ROW


async def placed(lobby: Lobby, actor: Actor, command: Act) -> Act:
    """Return *command*; one that lifts a sanction by its number alone has the room in which that holds, if it is one.

    Who moderates there may lift it.

    :raises chatroom.core.values.errors.NoSuchSanction: for those who may not know of it.
    """
    if not isinstance(command, Lift) or command.room is not None or command.number is None:
        return command
    number = command.number
    found = await _anywhere(lobby, number + 1, 1)
    if not found or found[0].sanction.number != number:
        raise NoSuchSanction(number)
    name = found[0].room
    command = replace(command, found=found[0].sanction)
    if actor.operates:
        return replace(command, room=name)
    if name is not None:
        room: Room = await Later(partial(lobby.open_kept, name))
        if actor.rank(room) >= Rank.MODERATOR:
            return replace(command, room=name)
    raise NoSuchSanction(number)


async def _appoint(lobby: Lobby, actor: Actor, command: Appoint, rule: Rule, room: Room) -> bool:
    """Give somebody the role that *command* says; return whether that is another one than they had."""
    if command.role in ("owner", "moderator"):
        own(actor, room)
    person = await _found(lobby, actor, command.username, rule, room, steps_down=command.role == "member")
    if command.role in ("owner", "moderator"):
        own(actor, room)
    if command.inside and key(person.username) not in room.members:
        raise NotThere(room.name, person.username)
    rank = room.standing.rank(person.identity)
    if (command.inside and command.role == "voiced" and rank > Rank.VOICED) or command.but_for not in (
        None,
        rank.shown,
    ):
        return False
    if command.role != "member" and room.standing.ban_of(person.username, person.identity, None):
        raise NotAllowed(f"{person.username} is banned from {room.name}; lift that first", room.name)
    if command.role == "moderator" and len(room.standing.moderators) >= MODERATORS:
        raise NotAllowed(f"{MODERATORS} moderators are the most", room.name)
    if command.role == "voiced" and len(room.standing.voiced) >= VOICED:
        raise NotAllowed(f"{VOICED:,} voices are the most", room.name)
    await Later(partial(room.appoint, person.username, person.identity, command.role, actor.username, actor.seat))
    return True
