"""The measured servers: ours and its peers, each a process of its own that listens on 127.0.0.1."""

from __future__ import annotations

import mmap
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import sample
from tempfile import TemporaryDirectory

from benchmarks.cc import compiled
from tests.unix_http import UnixHTTP

PEERS = Path(__file__).with_name("peers")
TWISTD = str(Path(sys.executable).with_name("twistd"))
PATIENCE = 30.0
"""Seconds that a server may take to start or to end."""

QUIET = 0.6
"""Seconds in which a server does next to nothing when it has done all: longer than ours waits to index messages."""

TICK = 1 / os.sysconf("SC_CLK_TCK")
"""The processor time, in seconds, that the system counts in one step."""

NO_LIMIT = [f"--{limit}=0" for limit in ("burst", "rate", "per-host", "max-connections", "max-rooms", "room-capacity")]
"""Limits of ours that are switched off: else they would be measured, and not the server."""


@dataclass(frozen=True)
class Kind:
    """A server called *name* to whom the load speaks *dialect*.

    *command* returns what starts it, from the folder that it has for itself, its port and the number of rooms;
    *program* must be there for that. *window* people at most come at the same time to each thread of the load: the
    queue of those whom it has not taken yet is short in some. It may count its *commits*.
    """

    name: str
    dialect: str
    command: Callable[[Path, int, int], list[str]]
    program: str = TWISTD
    window: int = 32
    commits: bool = False

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
    """A running server in its *folder*, and what the system says of its process."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
        self.port = port
        self._process = process
        self._proc = Path(f"/proc/{process.pid}")
        self._folder = folder

    def kill(self) -> None:
        """Let it die, in the middle of whatever it does."""
        self._process.kill()

    def cpu(self) -> float:
        """Return the processor time that all its threads have spent, in seconds."""
        fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * TICK

    def cpu_when_quiet(self) -> float:
        """Return the processor time likewise, once all is done that was put off."""
        until = time.monotonic() + PATIENCE
        spent = self.cpu()
        while time.monotonic() < until:
            time.sleep(QUIET)
            before, spent = spent, self.cpu()
            # What beats in it once a second, such as a timer, may take a tick.
            if spent - before < 1.5 * TICK:
                return spent
        raise RuntimeError("the server is never quiet")

    def calls(self) -> tuple[int, int]:
        """Return how many calls have sent something to its peers, and how many have received something."""
        with (self._folder / "counts").open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as counts:
            writes, reads = struct.unpack("QQ", counts)
        return writes, reads

    def commits(self) -> tuple[int, int]:
        """Return how many messages and other changes it has stored, and in how many commits."""
        with closing(UnixHTTP(self._proc / "cwd" / "metrics", PATIENCE)) as connection:
            connection.request("GET", "/metrics")
            with connection.getresponse() as response:
                text = response.read().decode()
        changes, commits = (
            re.search(rf"^chatroom_commit_changes_{of} (\S+)$", text, re.MULTILINE) for of in ("sum", "count")
        )
        assert changes
        assert commits
        return int(float(changes[1])), int(float(commits[1]))

    def resident(self) -> int:
        """Return its resident memory in bytes."""
        found = re.search(r"VmRSS:\s+(\d+) kB", (self._proc / "status").read_text())
        assert found
        return int(found[1]) * 1024


@contextmanager
def started(kind: Kind, rooms: int) -> Iterator[Server]:
    """Run a server of *kind* that has *rooms*, or will make them when they are asked for."""
    port = free_port()
    counter = compiled("count.c", "-shared", "-fPIC")
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        log, counts = folder / "log", folder / "counts"
        counts.write_bytes(bytes(16))
        with log.open("wb") as output:
            process = subprocess.Popen(
                kind.command(folder, port, rooms),
                cwd=folder,
                env=os.environ | {"PORT": str(port), "LD_PRELOAD": str(counter), "BENCH_COUNTS": str(counts)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait_for(process, port)
            yield Server(process, port, folder)
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


@dataclass(frozen=True)
class Build:
    """A build of ours called *name*, in the virtual environment *folder*."""

    name: str
    folder: Path

    def kind(self, dialect: str, *, memory: bool = False) -> Kind:
        """Return its server, spoken to in *dialect*; messages are kept in *memory*, or in SQLite."""
        twistd = str(self.folder.absolute() / "bin" / "twistd")
        name = f"{self.name}, {dialect}{', memory' * memory}"
        store = ["--store", "memory"] if memory else ["--metrics", "unix:metrics"]
        return Kind(name, dialect, partial(_chatroom, twistd, store), twistd, commits=not memory)

    def over(self, store: str, *options: str) -> Kind:
        """Return its server over the database or file *store*, with further *options*, spoken to in frames."""
        twistd = str(self.folder.absolute() / "bin" / "twistd")
        command = partial(_chatroom, twistd, ["--store", store, *options])
        return Kind(f"{self.name}, over {store}", "frames", command, twistd)


def _chatroom(twistd: str, store: list[str], folder: Path, port: int, rooms: int) -> list[str]:
    open_rooms = [word for number in range(rooms) for word in ("--room", f"r{number}")]
    where = f"tcp:{port}:interface=127.0.0.1"
    return [twistd, "-n", "--pidfile=", "chatroom", "--port", where, *NO_LIMIT, *store, *open_rooms]


HERE = Build("chatroom", Path(sys.prefix))
"""The build in the environment of this process."""

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


# It lets people in once a second, so many must come together.
INSPIRCD = Kind(
    "InspIRCd", "irc", partial(_configured, "inspircd", ("--nofork", "--nopid", "--config=@FILE@")), "inspircd", 2000
)
NGIRCD = Kind("ngIRCd", "irc", partial(_configured, "ngircd", ("--nodaemon", "--config", "@FILE@")), "ngircd", 4)
WORDS = Kind("twisted.words", "irc", _words)
PLAIN = Kind("asyncio", "plain", _plain, sys.executable)

OTHERS = (INSPIRCD, NGIRCD, WORDS, PLAIN)
"""The servers to compare with."""
