"""The log as a service: it starts before anybody can ask it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from twisted.application.service import Service
from typing_extensions import override

from chatroom.cannot_start import AGAIN, CannotStart
from chatroom.logs.store_unusable import StoreUnusable


class Startable(Protocol):
    """A log, as far as it is started."""

    def start(self) -> None:
        """Take the store; raise :exc:`~chatroom.logs.store_unusable.StoreUnusable` if that can't be."""


class LogService(Service):
    """Starts *log*, then calls *started*; the graceful stop ends the log, when all visitors have gone."""

    name = "store"

    def __init__(self, log: Startable, started: Callable[[], None]) -> None:
        self._log = log
        self._started = started

    @override
    def startService(self) -> None:
        """Take the store, or end the server with one clear line."""
        super().startService()
        try:
            self._log.start()
        except StoreUnusable as error:
            raise CannotStart(f"chatroom can't start: {error}", AGAIN if error.passing else 1) from error
        self._started()
