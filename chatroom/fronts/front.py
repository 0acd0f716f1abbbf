"""A connection, whatever it speaks: flow control, deadlines, keepalive, and the end."""

from __future__ import annotations

import typing
from collections.abc import Callable
from functools import partial
from math import inf
from typing import cast

from twisted.internet.interfaces import IHalfCloseableProtocol, ISSLTransport, ITCPTransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from chatroom.core.rooms.lobby import Lobby
from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.core.values.commands import Request
from chatroom.core.values.errors import LineTooLong, LoginTimeout
from chatroom.core.values.events import ByeReason, Ending
from chatroom.core.values.limits import WASTE_BYTES
from chatroom.core.values.names import RoomName
from chatroom.core.values.replies import Refused
from chatroom.core.visit.visitor import Visitor
from chatroom.fronts.guard.access_log import Access, AccessLog
from chatroom.fronts.guard.admission import Admission, Host
from chatroom.fronts.guard.keepalive import Keepalive, Sweep
from chatroom.fronts.guard.lingering_close import LingeringClose
from chatroom.fronts.guard.sockets import prepare
from chatroom.fronts.outbox import Outbox, outbox
from chatroom.fronts.run_queue import RunQueue
from chatroom.fronts.speaker import Exit, Speaker
from chatroom.fronts.transport import Transport
from chatroom.wire.dialect import Dialect, DialectName
from chatroom.wire.framing.framing import Framing

SLICE = 0.0005
"""Seconds for which the lines of one visitor are taken before the others have a turn."""


class Shared(typing.Protocol):
    """What all fronts have in common: the factory, as far as they know it."""

    lobby: Lobby
    wheel: TimerWheel
    run_queue: RunQueue
    admission: Admission
    access_log: AccessLog
    sweep: Sweep

    def soon(self, action: Callable[[], None]) -> object:
        """Call *action* in the next turn."""

    def remember(self, front: Front) -> None:
        """Count *front* among the connections."""

    def forget(self, front: Front, why: Ending) -> None:
        """Count *front* among those that have ended."""


