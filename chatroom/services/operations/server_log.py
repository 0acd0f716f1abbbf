"""The server's own log: where it goes, and from which level on."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping
from typing import IO, Any, cast

from twisted.application.service import IService, IServiceCollection, MultiService
from twisted.logger import (
    FilteringLogObserver,
    ILogFilterPredicate,
    ILogObserver,
    LegacyLogObserverWrapper,
    LogEvent,
    Logger,
    PredicateResult,
    textFileLogObserver,
)
from twisted.logger import LogLevel as Level
from twisted.python.components import Componentized
from typing_extensions import override
from zope.interface import implementer

from chatroom.core.values.commands import LogLevel
from chatroom.services.operations.json_log import json_observer
from chatroom.services.operations.log_pieces import LogPieces
from chatroom.services.operations.process_files import log_name


class Logged(MultiService):
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


@implementer(ILogFilterPredicate)
class Threshold:
    """The level that an event needs to be logged: any, until :meth:`set` says otherwise."""

    log = Logger()

    def __init__(self) -> None:
        self._least = Level.debug

    def __call__(self, event: LogEvent) -> Any:
        """Tell whether *event* is logged."""
        level = event.get("log_level")
        return PredicateResult.maybe if level is None or level >= self._least else PredicateResult.no

    def set(self, level: LogLevel) -> None:
        """Let what is of *level*, and all above it, be logged from now on."""
        least = Level.levelWithName(level)
        # Said where it is seen: before there is less to see, or when there is more.
        self._least = min(self._least, least)
        self.log.info("the log shows {shown} and above from now on", shown=level)
        self._least = least


def observer(
    twistd: Mapping[str, Any],
    from_thread: Callable[[Callable[[], None]], object],
    threshold: Threshold,
    *,
    as_json: bool,
) -> ILogObserver:
    """Return what logs as twistd would that has these options, or as JSON, but only what *threshold* lets through.

    :raises ValueError: if that can't be.
    :raises OSError: if the file can't be written.
    """
    if as_json:
        inner = json_observer(log_file(twistd, from_thread))
    elif twistd["syslog"]:
        # Only here: not every system has it.
        from twisted.python.syslog import SyslogObserver

        emit: Any = SyslogObserver(twistd["prefix"]).emit
        inner = LegacyLogObserverWrapper(emit)
    else:
        inner = textFileLogObserver(log_file(twistd, from_thread))
    return FilteringLogObserver(inner, [threshold])


def log_file(twistd: Mapping[str, Any], from_thread: Callable[[Callable[[], None]], object]) -> IO[Any]:
    """Return the file of twistd's log, given twistd's options.

    As with twistd, SIGUSR1 begins another file, through *from_thread*.

    :raises ValueError: if its log would go elsewhere.
    :raises OSError: if the file can't be written.
    """
    if twistd["logger"] or twistd["syslog"]:
        raise ValueError("--log-json goes to a file or the standard output; leave out --logger and --syslog")
    if name := log_name(twistd):
        file = LogPieces(name)
        signal.signal(signal.SIGUSR1, lambda _number, _frame: from_thread(file.begin_another))
        return cast("IO[Any]", file)
    if not twistd["nodaemon"]:
        raise ValueError("a server in the background has no standard output; name a file by --logfile")
    return sys.stdout
