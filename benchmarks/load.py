"""The load on a server: the program ``load.c``, which is compiled where needed, plays the members of rooms."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.cc import compiled

THREADS = max(1, min(4, (os.cpu_count() or 1) // 2))
"""Among how many threads the members are shared out; the other half of the machine is the server's."""

Figures = dict[str, Any]


@dataclass(frozen=True)
class Talk:
    """A talk in *rooms* of *size*, each with *speakers*.

    Each has *flight* messages on the way, or all together say *rate* messages a second if that is not 0.
    """

    rooms: int
    size: int
    speakers: int
    flight: int = 0
    rate: float = 0


class Load:
    """The members of the rooms of a server."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def login(self) -> Figures:
        """Let everybody connect and give a name."""
        return self._do("login")

    def join(self) -> Figures:
        """Let everybody enter its room."""
        return self._do("join")

    def talk(self, seconds: float, talk: Talk) -> Figures:
        """Let the speakers talk, until everybody has got everything."""
        return self._do(f"talk {seconds} {talk.flight} {talk.rate}")

    def _do(self, command: str) -> Figures:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            assert self._process.stderr
            raise RuntimeError(self._process.stderr.read().strip())
        figures: Figures = json.loads(answer)
        return figures


@contextmanager
def loading(dialect: str, window: int, talk: Talk, *ports: int) -> Iterator[Load]:
    """Have members for the servers at *ports*, not connected yet: each comes to the next one."""
    shape = (",".join(map(str, ports)), dialect, talk.rooms, talk.size, talk.speakers, THREADS, window)
    with subprocess.Popen(
        [str(compiled("load.c", "-pthread")), *map(str, shape)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Load(process)
        finally:
            process.kill()
