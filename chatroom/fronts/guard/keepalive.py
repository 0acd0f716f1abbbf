"""Keepalive: a connection is closed whose peer gives no sign of life, or takes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal, Protocol

from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.values.limits import Limits

LOOKS = 12
"""Looks at a peer in the shortest time that it has."""

OFTEN, SELDOM = 0.1, 5.0
"""Seconds between two looks, at least and at most."""

AT_ONCE = 500
"""Peers that are looked at before others have their turn."""


class Drain(Protocol):
    """The way out to a peer: bytes written wait until the kernel has taken them."""

    @property
    def waiting(self) -> int:
        """The bytes that the kernel has not taken yet."""

    @property
    def taken(self) -> int:
        """The bytes that the kernel has taken until now."""

    def write(self, data: bytes) -> None:
        """Send *data*."""


class Watched(Protocol):
    """A connection, as far as it shows whether its peer is alive."""

    @property
    def reads(self) -> int:
        """The number of reads until now."""

    @property
    def is_deaf(self) -> bool:
        """True while the peer is not being read on purpose."""

    @property
    def ping(self) -> bytes:
        """The bytes that ask the peer for a sign of life; none where that can't be asked."""

    @property
    def question(self) -> bytes:
        """The bytes that ask the peer whether all has come that was written lately; none if that need not be known."""

    @property
    def outbox(self) -> Drain:
        """The way out to the peer."""

    def hang_up(self, reason: Literal["silent", "stalled"]) -> None:
        """Hang up, and say why."""


class Keepalive:
    """The seconds in which the peer of *connection* has given no sign of life, or has taken nothing of what waits.

    A peer is alive that has sent a byte, taken a byte, or is not being read on purpose. Nothing is written down when
    that happens: a look compares the counters with those of the last one.
    """

    __slots__ = ("_asked", "_connection", "_own", "_reads", "_silent", "_stalled", "_taken", "_waited")

    def __init__(self, connection: Watched) -> None:
        self._connection = connection
        self._reads = -1
        self._taken = 0
        self._waited = False
        self._stalled = 0.0
        self._silent = 0.0
        self._asked = False
        self._own = -1

    def look(self, passed: float, limits: Limits) -> None:
        """Ask for a sign of life, or close, when it is time; *passed* are the seconds since the last look."""
        connection, outbox = self._connection, self._connection.outbox
        reads, taken, waits = connection.reads, outbox.taken, outbox.waiting > 0
        self._stalled = self._stalled + passed if waits and self._waited and taken == self._taken else 0.0
        # The kernel takes our own ping for a dead peer as well.
        if reads != self._reads or connection.is_deaf or taken not in {self._taken, self._own}:
            self._silent = 0.0
            self._asked = False
        else:
            self._silent += passed
        self._reads, self._taken, self._waited = reads, taken, waits
        if limits.stall_timeout and self._stalled >= limits.stall_timeout:
            connection.hang_up("stalled")
        elif limits.heartbeat and self._silent >= limits.heartbeat and connection.ping:
            if self._asked:
                connection.hang_up("silent")
            else:
                self._asked = True
                self._silent = 0.0
                self._ask(connection.ping)
        elif not waits and (question := connection.question):
            self._ask(question)

    def _ask(self, question: bytes) -> None:
        outbox = self._connection.outbox
        outbox.write(question)
        self._own = outbox.taken + outbox.waiting


class Swept(Protocol):
    """A connection that is looked at."""

    def look(self, passed: float) -> None:
        """Look at the peer; *passed* are the seconds since the last look."""


class Sweep:
    """Looks at all *connections* every few seconds by one timer, as long as there are any.

    *soon* calls a callable in the next turn.
    """

    def __init__(
        self,
        wheel: TimerWheel,
        limits: Limits,
        connections: Collection[Swept],
        soon: Callable[[Callable[[], None]], object],
    ) -> None:
        self._wheel = wheel
        self._connections = connections
        self._soon = soon
        self._going = False
        self._at = 0.0
        self._every = _every(limits)

    def limit(self, limits: Limits) -> None:
        """Look as often as *limits* need it from now on."""
        self._every = _every(limits)
        if self._connections:
            self.begin()

    def begin(self) -> None:
        """Look at all now and then, if that is not done already: a connection is there."""
        if self._every and not self._going:
            self._going = True
            self._at = self._wheel.seconds()
            self._wheel.call_later(self._every, self._go)

    def _go(self) -> None:
        now = self._wheel.seconds()
        # If we were asleep, it was not the peers who were silent.
        passed = min(now - self._at, 2 * self._every + OFTEN)
        self._at = now
        self._look(list(self._connections), passed)

    def _look(self, connections: list[Swept], passed: float) -> None:
        for connection in connections[:AT_ONCE]:
            connection.look(passed)
        if len(connections) > AT_ONCE:
            self._soon(lambda: self._look(connections[AT_ONCE:], passed))
        elif self._connections and self._every:
            self._wheel.call_later(self._every, self._go)
        else:
            self._going = False


def _every(limits: Limits) -> float:
    """Return the seconds between two looks; 0 if none is needed."""
    times = [seconds for seconds in (limits.heartbeat, limits.stall_timeout) if seconds]
    return max(OFTEN, min(SELDOM, min(times) / LOOKS)) if times else 0.0
