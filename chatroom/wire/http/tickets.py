"""Tickets: a page gets one for a secret that its scripts shall not see, and its browser hands it in for a cookie."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from secrets import token_urlsafe

from chatroom.wire.http.cookies import RememberedBrowser

SECONDS = 30.0
"""Seconds for which a ticket is good, once."""

MOST = 1_000
"""Tickets that are good at a time, at most."""


class Tickets:
    """Tickets for devices that are new, by the clock *seconds*."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._good: OrderedDict[str, tuple[RememberedBrowser, float]] = OrderedDict()

    def issue(self, device: RememberedBrowser) -> str:
        """Return a ticket for *device*."""
        ticket = token_urlsafe(16)
        self._good[ticket] = device, self._seconds() + SECONDS
        if len(self._good) > MOST:
            self._good.popitem(last=False)
        return ticket

    def take(self, ticket: str) -> RememberedBrowser | None:
        """Return the device that *ticket* is for, and let it be good no longer."""
        device, until = self._good.pop(ticket, (None, 0.0))
        return device if self._seconds() < until else None
