"""Reload: files that an operator has changed are read again, upon SIGHUP or when an operator says so."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

from twisted.application.service import Service
from twisted.internet.error import ReactorNotRunning
from twisted.logger import Logger
from typing_extensions import override

from chatroom.core.values.replies import Reloaded


class ReloadService(Service):
    """A service that calls *actions* upon SIGHUP, in the reactor's thread; each says what came of it, which is logged.

    A server in the foreground of a *terminal*, a descriptor, gets that signal when it is closed, and ends then.
    """

    log = Logger()

    def __init__(self, reactor: Any, actions: Sequence[Callable[[], Reloaded]], terminal: int = 0) -> None:
        self._reactor = reactor
        self._actions = actions
        self._terminal = terminal
        self._has_terminal = False

    @override
    def startService(self) -> None:
        """Take the signal, which would end the server otherwise."""
        super().startService()
        # Not before: twistd goes into the background between making its services and starting them.
        self._has_terminal = os.isatty(self._terminal)
        signal.signal(signal.SIGHUP, self._signalled)

    def reload(self) -> Reloaded:
        """Call all actions, unless the server stops; return what came of them together."""
        changed, failed = list[str](), list[str]()
        for action in self._actions if self.running else ():
            try:
                done = action()
            except Exception:
                self.log.failure("something could not be read again")
                failed.append("something could not be read again; the log says more")
                continue
            for sentence in done.changed:
                self.log.info("{sentence}", sentence=sentence)
            for sentence in done.failed:
                self.log.error("{sentence}", sentence=sentence)
            changed += done.changed
            failed += done.failed
        return Reloaded(tuple(changed), tuple(failed))

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        self._reactor.callFromThread(self._hung_up)

    def _hung_up(self) -> None:
        if self.running and self._has_terminal and not os.isatty(self._terminal):
            # It stops already if the signal came twice, from the system and from the shell.
            with suppress(ReactorNotRunning):
                self._reactor.stop()
        else:
            self.reload()
