"""Connections of the random model: whatever goes through them is noted in one history."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections import deque
from itertools import count
from typing import Literal

from tests.e2e.processes import LIMIT
from tests.judging.history import Asked, Began, Came, Ended, Frame, Note, Received, Rested, Went

SMALL = 4096
"""Bytes that the kernel takes for a connection that is to fall behind."""


class Recorder:
    """Notes what happens, with the life of the server in which it does."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.life = 0
        self.numbers = count(1)

    def began(self) -> None:
        """Note that the server lives again."""
        self.life += 1
        self.notes.append(Began(life=self.life, at=time.monotonic()))

    def ended(self, how: str) -> None:
        """Note that the server is about to be ended."""
        self.notes.append(Ended(life=self.life, at=time.monotonic(), how=how))

    def rested(self) -> None:
        """Note that all is at rest."""
        self.notes.append(Rested(life=self.life, at=time.monotonic()))


class Cable:
    """A connection to *address*; a *small* one holds the server up as soon as it is not read.

    *waiting* are the requests that have no reply yet, oldest first.
    """

    def __init__(self, recorder: Recorder, address: tuple[str, int], *, small: bool = False) -> None:
        self._socket = socket.socket(socket.AF_INET)
        self._socket.settimeout(LIMIT)
        if small:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        try:
            self._socket.connect(address)
        except OSError:
            self._socket.close()
            raise
        self._recorder = recorder
        self._life = recorder.life
        self._input = b""
        self._output: list[bytes] = []
        self._ids = count(1)
        self.number = next(recorder.numbers)
        self.waiting: deque[Frame] = deque()
        self.open = True
        self.finished = False
        recorder.notes.append(Came(life=self._life, at=time.monotonic(), connection=self.number))

    def fileno(self) -> int:
        """Return what ``select`` wants."""
        return self._socket.fileno()

    def ask(self, type: str, **fields: object) -> Frame:
        """Let a request leave with the next :meth:`flush`, and return it."""
        frame = {"type": type, "id": next(self._ids), **fields}
        self._recorder.notes.append(Asked(life=self._life, at=time.monotonic(), connection=self.number, frame=frame))
        self.waiting.append(frame)
        self._output.append(json.dumps(frame).encode())
        return frame

    def flush(self) -> None:
        """Send the requests; if the server is gone, reading will tell."""
        if self._output and self.open:
            data = b"".join(line + b"\n" for line in self._output)
            self._output.clear()
            try:
                self._socket.sendall(data)
            except ConnectionError:
                pass

    def receive(self) -> list[Frame]:
        """Return the frames that have come; there is something to read."""
        try:
            data = self._socket.recv(1 << 16)
        except ConnectionError:
            data = b""
        if not data:
            self._over("ended")
            return []
        *lines, self._input = (self._input + data).split(b"\n")
        frames = [json.loads(line) for line in lines if line.startswith(b"{")]
        for frame in frames:
            self._recorder.notes.append(
                Received(life=self._life, at=time.monotonic(), connection=self.number, frame=frame)
            )
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
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            # The server was faster.
            pass

    def close(self) -> None:
        """Go without a word, and without what is on its way."""
        self.flush()
        self._over("closed")

    def reset(self) -> None:
        """Break the connection."""
        self.flush()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._over("reset")

    def _over(self, how: Literal["closed", "reset", "ended"]) -> None:
        if self.open:
            self.open = False
            self._note_end(how)
            self._socket.close()

    def _note_end(self, how: Literal["finished", "closed", "reset", "ended"]) -> None:
        self._recorder.notes.append(Went(life=self._life, at=time.monotonic(), connection=self.number, how=how))
