"""The client without a screen: one line after the other, for people who hear their terminal, and for pipes."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TextIO

import msgspec
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from chatroom.client import states
from chatroom.client.keys.actions import Action
from chatroom.client.line_mode.descriptor_lines import LONGEST
from chatroom.client.line_mode.login import LoginPrompt
from chatroom.client.line_mode.missed import MissedMessages, untold
from chatroom.client.line_mode.printer import Printer
from chatroom.client.line_mode.secret_line import SecretLine
from chatroom.client.line_mode.transcript import LinePrinter, help_lines
from chatroom.client.model.chat import Chat
from chatroom.client.ports import Connect, LineSource, Program, UserInterface
from chatroom.client.reducer import reducer
from chatroom.client.screens import commands
from chatroom.client.screens.command import NotDone
from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.overlays.help import HelpScreen
from chatroom.client.screens.overlays.lists import ListScreen
from chatroom.client.screens.overlays.password import PasswordScreen
from chatroom.client.session import Session
from chatroom.client.views.lines import NoticeLine
from chatroom.client.views.printed import information, trouble
from chatroom.client.views.view import Connectivity
from chatroom.core.values.wording import taken_back
from chatroom.programs.standard_output import GONE, not_written
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.answers import AnyEvent, AnyReply, Entered, Error, Welcome
from chatroom.wire.frames.requests import AnyRequest

LINE_BACKLOG = 10
"""Messages that a person is shown on entering a room, besides what they missed; a program is shown none."""

STORE_TIMEOUT = 60.0
"""Seconds in which something has to be stored, when nothing more is typed and one waits for the last."""

MAX_WAITING = 100
"""DescriptorLines that wait, and as many that were sent and not stored yet, before no more are read."""


class LineMode:
    """Carries out the lines of *input*, and writes what happens: to *out*, or to *err* what went wrong.

    Each line waits for the answer to the one before, unless that was only said. *attended* says that a person types,
    who sees what goes wrong; else the exit status tells. One that *listens* goes on when the input has ended.
    """

    log = Logger()

    def __init__(
        self,
        reactor: IReactorTime,
        chat: Chat,
        connect: Connect,
        input: LineSource,
        out: TextIO,
        err: TextIO,
        *,
        attended: bool,
        listens: bool = False,
    ) -> None:
        self._clock = reactor
        self._chat = chat
        self._session = Session(chat, connect, self, reads=attended)
        self.ended = self._session.ended.addCallback(self._judged)
        self._input = input
        self._printer = Printer(out, err, self._not_printed)
        self._secret = SecretLine(input, self._printer)
        self._login = LoginPrompt(self._session.ask, self._printer, self._secret)
        self._attended = attended
        self._listens = listens
        self._missed = MissedMessages(chat)
        self._transcript = LinePrinter(chat, self._missed.holds)
        # What a screen would list over this one is printed, when it is there.
        self._screen = LobbyScreen(chat)
        self._list: ListScreen | None = None
        self._typed: deque[bytes] = deque()
        self._over = False
        self._patience: IDelayedCall | None = None
        self._second = LoopingCall(self._session.remember)
        self._second.clock = reactor
        self._lost = False
        self._unprinted: tuple[int, str] | None = None

    def start(self, username: str = "", problems: Sequence[str] = ()) -> None:
        """Log in as *username*, having told of *problems*; who gives none is asked for it."""
        for problem in problems:
            self._printer.say_state(problem)
        if not (username or self._attended):
            self.end(2, "it has to be told a name where its input is no terminal: --username NAME")
            return
        self._input.start(self._take_line, self._input_ended)
        if self._attended:
            self._second.start(1, now=False)
        self._login.begin(username)

    def end(self, status: int, message: str = "") -> None:
        """Say good-bye; :attr:`ended` then fires with *status* and *message*."""
        self._session.end(status, message)

    def close(self) -> None:
        """Read nothing more."""
        self._input.read(False)
        self._input.echo(True)
        if self._second.running:
            self._second.stop()
        if self._patience:
            self._patience.cancel()
            self._patience = None

    def quit(self) -> None:
        """End as the user wants; the status says whether something went wrong."""
        self.end(1 if self._printer.failed and not self._attended else 0)

    def _not_printed(self, error: OSError) -> None:
        """End: nobody reads any more, or what is printed has no place."""
        self._unprinted = ending = (128 + signal.SIGPIPE, "") if error.errno in GONE else (1, not_written(error))
        self.end(*ending)

    def _judged(self, ending: tuple[int, str]) -> tuple[int, str]:
        """Return *ending*; what was not printed at the very end counts, too."""
        return ending if ending[0] else self._unprinted or ending

    # What is typed.

    def _take_line(self, line: bytes) -> None:
        if self._secret.asked:
            self._secret.take(line)
            self.turn()
            return
        if self._attended and not line.strip() and self._session.server.hurry():
            return
        if self._is_waited_for and _means_quit(line):
            self.quit()
            return
        self._typed.append(line)
        self.turn()

    def _go_on(self, screen: PasswordScreen, password: str | None = None) -> None:
        """Ask for what *screen* asks for, having got *password*; an empty one is the way out."""
        if password == "":
            screen.act(Action.CANCEL)
        elif password:
            self._session.ask(screen.parse_request(password))
        self._tell()
        if screen.change_state() is screen:
            self._secret.ask(screen.prompt, partial(self._go_on, screen))
        elif password == "":
            self._printer.print(information(["Nothing was changed."]))

    def _input_ended(self) -> None:
        if self._listens:
            return
        self._over = True
        if self._is_waited_for:
            self.quit()
            return
        self.turn()
        self._wait()

    @property
    def _is_waited_for(self) -> bool:
        """Whether a person waits for a server that has not let one in yet: nothing can be carried out before."""
        if not self._attended or self._chat.username:
            return False
        state = self._session.server.state
        # DescriptorLines may be typed ahead of a server that is there.
        return isinstance(state, states.Waiting) or (isinstance(state, states.Connecting) and not self._typed)

    def _tell(self) -> None:
        """Print the news, and the user's whereabouts when they are settled."""
        # The line of a terminal can't be filled for somebody.
        self._chat.returned = ""
        for conversation in self._chat.conversations.values():
            conversation.editor.take()
        self._printer.print(self._transcript.take())
        if self._list and not self._list.waiting:
            found, self._list = self._list, None
            self._printer.print(self._transcript.listed(found.view()))
        if self._chat.connectivity is not Connectivity.ONLINE or self._session.awaited or self._session.leaving:
            return
        if self._chat.wanted.first and not self._attended:
            # All that is to come was meant for the room that let nobody in.
            self.end(1)
        elif self._attended:
            self._printer.print(self._transcript.whereabouts())

    @property
    def _is_free(self) -> bool:
        """Whether the next line can be carried out now."""
        if (
            self._secret.asked
            or self._session.awaited
            or self._session.leaving
            or self._session.server.unsent >= MAX_WAITING
        ):
            return False
        # A person is told what can't be done without a connection; a program's line waits for it.
        if self._chat.connectivity is Connectivity.ONLINE:
            return not self._missed.held
        return self._attended

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
        elif not self._chat.username or isinstance(self._session.server.state, states.Nameless):
            self._take_name(text.strip())
        else:
            self._carry_out(text)

    def _take_name(self, name: str) -> None:
        if _means_quit(name.encode()):
            self.end(0)
        else:
            self._login.begin(name)

    def _carry_out(self, text: str) -> None:
        try:
            request = commands.carry_out(self._screen, text)
        except NotDone as error:
            self._chat.notice(str(error), error=True)
            return
        screen = self._screen.change_state()
        if isinstance(screen, ListScreen):
            self._list = screen
        elif isinstance(screen, HelpScreen):
            self._printer.print(help_lines(screen.commands))
        elif isinstance(screen, PasswordScreen) and self._attended:
            self._tell()
            self._go_on(screen)
        elif isinstance(screen, PasswordScreen):
            # Else its next line, which may be the password, would be said.
            self.end(1, "a password is asked for at a terminal only")
        self._session.ask(self._fitting(request))
        if text.strip().lower() in ("/lobby", "/list"):
            self._printer.print(self._transcript.lobby())

    def _fitting(self, request: AnyRequest | None) -> AnyRequest | None:
        """Return *request* as it is to be asked here, if it is: what was said before is for a screen that shows it."""
        match request:
            case requests.History() if not (self._attended or self._chat.lookups.asks(request)):
                return None
            case requests.Join():
                return msgspec.structs.replace(request, backlog=LINE_BACKLOG if self._attended else 0)
        return request

    def _wait(self) -> None:
        """Wait for what was said last, but not for ever; a server that is not there yet is another matter."""
        if not self._chat.username:
            return
        if self._patience:
            self._patience.reset(STORE_TIMEOUT)
        elif not self._session.leaving:
            self._patience = self._clock.callLater(STORE_TIMEOUT, self._give_up)

    def _give_up(self) -> None:
        self._patience = None
        count = len(self._typed) + self._session.server.unsent
        lines = f"{count} line{'' if count == 1 else 's'}"
        self.end(1, f"{lines} may not be stored: the server has stored nothing for {STORE_TIMEOUT:g} s")

    # What happens.

    def take(self, frame: AnyReply | AnyEvent, request: AnyRequest | None = None) -> Sequence[AnyRequest]:
        """Print what the server says; return what to ask next."""
        following = reducer.reduce(self._chat, frame, request)
        if self._attended:
            following = [*following, *self._missed.take(frame)]
        elif isinstance(frame, Entered):
            self._tell_unread(frame)
        if self._over and isinstance(frame, Welcome):
            self._wait()
        if isinstance(frame, answers.Redacted) and not self._chat.preferences.ignores(frame.from_):
            self._tell_redaction(frame)
        # At once, so that what was said in several rooms comes in the order in which it came.
        self._printer.print(self._transcript.take())
        if self._over and isinstance(request, requests.Say):
            self._wait()
        return [wanted for asked in following if (wanted := self._fitting(asked))]

    def _tell_unread(self, frame: Entered) -> None:
        """Tell one that listens how much of a room was said when nobody did."""
        room = self._chat.room(frame.room)
        if self._listens and room and not frame.resumed and (read := room.news.read_to) is not None:
            self._printer.say_state(untold(room.name, room.newest - read, read + 1))

    def _tell_redaction(self, event: answers.Redacted) -> None:
        """Tell of *event*: what was printed can't be blanked."""
        if room := self._chat.conversations.get(event.room or ""):
            told = taken_back(event.by, event.from_, event.seq, event.note or "")
            room.show(NoticeLine(self._chat.now(), f"{event.by} {told}."))

    def refused(self, error: Error) -> None:
        """Tell that the name was not taken, or its password not right, and why."""
        if not self._attended:
            self._printer.print(trouble(error.message))
            self.end(1)
        else:
            self._login.refused(error)

    def changed(self, state: states.State) -> None:
        """Tell once that the connection is lost, and when it is there again; end if it is not to come back."""
        match state:
            case states.Online() if self._lost:
                self._lost = False
                self._printer.say_state("Connected again." if self._chat.username else "Connected.")
            case states.Waiting(_, reason) if not self._lost:
                self._lost = True
                told = f"Connection lost, reconnecting ({reason})" if self._chat.username else f"Waiting: {reason}"
                self._printer.say_state(f"{told}; an empty line tries at once" if self._attended else told)
            case states.Away(reason):
                self.end(1, reason)

    def turn(self) -> None:
        """Carry out what was typed, as far as it need not wait; end when there is no more."""
        try:
            self._tell()
            while self._typed and self._is_free:
                self._enter(self._typed.popleft())
                self._tell()
        except Exception:
            self.log.failure("The client has failed")
            self.end(1)
        if self._session.leaving:
            return
        if self._over and not (self._typed or self._session.awaited or self._session.server.unsent):
            self.quit()
        elif not self._over:
            self._input.read(len(self._typed) < MAX_WAITING)


def _means_quit(line: bytes) -> bool:
    """Say whether *line* means to go, where it could be a name."""
    return line.strip().lower().lstrip(b"/") in (b"quit", b"exit")


_: tuple[type[UserInterface], type[Program]] = (LineMode, LineMode)
