"""Look for new faults: all that is tried by chance, by other seeds each time.

Half of the time goes to properties and to the simulation of several servers, beside each other. The rest goes to what
has time limits, one after the other: people whose server is killed, mutated lines, and trouble for several servers over
PostgreSQL, where that is installed. Each failure is printed once, with a command that brings it again.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryFile
from threading import Event, Thread
from types import FrameType
from typing import IO

import msgspec
from typing_extensions import override

from tests.e2e.telling import tell
from tests.engine import programs
from tests.explore.properties import Tried
from tests.explore.seeds import seeds

ROOT = Path(__file__).parents[2]
TOLD = 30.0
"""Seconds after which it is told again how far things are."""


class Part(ABC):
    """Something that is tried, as *name* says."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.failures = 0
        self._stopped = False
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def explore(self, seed: int, seconds: float) -> None:
        """Try it for so many *seconds*, beginning with *seed*."""

    @abstractmethod
    def progress(self) -> str:
        """Return how far it is."""

    def stop(self) -> None:
        """End it before its time is over."""
        self._stopped = True
        if self._process:
            # As Ctrl+C would: it ends what it has started.
            self._process.send_signal(signal.SIGINT)

    def start(self, command: Sequence[str], output: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start Python with *command*; it is interrupted by us alone."""
        self._process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, stdout=output, stderr=output, start_new_session=True
        )
        return self._process

    def failed(self, what: str, said: str, again: str) -> None:
        """Print how *what* failed, and the command by which it does so *again*."""
        if not self._stopped:
            self.failures += 1
            tell(f"\nFAILED {what}\n")
            for line in said.strip("\n").split("\n"):
                tell(f"    {line}".rstrip())
            tell(f"\nagain: {again}\n")


class Program(Part):
    """A program that is run by one seed after the other; *command* is what it is called by."""

    def __init__(self, name: str, command: Callable[[int], Sequence[str]]) -> None:
        super().__init__(name)
        self._command = command
        self._times = 0

    @override
    def explore(self, seed: int, seconds: float) -> None:
        until = time.monotonic() + seconds
        for each in seeds(seed):
            if self._stopped or time.monotonic() > until:
                return
            with TemporaryFile() as output:
                command = ["-m", *self._command(each)]
                status = self.start(command, output).wait()
                self._times += 1
                if status:
                    output.seek(0)
                    self.failed(self.name, output.read().decode(errors="replace"), shlex.join(["python", *command]))

    @override
    def progress(self) -> str:
        return f"{self.name} {self._times} times"


class Properties(Part):
    """The properties, those with *words* in their names, as pytest's ``-k`` takes them."""

    def __init__(self, words: str) -> None:
        super().__init__("properties")
        self._words = words
        self._report = ROOT / "build" / "explore.jsonl"
        self._tried: list[Tried] = []

    @override
    def explore(self, seed: int, seconds: float) -> None:
        self._report.parent.mkdir(exist_ok=True)
        self._report.unlink(missing_ok=True)
        options = ["-p", "tests.explore.properties", "-p", "no:cacheprovider", "--quiet", "--tb=short"]
        asked = [f"--explore-seed={seed}", f"--explore-seconds={seconds}", f"--explore-report={self._report}"]
        workers = ["--numprocesses", str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)]
        command = ["-m", "pytest", *options, *asked, *workers, "-k", self._words]
        with TemporaryFile() as output:
            process = self.start(command, output)
            ended = False
            while not ended:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(1)
                    ended = True
                for tried in islice(self._read(), len(self._tried), None):
                    self._tried.append(tried)
                    if tried.seed is not None:
                        name = tried.test.rpartition("::")[2].partition("[")[0]
                        again = shlex.join(["--seed", str(tried.seed), "--only", name])
                        self.failed(tried.test, tried.said, f'make explore EXPLORE="{again}"')
            if not self._tried:
                output.seek(0)
                self.failed(self.name, output.read().decode(errors="replace"), shlex.join(["python", *command]))

    def _read(self) -> Iterator[Tried]:
        with suppress(FileNotFoundError):
            for line in self._report.read_bytes().splitlines(keepends=True):
                if line.endswith(b"\n"):
                    yield msgspec.json.decode(line, type=Tried)

    @override
    def progress(self) -> str:
        of = f" of {self._tried[0].of}" if self._tried else ""
        skipped = sum(tried.skipped for tried in self._tried)
        without = f" ({skipped} of them skipped)" if skipped else ""
        return f"{len(self._tried)}{of} properties{without} {sum(tried.times for tried in self._tried)} times"


