"""Which message is meant by a number or a name, and whose that are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from chatroom.core.lobby import Lobby
from chatroom.core.people.directory import Somebody
from chatroom.core.ports import Page
from chatroom.core.rooms.room import Room
from chatroom.core.tools.paging import Numbered
from chatroom.core.values.authors import Author
from chatroom.core.values.commands import Search
from chatroom.core.values.errors import NoSuchMessage, NoSuchUser, NothingSaid
from chatroom.core.values.events import Message
from chatroom.core.values.names import Username, key
from chatroom.core.visit.later import Later

LATELY = 1_000
"""Messages among which somebody's newest is looked for."""


async def author_called(lobby: Lobby, username: Username) -> tuple[Author, bool]:
    """Return whose messages are those of *username*, and whether somebody is known by that name."""
    try:
        person: Somebody | None = await Later(partial(lobby.find, username))
    except NoSuchUser:
        person = None
    accounts = lobby.accounts
    if person and accounts and accounts.named(username):
        # By whatever name they have said it, also as the guest who has just made the account.
        user = lobby.users.get(key(person.username))
        formerly = user.formerly if user and user.identity == person.identity else None
        return Author(person.identity, formerly=formerly), True
    return Author(person.identity if person else None, key(username)), person is not None


async def message_of(room: Room, seq: int) -> Message:
    """Return message number *seq* of *room*, which may be taken back.

    :raises chatroom.core.values.errors.NoSuchMessage: if there is none any more, or was none ever.
    """
    page: Page = await Later(partial(room.pages.page, after=seq - 1, before=None, limit=1))
    if not page.entries or page.entries[0][0] != seq:
        raise NoSuchMessage(room.name, seq)
    return page.entries[0][1]


async def author_of(lobby: Lobby, command: Search) -> Author | None:
    """Return whose messages *command* looks for, if not everybody's."""
    if command.author is None:
        return None
    author, _ = await author_called(lobby, command.author)
    return author


async def newest(room: Room, author: Author, username: Username, charge: Callable[[int], None]) -> Numbered:
    """Return the newest message of *username* in *room* that is not taken back; a further page costs a token.

    :raises chatroom.core.values.errors.NothingSaid: if there is none among the last ones.
    """
    before: int | None = None
    looked = 0
    while looked < LATELY:
        page: Page = await Later(partial(room.pages.page, after=None, before=before, limit=None))
        looked += len(page.entries)
        for seq, message in reversed(page.entries):
            if message.text and author.has_said(message):
                return seq, message
        if not page.more:
            break
        before = page.entries[0][0]
        charge(1)
    raise NothingSaid(room.name, username)
