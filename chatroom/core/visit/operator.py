"""The state of the operator, who comes by the control socket: somebody without a name, a seat and limits."""

from __future__ import annotations

from chatroom.core.lobby import Lobby
from chatroom.core.ports import SeatId
from chatroom.core.values.errors import ChatError, NotAllowed
from chatroom.core.values.names import Username
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.rights import Actor
from chatroom.core.visit.rule import Ask, Rule

NOBODY = SeatId(0, 0)
"""The seat of somebody who has none."""


class Operator:
    """An operator, who acts by *username*."""

    __slots__ = ("_lobby", "_username")

    name = "operator"
    seat = None

    def __init__(self, lobby: Lobby, username: Username) -> None:
        self._lobby = lobby
        self._username = username

    def may(self, rule: Rule) -> bool:
        """Tell whether a command with that *rule* may come from here although it is for another state."""
        return rule.operator

    def misplaced(self, rule: Rule) -> ChatError:
        """Return the error for a command with that *rule*, which may not come in this state."""
        del rule
        return NotAllowed("That is for somebody with a name, and by the control socket nobody has one")

    def failed(self, error: ChatError) -> None:
        """Let no error end an operator's connection."""
        del error

    def ask(self, rule: Rule, answer: Answer) -> Ask:
        """Return what the handler of a command with that *rule* is given, whose reply is *answer*."""
        return Ask(self._lobby, Actor(self._username, NOBODY, None, None), rule, answer, None)