def simulation(seed: int) -> Sequence[str]:
    """Return how the simulation is called, in one of its ways."""
    how = [
        [],
        ["--trouble", "0.02", "--waits", "0.05"],
        ["--trouble", "0", "--loss", "0.06"],
        ["--trouble", "0.04", "--loss", "0.04"],
    ][seed % 4]
    return ["tests.simulation", "--schedules", "100", "--seed", str(seed), *how]


BESIDE = [Program("simulation", simulation)]
"""Programs that run beside the properties."""

ALONE = [
    Program("model", lambda seed: ["tests.e2e.model", "--rounds", "10", "--seed", str(seed)]),
    Program("fuzz", lambda seed: ["tests.e2e.fuzz", "--lines", "50000", "--seed", str(seed)]),
    Program("faults", lambda seed: ["tests.faults", "--minutes", "1", "--seed", str(seed)]),
]
"""Programs that run alone, since they have time limits."""


def positive(text: str) -> float:
    """Return a number beyond 0, such as minutes are."""
    minutes = float(text)
    if not 0 < minutes < 1e6:
        raise ValueError(text)
    return minutes


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make explore", description=__doc__, usage='make explore EXPLORE="[options]"')
    parser.add_argument("--minutes", type=positive, default=30, help="how long to look, in all [%(default)s]")
    parser.add_argument("--seed", type=int, help="what decides about chance [another one each time]")
    parser.add_argument(
        "--only",
        default="",
        metavar="WORDS",
        help=f"try only {', '.join(part.name for part in (*BESIDE, *ALONE))}, or the properties with words in their"
        " names, as pytest's -k takes them",
    )
    return parser.parse_args()


def phases(only: str) -> Sequence[Sequence[Part]]:
    """Return what is tried at the same time, one after the other."""
    chosen = [part for part in (*BESIDE, *ALONE) if part.name == only]
    if chosen:
        return [chosen]
    if only:
        return [[Properties(only)]]
    alone = [part for part in ALONE if part.name != "faults" or programs()]
    return [[Properties(""), *BESIDE], *([part] for part in alone)]


def explore(phases: Sequence[Sequence[Part]], seed: int, seconds: float, ended: Event) -> None:
    """Try all *phases*, and tell how far they are, unless all is *ended*."""
    since = time.monotonic()
    others = len(phases) - 1
    # The first phase has as much time as all others.
    shares = [seconds / 2, *[seconds / 2 / others] * others] if others else [seconds]
    for parts, share in zip(phases, shares, strict=True):
        threads = [Thread(target=part.explore, args=(seed, share)) for part in parts]
        for thread in threads:
            thread.start()
        try:
            told = time.monotonic()
            while any(thread.is_alive() for thread in threads):
                if ended.wait(0.2):
                    return
                if time.monotonic() > told + TOLD:
                    told = time.monotonic()
                    minutes = f"{(told - since) / 60:.1f} of {seconds / 60:g} minutes"
                    failures = sum(part.failures for phase in phases for part in phase)
                    tell(f"{minutes}: {', '.join(part.progress() for part in parts)}; {failures} failures")
        finally:
            for part, thread in zip(parts, threads, strict=True):
                if thread.is_alive():
                    part.stop()
            for thread in threads:
                thread.join()


def main() -> int:
    """Look for faults, and return whether there are any."""
    asked = arguments()
    seed = SystemRandom().getrandbits(31) if asked.seed is None else asked.seed
    parts = phases(asked.only)
    names = ", ".join(part.name for phase in parts for part in phase)
    tell(f"{asked.minutes:g} minutes, seed {seed}: {names}")
    ended = Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    explore(parts, seed, asked.minutes * 60, ended)
    failures = sum(part.failures for phase in parts for part in phase)
    tell(f"seed {seed}: {'; '.join(part.progress() for phase in parts for part in phase)}; {failures} failures")
    return 130 if ended.is_set() else 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
