"""The ways in which a visit ends in order: by a command, by the end of what comes in, or by the server."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from chatroom.core.rooms.member import Member
from chatroom.core.rooms.user import User
from chatroom.core.tools.turn import Turn
from chatroom.core.values.events import Bye
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.later import when
from chatroom.core.visit.waiting import in_turn, shown

RETRY_AFTER = 1.0
"""Seconds until a client may come back to a server that stopped: about as long as a restart takes."""


class Leaver(Protocol):
    """A visitor, as far as they go."""

    @property
    def user(self) -> User | None:
        """Who they are, once they have a name."""

    @property
    def members(self) -> list[Member]:
        """The memberships of the user."""

    def close(self) -> None:
        """Hang up after what was sent."""


async def quit(visitor: Leaver, answer: Answer) -> None:  # noqa: A001
    """Go for good; the name is free before the last reply, so that whoever has that may come again by it."""
    await answer.first()
    await shown(visitor.members)
    if visitor.user:
        await when(partial(visitor.user.depart, "quit"))
    await answer.sent(Bye("quit"))
    visitor.close()


async def finish(visitor: Leaver, answer: Answer) -> None:
    """Close without a word: nothing more will come in."""
    await answer.first()
    await shown(visitor.members)
    visitor.close()


async def stop(visitor: Leaver, answer: Answer, turn: Turn) -> None:
    """Say farewell for a server that stops; a slow reader does not hold it up, and reads on when they are back."""
    await answer.first()
    await in_turn([member.room for member in visitor.members])
    turn.end()
    await answer.sent(Bye("stopping", RETRY_AFTER))
    visitor.close()


async def make_way(visitor: Leaver, answer: Answer) -> None:
    """Leave the user to another connection, when everything that was begun here is answered."""
    if visitor.user:
        visitor.user.hold()
    await answer.first()
    await answer.sent(Bye("replaced"))
    visitor.close()
