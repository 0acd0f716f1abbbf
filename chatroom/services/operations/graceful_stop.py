"""Graceful stop: everybody is told before the server ends."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorCore
from typing_extensions import override

SIGNALS: tuple[int, ...] = (signal.SIGINT, signal.SIGTERM)


class GracefulStop(Service):
    """A service that calls *stop* when the server is to end, and waits for its result.

    The first signal ends the server; later ones, for which *reactor* would only log an error, are ignored.
    """

    def __init__(self, reactor: IReactorCore, stop: Callable[[], Deferred[None]]) -> None:
        self._reactor = reactor
        self._stop = stop

    @override
    def startService(self) -> None:
        """Take over the signals once the reactor runs: it sets its own handlers first."""
        super().startService()
        self._reactor.callWhenRunning(_once_only)

    @override
    def stopService(self) -> Deferred[None]:
        """Stop gracefully."""
        super().stopService()
        _ignore_signals()
        return self._stop()


def _once_only() -> None:
    """Pass only the first signal on to the present handlers."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}

    first = iter([True])

    def handle(number: int, frame: FrameType | None) -> None:
        # A second signal may come in the middle of this; but not in the middle of one call into C.
        if next(first, False) and callable(handler := handlers[number]):
            handler(number, frame)

    for number, handler in handlers.items():
        if callable(handler):
            signal.signal(number, handle)


def _ignore_signals() -> None:
    for number in SIGNALS:
        # Not SIG_IGN: Python complains of a signal that has come already and has no handler any more.
        signal.signal(number, lambda _number, _frame: None)
