"""Guessing of passwords: how often somebody may try."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from math import ceil

from chatroom.core.values.errors import TooManyTries
from chatroom.core.values.names import Key

WINDOW = 600.0
"""Seconds for which a wrong password counts."""

PER_HOST = 5
"""Wrong passwords from a host in that time, for one account and for all."""

PER_ACCOUNT = 50
"""Wrong passwords for an account in that time, from all hosts."""

KNOWN = 30 * 86_400.0
"""Seconds for which a host is known from which the owner of an account came in."""

Host = bytes | None
"""Where somebody comes from, as far as it is known."""


class Window:
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


class Guesses:
    """Wrong passwords by account and host, by a clock in *seconds*.

    The owner of an account is not locked out by strangers: hosts they came from are held by their own tries only.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._failures = Window(WINDOW, seconds)
        self._known: dict[tuple[bytes, Host], float] = {}

    def begin(self, name: Key, host: Host, account: bytes | None) -> None:
        """Count a try at the *account* called *name*, if there is one, as a failure until it is known to be right.

        :raises chatroom.core.values.errors.TooManyTries: if there were too many.
        """
        limits = [((name, host), PER_HOST), (name, PER_ACCOUNT)]
        if not self._knows(account, host):
            limits.append(((None, host), PER_HOST))
        if wait := max(self._failures.wait(key, most) for key, most in limits):
            raise TooManyTries(wait)
        for key in self._keys(name, host):
            self._failures.add(key)

    def right(self, name: Key, host: Host, account: bytes) -> None:
        """Note that a try which was begun was right."""
        for key in self._keys(name, host):
            self._failures.take_back(key)
        self._failures.clear((name, host))
        self.came(account, host)

    def unknown(self, name: Key, host: Host) -> None:
        """Note that it is not known whether a try which was begun was right."""
        for key in self._keys(name, host):
            self._failures.take_back(key)

    def came(self, account: bytes, host: Host) -> None:
        """Note that the owner of *account* came in from *host*."""
        self._known.pop((account, host), None)
        self._known[account, host] = now = self._seconds()
        while self._known[oldest := next(iter(self._known))] + KNOWN <= now:
            del self._known[oldest]

    def _knows(self, account: bytes | None, host: Host) -> bool:
        return account is not None and self._known.get((account, host), -KNOWN) + KNOWN > self._seconds()

    def _keys(self, name: Key, host: Host) -> tuple[Hashable, Hashable, Hashable]:
        return (name, host), name, (None, host)
