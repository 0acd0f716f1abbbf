"""The outgoing messages: said, and not known to be stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from chatroom.client.states import Disconnected
from chatroom.wire.frames import answers
from chatroom.wire.frames.requests import Say, Tell


@dataclass(frozen=True, slots=True, eq=False)
class OutgoingMessage:
    """A message, and a Deferred that fires when it is stored."""

    said: Say | Tell
    stored: Deferred[answers.Ok]


class Outgoing:
    """Messages in the order in which they were said, each kept until *ask* has got the server's word for it."""

    def __init__(self, ask: Callable[[Say | Tell], Deferred[answers.AnyReply]]) -> None:
        self._ask = ask
        self._messages: dict[OutgoingMessage, None] = {}

    def __len__(self) -> int:
        return len(self._messages)

    def add(self, said: Say | Tell) -> OutgoingMessage:
        """Keep what is to be said."""
        message = OutgoingMessage(said, Deferred())
        self._messages[message] = None
        return message

    def send(self, message: OutgoingMessage) -> None:
        """Send *message*, perhaps again."""
        self._ask(message.said).addCallbacks(
            self._stored, self._failed, callbackArgs=(message,), errbackArgs=(message,)
        )

    def send_all(self) -> None:
        """Send all of them, perhaps again."""
        for message in self._messages:
            self.send(message)

    def fail(self, error: Exception | Failure, of: Callable[[Say | Tell], bool] = lambda _: True) -> None:
        """Give up the messages for which *of* returns true, because of *error*."""
        for message in [message for message in self._messages if of(message.said)]:
            # Whoever is told of one may give up the others.
            if message in self._messages:
                del self._messages[message]
                message.stored.errback(error)

    def _stored(self, reply: answers.AnyReply, message: OutgoingMessage) -> None:
        assert isinstance(reply, answers.Ok)
        if message in self._messages:
            del self._messages[message]
            message.stored.callback(reply)

    def _failed(self, failure: Failure, message: OutgoingMessage) -> None:
        # What was lost on its way waits for the next connection.
        if not failure.check(Disconnected) and message in self._messages:
            del self._messages[message]
            message.stored.errback(failure)
