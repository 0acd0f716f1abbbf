"""The log's file is taken when the server starts."""

from __future__ import annotations

from collections.abc import Callable

from twisted.application.service import Service
from typing_extensions import override

from chatroom.cannot_start import CannotStart
from chatroom.logs.memory import MemoryLog
from chatroom.logs.sqlite.file import StoreUnusable
from chatroom.logs.sqlite.log import SQLiteLog


class LogService(Service):
    """Starts *log*, and calls *started* when it can be asked; it is stopped after all visitors have gone."""

    name = "store"

    def __init__(self, log: SQLiteLog | MemoryLog, started: Callable[[], None]) -> None:
        self._log = log
        self._started = started

    @override
    def startService(self) -> None:
        """Take the file, or end with one clear line."""
        super().startService()
        try:
            self._log.start()
        except StoreUnusable as error:
            raise CannotStart(f"chatroom can't start: {error}") from error
        self._started()
