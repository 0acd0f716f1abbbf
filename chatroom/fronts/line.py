"""The line protocol on a connection: it passes bytes on and lines back, and decides nothing."""

from __future__ import annotations

from functools import partial
from math import inf
from typing import TYPE_CHECKING, cast

from twisted.internet.interfaces import (
    IHalfCloseableProtocol,
    IHandshakeListener,
    ISSLTransport,
    ITCPTransport,
)
from twisted.internet.protocol import connectionDone
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from chatroom.core.commands import Request
from chatroom.core.errors import ChatError, LineTooLong, LoginTimeout
from chatroom.core.events import ByeReason
from chatroom.core.limits import WASTE_BYTES
from chatroom.core.names import RoomName
from chatroom.core.replies import Refused
from chatroom.core.visitor import Visitor
from chatroom.fronts.guard.admission import Host
from chatroom.fronts.guard.keepalive import Keepalive
from chatroom.fronts.guard.lingering_close import LingeringClose
from chatroom.fronts.guard.sockets import prepare
from chatroom.fronts.outbox import Outbox, outbox
from chatroom.fronts.speaker import Speaker
from chatroom.fronts.transport import Transport
from chatroom.wire import opening
from chatroom.wire.lines import Lines
from chatroom.wire.telnet import NO_TIMING_MARK
from chatroom.wire.text import greeting

if TYPE_CHECKING:
    from chatroom.fronts.factory import LineFactory

SILENCE = 0.3
"""Seconds until somebody who says nothing is taken for a person, and greeted."""

SLICE = 0.0005
"""Seconds for which the lines of one visitor are taken before the others have a turn."""


