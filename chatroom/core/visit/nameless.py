"""The first state of a visitor: without a username."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Protocol

from chatroom.core.rooms.directory import Listed
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.seat import Seat, Visit
from chatroom.core.values.commands import Command, Login
from chatroom.core.values.errors import ChatError, NotLoggedIn, StoreAway, TextInvalid, UsernameInvalid, UsernameTaken
from chatroom.core.values.replies import Welcome
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.driver import drive
from chatroom.core.visit.later import Later
from chatroom.core.visit.named import Named
from chatroom.core.visit.operator import Operator
from chatroom.core.visit.rules import Rule

TRIES = 10
"""Failed tries at a username after which a visitor is disconnected."""


class Newcomer(Visit, Protocol):
    """A visitor, as far as they log in."""

    state: Nameless | Named | Operator

    def enter(self) -> None:
        """Enter the room to whose port they have connected."""


class Nameless:
    """A visitor who has to choose a username before anything else."""

    __slots__ = ("_failures", "_lobby", "_visitor")

    name = "username"
    seat = None

    def __init__(self, lobby: Lobby, visitor: Newcomer) -> None:
        self._lobby = lobby
        self._visitor = visitor
        self._failures = 0

    def misplaced(self, rule: Rule) -> ChatError:
        """Return the error for a command with that *rule*, which may not come in this state."""
        return NotLoggedIn()

    def handle(self, command: Command, rule: Rule, answer: Answer) -> None:
        """Carry out a login, the only command of this state."""
        match command:
            case Login():
                drive(self._login(command, answer), answer)
            case _:
                raise AssertionError("no other command comes in this state")

    async def _login(self, command: Login, answer: Answer) -> None:
        lobby, visitor = self._lobby, self._visitor
        asked = Seat(lobby, visitor, command.username, command.session)

        def give_back(seat: Seat) -> None:
            if not seat.resumed:
                seat.depart("lost")
            elif seat.visitor is visitor:
                seat.lost()

        seat = await Later(partial(lobby.directory.claim, asked), late=give_back)
        visitor.state = Named(lobby, seat)
        if not seat.resumed:
            listed = await self._look() if command.look else None
            welcome = Welcome(seat.username, listed.rooms if listed else None, motd=lobby.motd)
        else:
            held = tuple(reader.room.name for reader in seat.rooms.values())
            welcome = Welcome(seat.username, None, resumed=True, rooms=held, motd=lobby.motd)
        seat.welcome()
        await answer.sent(welcome)
        visitor.enter()

    async def _look(self) -> Listed | None:
        """Return the rooms that there are, if that can be known now."""
        with suppress(StoreAway):
            return await Later(partial(self._lobby.directory.rooms, "", None))
        return None

    def failed(self, error: ChatError) -> bool:
        """Count the failed tries at a username, and return whether they are too many."""
        self._failures += isinstance(error, UsernameInvalid | UsernameTaken | TextInvalid)
        return self._failures >= TRIES
