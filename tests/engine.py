"""PostgreSQL for tests: a server of their own, unprivileged, on a socket that only they know."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psutil
import psycopg
import pytest

from chatroom.logs.postgres.migrate import migrate

REQUIRED = "CHATROOM_ENGINES"
"""Where it is ``required``, a test that needs PostgreSQL fails without it; else it is skipped."""

PLACES = ["/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt"]
"""Where PostgreSQL is found if its programs are not on the ``PATH``."""

OLDEST = 15

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "256MB",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "timezone": "UTC",
}


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest that there are, or ``None``."""
    folders = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    for place in map(Path, PLACES):
        folders += sorted(place.glob("*/bin"), key=_version, reverse=True)
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
            if int(said.split()[2].partition(".")[0]) >= OLDEST:
                return folder
    return None


def _version(folder: Path) -> tuple[int, str]:
    digits = "".join(filter(str.isdigit, folder.parent.name))
    return int(digits or 0), folder.parent.name


class Engine:
    """A PostgreSQL server in *folder*, reached by a socket there; a :attr:`wrapper` may be put before its command."""

    def __init__(self, bin: Path, folder: Path, **settings: str) -> None:
        self.bin = bin
        self.folder = folder
        self.settings = SETTINGS | settings
        self.wrapper: Sequence[str] = ()
        self._names = count(1)
        self._template = ""
        self._process: subprocess.Popen[bytes] | None = None

    def init(self) -> None:
        """Make a cluster."""
        how = ("--no-sync", "--data-checksums", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username=root")
        self.run("initdb", *how, str(self.data))

    @property
    def data(self) -> Path:
        """The folder of the cluster."""
        return self.folder / "data"

    def run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL's to its end."""
        done = subprocess.run(
            [*unprivileged(), self.bin / program, *arguments], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            # A child, and reaped: where nobody else does that, its process would block the next start.
            self._process = subprocess.Popen(
                [*unprivileged(), *self.wrapper, self.bin / "postgres", "-D", self.data, "-k", self.folder, *options],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _ in range(600):
            with suppress(psycopg.OperationalError), psycopg.connect(self.uri("postgres", "root")):
                return
            assert self._process.poll() is None, (self.folder / "log").read_text(errors="replace")
            _pause()
        raise AssertionError("PostgreSQL takes no connections")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it, in order; or as when its machine falls, with ``SIGKILL``."""
        if self.running and how == signal.SIGKILL:
            # Whoever starts it again needs what they had in common; where nobody reaps them, they stay zombies.
            for process in self.send_signal(how)[:-1]:
                with suppress(psutil.NoSuchProcess):
                    while process.status() != psutil.STATUS_ZOMBIE:
                        _pause()
        elif self._process and self.running:
            self.send_signal(signal.SIGCONT)
            self._process.send_signal(how)
        if self._process:
            self._process.wait(timeout=60)
            self._process = None

    def send_signal(self, number: signal.Signals) -> Sequence[psutil.Process]:
        """Send a signal to all of its processes, each a group of its own; return them, the first one last."""
        # The first one shall start no more meanwhile.
        self.processes[-1].suspend()
        processes = self.processes
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        return processes

    @property
    def processes(self) -> Sequence[psutil.Process]:
        """Its processes, the one that starts the others last."""
        assert self._process
        first = psutil.Process(self._process.pid)
        return [*first.children(), first]

    def fill_disk(self) -> None:
        """Let it be as if the disk were full: what is written beyond the first MiB of a file fails (Linux)."""
        self._limit_files(str(1 << 20))

    def free_disk(self) -> None:
        """End that; where PostgreSQL has ended of it, it is started again."""
        if self.running:
            self._limit_files("unlimited")
        if not self.running:
            self.stop()
            self.start()

    def _limit_files(self, size: str) -> None:
        for process in self.processes:
            # Not through psutil: root needs a right for it that it may not have, and the same user needs none.
            subprocess.run(
                [*unprivileged(), "prlimit", f"--pid={process.pid}", f"--fsize={size}:"],
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=60,
            )

    def follow(self, primary: Engine, name: str, way: str = "") -> None:
        """Be a standby of *primary*, called *name*, for whose disk that waits with each commit; see :meth:`copy`."""
        self.copy(primary, name, way)
        self.start()
        primary.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        primary.execute("SELECT pg_reload_conf()")

    def copy(self, primary: Engine, name: str, way: str = "") -> None:
        """Make the cluster anew, as a copy of *primary*'s that follows it when it is started, called *name*.

        *way* is how it gets there, as libpq is told that, where it is not straight on.
        """
        # Not as the name of the connection: while the copy is made, it would acknowledge commits as the standby.
        self.settings |= {"cluster_name": name}
        where = f"host={primary.folder} port={primary.port} user=root {way}"
        shutil.rmtree(self.data, ignore_errors=True)
        self.run("pg_basebackup", "--no-sync", "--checkpoint=fast", "-R", "-D", str(self.data), "-d", where)

    def uri(self, database: str, role: str = "chat") -> str:
        """Return where *database* is, for *role*."""
        return f"postgresql://{role}@/{database}?host={self.folder}&port={self.port}"

    @property
    def port(self) -> str:
        """The number of its port, which is in the name of its socket too."""
        return self.settings.get("port", "5432")

    @property
    def running(self) -> bool:
        """Whether it has not ended by itself."""
        return self._process is not None and self._process.poll() is None

    def database(self) -> str:
        """Make a new database of the chat's, with its schema, whose role may do nothing else; return where it is."""
        if not self._template:
            # To copy it is quicker than to make it again.
            self._template = self.empty_database("template")
            with closing(psycopg.connect(self._template, autocommit=True)) as connection:
                migrate(connection, self._template)
        return self.empty_database(template="template")

    def empty_database(self, name: str = "", template: str = "template1") -> str:
        """Make a new database of the chat's, a copy of *template*, by default without a schema; return where it is."""
        name = name or f"chat{next(self._names)}"
        # By the log, as is the rule, it takes fifteen times as long.
        self.execute(f"CREATE DATABASE {name} OWNER chat TEMPLATE {template} STRATEGY file_copy")
        return self.uri(name)

    def execute(self, statement: str, *arguments: object) -> list[tuple[Any, ...]]:
        """Execute *statement* as whoever may do everything, and return the rows."""
        with psycopg.connect(self.uri("postgres", "root"), autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), arguments or None)
            return cursor.fetchall() if cursor.description else []


def unprivileged() -> Sequence[str]:
    """Return what to put before a program that refuses to be run by root."""
    if os.getuid():
        return []
    user = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _pause() -> None:
    """Wait a moment: there is nothing to be told by."""
    import time

    time.sleep(0.05)


def required(found: Path | None) -> Path:
    """Return what was *found*; skip the test if that is nothing."""
    if found is None:
        missing = "need PostgreSQL 15 (make engines)"
        assert os.environ.get(REQUIRED) != "required", missing
        pytest.skip(missing)
    return found


@contextmanager
def running(**settings: str) -> Iterator[Engine]:
    """Have PostgreSQL run; skip the test if it is not installed."""
    with placed(**settings) as server:
        server.init()
        server.start()
        server.execute("CREATE ROLE chat LOGIN")
        yield server


@contextmanager
def placed(**settings: str) -> Iterator[Engine]:
    """Have a place for a server, which is ended with it; skip the test if PostgreSQL is not installed."""
    found = required(programs())
    # Not where tests have theirs: the path of a socket has 107 characters at most, and others may not look there.
    folder = Path(mkdtemp(prefix="pg", dir="/tmp"))
    try:
        if not os.getuid():
            user = pwd.getpwnam("nobody")
            os.chown(folder, user.pw_uid, user.pw_gid)
        server = Engine(found, folder, **settings)
        try:
            yield server
        finally:
            # Nobody looks into it any more: it need not write down what it has.
            server.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder)
