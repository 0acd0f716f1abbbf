"""HTTP through a Unix socket."""

from __future__ import annotations

import socket
from http.client import HTTPConnection
from pathlib import Path

from typing_extensions import override


class UnixHTTP(HTTPConnection):
    """HTTP through the Unix socket *path*, which answers within *timeout* seconds."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost")
        self._path = path
        self._patience = timeout

    @override
    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self._patience)
        self.sock.connect(str(self._path))
