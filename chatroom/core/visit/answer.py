"""The answer to a request: a place among the replies of a visitor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, ParamSpec, Protocol

from chatroom.core.ports import Connection
from chatroom.core.values.commands import Request
from chatroom.core.values.errors import ChatError
from chatroom.core.values.replies import Refused, Reply
from chatroom.core.visit.later import Later, when

P = ParamSpec("P")


LastCode = Literal["too-many-tries", "too-many-connections", "banned"]
"""Why a visit ends with an error."""


class Asker(Protocol):
    """A visitor, as far as the answers to their requests know them."""

    connection: Connection
    gone: bool

    def failed(self, error: ChatError) -> LastCode | None:
        """Note that a request was refused; return why the visit ends with that, if it does."""

    def give_up(self, why: LastCode) -> None:
        """Hang up."""

    def answered(self, answer: Answer) -> None:
        """Note that *answer* has its reply."""

    def send_replies(self) -> None:
        """Send the replies that are ready and wait for none before them."""

    def act(self, action: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call *action*, and begin nothing else meanwhile."""

    def hold(self, answer: Answer) -> None:
        """Begin nothing else until *answer* has its reply."""


class Answer:
    """The place of a reply among the replies of a visitor; calling it gives the reply."""

    __slots__ = ("_moment", "reply", "request", "then", "visitor")

    def __init__(self, visitor: Asker, request: Request) -> None:
        self.visitor = visitor
        self.request = request
        self.reply: Reply | None = None
        self.then: Callable[[], None] | None = None
        self._moment: Callable[[], None] | None = None

    def __call__(self, reply: Reply, then: Callable[[], None] | None = None) -> None:
        """Let *reply* leave when the replies before it have left, and call *then* after it."""
        self.reply = reply
        self.then = then
        self.visitor.answered(self)

    def give(self, result: Reply | ChatError) -> None:
        """Reply with *result*, or refuse with it if it is an error."""
        if isinstance(result, ChatError):
            self.refuse(result)
        else:
            self(result)

    def refuse(self, error: ChatError) -> None:
        """Reply with *error*, and hang up if it was the last try."""
        last = self.visitor.failed(error)
        self(Refused(error), partial(self.visitor.give_up, last) if last else None)

    def hold(self) -> None:
        """Keep the requests behind this one waiting for its reply."""
        self.visitor.hold(self)

    # The moments that a command awaits.

    def first(self) -> Later[None]:
        """Wait until all replies before this one have left: the command causes events that belong behind them."""
        return when(self._when_first)

    def sent(self, reply: Reply) -> Later[None]:
        """Give *reply*, and wait until it has left: the command causes events that belong behind it."""
        return when(partial(self._send, reply))

    def _when_first(self, reached: Callable[[], None]) -> None:
        self._moment = reached
        self.visitor.send_replies()

    def _send(self, reply: Reply, left: Callable[[], None]) -> None:
        self._moment = left
        self(reply, self.reached)

    def reached(self) -> None:
        """Go on with the command that waited: its place among the replies is reached, or the visitor is gone."""
        if (moment := self._moment) is not None:
            self._moment = None
            moment()
