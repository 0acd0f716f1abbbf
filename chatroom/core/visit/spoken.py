"""Whose messages are meant by a name, and which one of them is the newest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from chatroom.core.ports import Page
from chatroom.core.rooms.directory import Person
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.room import Room
from chatroom.core.tools.paging import Numbered
from chatroom.core.values.errors import NoSuchUser, NothingSaid
from chatroom.core.values.events import Message
from chatroom.core.values.names import Username, key
from chatroom.core.visit.later import Later

LATELY = 1_000
"""Messages among which somebody's newest is looked for."""

Theirs = Callable[[Message], bool]
"""Returns whether a message is somebody's."""


async def said_by(lobby: Lobby, username: Username) -> tuple[Theirs, bool]:
    """Return what tells whether a message is that of *username*, and whether somebody is known by that name."""
    try:
        person: Person | None = await Later(partial(lobby.find, username))
    except NoSuchUser:
        person = None
    accounts = lobby.accounts
    if person and accounts and accounts.named(username):
        # By whatever name they have said it.
        return lambda message: message.session == person.identity, True
    return lambda message: _is_guests(message, username, person), person is not None


def _is_guests(message: Message, username: Username, person: Person | None) -> bool:
    """Return whether *message* is that of a guest: they have said it, or somebody who had that name."""
    return (person is not None and message.session == person.identity) or key(message.speaker) == key(username)


async def newest(room: Room, is_theirs: Theirs, username: Username, charge: Callable[[int], None]) -> Numbered:
    """Return the newest message of *username* in *room* that is not taken back; a further page costs a token.

    :raises chatroom.core.values.errors.NothingSaid: if there is none among the last ones.
    """
    before: int | None = None
    looked = 0
    while looked < LATELY:
        page: Page = await Later(partial(room.pages.page, after=None, before=before, limit=None))
        looked += len(page.entries)
        for seq, message in reversed(page.entries):
            if message.text and is_theirs(message):
                return seq, message
        if not page.more:
            break
        before = page.entries[0][0]
        charge(1)
    raise NothingSaid(room.name, username)
