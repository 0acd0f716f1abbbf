"""The control socket's listener."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.endpoints import quoteStringArgument
from twisted.internet.interfaces import IListeningPort, IProtocolFactory
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override

from chatroom.cannot_start import CannotStart
from chatroom.services.listening.listen_address import ListenAddress
from chatroom.services.listening.listener import reason

NOBODY_ELSE = 0o177
"""The umask under which only its owner can open a socket, from its first moment on."""


class ControlListener(Service):
    """A service that listens on the Unix socket at *path*; a *default* one that can't be had is done without."""

    log = Logger()

    def __init__(self, reactor: Any, path: Path, factory: IProtocolFactory, *, default: bool) -> None:
        # A socket has a short name, and a folder may have a long one.
        near = min(str(path), os.path.relpath(path), key=len)
        self._address = ListenAddress(reactor, f"unix:{quoteStringArgument(near)}:mode=600")
        self._path = path
        self._factory = factory
        self._default = default
        self._port: IListeningPort | None = None

    @override
    def startService(self) -> None:
        """Listen, as whom the process runs, or end the server with one clear line."""
        super().startService()
        failures: list[Failure] = []
        before = os.umask(NOBODY_ELSE)
        try:
            self._address.listen(self._factory).addCallbacks(self._listening, failures.append)
        finally:
            os.umask(before)
        if not failures:
            return
        why = reason(failures[0].value)
        if not self._default:
            raise CannotStart(f"chatroom can't listen on {self._path} for its operator: {why}.")
        self.log.warn("chatroom can't listen on {path} for its operator: {why}", path=self._path, why=why)

    def _listening(self, port: IListeningPort) -> None:
        self._port = port
        self.log.info("chatroom listens on {path} for its operator", path=self._path)

    @override
    def stopService(self) -> Deferred[None]:
        """Take no new connections."""
        super().stopService()
        port, self._port = self._port, None
        return (port and port.stopListening()) or succeed(None)
