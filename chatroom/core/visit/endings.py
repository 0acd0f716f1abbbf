"""Orderly ends of a visit: by a command, by the end of input, by the server, or by another connection."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from chatroom.core.people.seat import Seat
from chatroom.core.rooms.reader import Reader
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
    def seat(self) -> Seat | None:
        """The seat, once they have a name."""

    @property
    def readers(self) -> list[Reader]:
        """The readers of the visitor's rooms."""

    def close(self) -> None:
        """Hang up when all output has left."""


async def quit(visitor: Leaver, answer: Answer, text: str = "") -> None:  # noqa: A001
    """Leave for good with *text*; the name is free before the last reply, so that its receiver may take it again."""
    await answer.first()
    await shown(visitor.readers)
    if visitor.seat:
        await when(partial(visitor.seat.depart, "quit", note=text))
    await answer.sent(Bye("quit"))
    visitor.close()


async def finish(visitor: Leaver, answer: Answer) -> None:
    """Close without a ``bye``: no more requests will come in."""
    await answer.first()
    await shown(visitor.readers)
    visitor.close()


async def stop(visitor: Leaver, answer: Answer, turn: Turn) -> None:
    """Close with a ``bye``: the server stops. A slow reader does not hold it up, and reads on after coming back."""
    await answer.first()
    await in_turn([reader.room for reader in visitor.readers])
    turn.end()
    await answer.sent(Bye("stopping", RETRY_AFTER))
    visitor.close()


async def make_way(visitor: Leaver, answer: Answer) -> None:
    """Leave the user to another connection, when all requests begun here are answered."""
    if visitor.seat:
        visitor.seat.hold()
    await answer.first()
    await answer.sent(Bye("replaced"))
    visitor.close()
