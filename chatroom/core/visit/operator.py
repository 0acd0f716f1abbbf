"""The state of the operator, who comes by the control socket: somebody without a name, a seat and limits."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from chatroom.core.ports import SeatId
from chatroom.core.rooms.directory import Listed
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.room import Room
from chatroom.core.values.commands import (
    Appoint,
    Command,
    Configure,
    Connections,
    Delete,
    Disconnect,
    Impose,
    Kick,
    Lift,
    List,
    ListSanctions,
    Notify,
    Who,
)
from chatroom.core.values.errors import ChatError, NotAllowed
from chatroom.core.values.events import Notice
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import ConnectionList, Members, Ok, Reply
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.driver import drive
from chatroom.core.visit.later import Later
from chatroom.core.visit.moderation import Act, list_sanctions, moderate
from chatroom.core.visit.rights import Actor
from chatroom.core.visit.rules import Rule

NOBODY = SeatId(0, 0)
"""The seat of somebody who has none."""


class Hand(Protocol):
    """What an operator has a hold of: the connections of this server."""

    def connections(self, match: str, after: int) -> ConnectionList:
        """Return those behind number *after* with *match* in the name of their user, or in where they come from."""

    def disconnect(self, connection: int | None, username: Username | None, note: str) -> None:
        """Hang up on one *connection*, or on all of the user called *username*, with a *note* for them.

        :raises chatroom.core.values.errors.NoSuchConnection: if it is not there.
        :raises chatroom.core.values.errors.NoSuchUser: if nobody here has that name.
        """

    def notify(self, notice: Notice) -> None:
        """Show *notice* to everybody."""


class Operator:
    """An operator, who acts by *username* and has a *hand* on connections."""

    __slots__ = ("_hand", "_lobby", "_username")

    name = "operator"
    seat = None

    def __init__(self, lobby: Lobby, username: Username, hand: Hand) -> None:
        self._lobby = lobby
        self._username = username
        self._hand = hand

    def misplaced(self, rule: Rule) -> ChatError:
        """Return the error for a command with that *rule*, which may not come in this state."""
        del rule
        return NotAllowed("That is for somebody with a name, and by the control socket nobody has one")

    def failed(self, error: ChatError) -> bool:
        """Return False: errors never end an operator's connection."""
        del error
        return False

    def handle(self, command: Command, rule: Rule, answer: Answer) -> None:
        """Carry out *command*, and give its reply to *answer* at once or later."""
        match command:
            case Connections(match, after):
                answer(self._hand.connections(match, after))
            case Disconnect(connection, username, reason):
                self._hand.disconnect(connection, username, reason)
                answer(Ok())
            case Notify(text):
                self._hand.notify(Notice(text, self._username))
                answer(Ok())
            case Who(room, after):
                self._who(room, after, answer)
            case List(match, after, watch):
                if watch is not None:
                    raise NotAllowed("Rooms are watched by those who have a name")
                drive(self._list(match, after), answer)
            case Delete(room):
                drive(self._delete(room, rule), answer)
            case Kick() | Appoint() | Configure() | Impose() | Lift():
                drive(self._moderate(command, rule, answer), answer)
            case ListSanctions():
                drive(list_sanctions(self._lobby, self._actor, command, rule), answer)
            case _:
                raise AssertionError("no other command comes in this state")

    def _who(self, room: RoomName | None, after: Username | None, answer: Answer) -> None:
        def got(found: Members | ChatError) -> None:
            answer.give(found)

        self._lobby.directory.who(room, after, got)

    async def _list(self, match: str, after: RoomName | None) -> Reply:
        listed: Listed = await Later(partial(self._lobby.directory.rooms, match, after))
        return listed.rooms

    @property
    def _actor(self) -> Actor:
        return Actor(self._username, NOBODY, None)

    async def _moderate(self, command: Act, rule: Rule, answer: Answer) -> Reply:
        room, _ = await moderate(self._lobby, self._actor, command, rule, answer)
        return Ok(room.name)

    async def _delete(self, name: RoomName, rule: Rule) -> Reply:
        room: Room = await Later(partial(self._lobby.open_kept, name))
        rule.allow(self._actor, room)
        await Later(partial(self._lobby.delete, room, self._username, NOBODY), late=lambda _: room.audience.flush())
        room.audience.flush()
        return Ok(room.name)
