"""What is asked of the server and what it says, carried between a chat and its connection, whoever shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, assert_never

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from chatroom.client import states
from chatroom.client.connection import Connection
from chatroom.client.pages.chat import Chat
from chatroom.client.pages.views import Link
from chatroom.client.reasons import why
from chatroom.wire.frames import requests
from chatroom.wire.frames.answers import AnyEvent, AnyReply
from chatroom.wire.frames.requests import AnyRequest

MOST_AWAITED = 1000
"""Requests that wait for their replies before what a server says leads to no more of them."""

Connect = Callable[[Callable[[states.Frame], None], Callable[[states.State], None]], Connection]
"""Makes a connection that calls the two functions: with what is heard, and with its states."""


class Face(Protocol):
    """Whoever shows a session to a person or a program."""

    def take(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> Sequence[AnyRequest]:
        """Take what the server says, which may be the reply to *request*; return what to ask next."""

    def refused(self, message: str) -> None:
        """Know that the server did not take the name, and why."""

    def changed(self, state: states.State) -> None:
        """Know the state of the connection, of which the chat knows already."""

    def turn(self) -> None:
        """Show what has happened."""

    def quit(self) -> None:
        """End, for somebody wants that."""

    def close(self) -> None:
        """Show nothing more, and take in nothing."""


class Session:
    """Asks the server what *chat* wants, by what *connect* connects to, and gives *face* what it says.

    *awaited* counts the requests that wait for their replies, but for what was said.
    """

    log = Logger()

    def __init__(self, chat: Chat, connect: Connect, face: Face) -> None:
        self.ended: Deferred[tuple[int, str]] = Deferred()
        self.leaving = False
        self.awaited = 0
        self._chat = chat
        self._face = face
        self.connection = connect(self._heard, self._changed)

    def end(self, status: int, message: str = "") -> None:
        """Close the face and say good-bye; :attr:`ended` tells *status* and *message* to whoever exits with them."""
        if self.leaving:
            return
        self.leaving = True
        self._face.close()
        self.connection.quit().addBoth(lambda _: self.ended.callback((status, message)))

    def ask(self, request: AnyRequest | None) -> None:
        """Ask for *request*, if it is one; the reply is taken, and what it leads to is asked in its turn."""
        match request:
            case None:
                pass
            case requests.Quit():
                self._face.quit()
            case requests.Login():
                self.awaited += 1
                logged_in = self.connection.login(request.username)
                logged_in.addCallbacks(lambda _: None, self._not_logged_in).addBoth(self._answered)
            case requests.Say():
                said = self.connection.say(request.room, request.text, action=request.action, cid=request.cid or None)
                said.addCallbacks(partial(self._take, request=request), partial(self._failed, request))
                said.addBoth(self._done)
            case _:
                self.awaited += 1
                reply = self.connection.request(request)
                reply.addCallbacks(partial(self._take, request=request), partial(self._failed, request))
                reply.addBoth(self._answered)
        others, self._chat.outgoing = self._chat.outgoing, []
        for other in others:
            self.ask(other)

    def _answered(self, result: object) -> None:
        self.awaited -= 1
        self._done(result)

    def _done(self, result: object) -> None:
        if isinstance(result, Failure):
            self.log.failure("A reply was not understood", result)
        self._face.turn()

    def _failed(self, request: AnyRequest, failure: Failure) -> None:
        error = failure.value
        if isinstance(error, states.Refused):
            self._take(error.error, request)
        elif not isinstance(error, states.Disconnected):
            failure.raiseException()
        elif not self.leaving:
            # Why one leaves has been told.
            self._chat.failed(request, f"That was not done: {error}.")

    def _not_logged_in(self, failure: Failure) -> None:
        if not failure.check(states.Refused):
            self.end(1, f"can't connect to {self._chat.server}: {why(failure)}")
        elif not isinstance(self.connection.state, states.Nameless):
            # What the server says against a name is told by the state of the connection.
            self._face.refused(str(failure.value))

    def _heard(self, frame: states.Frame) -> None:
        if isinstance(frame, states.Outside):
            self._chat.shut_out(frame.room, frame.error.message)
        else:
            self._take(frame)
        self._face.turn()

    def _take(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> None:
        for following in self._face.take(frame, request):
            if self.awaited < MOST_AWAITED:
                self.ask(following)

    def _changed(self, state: states.State) -> None:
        match state:
            case states.Online(welcome):
                self._chat.linked(Link.ONLINE)
                self._face.changed(state)
                self._take(welcome)
            case states.Nameless(error):
                self._chat.linked(Link.NONE)
                self._face.refused(error.message)
            case states.Connecting():
                self._chat.linked(Link.CONNECTING, "connecting …")
                self._face.changed(state)
            case states.Waiting(_, reason):
                self._chat.linked(Link.LOST, reason)
                self._face.changed(state)
            case states.Away(reason):
                self._chat.linked(Link.AWAY, reason)
                self._face.changed(state)
            case states.Offline():
                self._chat.linked(Link.NONE)
            case _:
                assert_never(state)
        self._face.turn()