@implementer(IHalfCloseableProtocol, IHandshakeListener)
class LineFront(LineReceiver):
    """A connection: bytes come in, and lines go to its :class:`Speaker` as fast as that takes them.

    Lines that can't be taken yet wait here, and then no more is read: at most one read and one unfinished line. Who
    comes by the port of a *room* is to be let into it.
    """

    number: int
    since: float
    factory: LineFactory
    outbox: Outbox

    def __init__(self, host: Host | None = None, peer: str = "", room: RoomName | None = None) -> None:
        self.peer = peer
        self.reads = 0
        self.room = room
        self.host = host
        self._pulse = Keepalive(self)
        self._conversation: Speaker | None = None
        self._closing: LingeringClose | None = None
        self._why = "lost"
        self._greeted = False
        self._heard = False
        self._taking = False
        self._queued = False
        self._wasteful = False
        self._paused = False
        self._ended = False

    # Twisted calls these.

    @override
    def connectionMade(self) -> None:
        """Wait for the first line, but not for ever."""
        self.factory.remember(self)
        if ITCPTransport.providedBy(self.transport):
            # Without it, a small write may wait for the acknowledgement of the one before.
            self.transport.setTcpNoDelay(True)
        limits = self.factory.lobby.limits
        prepare(self.transport, limits.user_timeout)
        self._peer = cast("Transport", self.transport)
        self.outbox = outbox(self._peer, self.factory.lobby.turn, self._drained)
        self.factory.rounds.begin()
        self._lines = Lines(limits.max_line)
        self._deadlines = [
            self.factory.wheel.call_in(seconds, overdue)
            for seconds, overdue in (
                (limits.first_line_timeout, self._first_line_overdue),
                (limits.login_timeout, self._login_overdue),
            )
            if seconds
        ]
        if not ISSLTransport.providedBy(self.transport):
            self.handshakeCompleted()

    def handshakeCompleted(self) -> None:  # noqa: N802
        """Greet whoever stays silent."""
        self._deadlines.append(self.factory.wheel.call_in(SILENCE, self._greet))

    @override
    def dataReceived(self, data: bytes) -> None:
        """Cut *data* into lines: one split for all of them, or a few."""
        self.reads += 1
        if self._closing:
            self._closing.heard()
        elif self.reads == 1 and opening.is_tls(data):
            self._turn_away("tls", opening.NOT_TLS)
        else:
            self._lines.feed(data)
            self._look_at_the_rest()
            self.take_lines()

    @override
    def lineReceived(self, line: bytes) -> None:
        """Hand *line* to the conversation."""
        if not self._heard:
            self._heard = True
            if self._lines.is_text and opening.is_http(line):
                self._turn_away("http", opening.NOT_HTTP)
                return
            self._greet()
        self._converse().hear(line)

    def readConnectionLost(self) -> None:  # noqa: N802
        """Carry out what has come in, to the last line; nothing more will come."""
        self._ended = True
        if self._closing:
            self._closing.close()
        else:
            self._lines.end()
            self.take_lines()

    def writeConnectionLost(self) -> None:  # noqa: N802
        """Close for good when the peer has said what it had to say: all that was to be sent has left."""
        if self._closing:
            self._closing.close_when_silent()
        else:
            self.hang_up(self._why)

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Let the visitor be gone from everywhere."""
        self.factory.forget(self, self._why)
        for deadline in self._deadlines:
            deadline.cancel()
        if self._closing:
            self._closing.lost()
        leave = partial(self.factory.admission.leave, self.host)
        if self._conversation:
            self._conversation.visitor.lost()
            self._conversation.visitor.when_over(leave)
        else:
            leave()

    # The conversation calls these.

    def take_lines(self) -> None:
        """Hand over the lines that wait, as many as the visitor takes and as a turn may have."""
        if self._taking:
            return
        self._taking = True
        lines = self._lines
        seconds = self.factory.wheel.seconds
        left = self.factory.lobby.limits.lines_per_turn or inf
        until = seconds() + SLICE
        # Who has not shown its dialect has nothing to wait for.
        while lines and not self._closing and (lines.is_text is None or self._visitor().is_free()):
            if not left or seconds() > until:
                # The others have their turn before.
                self.take_lines_in_turn()
                break
            if not lines.ready:
                lines.cut()
                self._look_at_the_rest()
                continue
            left -= 1
            try:
                self.lineReceived(lines.pop())
            except LineTooLong as error:
                self._refuse_and_close(error)
        self._taking = False
        if not self._closing:
            self._read_or_wait()

    def take_lines_in_turn(self) -> None:
        """Take the lines that wait when those who waited before have taken theirs."""
        if not self._queued:
            self._queued = True
            self.factory.run_queue.add(self._take_lines_now)

    def hang_up(self, why: str) -> None:
        """Close when everything is sent, or when the peer does not take it for too long; *why* is counted."""
        if not self._closing:
            self._why = why
            self._lines.close()
            self.outbox.finish()
            plain = ITCPTransport.providedBy(self.transport) and not ISSLTransport.providedBy(self.transport)
            timeout = self.factory.lobby.limits.close_timeout
            half_closes = plain and not self._ended
            self._closing = LingeringClose(self._peer, self.factory.wheel, timeout, half_closes=half_closes)
            if self._paused and half_closes:
                self._peer.resumeProducing()

    def abort(self, why: str) -> None:
        """Close at once; *why* is counted."""
        self.hang_up(why)
        self._peer.abortConnection()

    def stop(self) -> None:
        """Say farewell when all that was begun is answered: the server stops."""
        self._lines.close()
        self._visitor().stop()

    # Its pulse is felt by these.

    @property
    def is_deaf(self) -> bool:
        """Whether the peer is not being read on purpose, or has said that nothing will come."""
        return self._paused or self._ended

    @property
    def ping(self) -> bytes:
        """What asks the peer for a sign of life, if that can be asked."""
        return self._conversation.ping if self._conversation else b""

    def look(self, passed: float) -> None:
        """See whether the peer is alive: *passed* seconds ago it was looked at last."""
        if not self._closing:
            self._pulse.look(passed, self.factory.lobby.limits)

    def dismiss(self, reason: ByeReason) -> None:
        """Hang up, and say why."""
        self._visitor().dismiss(reason)

    # Whoever looks at the server asks for this.

    @property
    def standing(self) -> tuple[str, str]:
        """The state and the dialect of whoever is connected."""
        user = self._conversation.visitor.user if self._conversation else None
        state = "closing" if self._closing else "username" if user is None else "room" if user.rooms else "lobby"
        is_text = self._lines.is_text
        return state, "unknown" if is_text is None else "text" if is_text else "frames"

    @property
    def username(self) -> str | None:
        """The name of whoever is connected, or was."""
        user = self._conversation.visitor.user if self._conversation else None
        return user.username if user else None

    # And these are its own.

    def _converse(self) -> Speaker:
        """Return the conversation; whoever has not shown its dialect is taken for a person."""
        if self._conversation is None:
            dialect = self.factory.frames if self._lines.is_text is False else self.factory.text()
            self._conversation = Speaker(self.factory.lobby, dialect, self)
        return self._conversation

    def _visitor(self) -> Visitor:
        return self._converse().visitor

    def _take_lines_now(self) -> None:
        self._queued = False
        self.take_lines()

    def _turn_away(self, why: str, answer: bytes) -> None:
        """Send *answer* to what does not speak as we do, and close; *why* is counted."""
        self.outbox.write(answer)
        self._visitor().close()
        self._why = why

    def _look_at_the_rest(self) -> None:
        """Let what came and made no line be paid for, and answer who asks for a mark of telnet's."""
        lines = self._lines
        if lines.telnet.asked_for_mark:
            lines.telnet.asked_for_mark = False
            self.outbox.write(NO_TIMING_MARK)
        if lines.wasted < WASTE_BYTES:
            return
        if lines.is_text is not None:
            tokens, lines.wasted = divmod(lines.wasted, WASTE_BYTES)
            self._visitor().pay(tokens)
            self._wasteful = True
        elif 0 < (limit := self.factory.lobby.limits.max_line) < lines.wasted:
            # Nobody can be told to wait yet; but what comes before a first line is never as long as one.
            self._refuse_and_close(LineTooLong(limit))

    def _owes(self) -> bool:
        """Tell whether what made no line has to be paid for before more is read."""
        self._wasteful = self._wasteful and not self._visitor().is_free()
        return self._wasteful

    def _read_or_wait(self) -> None:
        """Read on if all lines are taken, and otherwise not; close where nothing more will come."""
        if self._ended:
            # To resume would only read the end of input again.
            if not self._lines:
                self._visitor().finish()
            return
        waiting = bool(self._lines) or self._owes()
        if waiting != self._paused:
            self._paused = waiting
            if waiting:
                self._peer.pauseProducing()
            else:
                self._peer.resumeProducing()
                if self._visitor().slowed:
                    self._find_out_whether_more_waits()

    def _find_out_whether_more_waits(self) -> None:
        """Look behind the next read: what the kernel holds has waited too."""

        def look() -> None:
            if not self._paused:
                self._visitor().caught_up()

        def look_soon() -> None:
            # Not at once: this may be the turn in which it all began, before anything is read.
            self.factory.soon(look)

        self.factory.soon(look_soon)

    def _drained(self) -> None:
        if self._conversation:
            self._conversation.visitor.drained()

    def _greet(self) -> None:
        """Greet a person, or whoever has not shown yet to be a program."""
        if not self._greeted and not self._closing and self._lines.is_text is not False:
            self._greeted = True
            self.outbox.write(greeting(self.factory.server))

    def _first_line_overdue(self) -> None:
        if not self._heard:
            self._login_overdue()

    def _login_overdue(self) -> None:
        if self._visitor().user is None:
            self._refuse_and_close(LoginTimeout())

    def _refuse_and_close(self, error: ChatError) -> None:
        """Say what is wrong when all that came before is answered, and hang up."""
        visitor = self._visitor()
        visitor.answer(Request(), Refused(error), visitor.close)
