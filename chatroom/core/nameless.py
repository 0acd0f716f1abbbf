"""The first state of a visitor: nobody yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chatroom.core.commands import Command, Login
from chatroom.core.errors import ChatError, NotLoggedIn, TextInvalid, UsernameInvalid, UsernameTaken
from chatroom.core.named import Named
from chatroom.core.replies import Welcome
from chatroom.core.user import User

if TYPE_CHECKING:
    from chatroom.core.answer import Answer
    from chatroom.core.lobby import Lobby
    from chatroom.core.visitor import Visitor

TRIES = 10
"""Who fails so often to give a username is disconnected."""


class Nameless:
    """A visitor who has to choose a username before anything else."""

    __slots__ = ("_failures", "_lobby", "_visitor")

    user = None

    def __init__(self, lobby: Lobby, visitor: Visitor) -> None:
        self._lobby = lobby
        self._visitor = visitor
        self._failures = 0

    def handle(self, command: Command, answer: Answer) -> None:
        """Carry out the one command that can be: to log in."""
        match command:
            case Login():
                self._login(command, answer)
            case _:
                raise NotLoggedIn

    def _login(self, command: Login, answer: Answer) -> None:
        user = self._lobby.seats.find(command.session)
        if user is None:
            user = User(self._lobby, self._visitor, command.username, command.session)
            self._lobby.users.add(user)
            self._lobby.seats.keep(user)
            self._visitor.state = Named(self._lobby, user)
            rooms = self._lobby.list_rooms("", None) if command.look else None
            answer(Welcome(user.username, rooms, motd=self._lobby.motd), self._visitor.enter)
        elif user.visitor.gone:
            user.come_back(self._visitor)
            self._visitor.state = Named(self._lobby, user)
            seats = tuple(member.room.name for member in user.rooms.values())
            welcome = Welcome(user.username, None, resumed=True, rooms=seats, motd=self._lobby.motd)
            answer(welcome, self._visitor.enter)
        else:
            user.visitor.replace(answer.running(lambda: self._login(command, answer)))

    def failed(self, error: ChatError) -> bool:
        """Count the failures to give a username, and tell whether there were enough of them."""
        self._failures += isinstance(error, UsernameInvalid | UsernameTaken | TextInvalid)
        return self._failures >= TRIES

    def when_shown(self, action: Callable[[], None]) -> None:
        """Call *action*: nothing is shown to those who are in no room."""
        action()
