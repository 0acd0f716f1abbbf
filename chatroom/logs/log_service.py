"""The log as a service: it starts before anybody is let in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Protocol

from twisted.application.service import Service
from twisted.logger import Logger
from typing_extensions import override

from chatroom.logs.store_unusable import StoreUnusable
from chatroom.programs.cannot_start import AGAIN, CannotStart

LONG = 5.0
"""Seconds that a store takes to be opened until whoever waits for the server is told why."""


class Startable(Protocol):
    """A log, as far as it is started."""

    def start(self) -> None:
        """Take the store; raise :exc:`~chatroom.logs.store_unusable.StoreUnusable` if that can't be."""


class LogService(Service):
    """Starts *log*, then calls *started*; the graceful stop ends the log, when all visitors have gone.

    That the start takes *long*, in seconds, is logged meanwhile: nothing else can be, nor is anybody let in.
    """

    name = "store"
    log = Logger()

    def __init__(self, log: Startable, started: Callable[[], None], *, long: float = LONG) -> None:
        self._log = log
        self._started = started
        self._long = long

    @override
    def startService(self) -> None:
        """Take the store, or end the server with one clear line."""
        super().startService()
        with self._impatient():
            try:
                self._log.start()
            except StoreUnusable as error:
                raise CannotStart(f"chatroom can't start: {error}", AGAIN if error.passing else 1) from error
            self._started()

    @contextmanager
    def _impatient(self) -> Iterator[None]:
        """Log that the start takes long, if it does: in a thread, for this one is busy with it."""
        timer = Timer(self._long, self._tell)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _tell(self) -> None:
        self.log.info("the store is still being opened; nobody is let in before")
