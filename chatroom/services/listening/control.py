"""The control socket's listener."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from twisted.internet.endpoints import quoteStringArgument
from twisted.internet.interfaces import IProtocolFactory
from twisted.logger import Logger
from typing_extensions import override

from chatroom.services.listening.listen_address import ListenAddress
from chatroom.services.listening.listener import Listener

NOBODY_ELSE = 0o177
"""The umask under which only its owner can open a socket, from its first moment on."""


class ControlListener(Listener):
    """A service that listens on the Unix socket at *path*; a *default* one that can't be had is done without."""

    log = Logger()

    def __init__(self, reactor: Any, path: Path, factory: IProtocolFactory, *, default: bool) -> None:
        # A socket has a short name, and a folder may have a long one.
        near = min(str(path), os.path.relpath(path), key=len)
        address = ListenAddress(reactor, f"unix:{quoteStringArgument(near)}:mode=600")
        super().__init__(address, factory, f"{path} for its operator")
        self._path = path
        self._default = default

    @override
    def privilegedStartService(self) -> None:
        """Look at the path, unless one can do without it."""
        if not self._default:
            super().privilegedStartService()

    @override
    def listen(self) -> str | None:
        """Listen; return why that can't be, if so."""
        before = os.umask(NOBODY_ELSE)
        try:
            why = super().listen()
        finally:
            os.umask(before)
        if why is None:
            self.log.info("chatroom listens on {path} for its operator", path=self._path)
        return why

    @override
    def refused(self, why: str) -> None:
        """Do without, or end the server with one clear line."""
        if self._default:
            self.log.warn("chatroom can't listen on {path} for its operator: {why}", path=self._path, why=why)
        else:
            super().refused(why)
