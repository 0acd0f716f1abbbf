"""The line protocol on a connection: it cuts bytes into lines, tells the dialect, and decides nothing else."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import cast

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import (
    IAddress,
    IHalfCloseableProtocol,
    IHandshakeListener,
    ISSLTransport,
    ITCPTransport,
)
from twisted.internet.protocol import ServerFactory, connectionDone
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from chatroom.core.commands import Request
from chatroom.core.errors import ChatError, LineTooLong, LoginTimeout
from chatroom.core.lobby import Lobby
from chatroom.core.replies import Refused
from chatroom.core.visitor import Visitor
from chatroom.core.wheel import Wheel
from chatroom.fronts.conversation import Conversation
from chatroom.fronts.outbox import Outbox
from chatroom.fronts.transport import Transport
from chatroom.wire import opening
from chatroom.wire.dialect import Dialect
from chatroom.wire.frames import Frames
from chatroom.wire.moments import day_and_time
from chatroom.wire.telnet import NO_TIMING_MARK, TelnetFilter
from chatroom.wire.text import Text, greeting

LINGER = 0.2
"""Seconds without a byte from the peer after which a connection that was ended is closed."""

SILENCE = 0.3
"""Seconds until somebody who says nothing is taken for a person, and greeted."""


@implementer(IHalfCloseableProtocol, IHandshakeListener)
class LineFront(LineReceiver):
    """A connection: bytes come in, and lines go to its :class:`Conversation` as fast as that takes them.

    Lines that can't be taken yet wait here, and then no more is read: at most one read and one unfinished line.
    """

    factory: LineFactory
    outbox: Outbox

    def __init__(self) -> None:
        self._conversation: Conversation | None = None
        self._filter: TelnetFilter | None = None
        self._greeted = False
        self._heard = False
        self._rest = b""
        self._lines: deque[bytes | None] = deque()
        self._taking = False
        self._later = False
        self._deaf = False
        self._paused = False
        self._ended = False
        self._spoke_on = False
        self._closing = False

    # Twisted calls these.

    @override
    def connectionMade(self) -> None:
        """Wait for the first line, but not for ever."""
        self.factory.connections[self] = None
        if ITCPTransport.providedBy(self.transport):
            # Without it, a small write may wait for the acknowledgement of the one before.
            self.transport.setTcpNoDelay(True)
        self._peer = cast("Transport", self.transport)
        self.outbox = Outbox(self._peer, self._drained)
        limits = self.factory.lobby.limits
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
        self._deadlines.append(self.factory.wheel.call_in(SILENCE, self._greet_the_silent))

    @override
    def dataReceived(self, data: bytes) -> None:
        """Cut *data* into lines: one split for all of them."""
        if self._closing:
            self._spoke_on = True
        if self._closing or self._deaf:
            return
        if self._conversation is None:
            data, decided = opening.skip(self._rest + data)
            self._rest = b"" if decided else data
            if not decided:
                return
            self._begin(is_text=not data.startswith(b"{"))
        if self._filter:
            data = self._filter.feed(data)
            if self._filter.asked_for_mark:
                self._filter.asked_for_mark = False
                self.outbox.write(NO_TIMING_MARK)
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._queue(lines)
        self.take_lines()

    @override
    def lineReceived(self, line: bytes) -> None:
        """Hand *line* to the conversation."""
        assert self._conversation is not None
        if not self._heard:
            self._heard = True
            if self._filter and opening.is_http(line):
                self.outbox.write(opening.NOT_HTTP)
                self._conversation.visitor.close()
                return
            self._greet()
        self._conversation.hear(line)

    def readConnectionLost(self) -> None:  # noqa: N802
        """Carry out what has come in, to the last line; nothing more will come."""
        self._ended = True
        if self._closing:
            self.outbox.close()
            return
        self._anybody()
        rest, self._rest = self._rest, b""
        self._queue([rest])
        self.take_lines()

    def writeConnectionLost(self) -> None:  # noqa: N802
        """Close for good when nothing more comes: all that was to be sent has left."""
        if self._ended:
            self.outbox.close()
        else:
            self._close_when_silent()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Let the visitor be gone from everywhere."""
        self._closing = True
        self.factory.forget(self)
        for deadline in self._deadlines:
            deadline.cancel()
        if self._conversation:
            self._conversation.visitor.lost()

    # The conversation calls these.

    def take_lines(self) -> None:
        """Hand over the lines that wait, as many as the visitor takes and as a turn may have."""
        if self._taking or self._conversation is None:
            return
        self._taking = True
        visitor = self._conversation.visitor
        left = self.factory.lobby.limits.lines_per_turn or len(self._lines)
        while self._lines and not self._closing and visitor.is_free():
            if not left:
                self._take_lines_later()
                break
            left -= 1
            line = self._lines.popleft()
            if line is None:
                self._refuse_and_close(LineTooLong(self.factory.lobby.limits.max_line))
            else:
                self.lineReceived(line)
        self._taking = False
        self._read_or_wait()

    def hang_up(self) -> None:
        """Close when everything is sent, or when the peer does not take it for too long."""
        if not self._closing:
            self._closing = True
            self._lines.clear()
            if timeout := self.factory.lobby.limits.close_timeout:
                self._deadlines.append(self.factory.wheel.call_in(timeout, self.abort))
            if self._ended or not self._is_plain_tcp():
                self.outbox.close()
            else:
                # To close while bytes of the peer are unread would throw away what is not yet sent, and break the
                # connection under what is not yet read there. So say that nothing follows, and listen a while.
                self.outbox.finish()
                if self._paused:
                    self._peer.resumeProducing()

    def abort(self) -> None:
        """Close at once."""
        self._closing = True
        self._lines.clear()
        self._peer.abortConnection()

    def stop(self) -> None:
        """Say farewell when all that was begun is answered: the server stops."""
        self._lines.clear()
        self._deaf = True
        self._anybody().stop()

    # And these are its own.

    def _begin(self, *, is_text: bool) -> Conversation:
        """Speak text or frames from here on."""
        dialect: Dialect = self.factory.frames
        if is_text:
            self._filter = TelnetFilter()
            dialect = self.factory.text()
        self._conversation = Conversation(self.factory.lobby, dialect, self)
        return self._conversation

    def _anybody(self) -> Visitor:
        """Return the visitor; whoever has not shown its dialect is taken for a person."""
        return (self._conversation or self._begin(is_text=True)).visitor

    def _queue(self, lines: list[bytes]) -> None:
        """Let *lines* wait for their turn, without the empty ones; the first that is too long is the last."""
        for line in [line for line in lines if line and not line.isspace()]:
            if self._is_too_long(line):
                return
            self._lines.append(line.removesuffix(b"\r"))
        self._is_too_long(self._rest)

    def _is_too_long(self, line: bytes) -> bool:
        limit = self.factory.lobby.limits.max_line
        if limit and len(line) > limit and len(line.removesuffix(b"\r")) > limit:
            self._deaf = True
            self._rest = b""
            self._lines.append(None)
        return self._deaf

    def _take_lines_later(self) -> None:
        """Go on when the others had their turn."""
        if not self._later:
            self._later = True
            self.factory.soon(self._take_lines_now)

    def _take_lines_now(self) -> None:
        self._later = False
        self.take_lines()

    def _read_or_wait(self) -> None:
        """Read on if all lines are taken, and otherwise not; close where nothing more will come."""
        assert self._conversation is not None
        if self._closing:
            return
        if self._ended:
            # To resume would only read the end of input again.
            if not self._lines and not self._deaf:
                self._deaf = True
                self._conversation.visitor.finish()
            return
        waiting = bool(self._lines)
        if waiting != self._paused:
            self._paused = waiting
            if waiting:
                self._peer.pauseProducing()
            else:
                self._peer.resumeProducing()

    def _is_plain_tcp(self) -> bool:
        return ITCPTransport.providedBy(self.transport) and not ISSLTransport.providedBy(self.transport)

    def _close_when_silent(self) -> None:
        """Close when the peer has sent nothing for a moment."""
        self._spoke_on = False

        def look() -> None:
            if self._spoke_on:
                self._close_when_silent()
            else:
                self.outbox.close()

        self._deadlines.append(self.factory.wheel.call_in(LINGER, look))

    def _drained(self) -> None:
        if self._conversation:
            self._conversation.visitor.drained()

    def _greet(self) -> None:
        if self._filter and not self._greeted:
            self._greeted = True
            self.outbox.write(greeting(self.factory.server))

    def _greet_the_silent(self) -> None:
        """Greet whoever has not begun a frame, whatever it will speak then."""
        if not self._greeted and not self._closing and (self._filter or self._conversation is None):
            self._greeted = True
            self.outbox.write(greeting(self.factory.server))

    def _first_line_overdue(self) -> None:
        if not self._heard:
            self._login_overdue()

    def _login_overdue(self) -> None:
        if self._conversation is None or self._conversation.visitor.user is None:
            self._refuse_and_close(LoginTimeout())

    def _refuse_and_close(self, error: ChatError) -> None:
        """Say what is wrong when all that came before is answered, and hang up."""
        visitor = self._anybody()
        visitor.answer(Request(), Refused(error), visitor.close)


