"""Reload: files that an operator has changed are read again upon SIGHUP."""

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


class Reload(Service):
    """A service that calls *actions* upon SIGHUP, in the reactor's thread.

    A server in the foreground of a *terminal*, a descriptor, gets that signal when it is closed, and ends then.
    """

    log = Logger()

    def __init__(self, reactor: Any, actions: Sequence[Callable[[], None]], terminal: int = 0) -> None:
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

    def reload(self) -> None:
        """Call all actions, unless the server stops."""
        if not self.running:
            return
        if self._has_terminal and not os.isatty(self._terminal):
            # It stops already if the signal came twice, from the system and from the shell.
            with suppress(ReactorNotRunning):
                self._reactor.stop()
            return
        for action in self._actions:
            try:
                action()
            except Exception:
                self.log.failure("something could not be read again")

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        self._reactor.callFromThread(self.reload)
