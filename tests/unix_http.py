"""HTTP through a Unix socket."""

from __future__ import annotations

from http.client import HTTPConnection
from pathlib import Path

from typing_extensions import override

from chatroom.admin.control_client import connected


class UnixHTTP(HTTPConnection):
    """HTTP through the Unix socket *path*, which answers within *timeout* seconds."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost")
        self._path = path
        self._patience = timeout

    @override
    def connect(self) -> None:
        self.sock = connected(self._path, self._patience)
