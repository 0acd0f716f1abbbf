"""Whether the peers are alive: those that give no sign of life, or take nothing, are hung up on."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal, Protocol

from chatroom.core.limits import Limits
from chatroom.core.wheel import Wheel

LOOKS = 12
"""How often a peer is looked at in the time that it has."""

OFTEN, SELDOM = 0.1, 5.0
"""Seconds between two looks, at least and at most."""

AT_ONCE = 500
"""How many peers are looked at before others have their turn."""


class Way(Protocol):
    """The way out to a peer: bytes written wait until the kernel has taken them."""

    @property
    def waiting(self) -> int:
        """How many bytes the kernel has not taken yet."""

    @property
    def taken(self) -> int:
        """How many bytes the kernel has taken until now."""

    def write(self, data: bytes) -> None:
        """Send *data*."""


class Front(Protocol):
    """A connection, as far as it shows whether its peer is alive."""

    @property
    def reads(self) -> int:
        """How often something came."""

    @property
    def is_deaf(self) -> bool:
        """Whether the peer is not being read on purpose."""

    @property
    def ping(self) -> bytes:
        """What asks the peer for a sign of life, if that can be asked."""

    @property
    def outbox(self) -> Way:
        """The way out to it."""

    def dismiss(self, reason: Literal["silent", "stalled"]) -> None:
        """Hang up, and say why."""


class Keepalive:
    """For how many seconds the peer of *front* has given no sign of life, and taken nothing of what waits for it.

    Alive is who sent a byte, took a byte, or is not being read on purpose. Nothing is written down when that happens:
    a look compares what has come and gone with what the last one saw.
    """

    __slots__ = ("_asked", "_front", "_own", "_reads", "_silent", "_stalled", "_taken", "_waited")

    def __init__(self, front: Front) -> None:
        self._front = front
        self._reads = -1
        self._taken = 0
        self._waited = False
        self._stalled = 0.0
        self._silent = 0.0
        self._asked = False
        self._own = -1

    def look(self, passed: float, limits: Limits) -> None:
        """Ask for a sign of life, or hang up, when it is time; *passed* are the seconds since the last look."""
        front, outbox = self._front, self._front.outbox
        reads, taken, waits = front.reads, outbox.taken, outbox.waiting > 0
        self._stalled = self._stalled + passed if waits and self._waited and taken == self._taken else 0.0
        # The kernel takes our own ping for a dead peer as well.
        if reads != self._reads or front.is_deaf or taken not in {self._taken, self._own}:
            self._silent = 0.0
            self._asked = False
        else:
            self._silent += passed
        self._reads, self._taken, self._waited = reads, taken, waits
        if limits.stall_timeout and self._stalled >= limits.stall_timeout:
            front.dismiss("stalled")
        elif limits.heartbeat and self._silent >= limits.heartbeat and front.ping:
            if self._asked:
                front.dismiss("silent")
            else:
                self._asked = True
                self._silent = 0.0
                outbox.write(front.ping)
                self._own = outbox.taken + outbox.waiting


class Swept(Protocol):
    """Somebody who is looked at."""

    def look(self, passed: float) -> None:
        """See what has become of it in the seconds that have *passed*."""


class Sweep:
    """Looks at all *patients* every few seconds by one timer, as long as there are any.

    *soon* calls a callable in the next turn.
    """

    def __init__(
        self,
        wheel: Wheel,
        limits: Limits,
        patients: Collection[Swept],
        soon: Callable[[Callable[[], None]], object],
    ) -> None:
        self._wheel = wheel
        self._limits = limits
        self._patients = patients
        self._soon = soon
        times = [seconds for seconds in (limits.heartbeat, limits.stall_timeout) if seconds]
        self._every = max(OFTEN, min(SELDOM, min(times) / LOOKS)) if times else 0.0
        self._going = False
        self._at = 0.0

    def begin(self) -> None:
        """Go round, if that is not done already: somebody is there."""
        if self._every and not self._going:
            self._going = True
            self._at = self._wheel.seconds()
            self._wheel.call_in(self._every, self._go)

    def _go(self) -> None:
        now = self._wheel.seconds()
        # If we were asleep, it was not the peers who were silent.
        passed = min(now - self._at, 2 * self._every + OFTEN)
        self._at = now
        self._look(list(self._patients), passed)

    def _look(self, patients: list[Swept], passed: float) -> None:
        for patient in patients[:AT_ONCE]:
            patient.look(passed)
        if len(patients) > AT_ONCE:
            self._soon(lambda: self._look(patients[AT_ONCE:], passed))
        elif self._patients:
            self._wheel.call_in(self._every, self._go)
        else:
            self._going = False
