"""Whoever has talks: somebody with an account, who is looked at again after each wait."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from chatroom.core.accounts.accounts import Accounts
from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.people.talks import OpenTalks
from chatroom.core.ports import KeptTalk, Page
from chatroom.core.rooms.talk import Talk
from chatroom.core.values.errors import NoAccount, NotAllowed, NotTold
from chatroom.core.values.events import Message
from chatroom.core.values.names import Username, key
from chatroom.core.values.talks import place
from chatroom.core.visit.later import Later
from chatroom.core.visit.rule import OPENING
from chatroom.core.visit.waiting import in_turn

PAGE = 100
"""Talks in a list, at most."""


class Mine:
    """The talks of whoever has *seat*, who is looked at again after each wait: they may have no account any more.

    :raises chatroom.core.values.errors.NotAllowed: where there are no accounts.
    :raises chatroom.core.values.errors.NoAccount: if they are a guest.
    """

    def __init__(self, lobby: Lobby, seat: Seat) -> None:
        if lobby.accounts is None or lobby.talks is None:
            raise NotAllowed("There are no accounts here")
        self.accounts: Accounts = lobby.accounts
        self.talks: OpenTalks = lobby.talks
        self.lobby = lobby
        self.seat = seat
        self.id = seat.identity
        self.stay()

    def stay(self) -> None:
        """Raise an error if they are a guest by now."""
        user = self.seat.user
        if not user.has_account or user.identity != self.id:
            raise NoAccount

    def name(self, other: bytes, last: Username | None) -> Username | None:
        """Return what the account *other* is called; one that is no more, by its *last* name."""
        account = self.accounts.get(other)
        return account.username if account else last

    async def other(self, username: Username) -> tuple[bytes | None, Username]:
        """Return the account that *username* means, and what it is called; ``None`` for a guest.

        An account that is gone is meant by its last name, if it is among those talked with last.

        :raises chatroom.core.values.errors.NoSuchUser: if nobody is known by that name.
        """
        account = self.accounts.named(username)
        if account is None:
            # Another server may have made it in this moment.
            await Later(self.accounts.refresh)
            account = self.accounts.named(username)
        if account:
            return account.id, account.username
        for kept in await self.newest():
            if kept.name and key(kept.name) == key(username):
                return kept.other, kept.name
        await Later(partial(self.lobby.find, username))
        return None, username

    async def newest(self, before: int | None = None, limit: int = PAGE) -> Sequence[KeptTalk]:
        """Return the newest talks *before* a time, as many as the *limit* allows."""
        read = partial(self.talks.store.talks, self.id, before=before, limit=limit)
        found: Sequence[KeptTalk] = await Later(lambda got: read(got=got))
        self.stay()
        return found

    async def open(self, other: bytes, *, new: bool = False) -> Talk | None:
        """Return the talk with *other*, if there is one or it may be *new*; to open it costs tokens."""
        where = place(self.id, other)
        if self.talks.find(where) is None:
            self.seat.visitor.charge(OPENING)
        talk: Talk | None = await Later(partial(self.talks.reach, where, new))
        self.stay()
        return talk

    async def with_(self, username: Username) -> tuple[Talk | None, Username]:
        """Return the talk with whoever is called *username*, if there is one, and what they are called now."""
        other, name = await self.other(username)
        return (await self.open(other) if other else None), name

    async def message(self, username: Username, seq: int) -> tuple[Talk, Username, Message]:
        """Return message number *seq* of the talk with whoever is called *username*, with that talk and name.

        :raises chatroom.core.values.errors.NotTold: if there is none.
        """
        talk, name = await self.with_(username)
        if talk is None:
            raise NotTold(name, seq)
        # What was asked for before is to be found.
        await in_turn([talk])
        self.stay()
        return talk, name, await self.message_of(talk, name, seq)

    async def message_of(self, talk: Talk, name: Username, seq: int) -> Message:
        """Return message number *seq* of *talk*, which is the one with whoever is called *name*.

        :raises chatroom.core.values.errors.NotTold: if there is none any more, or was none ever that is for them.
        """
        page: Page = await Later(partial(talk.pages.page, after=seq - 1, before=None, limit=1, viewer=self.id))
        self.stay()
        if not page.entries or page.entries[0][0] != seq:
            raise NotTold(name, seq)
        return page.entries[0][1]
