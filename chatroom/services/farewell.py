"""The end of the server: everybody is told before it goes."""

from __future__ import annotations

import signal
from collections.abc import Callable

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from typing_extensions import override


class Farewell(Service):
    """Calls *stop* when the server ends, and lets it end when the result of that fires."""

    def __init__(self, stop: Callable[[], Deferred[None]]) -> None:
        self._stop = stop

    @override
    def stopService(self) -> Deferred[None]:
        """Say farewell."""
        super().stopService()
        # We are ending already: a second signal would only make the reactor log that it can't be stopped twice.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        return self._stop()
