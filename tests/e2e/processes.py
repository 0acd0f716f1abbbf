"""Programs in processes of their own: the server under test, and netcat."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import pytest

from tests.forking.children import fork

LIMIT = 60.0
"""Seconds after which what is waited for will not come."""

BUSY = 10.0
"""Seconds by which a program may be late on a machine that does much else."""

TWISTD = Path(sys.executable).with_name("twistd")
FAST = ("--burst", "0")
"""What a server is told whose visitors may ask as fast as they like."""

UNLIMITED = (*FAST, "--per-host", "0")
"""The same, where as many as like to may come from one host."""

LOOPBACK = "tcp:0:interface=127.0.0.1"


class Ended(AssertionError):
    """A server has ended before it logged what was waited for; the text has all that it said."""


class Program:
    """A running program, whose output is read line by line, with time limits, and kept.

    It inherits the sockets that one *passes*. One of ours is forked from a process that has imported it, unless the
    test is about how a program begins, or what it takes.
    """

    def __init__(
        self,
        *command: str | Path,
        cwd: Path | None = None,
        passes: Sequence[socket.socket] = (),
        forked: bool = True,
    ) -> None:
        self._name = Path(command[0]).name
        heed_interrupts()
        environment = os.environ | {"TZ": noon()}
        passed = [each.fileno() for each in passes]
        (its_input, ours), (our_output, its) = os.pipe(), os.pipe()
        self._input = os.fdopen(ours, "w", encoding="utf-8", errors="backslashreplace")
        self._output = os.fdopen(our_output, encoding="utf-8", errors="backslashreplace")
        standard = (its_input, its, its)
        child = fork(command, environment, standard, folder=cwd, files=passed) if forked else None
        self.process = child or subprocess.Popen(
            command,
            cwd=cwd,
            pass_fds=passed,
            env=environment,
            stdin=its_input,
            stdout=its,
            stderr=its,
        )
        os.close(its_input)
        os.close(its)
        self.lines: list[str] = []
        self._unread: SimpleQueue[str | None] = SimpleQueue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self._output as output:
            for line in output:
                self._unread.put(line.removesuffix("\n"))
        self._unread.put(None)

    def send(self, line: str) -> None:
        """Type *line*."""
        self._input.write(line + "\n")
        self._input.flush()

    def receive(self) -> str | None:
        """Return the next line, or ``None`` if there will be none."""
        try:
            line = self._unread.get(timeout=LIMIT)
        except Empty:
            pytest.fail(f"{self._name} prints nothing more; until now it printed:\n{self.output}")
        if line is not None:
            self.lines.append(line)
        return line

    def rest(self) -> list[str]:
        """Return the lines until its output ends; nothing more is typed, for which nc waits even if the server went."""
        self._input.close()
        return list(iter(self.receive, None))

    @property
    def output(self) -> str:
        """What it has printed, as far as that was received."""
        return "\n".join(self.lines)

    def end(self) -> int:
        """Return its exit status: it is about to end by itself."""
        self.rest()
        return self.process.wait(LIMIT)

    def close(self) -> None:
        """Make it end, whatever it is doing."""
        self.process.kill()
        self.process.wait(LIMIT)
        self._reader.join(LIMIT)
        self._input.close()


class Server(Program):
    """A chat room server in *folder*, which listens from the start on; it may have so many *descriptors*.

    *twistd* may be a command that wraps the real one. Without *control* there is no socket for its operator, unless the
    options say so. Complaints with one of the patterns in *meant* in them are no
    surprise; the databases of tests have no standby.
    """

    def __init__(
        self,
        folder: Path,
        *options: str,
        port: str = LOOPBACK,
        descriptors: int | None = None,
        twistd: Sequence[str | Path] = (TWISTD,),
        passes: Sequence[socket.socket] = (),
        control: bool = False,
        forked: bool = True,
    ) -> None:
        few = ("sh", "-c", 'ulimit -n "$0" && exec "$@"', str(descriptors)) if descriptors else ()
        hands = () if control else ("--control", "none")
        command = (*few, *twistd, "-n", "--pidfile=", "chatroom", "--port", port, *hands, *options)
        super().__init__(*command, cwd=folder, passes=passes, forked=forked)
        self.meant = ["names no standby"]
        try:
            self.address = ("127.0.0.1", int(self.logs(r" starting on (\d+)$")[1]))
        except BaseException:
            self.close()
            raise

    def logs(self, pattern: str) -> re.Match[str]:
        """Wait until it logs a line with *pattern* in it, and return where."""
        found = None
        while not found:
            line = self.receive()
            if line is None:
                raise Ended(f"the server has ended:\n{self.output}")
            found = re.search(pattern, line)
        return found

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop it by a signal, and see that it went well."""
        self.send_signal(number)
        self.ended_by(number)

    def kill(self) -> None:
        """Let it end in the middle of whatever it does; until then nothing was to go wrong."""
        self.process.kill()
        assert self.end() == -signal.SIGKILL
        self.see_that_all_went_well()

    def ended_by(self, number: signal.Signals) -> None:
        """See that it ends by that signal, within the time that it has, and that nothing went wrong before."""
        since = time.monotonic()
        status = self.end()
        took = time.monotonic() - since
        assert status == -number, f"ended with {status}:\n{self.output}"
        assert took < 10 + BUSY, f"took {took:.1f} s to end"
        self.see_that_all_went_well()

    def see_that_all_went_well(self) -> None:
        """See that it has complained of nothing, but for what was meant."""
        lines = [line for line in self.output.split("\n") if not any(re.search(meant, line) for meant in self.meant)]
        complaints = r"Traceback|Unhandled|Error|#(warn|error|critical)\]"
        assert not re.search(complaints, "\n".join(lines)), self.output


