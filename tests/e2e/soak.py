"""Visitors come and go for a long time; what the server takes must not grow.

``python -m tests.e2e.soak --minutes 30 -- --sync normal`` is the long form; what stands behind ``--`` are options of
the server.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from tests.e2e import churn
from tests.e2e.meter import MIB, growth, processor_time, taken
from tests.e2e.peers import Bot
from tests.e2e.processes import LIMIT, UNLIMITED, Server, running
from tests.e2e.telling import tell, tell_begin

EVERY = 10
"""Seconds between two samples."""

WARM_UP = 1 / 3
"""The share of the time that is not judged: what the server keeps on purpose has to fill first."""

COMPANY: tuple[tuple[Callable[[churn.Visitor], None], int], ...] = (
    (churn.person, 8),
    (churn.program, 8),
    (churn.founder, 3),
    (churn.sluggard, 1),
    (churn.stranger, 1),
)
"""How many there are of each kind."""

OPTIONS = (
    *(f"--room={room}" for room in churn.ROOMS),
    # Whatever happens late happens here soon enough to happen often.
    *("--linger", "5", "--grace", "5", "--first-line-timeout", "5", "--login-timeout", "10"),
    *("--keep-messages", "5000", "--keep-closed", "0.001"),
)

COUNTING = (sys.executable, Path(__file__).with_name("counting.py"))
COUNTED = re.compile(r"counted (\d+) calls, (\d+) blocks$")


@dataclass(frozen=True)
class Sample:
    """What the server took at a moment, *seconds* after the start."""

    seconds: float
    memory: int
    blocks: int
    calls: int
    descriptors: int
    threads: int


@dataclass(frozen=True)
class Measure:
    """Something that must not grow by more than *allowed*."""

    name: str
    of: Callable[[Sample], float]
    unit: str
    allowed: float

    def judged(self, samples: list[Sample]) -> tuple[str, bool]:
        """Return a line about *samples*, and whether all is well."""
        values = [self.of(sample) for sample in samples]
        mean, grew = sum(values) / len(values), growth(values)
        flat = grew <= self.allowed
        line = (
            f"{self.name:14} first {values[0]:9.1f}  last {values[-1]:9.1f}  least {min(values):9.1f}"
            f"  most {max(values):9.1f}  mean {mean:9.1f}  fit {grew:+7.1f} {self.unit:4} {'flat' if flat else 'GROWS'}"
        )
        return line, flat


MEASURES = (
    # Python looks for garbage that refers to itself only after so many objects that this goes up and down.
    Measure("memory", lambda sample: sample.memory / MIB, "MiB", 8),
    Measure("Python blocks", lambda sample: sample.blocks / 1000, "k", 100),
    # Those of visitors, who come and go by chance.
    Measure("delayed calls", lambda sample: sample.calls, "", 4),
    Measure("descriptors", lambda sample: sample.descriptors, "", 4),
    Measure("threads", lambda sample: sample.threads, "", 0.5),
)


@dataclass
class Figures:
    """What a run came to; *left* is what there is when all have gone, and *found* what there was before they came."""

    samples: list[Sample]
    found: Sample
    left: Sample
    done: Counter[str]
    processor: float

    def judged(self) -> list[Sample]:
        """Return the samples that count."""
        return self.samples[int(len(self.samples) * WARM_UP) :]


def sample(server: Server, since: float) -> Sample:
    """Return what the *server* takes when it counts next."""
    while not (found := COUNTED.search(server.receive() or "")):
        assert server.process.poll() is None, f"the server has ended:\n{server.output}"
    process = taken(server.process.pid)
    calls, blocks = map(int, found.groups())
    return Sample(time.monotonic() - since, process.memory, blocks, calls, process.descriptors, process.threads)


@contextmanager
def company(server: Server, pool: ThreadPoolExecutor, done: Counter[str]) -> Iterator[Event]:
    """Let visitors come and go meanwhile; the event is set when one of them finds something wrong."""
    over = Event()
    visitors = [
        (churn.Visitor(server.address, f"{life.__name__}{number}", over), life)
        for life, count in COMPANY
        for number in range(count)
    ]
    lives = [pool.submit(visitor.go_on, life) for visitor, life in visitors]
    try:
        yield over
    finally:
        over.set()
        for one in lives:
            one.result()
        for visitor, _ in visitors:
            done.update(visitor.done)


def soak(folder: Path, seconds: float, every: float, show: Callable[[Sample], None], *options: str) -> Figures:
    """Let visitors come and go for so long, and *show* what the server takes *every* so many seconds."""
    done: Counter[str] = Counter()
    samples: list[Sample] = []
    crowd = sum(count for _, count in COMPANY)
    with (
        ThreadPoolExecutor(crowd) as pool,
        running(folder, *OPTIONS, *UNLIMITED, *options, twistd=COUNTING) as server,
    ):
        since = time.monotonic()
        with Bot(server.address, "keeper") as keeper:
            # Whatever is opened when it is needed first is open now.
            for room in churn.ROOMS:
                keeper.ask("join", room=room)
                keeper.ask("say", room=room, text="hello")
                keeper.ask("history", room=room)
                keeper.ask("search", room=room, query="hello")
        found = settled(server, since, lambda _: True)
        with company(server, pool, done) as over:
            while time.monotonic() - since < seconds and not over.is_set():
                now = sample(server, since)
                if not samples or now.seconds - samples[-1].seconds >= every - 0.5:
                    samples.append(now)
                    show(now)
        left = settled(server, since, lambda now: now.descriptors <= found.descriptors and now.calls <= found.calls)
        processor = processor_time(server.process.pid)
    return Figures(samples, found, left, done, processor)


def settled(server: Server, since: float, is_well: Callable[[Sample], bool]) -> Sample:
    """Return what the *server* takes when those who went are forgotten, at most after a time that is long enough."""
    until = time.monotonic() + LIMIT
    now = sample(server, since)
    while not is_well(now) and time.monotonic() < until:
        now = sample(server, since)
    return now


def described(now: Sample) -> str:
    """Return a line about what the server takes *now*."""
    return (
        f"{now.seconds:6.0f} s  {now.memory / MIB:6.1f} MiB  {now.blocks:9,} blocks"
        f"  {now.calls:4} delayed calls  {now.descriptors:4} descriptors  {now.threads:3} threads"
    )


def main() -> int:
    """Run the long form, and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="how long it takes [%(default)s]")
    parser.add_argument("options", nargs="*", help="options of the server, behind --")
    asked = parser.parse_args()
    tell_begin(f"{asked.minutes:g} minutes", (*OPTIONS, *UNLIMITED, *asked.options))
    with TemporaryDirectory() as folder:
        figures = soak(Path(folder), asked.minutes * 60, EVERY, lambda now: tell(described(now)), *asked.options)
    tell(", ".join(f"{number:,} {what}" for what, number in sorted(figures.done.items())))
    tell(f"{figures.processor:.0f} s of processor time")
    tell(f"before:  {described(figures.found)}")
    tell(f"after:   {described(figures.left)}")
    judged = [measure.judged(figures.judged()) for measure in MEASURES]
    tell(f"from {figures.judged()[0].seconds:.0f} s on:")
    for line, _ in judged:
        tell(line)
    gone = figures.left.descriptors <= figures.found.descriptors and figures.left.calls <= figures.found.calls
    tell("everybody is gone without a trace" if gone else "SOMETHING IS LEFT of those who went")
    return 0 if gone and all(flat for _, flat in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
