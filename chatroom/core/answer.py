"""What a visitor is answered, and when: every request has its place among the replies."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from chatroom.core.errors import ChatError
from chatroom.core.replies import Refused, Reply

if TYPE_CHECKING:
    from chatroom.core.commands import Request
    from chatroom.core.visitor import Visitor


class Answer:
    """The place of a reply among the replies of a visitor; calling it gives the reply."""

    __slots__ = ("_first", "reply", "request", "then", "visitor")

    def __init__(self, visitor: Visitor, request: Request) -> None:
        self.visitor = visitor
        self.request = request
        self.reply: Reply | None = None
        self.then: Callable[[], None] | None = None
        self._first: Callable[[], None] | None = None

    def __call__(self, reply: Reply, then: Callable[[], None] | None = None) -> None:
        """Let *reply* leave when those before it have left, and call *then* after it."""
        self.reply = reply
        self.then = then
        self.visitor.answered(self)

    def give(self, result: Reply | ChatError) -> None:
        """Let the visitor know what came of the request."""
        if isinstance(result, ChatError):
            self.refuse(result)
        else:
            self(result)

    def refuse(self, error: ChatError) -> None:
        """Let the visitor know what can't be done, and hang up if it can't be helped."""
        last_try = self.visitor.state.failed(error)
        self(Refused(error), self.visitor.give_up if last_try else None)

    def run(self, action: Callable[[], None]) -> None:
        """Call *action* unless the visitor is gone; what it raises becomes the answer, a defect ends this visitor."""
        if not self.visitor.gone:
            self.visitor.act(self._try, action)

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except ChatError as error:
            self.refuse(error)
        except Exception:
            self.visitor.connection.crashed()

    def running(self, action: Callable[[], None]) -> Callable[[], None]:
        """Return a callable that will :meth:`run` *action*."""
        return partial(self.run, action)

    def when_first(self, action: Callable[[], None]) -> None:
        """Run *action* when all replies before this one have left: it causes events that belong behind them."""
        self._first = action
        self.visitor.send_replies()

    def reached_first(self) -> None:
        """Do what waited for the replies before this one."""
        if (action := self._first) is not None:
            self._first = None
            self.run(action)
