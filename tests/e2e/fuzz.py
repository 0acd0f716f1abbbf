"""The server is sent mutated lines, in pieces of every size; it must not stumble, nor grow, nor neglect anybody.

``python -m tests.e2e.fuzz --lines 1000000 --seed 1 -- --store memory`` is the long form; what stands behind ``--`` are
options of the server.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.attackers import attack
from tests.e2e.meter import MIB, Taken, percentile, processor_time, taken
from tests.e2e.peers import Bot
from tests.e2e.processes import LIMIT, UNLIMITED, Server, running
from tests.e2e.telling import tell, tell_begin

PARTS = 10
"""After each of so many parts of the lines it is measured what the server takes."""

MAY_GROW = 6 * MIB
"""Bytes of memory in the second half: in the first, what the server keeps of rooms on purpose has filled, or nearly."""

PAUSE = 0.02
"""Seconds between two requests of the witness."""

OPTIONS = ("--room=tea", "--room=witness", "--linger=0", "--grace=1", "--keep-messages=1000", "--keep-closed=0")


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


def fuzz(folder: Path, lines: int, seed: int, show: Callable[[int, Taken], None], *options: str) -> Figures:
    """Send a server so many lines, while somebody else talks there; *show* what it takes after each part of them."""
    since = time.monotonic()
    came: Counter[str] = Counter()
    parts: list[Taken] = []
    latencies: list[float] = []
    # Another process, so that the witness measures the server and not us.
    with (
        ProcessPoolExecutor(1, get_context("spawn")) as pool,
        running(folder, *OPTIONS, *UNLIMITED, *options) as server,
    ):
        pid = server.process.pid
        with Bot(server.address, "witness") as witness:
            # Whatever is opened when it is needed first is open now.
            assert witness.ask("join", room="witness")["type"] == "entered"
            witness.ask("register", password="correct horse")
            witness.ask("say", room="witness", text="hello")
            witness.ask("history", room="witness", limit=1)
            witness.ask("search", room="witness", query="hello")
            found = taken(pid)
            for part in range(PARTS):
                share = lines * (part + 1) // PARTS - lines * part // PARTS
                attackers = pool.submit(attack, server.address, f"{seed}-{part}", share)
                latencies += watched(witness, attackers)
                came.update(attackers.result())
                parts.append(taken(pid))
                show(came["lines"], parts[-1])
            left = settled(server, witness, found)
        processor = processor_time(pid)
    return Figures(came, found, parts, left, latencies, processor, time.monotonic() - since)


def watched(witness: Bot, attackers: Future[Counter[str]]) -> list[float]:
    """Return how long each message of *witness* took to be stored and shown to it, until the *attackers* are done."""
    latencies = []
    while not wait([attackers], PAUSE).done:
        since = time.monotonic()
        ok = witness.ask("say", room="witness", text="still here")
        while witness.event("said")["seq"] != ok["seq"]:
            pass
        latencies.append(time.monotonic() - since)
        witness.seen.clear()
    return latencies


def settled(server: Server, witness: Bot, found: Taken) -> Taken:
    """Return what the *server* takes when it has forgotten all who went, at most after a time that is long enough."""
    until = time.monotonic() + LIMIT
    while (now := taken(server.process.pid)).descriptors > found.descriptors and time.monotonic() < until:
        witness.ask("ping")
    return now


def main() -> int:
    """Run the long form, and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, help="how many lines are sent [%(default)s]")
    parser.add_argument("--seed", type=int, default=1, help="what decides about chance [%(default)s]")
    parser.add_argument("options", nargs="*", help="options of the server, behind --")
    asked = parser.parse_args()
    tell_begin(f"seed {asked.seed}", (*OPTIONS, *UNLIMITED, *asked.options))
    with TemporaryDirectory() as folder:
        figures = fuzz(Path(folder), asked.lines, asked.seed, tell_part, *asked.options)
    came, latencies = figures.came, figures.latencies
    tell(
        f"{came['lines']:,} lines over {came['connections']:,} connections ({came['closed by the server']:,} of them"
        f" closed by the server), {came['answers']:,} lines came back; no traceback;"
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


def tell_part(lines: int, now: Taken) -> None:
    """Print what the server takes after so many *lines*."""
    tell(f"{lines:10,} lines  {now.memory / MIB:6.1f} MiB  {now.descriptors:4} descriptors  {now.threads:3} threads")


if __name__ == "__main__":
    sys.exit(main())
