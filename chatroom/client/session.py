"""Requests and replies, carried between a chat and its server, whatever shows them."""

from __future__ import annotations

from functools import partial
from typing import assert_never

import msgspec
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from chatroom.client import states
from chatroom.client.model.chat import Chat
from chatroom.client.model.preferences import NotRemembered
from chatroom.client.ports import Connect, UserInterface
from chatroom.client.reasons import why
from chatroom.client.reducer import failing, leaving, marking, remembering
from chatroom.client.views.view import Connectivity
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import AnyEvent, AnyReply, Welcome
from chatroom.wire.frames.requests import AnyRequest

MAX_AWAITED = 1000
"""Requests that wait for their replies before what a server says leads to no more of them."""

MARKS_A_SECOND, MARKS_AT_LAST = 3, 20
"""Rooms of which the server is told in a second how far they are read, and at the end; it takes some requests only."""


class Session:
    """Asks what *chat* wants of the server that *connect* makes, and gives *interface* what it says.

    *awaited* counts the requests that wait for their replies, but for what was said. *reads* says that a person reads
    what is shown, which the server is told.
    """

    log = Logger()

    def __init__(self, chat: Chat, connect: Connect, interface: UserInterface, *, reads: bool = True) -> None:
        self.ended: Deferred[tuple[int, str]] = Deferred()
        self.leaving = False
        self.awaited = 0
        self._chat = chat
        self._reads = reads
        self._looks = True
        self._forgetful = False
        self._interface = interface
        self._refusal: answers.Error | None = None
        self._last_word = ""
        self.server = connect(self._heard, self._changed)

    def end(self, status: int, message: str = "") -> None:
        """Close the interface and say good-bye; :attr:`ended` then fires with *status* and *message*."""
        if self.leaving:
            return
        self._keep()
        self._mark(MARKS_AT_LAST)
        self.leaving = True
        self._interface.close()
        self.server.quit(self._last_word).addBoth(lambda _: self._gone(status, message))

    def _gone(self, status: int, message: str) -> None:
        self._chat.sessions.end()
        self.ended.callback((status, message))

    def remember(self, *, looks: bool = True) -> None:
        """Keep where the user is, for the next time; to be called every second or so.

        While they look, the server is told how far they have read.
        """
        self._keep()
        self._looks = looks
        self._mark(MARKS_A_SECOND)

    def _keep(self) -> None:
        try:
            if not self._forgetful:
                remembering.remember(self._chat)
        except Exception:
            # Whatever it is, the terminal is to be left as it was.
            self._forgetful = True
            self.log.failure("The place of the user was not remembered")

    def _mark(self, most: int, room: str = "") -> None:
        if self._reads and self._looks:
            for mark in marking.due(self._chat, most, room):
                self.server.request(mark).addErrback(_not_marked)

    def ask(self, request: AnyRequest | None) -> None:
        """Ask for *request*, if it is one; the reply is taken, and what it leads to is asked in its turn."""
        match request:
            case None:
                pass
            case requests.Quit():
                self._last_word = request.note or ""
                self._interface.quit()
            case requests.Login():
                self.awaited += 1
                logged_in = self._log_in(request)
                logged_in.addCallbacks(lambda _: None, self._not_logged_in).addBoth(self._answered)
            case requests.Say():
                said = self.server.say(
                    request.room,
                    request.text,
                    action=request.action,
                    cid=request.cid or None,
                    re=request.re or None,
                )
                said.addCallbacks(partial(self._take, request=request), partial(self._failed, request))
                said.addBoth(self._done)
            case requests.Tell() if request.cid:
                told = self.server.tell(
                    request.to, request.text, action=request.action, cid=request.cid, re=request.re or None
                )
                told.addCallbacks(partial(self._take, request=request), partial(self._failed, request))
                told.addBoth(self._done)
            case requests.Mark():
                self.server.request(request).addErrback(_not_marked)
            case _:
                if isinstance(request, requests.Leave):
                    self._mark(1, request.room)
                self.awaited += 1
                reply = self.server.request(request)
                reply.addCallbacks(partial(self._take, request=request), partial(self._failed, request))
                reply.addBoth(self._answered)
        others, self._chat.further = self._chat.further, []
        for other in others:
            self.ask(other)

    def _log_in(self, request: requests.Login) -> Deferred[Welcome]:
        tokens, password = self._chat.tokens, request.password or ""
        try:
            token = tokens.begin(request.username, by_password=bool(password))
        except NotRemembered as error:
            self._not_remembered(error)
            token = ""
        return self.server.login(
            request.username,
            password=password,
            token=token,
            remember=tokens.wanted,
            session=self._kept(request.username),
        )

    def _kept(self, username: str) -> str:
        """Return the secret by which the server may know *username* again."""
        try:
            return self._chat.sessions.begin(username)
        except NotRemembered as error:
            self._chat.warn(f"If this client is killed, your place will wait for half a minute: {error}.")
            return ""

    def _note_token(self, username: str = "") -> bool:
        """Keep the server's token for the next time; return whether one was forgotten that is worth nothing."""
        try:
            return self._chat.tokens.note(self.server.token, username)
        except NotRemembered as error:
            self._not_remembered(error)
            return False

    def _not_remembered(self, error: NotRemembered) -> None:
        self._chat.warn(f"You may be asked for your password again: {error}.")

    def _answered(self, result: object) -> None:
        self.awaited -= 1
        self._done(result)

    def _done(self, result: object) -> None:
        if isinstance(result, Failure):
            self.log.failure("A reply was not understood", result)
        self._interface.turn()

    def _failed(self, request: AnyRequest, failure: Failure) -> None:
        error = failure.value
        if isinstance(error, states.Refused):
            self._take(error.error, request)
        elif not isinstance(error, states.Disconnected):
            failure.raiseException()
        elif not (self.leaving or self._is_asked_again(request)):
            # Why one leaves has been told.
            failing.failed(self._chat, request, f"That was not done: {error}.")

    def _is_asked_again(self, request: AnyRequest) -> bool:
        """Say whether coming back leads to *request*, which nobody has typed."""
        match request:
            case requests.Join():
                return request.room in self._chat.wanted
            case requests.Who():
                return not self._chat.was_asked(request)
            case requests.Reports():
                return self._chat.open_reports.was_asked(request)
        return isinstance(request, requests.List | requests.Unread | requests.Talks)

    def _not_logged_in(self, failure: Failure) -> None:
        error = failure.value
        if isinstance(error, states.Refused):
            self._refuse(error.error)
        elif not (isinstance(self.server.state, states.Away) and self._chat.username):
            # Who has been here is told why they have to stay away.
            self.end(1, f"can't connect to {self._chat.server}: {why(failure)}")

    def _refuse(self, error: answers.Error) -> None:
        """Tell what the server says against the name or the password."""
        if error is self._refusal:
            # The reply to the login and the state of the connection both say it.
            return
        self._refusal = error
        if isinstance(self.server.state, states.Nameless):
            self._chat.connection_changed(Connectivity.NONE)
        if self._note_token():
            message = f"You are not remembered here any more. {error.message}"
            error = msgspec.structs.replace(error, message=message)
        self._interface.refused(error)

    def _heard(self, frame: states.Incoming) -> None:
        if isinstance(frame, states.Outside):
            leaving.shut_out(self._chat, frame.room, frame.error.message)
        else:
            self._take(frame)
        self._interface.turn()

    def _take(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> None:
        following = self._interface.take(frame, request)
        if isinstance(self.server.state, states.Online):
            # There may be another name now, or no account any more.
            self._note_token(self._chat.username)
        for asked in following:
            if self.awaited < MAX_AWAITED:
                self.ask(asked)

    def _changed(self, state: states.State) -> None:
        match state:
            case states.Online(welcome):
                self._chat.connection_changed(Connectivity.ONLINE)
                self._interface.changed(state)
                self._take(welcome)
            case states.Nameless(error):
                self._refuse(error)
            case states.Connecting():
                self._chat.connection_changed(Connectivity.CONNECTING, "connecting …")
                self._interface.changed(state)
            case states.Waiting(_, reason):
                self._chat.connection_changed(Connectivity.LOST, reason)
                self._interface.changed(state)
            case states.Away(reason):
                self._chat.connection_changed(Connectivity.AWAY, reason)
                self._note_token(self._chat.username)
                self._interface.changed(state)
            case states.Offline():
                self._chat.connection_changed(Connectivity.NONE)
            case _:
                assert_never(state)
        self._interface.turn()


def _not_marked(failure: Failure) -> None:
    # The room was left meanwhile, or the server tells its mark when one is back.
    failure.trap(states.Refused, states.Disconnected)
