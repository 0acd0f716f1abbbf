"""The log as a service: it starts before anybody can ask it."""

from __future__ import annotations

from collections.abc import Callable

from twisted.application.service import Service
from typing_extensions import override

from chatroom.cannot_start import CannotStart
from chatroom.logs.memory import MemoryLog
from chatroom.logs.sqlite.log import SQLiteLog
from chatroom.logs.store_unusable import StoreUnusable


class LogService(Service):
    """Starts *log*, then calls *started*; the graceful stop ends the log, when all visitors have gone."""

    name = "store"

    def __init__(self, log: SQLiteLog | MemoryLog, started: Callable[[], None]) -> None:
        self._log = log
        self._started = started

    @override
    def startService(self) -> None:
        """Take the file, or end the server with one clear line."""
        super().startService()
        try:
            self._log.start()
        except StoreUnusable as error:
            raise CannotStart(f"chatroom can't start: {error}") from error
        self._started()