@contextmanager
def running(
    folder: Path,
    *options: str,
    port: str = LOOPBACK,
    descriptors: int | None = None,
    twistd: Sequence[str | Path] = (TWISTD,),
    passes: Sequence[socket.socket] = (),
    control: bool = False,
    forked: bool = True,
) -> Iterator[Server]:
    """Run a server; if the test did not stop it, do so in the end, and see that all went well."""
    server = Server(
        folder,
        *options,
        port=port,
        descriptors=descriptors,
        twistd=twistd,
        passes=passes,
        control=control,
        forked=forked,
    )
    try:
        yield server
        if server.process.poll() is None:
            server.stop()
    finally:
        server.close()


@contextmanager
def started(*command: str | Path, cwd: Path | None = None, forked: bool = True) -> Iterator[Program]:
    """Run a program, at most until the test is over."""
    program = Program(*command, cwd=cwd, forked=forked)
    try:
        yield program
    finally:
        program.close()


def heed_interrupts() -> None:
    """Let programs that are started from now on take SIGINT, though it is ignored here, as after ``make test &``."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # What is ignored is inherited; a handler is not.
        signal.signal(signal.SIGINT, lambda *_: None)


def complaints(folder: Path, *options: str) -> list[str]:
    """Return what a server prints that does not start with *options*."""
    with started(TWISTD, "-n", "--pidfile=", "chatroom", *options, cwd=folder, forked=False) as program:
        assert program.end() == 1
        assert "Traceback" not in program.output
        return program.lines


def free_port() -> int:
    """Return a port that no program listens on, and that the kernel gives to no client meanwhile.

    Of the tests that run beside this one each has ports of its own.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    share = (32768 - 20000) // workers
    first = 20000 + worker % workers * share
    # By chance: other runs on this machine look for one too.
    for port in random.sample(range(first, first + share), share):
        with socket.socket(socket.AF_INET6) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("::", port))
            except OSError:
                continue
            return port
    raise AssertionError("every port is in use")


OUR_NETCAT: tuple[str | Path, ...] = (sys.executable, Path(__file__).with_name("netcat.py"))


def netcats() -> dict[str, tuple[str | Path, ...]]:
    """Return by name the netcats that there are: our own, and the one of this machine if it knows ``-N``."""
    found = {"our own": OUR_NETCAT}
    if nc := shutil.which("nc"):
        usage = subprocess.run([nc, "-h"], capture_output=True, encoding="utf-8", timeout=LIMIT, check=False)
        if re.search(r"usage: nc \[-\w*N", usage.stdout + usage.stderr):
            found["nc"] = (nc,)
    return found


def noon() -> str:
    """Return the time zone in which it is noon, so that no day ends while a test runs."""
    return f"NOON{datetime.now(UTC).hour - 12}"
