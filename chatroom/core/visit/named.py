"""The second state of a visitor: somebody with a seat, for whom commands are carried out."""

from __future__ import annotations

from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.values.errors import AlreadyLoggedIn, ChatError, NotAllowed, TooManyTries
from chatroom.core.visit.answer import Answer, LastCode
from chatroom.core.visit.rights import Actor
from chatroom.core.visit.rule import Ask, Rule


class Named:
    """A visitor who has a *seat*, after the login."""

    __slots__ = ("_lobby", "seat")

    name = "named"

    def __init__(self, lobby: Lobby, seat: Seat) -> None:
        self._lobby = lobby
        self.seat = seat

    def may(self, rule: Rule) -> bool:
        """Tell whether a command with that *rule* may come from here: an operator's, by who has such an account."""
        return rule.state == "operator" and self.seat.operates

    def misplaced(self, rule: Rule) -> ChatError:
        """Return the error for a command with that *rule*, which may not come in this state."""
        if rule.state == "operator":
            return NotAllowed("Only operators may do that")
        return AlreadyLoggedIn(self.seat.username)

    def failed(self, error: ChatError) -> LastCode | None:
        """Let too many guesses at a password end the visit."""
        return "too-many-tries" if isinstance(error, TooManyTries) else None

    def ask(self, rule: Rule, answer: Answer) -> Ask:
        """Return what the handler of a command with that *rule* is given, whose reply is *answer*."""
        seat = self.seat
        return Ask(self._lobby, Actor(seat.username, seat.id, seat.identity, seat), rule, answer, seat)
