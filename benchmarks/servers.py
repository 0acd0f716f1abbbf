"""The measured servers: ours and its peers, each a process of its own that listens on 127.0.0.1."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import sample
from tempfile import TemporaryDirectory

PEERS = Path(__file__).with_name("peers")
TWISTD = str(Path(sys.executable).with_name("twistd"))
PATIENCE = 30.0
"""Seconds that a server may take to start or to end."""

NO_LIMIT = [f"--{limit}=0" for limit in ("burst", "rate", "per-host", "max-connections", "max-rooms", "room-capacity")]
"""Limits of ours that are switched off: else they would be measured, and not the server."""


@dataclass(frozen=True)
class Kind:
    """A server called *name* to whom the load speaks *dialect*.

    *command* returns what starts it, from the folder that it has for itself, its port and the number of rooms;
    *program* must be there for that. *window* people at most come at the same time to each thread of the load: the
    queue of those whom it has not taken yet is short in some.
    """

    name: str
    dialect: str
    command: Callable[[Path, int, int], list[str]]
    program: str = TWISTD
    window: int = 32

    def is_installed(self) -> bool:
        """Return whether it can be started here."""
        return _path(self.program) is not None

    def version(self) -> str:
        """Return which version of its program is there."""
        path = _path(self.program)
        if not path:
            return "not installed"
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        found = re.search(r"\d+(\.\d+)+", said)
        return found[0] if found else "of unknown version"


class Server:
    """A running server, and what the system says of its process."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.port = port
        self._proc = Path(f"/proc/{process.pid}")

    def cpu(self) -> float:
        """Return the processor time that all its threads have spent, in seconds."""
        fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident(self) -> int:
        """Return its resident memory in bytes."""
        found = re.search(r"VmRSS:\s+(\d+) kB", (self._proc / "status").read_text())
        assert found
        return int(found[1]) * 1024


@contextmanager
def started(kind: Kind, rooms: int) -> Iterator[Server]:
    """Run a server of *kind* that has *rooms*, or will make them when they are asked for."""
    port = free_port()
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        log = folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                kind.command(folder, port, rooms),
                cwd=folder,
                env=os.environ | {"PORT": str(port), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait_for(process, port)
            yield Server(process, port)
        except Exception as error:
            error.add_note(f"{kind.name} has printed:\n{log.read_text(errors='replace')[-4000:]}")
            raise
        finally:
            process.kill()
            process.wait(PATIENCE)


def free_port() -> int:
    """Return a port that no program listens on, and that the kernel gives to no client meanwhile."""
    for port in sample(range(20000, 32768), 1000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("every port is in use")


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the server did not start")


def _path(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


# Ours


def _chatroom(folder: Path, port: int, rooms: int) -> list[str]:
    open_rooms = [word for number in range(rooms) for word in ("--room", f"r{number}")]
    where = f"tcp:{port}:interface=127.0.0.1"
    return [TWISTD, "-n", "--pidfile=", "chatroom", "--port", where, *NO_LIMIT, *open_rooms]


def _in_memory(folder: Path, port: int, rooms: int) -> list[str]:
    return [*_chatroom(folder, port, rooms), "--store", "memory"]


# Peers


def _words(folder: Path, port: int, rooms: int) -> list[str]:
    return [TWISTD, "-n", "--pidfile=", "--no_save", "--python", str(PEERS / "words.py")]


def _plain(folder: Path, port: int, rooms: int) -> list[str]:
    return [sys.executable, str(PEERS / "plain.py"), str(port)]


def _configured(program: str, options: tuple[str, ...], folder: Path, port: int, rooms: int) -> list[str]:
    """Write the configuration of *program*, kept beside this module, and return its command."""
    path = _path(program)
    assert path
    file = folder / f"{program}.conf"
    file.write_text((PEERS / f"{program}.conf").read_text().replace("@PORT@", str(port)))
    # Where it gives root away, it must be able to read its file nevertheless.
    folder.chmod(0o755)
    as_root = ["--runasroot"] if program == "inspircd" and os.geteuid() == 0 else []
    return [path, *(option.replace("@FILE@", str(file)) for option in options), *as_root]


TEXT = Kind("chatroom, text", "text", _chatroom)
FRAMES = Kind("chatroom, frames", "frames", _chatroom)
MIXED = Kind("chatroom, mixed", "mixed", _chatroom)
TEXT_IN_MEMORY = Kind("chatroom, text, memory", "text", _in_memory)
# It lets people in once a second, so many must come together.
INSPIRCD = Kind(
    "InspIRCd", "irc", partial(_configured, "inspircd", ("--nofork", "--nopid", "--config=@FILE@")), "inspircd", 2000
)
NGIRCD = Kind("ngIRCd", "irc", partial(_configured, "ngircd", ("--nodaemon", "--config", "@FILE@")), "ngircd", 4)
WORDS = Kind("twisted.words", "irc", _words)
PLAIN = Kind("asyncio", "plain", _plain, sys.executable)
