"""The server's own log as JSON, an object a line, in place of twistd's text."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping
from typing import IO, Any, cast

from twisted.application.service import IService, IServiceCollection, MultiService
from twisted.logger import ILogObserver, LogEvent, formatEvent, jsonFileLogObserver
from twisted.python.components import Componentized
from twisted.python.logfile import LogFile
from typing_extensions import override
from zope.interface import provider

from chatroom.services.operations.process_files import log_name
from chatroom.wire.timestamps import rfc3339

NOBODY = "-"
"""The system of an event without one, in Twisted's old log."""


class JSONLogged(MultiService):
    """A service around *service*, which lets twistd log to *observer*.

    twistd asks its application for an observer before it makes one of its own; so nothing is logged twice.
    """

    def __init__(self, service: IService, observer: ILogObserver) -> None:
        super().__init__()
        self._observer = observer
        service.setServiceParent(self)

    @override
    def setServiceParent(self, parent: IServiceCollection) -> None:
        """Belong to *parent*, twistd's application."""
        if isinstance(parent, Componentized):
            parent.setComponent(ILogObserver, self._observer)
        super().setServiceParent(parent)


def json_observer(file: IO[Any]) -> ILogObserver:
    """Return an observer that writes each event to *file*: time, level, system, sentence and fields."""
    write = jsonFileLogObserver(file, recordSeparator="")

    @provider(ILogObserver)
    def observe(event: LogEvent) -> None:
        write(_plain(event))

    observer: ILogObserver = observe
    return observer


def log_file(twistd: Mapping[str, Any], from_thread: Callable[[Callable[[], None]], object]) -> IO[Any]:
    """Return the file of twistd's log, given twistd's options.

    As with twistd, SIGUSR1 begins another file, through *from_thread*.

    :raises ValueError: if its log would go elsewhere.
    :raises OSError: if the file can't be written.
    """
    if twistd["logger"] or twistd["syslog"]:
        raise ValueError("--log-json goes to a file or the standard output; leave out --logger and --syslog")
    if name := log_name(twistd):
        file = LogFile.fromFullPath(name)
        signal.signal(signal.SIGUSR1, lambda _number, _frame: from_thread(file.rotate))
        return cast("IO[Any]", file)
    if not twistd["nodaemon"]:
        raise ValueError("a server in the background has no standard output; name a file by --logfile")
    return sys.stdout


def _system(event: LogEvent) -> str:
    """Return the part of the program that *event* comes from."""
    system: str = event.get("log_system") or event.get("log_namespace") or NOBODY
    # What listens, and the like, still writes to the log that Twisted had before.
    return "twisted" if system in {NOBODY, "log_legacy"} else system


def _plain(event: LogEvent) -> dict[str, Any]:
    level = event.get("log_level")
    plain = {
        "time": rfc3339(int(event["log_time"] * 1000)),
        "level": level.name if level else "info",
        "system": _system(event),
        "message": formatEvent(event),
    }
    if failure := event.get("log_failure"):
        plain["traceback"] = failure.getTraceback()
    for name, value in event.items():
        if not name.startswith("log_") and name != "isError" and isinstance(value, str | int | float):
            plain.setdefault(name, value)
    return plain
