"""Programs of ours, started by forking: what :class:`subprocess.Popen` is for others.

A parent has imported all programs, see :mod:`~tests.forking.parent`. Whoever starts the first program has it started,
and it ends with them. What Python reads of the environment when it begins can't change later, so there is a parent for
each such environment, from the second program on that wants it. On macOS, whose libraries don't bear a fork, there is
none: then programs are started as usual, which makes no difference but the time.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.forking.request import Request

ROOT = Path(__file__).parents[2]
BEGIN = "import sys; sys.path.append(sys.argv.pop(1)); from tests.forking.parent import main; main()"
OURS = {Path(sys.executable).with_name(name) for name in ("twistd", "chatroom", "chatroom-admin", "chatroom-urwid")}
"""The programs that a parent has imported."""


class Child:
    """A process that was forked; its parent tells about it by *told*."""

    def __init__(self, told: socket.socket) -> None:
        self._told = told
        self.pid = self._number()
        self.returncode: int | None = None

    def _number(self) -> int:
        data = self._told.recv(4, socket.MSG_WAITALL)
        assert len(data) == 4, "the parent has ended"
        [number] = struct.unpack("i", data)
        assert isinstance(number, int)
        return number

    def poll(self) -> int | None:
        """Return its exit status if it has ended, negative for a signal."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit status when it has ended.

        :raises subprocess.TimeoutExpired: if it does not within *timeout* seconds.
        """
        status = self._ended(timeout)
        if status is None:
            assert timeout is not None
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        return status

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            self.returncode = self._number()
            # Now it may be reaped.
            self._told.close()
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it has not ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class Parent:
    """A process that has imported our programs, in an *environment*, and forks for each request."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._channel, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-c", BEGIN, str(ROOT), str(theirs.fileno())]
            self._process = subprocess.Popen(command, env=environment, cwd="/", pass_fds=[theirs.fileno()])
        self.pid = self._process.pid
        atexit.register(self.close)

    def close(self) -> None:
        """Let it end: it gets no more requests."""
        self._channel.close()
        self._process.wait()

    def fork(self, request: Request, files: Sequence[int]) -> Child:
        """Have a child forked for *request*, with *files* as its standard ones and those that it inherits."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._channel, [request.written()], [theirs.fileno(), *files])
        return Child(ours)


_parents: dict[str, Parent] = {}
_asked = Counter[str]()


def fork(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    standard: tuple[int, int, int],
    *,
    folder: Path | None = None,
    files: Sequence[int] = (),
    leads: bool = False,
) -> Child | None:
    """Start *command* by forking, if that is possible, with *standard* input, output and error; else return nothing.

    The other *files* it has under the same numbers. What :mod:`~tests.client.leader` does is done where it *leads*.
    """
    if Path(command[0]) not in OURS or sys.platform == "darwin":
        return None
    begins = {name: value for name, value in environment.items() if name.startswith(("PYTHON", "LC_", "LANG"))}
    key = json.dumps([os.getpid(), begins], sort_keys=True)
    _asked[key] += 1
    if _asked[key] == 1:
        return None
    if key not in _parents:
        _parents[key] = Parent(environment)
    request = Request([*map(str, command)], {**environment}, str(folder or Path.cwd()), files, leads)
    return _parents[key].fork(request, [*standard, *files])
