"""The rule of a command, and what its handler is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.rooms.reader import Reader
from chatroom.core.rooms.room import Room
from chatroom.core.values.names import RoomName
from chatroom.core.visit import rights
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.rights import Actor

OPENING = 4
"""Further tokens for what opens the log of a closed room or talk, or looks for one."""

ERASING = 5
"""Further tokens for what takes an account and all that belongs to it out of the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The cost of a command in *tokens*, and its conditions.

    Its visitor has to be in *state*, and needs *membership* in its room; *right* raises an error if they may not do it
    to the room. Those marked by *operator* the operator takes too, who has no name; an *early* one may come before
    there is one. A command that *holds* keeps the requests behind it waiting for its answer.
    """

    tokens: int = 1
    state: Literal["username", "named", "operator", "any"] = "named"
    membership: Literal["held", "member"] | None = None
    right: Callable[[Actor, Room], None] | None = None
    holds: bool = True
    operator: bool = False
    early: bool = False

    def allow(self, actor: Actor, room: Room) -> None:
        """Raise an error if *actor* may not do it to *room*, or may not know of it any more."""
        rights.know_of(actor.viewer, room, room.name)
        if self.right:
            self.right(actor, room)


class Ask(NamedTuple):
    """A visitor asks for something, by a *rule*; the *answer* goes to them.

    They are *somebody* with a seat, but for operators who come by the control socket.
    """

    lobby: Lobby
    actor: Actor
    rule: Rule
    answer: Answer
    somebody: Seat | None

    @property
    def seat(self) -> Seat:
        """The seat of the visitor, for commands that need one."""
        assert self.somebody is not None, "that is asked for by those who have a name"
        return self.somebody

    def reader(self, room: RoomName | None) -> Reader:
        """Return the reader that the visitor has of *room*, as the rule wants it."""
        assert room is not None, "what is in no room is done elsewhere"
        return self.seat.reader(room, held=self.rule.membership == "held")

    def follows(self, room: Room) -> bool:
        """Return whether the visitor is shown what happens in *room*."""
        reader = self.somebody.rooms.get(room.key) if self.somebody else None
        return reader is not None and reader.follows

    def charge(self, tokens: int) -> None:
        """Charge the visitor, unless nobody counts what they ask for."""
        if self.somebody:
            self.somebody.visitor.charge(tokens)

    def heard(self, room: Room | None, note: str) -> str:
        """Return what the others are shown of a *note* of the visitor."""
        return self.somebody.heard(room, note) if self.somebody else note
