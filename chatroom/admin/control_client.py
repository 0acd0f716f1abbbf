"""The operator's end of the control socket: requests to a server that runs, one after the other."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any, Self

PATIENCE = 30.0
"""Seconds for which an answer is waited for."""

ADVICE = "name its socket by --control or its store by --store"


class NoServer(Exception):
    """Nothing listens on the control socket."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"no server listens on {path}; start one, or {ADVICE}")


class ControlRefused(Exception):
    """The server does not do what it was asked for; it says why."""


def connected(path: Path, timeout: float) -> socket.socket:
    """Return a connection to the Unix socket at *path*, however long that is, which waits for *timeout* seconds.

    No other thread may need the working directory meanwhile.
    """
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(timeout)
        # The path of a socket has at most about a hundred bytes; from its folder it is short.
        with chdir(path.parent):
            connection.connect(path.name)
    except BaseException:
        connection.close()
        raise
    return connection


class ControlClient:
    """A connection to the server whose control socket is at *path*.

    :raises NoServer: if there is none.
    :raises OSError: if that can't be opened; the message is for a person.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._socket = connected(path, PATIENCE)
        except (FileNotFoundError, ConnectionRefusedError):
            raise NoServer(path) from None
        except OSError as error:
            advice = "run this as the user that runs the server" if isinstance(error, PermissionError) else ADVICE
            raise type(error)(f"can't open {path} ({error.strerror or error}); {advice}") from None
        self._lines = self._socket.makefile("rb")
        self._asked = 0
        self.missing: set[str] = set()
        """The servers that have not answered something, by their names."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._socket.close()

    def ask(self, type: str, **fields: object) -> dict[str, Any]:
        """Return the reply to the request *type* with *fields*.

        :raises Refused: if it is an error.
        :raises OSError: if there is none.
        """
        self._asked += 1
        request = {"type": type, "id": self._asked, **fields}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        for line in self._lines:
            frame: dict[str, Any] = json.loads(line)
            if frame.get("id") == self._asked:
                if frame["type"] == "error":
                    raise ControlRefused(frame["message"])
                self.missing.update(frame.get("missing", ()))
                return frame
        raise ConnectionResetError("the server has closed the connection")

    def pages(
        self, type: str, rows: str, key: str, *, back: bool = False, **fields: object
    ) -> Iterator[dict[str, Any]]:
        """Yield the *rows* of all pages that answer *type*, each of which begins behind the *key* of the last row.

        Where the newest rows come first, one goes *back*.
        """
        after: dict[str, object] = {}
        more = True
        while more:
            page = self.ask(type, **fields, **after)
            yield from page[rows]
            more = page["more"]
            if more:
                after = {"before" if back else "after": page[rows][-1][key]}