@implementer(IHalfCloseableProtocol)
class Front(Protocol):
    """A connection: bytes come in, and their lines (or messages) go to a :class:`Speaker` as fast as it takes them.

    Lines that can't be taken yet wait in the *framing*, and then no more is read: at most one read and one unfinished
    line. A visitor who comes by the port of a *room* is let into it.
    """

    access: Access
    outbox: Outbox

    def __init__(
        self, shared: Shared, framing: Framing, *, host: Host | None, peer: str, room: RoomName | None
    ) -> None:
        self.reads = 0
        self._shared = shared
        self._framing = framing
        self._host = host
        self.peer = peer
        self._room = room
        self._keepalive = Keepalive(self)
        self._deadlines: list[Deadline] = []
        self._speaker: Speaker | None = None
        self._closing: LingeringClose | None = None
        self._why: Ending = "lost"
        self._last_bytes = b""
        self._heard = False
        self._taking = False
        self._queued = False
        self._wasteful = False
        self._paused = False
        self._ended = False

    # A front for a kind of lines or messages says these.

    @property
    def dialect(self) -> DialectName | typing.Literal["unknown"]:
        """The name of the dialect, or that it is not known yet."""
        raise NotImplementedError

    def make_dialect(self) -> Dialect:
        """Return the dialect of this connection; a peer that has not shown theirs is taken for a person."""
        raise NotImplementedError

    def stays(self, data: bytes) -> bool:
        """Tell whether the connection is this front's after its first *data*; otherwise another way in has it now."""
        raise NotImplementedError

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        """Hand *line*, or a message, to the speaker."""
        raise NotImplementedError

    # Twisted calls these.

    @override
    def connectionMade(self) -> None:
        """Wait for the first line, but not for ever."""
        shared = self._shared
        self.access = shared.access_log.began(self.peer)
        shared.remember(self)
        if ITCPTransport.providedBy(self.transport):
            # Without it, a small write may wait for the acknowledgement of the one before.
            self.transport.setTcpNoDelay(True)
        limits = shared.lobby.limits
        prepare(self.transport, limits.user_timeout)
        self._stream = cast("Transport", self.transport)
        self.outbox = outbox(self._stream, shared.lobby.turn, self._drained)
        shared.sweep.begin()
        self.call_later(limits.first_line_timeout, self._first_line_overdue)
        self.call_later(limits.login_timeout, self._login_overdue)

    @override
    def dataReceived(self, data: bytes) -> None:
        """Cut *data* into lines: one split for all of them, or a few."""
        self.reads += 1
        if self._closing:
            self._closing.heard()
        elif self.reads > 1 or self.stays(data):
            self._feed(data)
            self.take_lines()

    def readConnectionLost(self) -> None:  # noqa: N802
        """Carry out what has come in, to the last line; nothing more will come."""
        self._ended = True
        if self._closing:
            self._closing.close()
        else:
            self._framing.end()
            self.take_lines()

    def writeConnectionLost(self) -> None:  # noqa: N802
        """Close for good when the peer has said what it had to say: all that was to be sent has left."""
        if self._closing:
            self._closing.close_when_silent()
        else:
            self.close(self._why)

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Let the visitor be gone from everywhere."""
        self.access.ended(self._why, self._speaker.username if self._speaker else "", self.dialect)
        self._shared.forget(self, self._why)
        for deadline in self._deadlines:
            deadline.cancel()
        if self._closing:
            self._closing.lost()
        release = partial(self._shared.admission.release, self._host)
        if self._speaker:
            self._speaker.visitor.lost()
            self._speaker.visitor.when_over(release)
        else:
            release()

    def pauseProducing(self) -> None:  # noqa: N802
        """Read no more: lines wait that the visitor can't take yet."""
        self._paused = True
        self._stream.pauseProducing()

    def resumeProducing(self) -> None:  # noqa: N802
        """Read on."""
        self._paused = False
        self._stream.resumeProducing()

    # The speaker calls these.

    def proceed(self) -> None:
        """Take the lines that wait when those who waited before have taken theirs."""
        if not self._queued:
            self._queued = True
            self._shared.run_queue.add(self._take_lines_now)

    def close(self, why: Ending) -> None:
        """Close when everything is sent, or when the peer does not take it for too long; *why* is counted."""
        if not self._closing:
            self._why = why
            self._take_no_more()
            self.outbox.write(self._last_bytes)
            self.outbox.finish()
            plain = ITCPTransport.providedBy(self.transport) and not ISSLTransport.providedBy(self.transport)
            timeout = self._shared.lobby.limits.close_timeout
            half_closes = plain and not self._ended
            self._closing = LingeringClose(self._stream, self._shared.wheel, timeout, half_closes=half_closes)
            if self._paused and half_closes:
                self._stream.resumeProducing()

    def abort(self, why: Ending) -> None:
        """Close at once; *why* is counted."""
        self.close(why)
        self._stream.abortConnection()

    # The keepalive calls these.

    @property
    def is_deaf(self) -> bool:
        """Whether the peer is not being read on purpose, or has said that nothing will come."""
        return self._paused or self._ended

    @property
    def ping(self) -> bytes:
        """The bytes that ask the peer for a sign of life; none where that can't be asked."""
        return self._speaker.ping if self._speaker else b""

    def look(self, passed: float) -> None:
        """See whether the peer is alive; *passed* are the seconds since the last look."""
        if not self._closing:
            self._keepalive.look(passed, self._shared.lobby.limits)

    def dismiss(self, reason: ByeReason) -> None:
        """Say why, and hang up."""
        self.visitor().dismiss(reason)

    # The factory, and other ways in, call these.

    @property
    def state(self) -> tuple[str, str]:
        """The labels of the visitor's state and of the dialect."""
        user = self._speaker.visitor.user if self._speaker else None
        state = "closing" if self._closing else "username" if user is None else "room" if user.rooms else "lobby"
        return state, self.dialect

    def stop(self) -> None:
        """Say farewell when all that was begun is answered: the server stops."""
        self._take_no_more()
        self.visitor().stop()

    def turn_away(self, why: Ending, answer: bytes) -> None:
        """Send *answer* to a peer that is wrong here, and close."""
        self.outbox.write(answer)
        if self._speaker:
            self._speaker.visitor.lost()
        self.close(why)

    # These are for the fronts themselves.

    def call_later(self, seconds: float, action: Callable[[], None]) -> None:
        """Call *action* in so many *seconds* if the connection is there; never, if they are 0."""
        if seconds:
            self._deadlines.append(self._shared.wheel.call_later(seconds, action))

    def speaker(self) -> Speaker:
        """Return the speaker; the first call settles the dialect."""
        if self._speaker is None:
            dialect = self.make_dialect()
            self._speaker = Speaker(self._shared.lobby, dialect, self, room=self._room, host=self._host)
        return self._speaker

    def visitor(self) -> Visitor:
        """Return the visitor."""
        return self.speaker().visitor

    def take_lines(self) -> None:
        """Hand over the lines that wait, as many as the visitor takes and as a turn may have."""
        if self._taking:
            return
        self._taking = True
        framing = self._framing
        seconds = self._shared.wheel.seconds
        left = self._shared.lobby.limits.lines_per_turn or inf
        until = seconds() + SLICE
        while (framing.pending or self._has_begun()) and not self._closing:
            # Without a speaker, there is nobody to wait for.
            if (speaker := self._speaker) is not None and not speaker.is_free():
                break
            if not left or seconds() > until:
                # The others have their turn before.
                self.proceed()
                break
            if len(framing):
                left -= 1
                try:
                    self.lineReceived(framing.pop())
                except LineTooLong as error:
                    self._refuse_and_close(error)
            else:
                self._feed()
        self._taking = False
        if not self._closing:
            self._read_or_wait()

    def _has_begun(self) -> bool:
        """Tell whether only some of the requests in a line have begun."""
        return self._speaker is not None and bool(self._speaker.pending)

    def _feed(self, data: bytes = b"") -> None:
        """Give *data* to the framing; let what makes no line be paid for."""
        if answer := self._framing.feed(data):
            self.outbox.write(answer)
        if self._framing.wasted >= WASTE_BYTES:
            self._charge_waste()

    def _charge_waste(self) -> None:
        framing = self._framing
        if self.dialect != "unknown":
            tokens, framing.wasted = divmod(framing.wasted, WASTE_BYTES)
            self.visitor().charge(tokens)
            self._wasteful = True
        elif 0 < (limit := self._shared.lobby.limits.max_line) < framing.wasted:
            # Nobody can be told to wait yet; but what comes before a first line is never as long as one.
            self._refuse_and_close(LineTooLong(limit))

    def _owes(self) -> bool:
        """Tell whether what made no line has to be paid for before more is read."""
        self._wasteful = self._wasteful and not self.visitor().is_free()
        return self._wasteful

    def _read_or_wait(self) -> None:
        """Read on if all lines are taken, and otherwise not; close where nothing more will come."""
        waiting = self._framing.pending or self._has_begun()
        if self._ended:
            # To resume would only read the end of input again.
            if not waiting:
                self.visitor().finish()
        elif (waiting or self._owes()) != self._paused:
            if not self._paused:
                self.pauseProducing()
            else:
                self.resumeProducing()
                if self.visitor().slowed:
                    self._find_out_whether_more_waits()

    def _find_out_whether_more_waits(self) -> None:
        """Look behind the next read: what the kernel holds has waited too."""

        def look() -> None:
            if not self._paused:
                self.visitor().caught_up()

        def look_soon() -> None:
            # Not at once: this may be the turn in which it all began, before anything is read.
            self._shared.soon(look)

        self._shared.soon(look_soon)

    def _take_lines_now(self) -> None:
        self._queued = False
        self.take_lines()

    def _take_no_more(self) -> None:
        """Forget the lines that wait, and take no more from the peer."""
        self._last_bytes += self._framing.close()

    def _drained(self) -> None:
        if self._speaker:
            self._speaker.visitor.drained()

    def _first_line_overdue(self) -> None:
        if not self._heard:
            self._login_overdue()

    def _login_overdue(self) -> None:
        if self.visitor().user is None:
            self._refuse_and_close(LoginTimeout())

    def _refuse_and_close(self, error: LineTooLong | LoginTimeout) -> None:
        """Say what is wrong when all that came before is answered, and hang up."""
        visitor = self.visitor()

        def close() -> None:
            visitor.lost()
            self.close(error.code)

        visitor.answer(Request(), Refused(error), close)


_: type[Exit] = Front
