"""The server's own log as JSON, an object a line, in place of twistd's text."""

from __future__ import annotations

from typing import IO, Any

from twisted.logger import ILogObserver, LogEvent, formatEvent, jsonFileLogObserver
from zope.interface import provider

from chatroom.wire.timestamps import rfc3339

NOBODY = "-"
"""The system of an event without one, in Twisted's old log."""


def json_observer(file: IO[Any]) -> ILogObserver:
    """Return an observer that writes each event to *file*: time, level, system, sentence and fields."""
    write = jsonFileLogObserver(file, recordSeparator="")

    @provider(ILogObserver)
    def observe(event: LogEvent) -> None:
        write(_plain(event))

    observer: ILogObserver = observe
    return observer


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
