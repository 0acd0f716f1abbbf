"""Connections of the random model: whatever goes through them is noted in one history."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Collection
from contextlib import suppress
from itertools import count
from typing import Literal

from typing_extensions import override

from tests.e2e.processes import LIMIT
from tests.judging.history import Asked, Began, Came, Ended, Frame, Lost, Note, Received, Rested, Went

SMALL = 4096
"""Bytes that the kernel takes for a connection that is to fall behind."""


class Recorder:
    """Notes what happens, at those *seconds*, with the life of the server in which it does."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.notes: list[Note] = []
        self.life = 0
        self.numbers = count(1)

    def began(self, node: int = 0) -> None:
        """Note that a server lives again."""
        self.life += 1
        self.notes.append(Began(node=node, life=self.life, at=self.seconds()))

    def ended(self, how: str, node: int = 0, life: int | None = None) -> None:
        """Note that a server is about to be ended."""
        self.notes.append(Ended(node=node, life=life or self.life, at=self.seconds(), how=how))

    def lost(self, epochs: Collection[str]) -> None:
        """Note that a standby was promoted that lacks what was told, so that *epochs* are void."""
        self.notes.append(Lost(life=self.life, at=self.seconds(), epochs=tuple(sorted(epochs))))

    def rested(self) -> None:
        """Note that all is at rest."""
        self.notes.append(Rested(life=self.life, at=self.seconds()))


class Cable:
    """A connection to the *life* of a *node*. *waiting* are the requests that have no reply yet, oldest first."""

    def __init__(self, recorder: Recorder, node: int = 0, life: int | None = None) -> None:
        self._recorder = recorder
        self._node = node
        self._life = recorder.life if life is None else life
        self._input = b""
        self._output: list[bytes] = []
        self._ids = count(1)
        self.number = next(recorder.numbers)
        self.waiting: deque[Frame] = deque()
        self.open = True
        self.finished = False
        recorder.notes.append(Came(connection=self.number, node=node, life=self._life, at=recorder.seconds()))

    # What it is made of says these.

    def send(self, data: bytes) -> None:
        """Send *data*; if the server is gone, reading will tell."""
        raise NotImplementedError

    def take(self) -> bytes | None:
        """Return the bytes that have come, ``None`` if the server has closed."""
        raise NotImplementedError

    def end_output(self) -> None:
        """Send nothing more, and still listen."""
        raise NotImplementedError

    def hang_up(self, *, hard: bool) -> None:
        """Close; *hard* is without a word to the other end."""
        raise NotImplementedError

    def ask(self, type: str, **fields: object) -> Frame:
        """Let a request leave with the next :meth:`flush`, and return it."""
        frame = {"type": type, "id": next(self._ids), **fields}
        where = {"connection": self.number, "node": self._node, "life": self._life}
        self._recorder.notes.append(Asked(**where, at=self._recorder.seconds(), frame=frame))
        self.waiting.append(frame)
        self._output.append(json.dumps(frame).encode())
        return frame

    def flush(self) -> None:
        """Send the requests."""
        if self._output and self.open:
            data = b"".join(line + b"\n" for line in self._output)
            self._output.clear()
            self.send(data)

    def receive(self) -> list[Frame]:
        """Return the frames that have come; there is something to read."""
        data = self.take()
        if data is None:
            self._over("ended")
            return []
        *lines, self._input = (self._input + data).split(b"\n")
        frames = [json.loads(line) for line in lines if line.startswith(b"{")]
        where = {"connection": self.number, "node": self._node, "life": self._life}
        for frame in frames:
            self._recorder.notes.append(Received(**where, at=self._recorder.seconds(), frame=frame))
        return frames

    def replied(self, frame: Frame) -> Frame | None:
        """Return the request to which *frame* is the reply, if it is one."""
        if "id" not in frame:
            return None
        return self.waiting.popleft() if self.waiting else None

    def finish(self) -> None:
        """Send no more."""
        self.flush()
        self.finished = True
        self._note_end("finished")
        self.end_output()

    def close(self) -> None:
        """Go without a word, and without what is on its way."""
        self.flush()
        self._over("closed")

    def reset(self) -> None:
        """Break the connection."""
        self.flush()
        self._over("reset")

    def _over(self, how: Literal["closed", "reset", "ended"]) -> None:
        if self.open:
            self.open = False
            self._note_end(how)
            self.hang_up(hard=how == "reset")

    def _note_end(self, how: Literal["finished", "closed", "reset", "ended"]) -> None:
        where = {"connection": self.number, "node": self._node, "life": self._life}
        self._recorder.notes.append(Went(**where, at=self._recorder.seconds(), how=how))


class SocketCable(Cable):
    """A connection to *address*; a *small* one holds the server up as soon as it is not read."""

    def __init__(
        self,
        recorder: Recorder,
        address: tuple[str, int],
        node: int = 0,
        life: int | None = None,
        *,
        small: bool = False,
    ) -> None:
        self._socket = socket.socket(socket.AF_INET)
        self._socket.settimeout(LIMIT)
        if small:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        try:
            self._socket.connect(address)
        except OSError:
            self._socket.close()
            raise
        super().__init__(recorder, node, life)

    def fileno(self) -> int:
        """Return what ``select`` wants."""
        return self._socket.fileno()

    @override
    def send(self, data: bytes) -> None:
        with suppress(ConnectionError):
            self._socket.sendall(data)

    @override
    def take(self) -> bytes | None:
        try:
            return self._socket.recv(1 << 16) or None
        except ConnectionError:
            return None

    @override
    def end_output(self) -> None:
        # The server may have been faster.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    @override
    def hang_up(self, *, hard: bool) -> None:
        if hard:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()
