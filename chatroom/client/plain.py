"""The client without a screen: one line after the other, for people who hear their terminal, and for pipes."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import TextIO, assert_never

import msgspec
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from chatroom.client import states
from chatroom.client.connection import Connection
from chatroom.client.lines import LONGEST, Input
from chatroom.client.link import why
from chatroom.client.pages import commands, hearing
from chatroom.client.pages.chat import Chat
from chatroom.client.pages.plain import Printed, Transcript, help_lines, information, trouble
from chatroom.client.pages.views import Link
from chatroom.wire import requests
from chatroom.wire.answers import AnyEvent, AnyReply
from chatroom.wire.requests import AnyRequest

BACKLOG = 10
"""Messages that a person is shown on entering a room; a program is shown none."""

PATIENCE = 60.0
"""Seconds in which something has to be stored, when nothing more is typed and one waits for the last."""

MOST = 100
"""Lines that wait, and as many that were sent and not stored yet, before no more are read."""


class Plain:
    """Carries out the lines of *input*, and writes what happens: to *out*, or to *err* what went wrong.

    Each line waits for the answer to the one before, unless that was only said. *attended* says that a person types,
    who sees what goes wrong; else the exit status tells.
    """

    log = Logger()

    def __init__(
        self,
        reactor: IReactorTime,
        chat: Chat,
        connect: Callable[[Callable[[states.Frame], None], Callable[[states.State], None]], Connection],
        input: Input,
        out: TextIO,
        err: TextIO,
        *,
        attended: bool,
    ) -> None:
        self.ended: Deferred[tuple[int, str]] = Deferred()
        self._clock = reactor
        self._chat = chat
        self._connection = connect(self._heard, self._changed)
        self._input = input
        self._out = out
        self._err = err
        self._attended = attended
        self._transcript = Transcript(chat)
        self._typed: deque[bytes] = deque()
        self._over = False
        self._awaited = 0
        self._patience: IDelayedCall | None = None
        self._status = 0
        self._lost = False
        self._leaving = False

    def start(self, username: str = "", problems: Sequence[str] = ()) -> None:
        """Log in as *username*, having told of *problems*; who gives none is asked for it."""
        for problem in problems:
            self._say_state(problem)
        if not (username or self._attended):
            self.end(1, "it has to be told a name where its input is no terminal: --username NAME")
            return
        self._input.start(self._take_line, self._input_ended)
        if username:
            self._log_in(username)
        else:
            self._print(information(["Type the username you want."]))

    def end(self, status: int, message: str = "") -> None:
        """Say good-bye; :attr:`ended` tells *status* and *message* to whoever is to exit with them."""
        if self._leaving:
            return
        self._leaving = True
        self._input.read(False)
        if self._patience:
            self._patience.cancel()
            self._patience = None
        self._connection.quit().addBoth(lambda _: self.ended.callback((status, message)))

    # What is typed.

    def _take_line(self, line: bytes) -> None:
        self._typed.append(line)
        self._go_on()

    def _input_ended(self) -> None:
        self._over = True
        self._go_on()
        self._wait()

    def _go_on(self) -> None:
        """Carry out what was typed, as far as it need not wait; end when there is no more."""
        try:
            self._tell()
            while self._typed and self._is_free:
                self._enter(self._typed.popleft())
                self._tell()
        except Exception:
            self.log.failure("The client has failed")
            self.end(1)
        if self._leaving:
            return
        if self._over and not (self._typed or self._awaited or self._connection.unsent):
            self.end(self._status)
        elif not self._over:
            self._input.read(len(self._typed) < MOST)

    def _tell(self) -> None:
        """Print what is new; where one is, when that has been settled."""
        self._print(self._transcript.take())
        if self._chat.link is not Link.ONLINE or self._awaited or self._leaving:
            return
        if self._chat.wanted and not self._attended:
            # All that is to come was meant for the room that let nobody in.
            self.end(1)
        elif self._attended:
            self._print(self._transcript.place())

    @property
    def _is_free(self) -> bool:
        """Whether the next line can be carried out now."""
        if self._awaited or self._leaving or self._connection.unsent >= MOST:
            return False
        # A person is told what can't be done without a connection; a program's line waits for it.
        return self._attended or self._chat.link is Link.ONLINE

    def _enter(self, line: bytes) -> None:
        try:
            text = line.removesuffix(b"\r").decode()
        except UnicodeDecodeError:
            self._chat.notice("This line is not in UTF-8, and was not said.", error=True)
            return
        if len(line) >= LONGEST:
            self._chat.notice("This line is too long, and was not said.", error=True)
        elif not text.strip():
            return
        elif not self._chat.username or isinstance(self._connection.state, states.Nameless):
            self._take_name(text.strip())
        elif text.strip().lower() == "/help":
            self._print(help_lines())
        else:
            self._carry_out(text)

    def _take_name(self, name: str) -> None:
        if name.lower().lstrip("/") in ("quit", "exit"):
            self.end(0)
        else:
            self._log_in(name)

    def _carry_out(self, text: str) -> None:
        try:
            request = commands.carry_out(self._chat, text)
        except commands.NotDone as error:
            self._chat.notice(str(error), error=True)
            return
        if self._chat.opening:
            self._chat.opening = None
            self._chat.notice("That opens a page, and without a screen there is none.", error=True)
            return
        self._ask(request)
        if text.strip().lower() in ("/lobby", "/list"):
            self._print(self._transcript.lobby())

    def _log_in(self, username: str) -> None:
        self._awaited += 1
        self._connection.login(username).addErrback(self._not_logged_in).addBoth(self._answered)

    def _not_logged_in(self, failure: Failure) -> None:
        # What the server says against a name is told by the state of the connection too.
        if not failure.check(states.Refused):
            self.end(1, f"can't connect to {self._chat.server}: {why(failure)}")
        elif not isinstance(self._connection.state, states.Nameless):
            self._refused(str(failure.value))

    # What is asked.

    def _ask(self, request: AnyRequest | None) -> None:
        match request:
            case None:
                return
            case requests.Quit():
                self.end(self._status)
                return
            case requests.Say():
                said = self._connection.say(request.room, request.text, action=request.action, cid=request.cid or None)
                said.addCallbacks(partial(self._take, request=request), partial(self._failed, request))
                said.addBoth(self._stored)
                return
            case requests.History() if not self._attended:
                return
        sent = request
        if isinstance(request, requests.Join):
            sent = msgspec.structs.replace(request, backlog=BACKLOG if self._attended else 0)
        self._awaited += 1
        # The reply is for what was asked for: rooms that are entered along with the first are known by it.
        reply = self._connection.request(sent)
        reply.addCallbacks(partial(self._take, request=request), partial(self._failed, request))
        reply.addBoth(self._answered)

    def _answered(self, result: object) -> None:
        self._awaited -= 1
        if isinstance(result, Failure):
            self.log.failure("A reply was not understood", result)
        self._go_on()

    def _stored(self, result: object) -> None:
        if isinstance(result, Failure):
            self.log.failure("A reply was not understood", result)
        if self._over:
            self._wait()
        self._go_on()

    def _failed(self, request: AnyRequest, failure: Failure) -> None:
        error = failure.value
        if isinstance(error, states.Refused):
            self._take(error.error, request)
        elif isinstance(error, states.Disconnected):
            if self._leaving:
                # Why one leaves has been told, and how many lines that concerns.
                return
            self._chat.failed(request, f"That was not done: {error}.")
        else:
            failure.raiseException()

    def _wait(self) -> None:
        """Wait for what was said last, but not for ever."""
        if self._patience:
            self._patience.reset(PATIENCE)
        elif not self._leaving:
            self._patience = self._clock.callLater(PATIENCE, self._give_up)

    def _give_up(self) -> None:
        self._patience = None
        count = len(self._typed) + self._connection.unsent
        lines = f"{count} line{'' if count == 1 else 's'}"
        self.end(1, f"{lines} may not be stored: the server has stored nothing for {PATIENCE:g} s")

    # What happens.

    def _heard(self, frame: states.Frame) -> None:
        if isinstance(frame, states.Outside):
            self._chat.shut_out(frame.room, frame.error.message)
        else:
            self._take(frame)
        self._go_on()

    def _take(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> None:
        if isinstance(frame, AnyReply):
            following = hearing.replied(self._chat, frame, request)
        else:
            following = hearing.happened(self._chat, frame)
        # At once, so that what was said in several rooms comes in the order in which it came.
        self._print(self._transcript.take())
        for each in following:
            self._ask(each)

    def _changed(self, state: states.State) -> None:
        match state:
            case states.Online(welcome):
                self._chat.linked(Link.ONLINE)
                if self._lost:
                    self._lost = False
                    self._say_state("Connected again.")
                self._take(welcome)
            case states.Nameless(error):
                self._chat.linked(Link.NONE)
                self._refused(error.message)
            case states.Waiting(_, reason):
                self._chat.linked(Link.LOST)
                if not self._lost:
                    self._lost = True
                    self._say_state(f"Connection lost, reconnecting ({reason})")
            case states.Away(reason):
                self.end(1, reason)
            case states.Connecting() | states.Offline():
                self._chat.linked(Link.NONE)
            case _:
                assert_never(state)
        self._go_on()

    def _refused(self, message: str) -> None:
        """Tell that the name was not taken, and why."""
        self._print(trouble(message))
        if self._attended:
            self._print(information(["Type another username."]))
        else:
            self.end(1)

    def _say_state(self, text: str) -> None:
        self._write(self._err, information([text])[0].text)

    # What is printed.

    def _print(self, lines: list[Printed]) -> None:
        for line in lines:
            if line.error and not self._attended:
                self._status = 1
            self._write(self._err if line.error else self._out, line.text)

    def _write(self, where: TextIO, line: str) -> None:
        try:
            where.write(f"{line}\n")
            where.flush()
        except OSError:
            # Nobody reads this any more.
            self.end(128 + signal.SIGPIPE)
