"""Taking back what was said: one's own messages, and as a moderator those of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from chatroom.core.ports import Page
from chatroom.core.rooms.redactions import AT_ONCE
from chatroom.core.rooms.room import Room
from chatroom.core.tools.paging import Numbered
from chatroom.core.values.authors import Author
from chatroom.core.values.changes import Entry, Erased, Redaction
from chatroom.core.values.commands import Redact
from chatroom.core.values.errors import NoSuchUser, NotAllowed, NotAMember
from chatroom.core.values.names import key
from chatroom.core.values.replies import Ok, Reply
from chatroom.core.values.rights import Rank
from chatroom.core.visit.later import Later
from chatroom.core.visit.rights import know_of
from chatroom.core.visit.rule import Ask
from chatroom.core.visit.talk.spoken import author_called, message_of, newest
from chatroom.core.visit.talk.telling import redact_told
from chatroom.core.visit.waiting import in_turn


async def redact(ask: Ask, command: Redact) -> Reply:
    """Take back what *command* says, of a room or of a talk; each further page that it looks at costs a token."""
    if command.room is None:
        if ask.somebody is None:
            # By the control socket nobody has a talk.
            raise NotAllowed("Only who has said it may take it back")
        assert command.other is not None, "what is in no room is in a talk"
        await redact_told(ask.lobby, ask.somebody, command.other, command)
        return Ok(command.other)
    room: Room = await Later(partial(ask.lobby.reach, command.room, ask.actor.viewer))
    redacting = _Redacting(ask, command, room)
    redacting.allow()
    await ask.answer.first()
    # What was asked for before is to be found.
    await in_turn([room])
    if command.seq is not None:
        count = await redacting.one(command.seq)
    elif command.seconds is None:
        count = await redacting.newest()
    else:
        count = await redacting.all_since(ask.lobby.now() - command.seconds * 1000)
    shown = count > 0 and ask.follows(room)
    return Ok(room.name, event_follows=shown, count=None if command.seconds is None else count)


class _Redacting:
    """A redaction under way. After each wait the rights are looked at again."""

    def __init__(self, ask: Ask, command: Redact, room: Room) -> None:
        self._lobby = ask.lobby
        self._user = ask.somebody.user if ask.somebody else None
        self._actor = ask.actor
        self._command = command
        self._room = room
        self._charge = ask.charge
        self._heard = ask.heard

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
