"""Taking back what was said: one's own messages, and as a moderator those of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from chatroom.core.ports import Page
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.redactions import AT_ONCE
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.user import User
from chatroom.core.tools.paging import Numbered
from chatroom.core.values.authors import Author
from chatroom.core.values.changes import Entry, Erased, Redaction
from chatroom.core.values.commands import Redact
from chatroom.core.values.errors import NoSuchUser, NotAllowed, NotAMember
from chatroom.core.values.names import key
from chatroom.core.values.rights import Rank
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.later import Later
from chatroom.core.visit.rights import Actor, know_of
from chatroom.core.visit.spoken import author_called, message_of, newest
from chatroom.core.visit.waiting import in_turn


async def redact(
    lobby: Lobby,
    user: User | None,
    actor: Actor,
    command: Redact,
    answer: Answer,
    charge: Callable[[int], None] = lambda tokens: None,
    heard: Callable[[Room, str], str] = lambda room, note: note,
) -> tuple[Room, int]:
    """Let *actor*, who is *user* unless they have no name, take back what *command* says.

    Return the room, and how many messages were taken back. Each further page that is looked at for that costs a token.
    The others are shown of its note what is *heard*.
    """
    if command.room is None:
        # By the control socket nobody has a talk.
        raise NotAllowed("Only who has said it may take it back")
    room: Room = await Later(partial(lobby.reach, command.room, actor.viewer))
    redacting = _Redacting(lobby, user, actor, command, room, charge, heard)
    redacting.allow()
    await answer.first()
    # What was asked for before is to be found.
    await in_turn([room])
    if command.seq is not None:
        return room, await redacting.one(command.seq)
    if command.seconds is None:
        return room, await redacting.newest()
    return room, await redacting.all_since(lobby.now() - command.seconds * 1000)


class _Redacting:
    """A redaction under way. After each wait the rights are looked at again."""

    def __init__(
        self,
        lobby: Lobby,
        user: User | None,
        actor: Actor,
        command: Redact,
        room: Room,
        charge: Callable[[int], None],
        heard: Callable[[Room, str], str],
    ) -> None:
        self._lobby = lobby
        self._user = user
        self._actor = actor
        self._command = command
        self._room = room
        self._charge = charge
        self._heard = heard

    @property
    def _moderates(self) -> bool:
        return self._actor.rank(self._room) >= Rank.MODERATOR

    @property
    def _own(self) -> Author:
        """Whose messages the actor's own are."""
        return Author(self._actor.identity, formerly=self._user.formerly if self._user else None)

    def allow(self) -> None:
        """Raise an error unless the actor may do it to their own messages at least."""
        know_of(self._actor.viewer, self._room, self._room.name)
        if self._moderates:
            return
        room, user, named = self._room, self._user, self._command.username
        if user is None or not any(room.key in seat.rooms for seat in user.seats):
            raise NotAMember(room.name)
        if named is not None and key(named) != user.key:
            raise NotAllowed(f"Only the moderators of {room.name} may take back what others have said", room.name)

    async def one(self, seq: int) -> int:
        """Take back message number *seq*; return 0 if it was before."""
        room = self._room
        message = await message_of(room, seq)
        self.allow()
        if not (self._moderates or self._own.has_said(message)):
            raise NotAllowed("Only who has said it may take it back, or a moderator", room.name)
        return await self._erase([(seq, message)])

    async def newest(self) -> int:
        """Take back somebody's newest message; return 0 if somebody else was faster."""
        author, _ = await self._author()
        whose = self._command.username or self._actor.username
        return await self._erase([await newest(self._room, author, whose, self._charge)])

    async def all_since(self, since: int) -> int:
        """Take back all that somebody has said *since* a time; return how many messages that were."""
        author, known = await self._author()
        before: int | None = None
        found = 0
        while True:
            page: Page = await Later(partial(self._room.pages.page, after=None, before=before, limit=None))
            theirs = [row for row in page.entries if row[1].at >= since and author.has_said(row[1])]
            for some in _pieces([row for row in theirs if row[1].text]):
                found += await self._erase(some)
            if not page.more or page.entries[-1][1].at < since:
                break
            before = page.entries[0][0]
            self._charge(1)
        if not (found or known):
            assert self._command.username is not None, "somebody's messages are taken back"
            raise NoSuchUser(self._command.username)
        return found

    async def _author(self) -> tuple[Author, bool]:
        """Return whose messages are meant, and whether somebody is known by that name."""
        username = self._command.username
        if username is None or (self._user and key(username) == self._user.key):
            return self._own, True
        found = await author_called(self._lobby, username)
        self.allow()
        return found

    async def _erase(self, rows: Sequence[Numbered]) -> int:
        """Take back the messages of *rows*; return how many were not before."""
        by, note = self._actor.username, self._heard(self._room, self._command.reason)
        redactions = [Redaction(seq, message.speaker, by, note) for seq, message in rows if message.text]
        if not redactions:
            return 0
        # While it was looked for, the room may have been deleted, or the right be gone.
        await in_turn([self._room])
        self.allow()
        entry: Entry | None = await Later(partial(self._room.redact, redactions, self._actor.seat))
        if entry is None:
            return 0
        assert isinstance(entry.change, Erased)
        return len(entry.change.redactions)


def _pieces(rows: Sequence[Numbered]) -> Iterator[Sequence[Numbered]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))
