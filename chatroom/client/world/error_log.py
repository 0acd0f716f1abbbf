"""The error log: a file, as the screen of the client is no place for errors."""

from __future__ import annotations

import logging
import os
import tempfile
from typing import TextIO

from twisted.logger import ILogObserver, LogEvent, Logger, LogLevel, eventAsText, globalLogBeginner
from typing_extensions import override
from zope.interface import implementer


@implementer(ILogObserver)
class ErrorLog:
    """Writes errors to a file that only its owner reads; *path* is its name once there is one."""

    def __init__(self) -> None:
        self.path = ""
        self._file: TextIO | None = None

    def begin(self) -> None:
        """Take everything that is logged in this process, by Twisted's loggers and by Python's."""
        globalLogBeginner.beginLoggingTo([self], redirectStandardIO=False, discardBuffer=True)
        logging.basicConfig(handlers=[_ToTwisted()], level=logging.ERROR)

    def __call__(self, event: LogEvent) -> None:
        """Write *event* down if it is an error."""
        if event.get("log_level", LogLevel.info) < LogLevel.error:
            return
        if self._file is None:
            number, self.path = tempfile.mkstemp(prefix="chatroom-urwid-", suffix=".log")
            self._file = os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace")
        self._file.write(eventAsText(event) + "\n")
        self._file.flush()


class _ToTwisted(logging.Handler):
    log = Logger(namespace="logging")

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.log.error("{text}", text=self.format(record))