class LineFactory(ServerFactory):
    """Lets everybody who connects into *lobby*, at most until it is stopped.

    *server* is what it calls itself, *frames* the dialect of programs. *soon* calls a callable in the next turn, *wall*
    returns the time of day in seconds since 1970.
    """

    noisy = False

    def __init__(
        self,
        lobby: Lobby,
        *,
        server: str,
        frames: Frames,
        wheel: Wheel,
        soon: Callable[[Callable[[], None]], object],
        wall: Callable[[], float],
    ) -> None:
        self.lobby = lobby
        self.server = server
        self.frames = frames
        self.wheel = wheel
        self.soon = soon
        self.connections: dict[LineFront, None] = {}
        self._wall = wall
        self._empty: Deferred[None] | None = None

    @override
    def buildProtocol(self, addr: IAddress | None) -> LineFront | None:  # type: ignore[override]
        """Take a connection, unless the server stops."""
        if self.lobby.stopping:
            return None
        front = LineFront()
        front.factory = self
        return front

    @override
    def logPrefix(self) -> str:
        """Return how the log calls what listens."""
        return self.server

    def text(self) -> Text:
        """Return the dialect of a person who connects now."""
        today, _ = day_and_time(int(self._wall() * 1000))
        return Text(today)

    def forget(self, front: LineFront) -> None:
        """Take note that the connection of *front* is lost."""
        self.connections.pop(front, None)
        if self._empty and not self.connections:
            empty, self._empty = self._empty, None
            empty.callback(None)

    def stop(self) -> Deferred[None]:
        """Say farewell to all; the result fires when the last has gone, or was made to."""
        self.lobby.stopping = True
        for front in tuple(self.connections):
            front.stop()
        if not self.connections:
            return succeed(None)
        stopped: Deferred[None] = Deferred()
        self._empty = stopped
        if timeout := self.lobby.limits.stop_timeout:
            overdue = self.wheel.call_in(timeout, self._abort_all)
            stopped.addCallback(lambda _: overdue.cancel())
        return stopped

    def _abort_all(self) -> None:
        for front in tuple(self.connections):
            front.abort()
