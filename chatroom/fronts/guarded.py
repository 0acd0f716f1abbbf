"""A connection under guard: it is admitted, logged, watched, and closed in order, whatever it speaks."""

from __future__ import annotations

import typing
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from twisted.internet.interfaces import IHalfCloseableProtocol, ISSLTransport, ITCPTransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.protocols.policies import ProtocolWrapper
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from chatroom.core.lobby import Lobby
from chatroom.core.tools.timer_wheel import Deadline, TimerWheel
from chatroom.core.values.events import ByeReason, Ending, Event
from chatroom.core.values.replies import ConnectionInfo
from chatroom.fronts.guard.access_log import Access, AccessLog
from chatroom.fronts.guard.admission import Admission, Host
from chatroom.fronts.guard.keepalive import Keepalive, Sweep, Watched
from chatroom.fronts.guard.lingering_close import LingeringClose
from chatroom.fronts.guard.sockets import prepare
from chatroom.fronts.outbox import Outbox, outbox
from chatroom.fronts.transport import Transport


class Shared(typing.Protocol):
    """The factory, as far as every connection knows it."""

    lobby: Lobby
    wheel: TimerWheel
    admission: Admission
    access_log: AccessLog
    sweep: Sweep

    def remember(self, connection: Guarded) -> None:
        """Count *connection* among those that are there."""

    def forget(self, connection: Guarded, why: Ending) -> None:
        """Count *connection* among those that have ended."""

    def leave(self, connection: Guarded) -> None:
        """Count *connection* no longer: another one goes on with it."""


@implementer(IHalfCloseableProtocol)
class Guarded(Protocol):
    """A connection of *host*, which has its place already, from its first byte to its last.

    One that goes on with what another has begun has the *access* of that.
    """

    access: Access
    outbox: Outbox

    def __init__(self, shared: Shared, *, host: Host | None, peer: str, access: Access | None = None) -> None:
        self.host = host
        self.peer = peer
        self.reads = 0
        self._shared = shared
        self._begun = access
        self._keepalive = Keepalive(self)
        self._deadlines: list[Deadline] = []
        self._closing: LingeringClose | None = None
        self._why: Ending = "lost"
        self._paused = False
        self._ended = False

    # A front says these.

    @property
    def state(self) -> tuple[str, str]:
        """The labels of the visitor's state and of the dialect."""
        raise NotImplementedError

    @property
    def username(self) -> str:
        """The name of the visitor, or nothing."""
        raise NotImplementedError

    @property
    def ping(self) -> bytes:
        """The bytes that ask the peer for a sign of life; none where that can't be asked."""
        raise NotImplementedError

    @property
    def question(self) -> bytes:
        """The bytes that ask the peer whether all has come that was written lately; none if that need not be known."""
        return b""

    @property
    def closing(self) -> bool:
        """Whether it is about to be over."""
        return self._closing is not None

    def info(self, now: int) -> ConnectionInfo:
        """Return what an operator is shown of it *now*, in milliseconds since 1970."""
        raise NotImplementedError

    def notify(self, event: Event) -> None:
        """Show *event* to the visitor, if they have a name."""
        raise NotImplementedError

    def hang_up(self, reason: ByeReason, note: str = "") -> None:
        """Say why, and hang up."""
        raise NotImplementedError

    def stop(self) -> None:
        """Say farewell when all that was begun is answered: the server stops."""
        raise NotImplementedError

    def take_no_more(self) -> bytes:
        """Forget what has come in, and take no more; return the last bytes to send."""
        raise NotImplementedError

    def when_over(self, action: Callable[[], None]) -> None:
        """Let the visitor be gone, and call *action* when no seat is held for them."""
        raise NotImplementedError

    # Twisted calls these.

    @override
    def connectionMade(self) -> None:
        """Be there: for the log, for the sweep, and for the kernel."""
        shared = self._shared
        self.access = self._begun or shared.access_log.began(self.peer)
        shared.remember(self)
        if ITCPTransport.providedBy(self.transport):
            # Without it, a small write may wait for the acknowledgement of the one before.
            self.transport.setTcpNoDelay(True)
        prepare(self.transport, shared.lobby.limits.user_timeout)
        self._stream = cast("Transport", self.transport)
        self.outbox = outbox(self._stream, shared.lobby.turn, self.drained)
        shared.sweep.begin()

    def drained(self) -> None:
        """Go on with what waited because the connection was busy."""
        raise NotImplementedError

    def readConnectionLost(self) -> None:  # noqa: N802
        """Know that nothing more will come."""
        self._ended = True
        if self._closing:
            self._closing.close()

    def writeConnectionLost(self) -> None:  # noqa: N802
        """Close for good when the peer falls silent: all that was to be sent has left."""
        if self._closing:
            self._closing.close_when_silent()
        else:
            self.close(self._why)

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Be gone from everywhere, and give back the place."""
        self.access.ended(self._why, self.username, self.state[1])
        self._shared.forget(self, self._why)
        for deadline in self._deadlines:
            deadline.cancel()
        if self._closing:
            self._closing.lost()
        self.when_over(partial(self._shared.admission.release, self.host))

    def pauseProducing(self) -> None:  # noqa: N802
        """Read no more."""
        self._paused = True
        self._stream.pauseProducing()

    def resumeProducing(self) -> None:  # noqa: N802
        """Read on."""
        self._paused = False
        self._stream.resumeProducing()

    def hand_over(self, protocol: Protocol, start: bytes) -> None:
        """Let *protocol* have the connection from now on, with its place, and hear *start*, what has come of it."""
        for deadline in self._deadlines:
            deadline.cancel()
        self._shared.leave(self)
        unsent = self.outbox.leave()
        transport: Any = self.transport
        if isinstance(transport, ProtocolWrapper):
            transport.wrappedProtocol = protocol
        else:
            transport.protocol = protocol
        protocol.makeConnection(transport)
        # Not by the transport, which the next outbox goes round as long as it has not filled it itself.
        (protocol.outbox if isinstance(protocol, Guarded) else transport).write(unsent)
        if self._paused:
            self._stream.resumeProducing()
        protocol.dataReceived(start)

    # The end.

    def close(self, why: Ending) -> None:
        """Close when everything is sent, or when the peer does not take it for too long; *why* is counted."""
        if not self._closing:
            self._why = why
            self.outbox.write(self.take_no_more())
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

    # Time.

    def call_later(self, seconds: float, action: Callable[[], None]) -> None:
        """Call *action* in *seconds*, while the connection lasts; never, if they are 0."""
        if seconds:
            self._deadlines.append(self._shared.wheel.call_later(seconds, action))

    @property
    def is_deaf(self) -> bool:
        """True while the peer is not being read on purpose, or after it has ended its input."""
        return self._paused or self._ended

    def look(self, passed: float) -> None:
        """See whether the peer is alive; *passed* are the seconds since the last look."""
        if not self._closing:
            self._keepalive.look(passed, self._shared.lobby.limits)


_: type[Watched] = Guarded
