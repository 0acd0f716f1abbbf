"""The server is sent mutated lines, in pieces of every size; it must not stumble, nor grow, nor neglect anybody.

``python -m tests.e2e.fuzz --lines 1000000 --seed 1 -- --store memory`` is the long form; what stands behind ``--`` are
options of the server.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.attackers import Door, attack
from tests.e2e.meter import MIB, Taken, percentile, processor_time, taken
from tests.e2e.processes import LIMIT, UNLIMITED, Server, running
from tests.e2e.telling import tell, tell_begin
from tests.e2e.witness import Witness
from tests.engine import running as postgresql

PARTS = 10
"""After each of so many parts of the lines it is measured what the server takes."""

MAY_GROW = 6 * MIB
"""Bytes of memory in the second half: in the first, what the server keeps of rooms on purpose has filled, or nearly."""

PAUSE = 0.02
"""Seconds between two requests of the witness."""

OPTIONS = ("--room=tea", "--linger=0", "--grace=1", "--keep-messages=1000", "--keep-closed=0")


@dataclass
class Figures:
    """What a run came to; *latencies* are those of a visitor who behaves, in seconds."""

    came: Counter[str]
    found: Taken
    parts: list[Taken]
    left: Taken
    latencies: list[float]
    processor: float
    seconds: float

    def grown(self, part: int) -> int:
        """Return how many bytes of memory it takes more in the end than after *part* of the :data:`PARTS`."""
        return self.parts[-1].memory - self.parts[part - 1].memory


def fuzz(
    folder: Path,
    lines: int,
    seed: int,
    show: Callable[[int, Taken], None],
    *options: str,
    servers: int = 1,
    operators: bool = False,
) -> Figures:
    """Send *servers* so many lines, while somebody else talks at each; *show* what they take after each part of them.

    With *operators* as many of these come by the control sockets as by the other doors.
    """
    since = time.monotonic()
    came: Counter[str] = Counter()
    parts: list[Taken] = []
    latencies: list[float] = []
    # Another process, so that the witnesses measure the servers and not us.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool, ExitStack() as stack:
        running_ones, witnesses, doors = [], list[Witness](), list[Door]()
        for number in range(servers):
            control = folder / f"{number}.control" if operators else None
            hand = ("--control", str(control or "none"))
            room = f"--room=witness{number}"
            server = stack.enter_context(
                running(folder, *OPTIONS, room, *UNLIMITED, *hand, *options, control=True, forked=False)
            )
            running_ones.append(server)
            if control:
                server.logs("for its operator")
                doors.append(str(control))
            doors.append(server.address)
            witnesses.append(Witness(server, f"witness{number}", control))
            stack.callback(witnesses[-1].close)
        found = together(running_ones)
        for part in range(PARTS):
            share = lines * (part + 1) // PARTS - lines * part // PARTS
            attackers = pool.submit(attack, doors, f"{seed}-{part}", share)
            latencies += watched(witnesses, attackers)
            came.update(attackers.result())
            parts.append(together(running_ones))
            show(came["lines"], parts[-1])
        left = settled(running_ones, witnesses, found)
        came["returns"] = sum(witness.returns for witness in witnesses)
        processor = sum(processor_time(server.process.pid) for server in running_ones)
    return Figures(came, found, parts, left, latencies, processor, time.monotonic() - since)


def together(servers: Sequence[Server]) -> Taken:
    """Return what all *servers* take."""
    return Taken(*map(sum, zip(*(taken(server.process.pid) for server in servers), strict=True)))


def watched(witnesses: Sequence[Witness], attackers: Future[Counter[str]]) -> list[float]:
    """Return how long each message of *witnesses* took to be stored and shown, until the *attackers* are done."""
    latencies = []
    while not wait([attackers], PAUSE).done:
        spoken = [witness.speak() for witness in witnesses]
        latencies += [seconds for seconds in spoken if seconds is not None]
    return latencies


def settled(servers: Sequence[Server], witnesses: Sequence[Witness], found: Taken) -> Taken:
    """Return what *servers* take when they have forgotten all who went, at most after a time that is long enough."""
    until = time.monotonic() + LIMIT
    while (now := together(servers)).descriptors > found.descriptors and time.monotonic() < until:
        for witness in witnesses:
            witness.wait()
    return now


def main() -> int:
    """Run the long form, and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, help="how many lines are sent [%(default)s]")
    parser.add_argument("--seed", type=int, default=1, help="what decides about chance [%(default)s]")
    parser.add_argument("--operators", action="store_true", help="send half of them by the control socket")
    parser.add_argument("--nodes", type=int, default=0, help="send them to so many servers over one PostgreSQL")
    parser.add_argument("options", nargs="*", help="options of the server, behind --")
    asked = parser.parse_args()
    tell_begin(f"seed {asked.seed}", (*OPTIONS, *UNLIMITED, *asked.options))
    with TemporaryDirectory() as folder:
        figures = run(Path(folder), asked)
    came, latencies = figures.came, figures.latencies
    tell(
        f"{came['lines']:,} lines over {came['connections']:,} connections ({came['closed by the server']:,} of them"
        f" closed by the server), {came['answers']:,} lines came back; no traceback; those who behave came back"
        f" {came['returns']:,} times;"
        f" {figures.processor:.0f} s of processor time in {figures.seconds:.0f} s"
    )
    tell(
        f"{len(latencies):,} messages of one who behaves: p50 {percentile(latencies, 0.5) * 1000:.1f} ms,"
        f" p99 {percentile(latencies, 0.99) * 1000:.1f} ms, the longest {max(latencies) * 1000:.1f} ms"
    )
    tell(f"descriptors: {figures.found.descriptors} before, {figures.left.descriptors} after")
    half = figures.grown(PARTS // 2)
    tell(f"memory: {figures.found.memory / MIB:.1f} MiB before, {half / MIB:+.1f} MiB in the second half")
    flat = half <= MAY_GROW
    gone = figures.left.descriptors <= figures.found.descriptors
    tell("all is well" if flat and gone else "THE SERVER HAS GROWN")
    return 0 if flat and gone else 1


def run(folder: Path, asked: argparse.Namespace) -> Figures:
    """Do what was *asked* for."""
    how = partial(fuzz, folder, asked.lines, asked.seed, tell_part, *asked.options, operators=asked.operators)
    if not asked.nodes:
        return how()
    with postgresql() as engine:
        return how("--store", engine.database(), servers=asked.nodes)


def tell_part(lines: int, now: Taken) -> None:
    """Print what the server takes after so many *lines*."""
    tell(f"{lines:10,} lines  {now.memory / MIB:6.1f} MiB  {now.descriptors:4} descriptors  {now.threads:3} threads")


if __name__ == "__main__":
    sys.exit(main())
