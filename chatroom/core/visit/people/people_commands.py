"""What somebody asks about people: who is there with all that is known, who somebody is, or was, comes or goes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from chatroom.core.lobby import Lobby
from chatroom.core.people.people import ELSEWHERE
from chatroom.core.tools.globs import Glob
from chatroom.core.values.commands import Monitor, Who, WhoIs, WhoWas
from chatroom.core.values.errors import NoSuchUser
from chatroom.core.values.limits import MONITORED, NAMES_A_TOKEN
from chatroom.core.values.names import fold, key
from chatroom.core.values.people import Known, Person
from chatroom.core.values.replies import Departed, Members, Monitored, People
from chatroom.core.visit.later import Later
from chatroom.core.visit.rule import Ask


async def who(ask: Ask, command: Who) -> Members | People:
    """Return a page of those in a room, or of everybody: their names, or all that is known of them."""
    lobby = ask.lobby
    members: Members = await Later(partial(lobby.directory.who, command.room, command.after, ask.somebody))
    ask.charge(len(members.usernames) // NAMES_A_TOKEN)
    if not (command.full and ask.somebody):
        return replace(members, away=lobby.people.away(members.usernames))
    found = await _listed(lobby, members)
    if command.mask:
        glob, whole = Glob(command.mask), "!" in command.mask or "@" in command.mask
        found = [each for each in found if any(glob.fits(fold(text)) for text in _texts(each.person, whole=whole))]
    return People(members.room, tuple(found), members.more, members.usernames[-1] if members.usernames else None)


async def _listed(lobby: Lobby, members: Members) -> list[Known]:
    """Return what is known of *members*, of whom some may be at another server only."""
    absent = [name for name in members.usernames if key(name) not in lobby.users] if lobby.directory.shared else []
    elsewhere: Sequence[Known] = await Later(partial(lobby.directory.are, absent)) if absent else ()
    others = {key(each.person.username): each for each in elsewhere}
    found = []
    for name in members.usernames:
        role, user = members.roles.get(name), lobby.users.get(key(name))
        if user:
            found.append(lobby.people.known(user, role))
        elif each := others.get(key(name)):
            found.append(replace(each, role=role))
        else:
            account = name if name in members.accounts else None
            found.append(Known(Person(name, "~u", ELSEWHERE, account), role, role == "operator"))
    return found


def _texts(person: Person, *, whole: bool) -> Sequence[str]:
    """Return in what of *person* a mask is looked for: in the *whole* source, or in each part and the real name."""
    return (person.source,) if whole else (person.username, person.host, person.ident[1:], person.realname)


async def whois(ask: Ask, command: WhoIs) -> People:
    """Return who has each of some names, with the rooms that may be known; those whom nobody knows are left out.

    :raises chatroom.core.values.errors.NoSuchUser: if nobody is called by any of them.
    """
    lobby, seat = ask.lobby, ask.seat
    seat.visitor.charge(len(command.usernames) - 1)
    found: list[Known] = []
    for name in command.usernames:
        known = lobby.people.who_is(name, seat)
        if known is None:
            known = await Later(partial(lobby.directory.who_is, name, seat))
        if known:
            found.append(known)
    if not found:
        raise NoSuchUser(command.usernames[0])
    return People(None, tuple(found), more=False)


async def whowas(ask: Ask, command: WhoWas) -> Departed:
    """Return who had a name lately.

    :raises chatroom.core.values.errors.NoSuchUser: if nobody did.
    """
    gone = ask.lobby.people.were(command.username)
    if not gone:
        raise NoSuchUser(command.username)
    return Departed(tuple(gone[: command.most] if command.most else gone))


async def monitor(ask: Ask, command: Monitor) -> Monitored:
    """Let the visitor be told when people come and go, or no more; return who of those asked for is here."""
    lobby, seat = ask.lobby, ask.seat
    people, connection = lobby.people, seat.connection
    seat.visitor.charge((len(command.add) + len(command.remove)) // NAMES_A_TOKEN)
    if command.clear:
        people.unwatch(connection)
    people.unwatch(connection, command.remove)
    refused = people.watch(connection, command.add, MONITORED)
    names = people.watched(connection)
    added = [name for name in command.add if name not in refused]
    asked = names if command.status else tuple({key(name): name for name in added}.values())
    here = [lobby.users.get(key(name)) for name in asked]
    return Monitored(
        names,
        tuple(user.person for user in here if user),
        tuple(name for name, user in zip(asked, here, strict=True) if not user),
        refused,
    )
