"""How somebody takes another name: in the order of all rooms that they are in, and kept with their account."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.values.commands import Rename
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Called
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Ok, Reply
from chatroom.core.visit.accounts.own_account import check_free
from chatroom.core.visit.later import Later
from chatroom.core.visit.rule import Ask
from chatroom.core.visit.waiting import in_turn


async def rename(ask: Ask, command: Rename) -> Reply:
    """Take another name."""
    lobby, seat, new = ask.lobby, ask.seat, command.username
    directory, accounts = lobby.directory, lobby.accounts
    _stay(seat)
    user, old, by = seat.user, seat.username, seat.id
    if accounts:
        check_free(accounts, new, user.identity if user.has_account else None)
    await Later(partial(directory.reserve, user, new, by), late=lambda _: directory.disclaim(by))
    try:
        await ask.answer.first()
        await in_turn([reader.room for reader in user.readers])
        while coming := [seat.coming for seat in user.seats if seat.coming]:
            # By another connection: there they have the old name first.
            await in_turn(coming)
        _stay(seat)
        if accounts:
            check_free(accounts, new, user.identity if user.has_account else None)
        await Later(partial(_call, lobby, seat, new))
    finally:
        directory.disclaim(by)
    follows = new != old and any(reader.follows for reader in seat.rooms.values())
    return Ok(new, event_follows=follows)


def _stay(seat: Seat) -> None:
    """Raise an error if they are to stay who they are: where they are in a room and may not speak, or anywhere."""
    seat.admit()
    for reader in seat.user.readers:
        seat.admit(reader.room)


def _call(lobby: Lobby, seat: Seat, new: Username, got: Callable[[ChatError | None], None]) -> None:
    """Call a user and their account by the name *new*; who is lost meanwhile has both names by it, or neither."""
    accounts, directory, user = lobby.accounts, lobby.directory, seat.user

    def stored(error: ChatError | None) -> None:
        if error:
            got(error)
        else:
            # Names are the same in all rooms: whoever is in several is shown first what has happened in any.
            lobby.turn.flush()
            directory.rename(user, new, partial(called, user.username))

    def called(old: Username, error: ChatError | None) -> None:
        if not error and new != old:
            for other in user.others(seat):
                other.notify(Called(old, new))
        got(error)

    if accounts and user.has_account:
        accounts.rename(user.identity, new, stored)
    else:
        stored(None)
