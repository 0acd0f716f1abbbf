"""Connections to the server: one that sends and receives lines, and one that speaks frames."""

from __future__ import annotations

import json
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Self

from typing_extensions import override

from tests.e2e.processes import LIMIT

Frame = dict[str, Any]


class Peer:
    """A connection to *address*, from *host*, by *tls* to what is called localhost; all is waited for in limits."""

    def __init__(
        self,
        address: tuple[str, int],
        *,
        small: bool = False,
        host: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.socket = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        if small:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(LIMIT)
        if host:
            self.socket.bind((host, 0))
        self.socket.connect(address)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self._input = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, data: bytes) -> None:
        """Send *data* as it is."""
        self.socket.sendall(data)

    def send(self, line: str) -> None:
        """Send *line*."""
        self.write(line.encode() + b"\n")

    def receive(self) -> str | None:
        """Return the next line, or ``None`` if the server has closed."""
        line = self._input.readline()
        if line and not line.endswith(b"\n"):
            raise EOFError(f"the server has closed in the middle of a line: {line!r}")
        return line.decode().removesuffix("\n") if line else None

    def rest(self) -> list[str]:
        """Return the lines until the server closes."""
        return list(iter(self.receive, None))

    def half_close(self) -> None:
        """Send no more."""
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Break the connection, as a machine does that knows nothing of it any longer."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """Go without a word."""
        self._input.close()
        self.socket.close()


class Bot(Peer):
    """A program: each request has an id, and the frames that come wait until they are asked for.

    *seen* is all frames that have come, in order.
    """

    def __init__(
        self,
        address: tuple[str, int],
        username: str | None = None,
        *,
        small: bool = False,
        host: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(address, small=small, host=host, tls=tls)
        self._ids = count(1)
        self._unread: list[Frame] = []
        self.seen: list[Frame] = []
        if username:
            assert self.ask("login", username=username)["type"] == "welcome"

    def begin(self, type: str, **fields: object) -> int:
        """Send a request, and return its id."""
        id = next(self._ids)
        self.send(json.dumps({"type": type, "id": id, **fields}))
        return id

    def ask(self, type: str, **fields: object) -> Frame:
        """Send a request, and return the reply."""
        id = self.begin(type, **fields)
        return self.wait(lambda frame: frame.get("id") == id)

    def frame(self) -> Frame:
        """Return the next frame."""
        return self._unread.pop(0) if self._unread else self._read()

    def frames(self, number: int) -> list[Frame]:
        """Return the next frames."""
        return [self.frame() for _ in range(number)]

    def wait(self, wanted: Callable[[Frame], bool]) -> Frame:
        """Return the first frame that is *wanted*; those before and after it are kept."""
        for index, frame in enumerate(self._unread):
            if wanted(frame):
                return self._unread.pop(index)
        while not wanted(frame := self._read()):
            self._unread.append(frame)
        return frame

    def event(self, type: str) -> Frame:
        """Return the first event of *type*."""
        return self.wait(lambda frame: frame["type"] == type)

    def to_the_end(self) -> list[Frame]:
        """Return the frames until the server closes."""
        frames, self._unread = self._unread, []
        while line := self.receive():
            frames.append(self._keep(line))
        return frames

    @override
    def receive(self) -> str | None:
        line = super().receive()
        if line and line.startswith("* Welcome to "):
            # Before we spoke the server took us for a person.
            line = super().receive()
        assert line is None or line.startswith("{"), line
        return line

    def _read(self) -> Frame:
        line = self.receive()
        if line is None:
            raise EOFError("the server has closed")
        return self._keep(line)

    def _keep(self, line: str) -> Frame:
        frame: Frame = json.loads(line)
        self.seen.append(frame)
        return frame


@contextmanager
def bots(address: tuple[str, int], *usernames: str) -> Iterator[list[Bot]]:
    """Let bots of these names log in, at most until the test is over."""
    there: list[Bot] = []
    try:
        there += (Bot(address, username) for username in usernames)
        yield there
    finally:
        for bot in there:
            bot.close()
