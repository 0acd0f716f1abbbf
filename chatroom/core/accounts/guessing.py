"""Guessing of secrets: how often somebody may try."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from hashlib import blake2b
from math import ceil
from secrets import token_bytes
from typing import Literal, NamedTuple

from chatroom.core.values.errors import TooManyTries
from chatroom.core.values.names import Key

WINDOW = 600.0
"""Seconds for which a wrong secret counts."""

Kind = Literal["password", "token", "word", "key"]
"""What is guessed: that of an account, what its device was given, what makes a guest known again, that of a room."""


class Budget(NamedTuple):
    """How many secrets of a kind may be wrong in that time: from a host for *one* name, from a *host*, for a *name*."""

    one: int
    host: int
    name: int


PER_HOST = 5
"""Wrong passwords from a host, for one account and for all."""

PER_ACCOUNT = 50
"""Wrong passwords for an account, from all hosts."""

BUDGETS: Mapping[Kind, Budget] = {
    "password": Budget(PER_HOST, PER_HOST, PER_ACCOUNT),
    "token": Budget(PER_HOST, PER_HOST, PER_ACCOUNT),
    # Many people may come from one host, each with a word of their own, and to rooms with keys.
    "word": Budget(PER_HOST, 20, PER_ACCOUNT),
    "key": Budget(PER_HOST, 20, PER_ACCOUNT),
}
"""What is wrong of one kind holds up no other."""

KNOWN = 30 * 86_400.0
"""Seconds for which a host is known from which the owner of an account came in."""

Host = bytes | None
"""Where somebody comes from, as far as it is known."""


class SlidingWindow:
    """Counts what happened to each of its keys in the last *seconds*, by a clock that tells the time *now*."""

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        # In the order of what happened last, so that the oldest ones are found first.
        self._times: dict[Hashable, deque[float]] = {}

    def __len__(self) -> int:
        """Return of how many keys something is remembered."""
        return len(self._times)

    def wait(self, key: Hashable, most: int) -> int:
        """Return in how many seconds it may happen to *key* again, if *most* times are allowed."""
        times = self._of(key)
        return max(1, ceil(times[-most] + self._seconds - self._now())) if len(times) >= most else 0

    def add(self, key: Hashable) -> None:
        """Note that it happened to *key* now."""
        times = self._of(key)
        times.append(self._now())
        self._times.pop(key, None)
        self._times[key] = times
        while (oldest := next(iter(self._times))) != key and not self._of(oldest):
            pass

    def take_back(self, key: Hashable) -> None:
        """Note that the last time did not count."""
        if times := self._of(key):
            times.pop()
            if not times:
                del self._times[key]

    def clear(self, key: Hashable) -> None:
        """Forget what happened to *key*."""
        self._times.pop(key, None)

    def _of(self, key: Hashable) -> deque[float]:
        """Return when it happened to *key*, without what is too old to count."""
        times = self._times.get(key)
        if times is None:
            return deque()
        since = self._now() - self._seconds
        while times and times[0] <= since:
            times.popleft()
        if not times:
            del self._times[key]
        return times


class Guess:
    """A try at a secret from a *host*, which counts as wrong until it is known to be something else.

    Whatever compares secrets takes one, so that nothing is compared that nobody counts.
    """

    __slots__ = ("_counted", "_failures", "_right", "_tried", "_which", "host")

    def __init__(
        self,
        failures: SlidingWindow,
        which: tuple[Kind, Key, Host],
        tried: Hashable | None,
        right: Callable[[bytes, Host], None],
        *,
        counted: bool,
    ) -> None:
        self.host = which[2]
        self._failures = failures
        self._which = which
        self._tried = tried
        self._right = right
        self._counted = _keys(*which) if counted else ()

    def right(self, account: bytes | None = None) -> None:
        """Note that it was right, and let the owner of *account* in, if it is one's."""
        self.unknown()
        if account is not None:
            self._failures.clear(self._which)
            self._right(account, self.host)

    def unknown(self) -> None:
        """Note that it is not known whether it was right."""
        self._take_back(self._counted)
        if self._tried and self._counted:
            self._failures.clear(self._tried)
        self._counted = ()

    def undecided(self) -> None:
        """Note that there was nothing to compare it with: it counts for that name alone, and not for all from there."""
        kind, _, host = self._which
        self._take_back([key for key in self._counted if key == (kind, None, host)])
        self._counted = ()

    def _take_back(self, keys: Sequence[Hashable]) -> None:
        for key in keys:
            self._failures.take_back(key)


class Guesses:
    """Wrong secrets by their kind, by whose they are, and by host, by a clock in *seconds*.

    The owner of an account is not locked out by strangers: hosts they came from are held by their own tries only.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._failures = SlidingWindow(WINDOW, seconds)
        self._known: dict[tuple[bytes, Host], float] = {}
        self._salt = token_bytes(16)

    def begin(
        self, kind: Kind, name: Key, host: Host, *, account: bytes | None = None, secret: bytes | None = None
    ) -> Guess:
        """Count a try at a secret of that *kind* of whoever or what is called *name*, or of the *account* of that name.

        A *secret* that programs send again and again counts once.

        :raises chatroom.core.values.errors.TooManyTries: if there were too many.
        """
        which = kind, name, host
        budget = BUDGETS[kind]
        limits = [(budget.one, which), (budget.name, (kind, name)), (budget.host, (kind, None, host))]
        if self._knows(account, host):
            limits.pop()
        if wait := max(self._failures.wait(key, most) for most, key in limits):
            raise TooManyTries(wait)
        tried = (*which, blake2b(secret, key=self._salt, digest_size=16).digest()) if secret is not None else None
        counted = tried is None or not self._failures.wait(tried, 1)
        if counted:
            for key in _keys(*which) if tried is None else (*_keys(*which), tried):
                self._failures.add(key)
        return Guess(self._failures, which, tried, self.came, counted=counted)

    def came(self, account: bytes, host: Host) -> None:
        """Note that the owner of *account* came in from *host*."""
        self._known.pop((account, host), None)
        self._known[account, host] = now = self._seconds()
        while self._known[oldest := next(iter(self._known))] + KNOWN <= now:
            del self._known[oldest]

    def _knows(self, account: bytes | None, host: Host) -> bool:
        return account is not None and self._known.get((account, host), -KNOWN) + KNOWN > self._seconds()


def _keys(kind: Kind, name: Key, host: Host) -> tuple[Hashable, Hashable, Hashable]:
    """Return under what a try counts."""
    return (kind, name, host), (kind, name), (kind, None, host)
