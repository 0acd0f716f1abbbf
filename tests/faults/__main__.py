"""Trouble of all kinds for several servers and their database: ``python -m tests.faults --minutes 30 --seed 1``."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.e2e.telling import tell, tell_begin, tell_violations
from tests.faults.chat import NODES, OPTIONS
from tests.faults.run import Outcome, run

ROUND = 60.0
"""Seconds of trouble, before all is judged and everything is made anew."""


class Total:
    """What came of all rounds."""

    def __init__(self) -> None:
        self._done = Counter[str]()
        self._healed = list[float]()
        self._outages = defaultdict[str, list[float]](list)
        self.violations = 0

    def add(self, outcome: Outcome) -> None:
        """Add what came of one."""
        self._done += outcome.done
        self._healed.append(outcome.healed)
        for kind, seconds in outcome.outages().items():
            self._outages[kind] += seconds
        self.violations += len(outcome.violations)

    def tell(self) -> None:
        """Print it."""
        done = self._done
        for kind, seconds in sorted(self._outages.items()):
            tell(
                f"{kind.replace('_', ' ')}: {len(seconds)} times;"
                f" nothing acknowledged for {median(seconds):.1f} s (median), {max(seconds):.1f} s (most)"
            )
        tell(
            f"in all: {sum(map(len, self._outages.values())):,} faults; {done['acknowledged']:,} acknowledged,"
            f" {done['shown']:,} shown, {done['sent again']:,} sent again; {done['back in a seat']:,} back in a seat,"
            f" {done['takeovers']:,} takeovers, {done['renames']:,} renames, {done['deletes']:,} deletes;"
            f" in order again after {median(self._healed):.1f} s (median), {max(self._healed):.1f} s (most);"
            f" {self.violations} violations"
        )


def main() -> int:
    """Run them, and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="how long there is trouble, in all [%(default)s]")
    parser.add_argument("--seed", type=int, default=1, help="what decides about chance [%(default)s]")
    parser.add_argument(
        "--histories", type=Path, default="build/faults", help="where those that break a promise go [%(default)s]"
    )
    asked = parser.parse_args()
    tell_begin(f"{NODES} servers, seed {asked.seed}", OPTIONS)
    total = Total()
    seconds = asked.minutes * 60
    for number in range(1, 1 + max(1, round(seconds / ROUND))):
        since = time.monotonic()
        with TemporaryDirectory() as folder:
            outcome = run(Path(folder), min(ROUND, seconds), f"{asked.seed}-{number}")
        total.add(outcome)
        tell(
            f"round {number}: {len(outcome.troubles)} faults, {outcome.done['acknowledged']:,} acknowledged,"
            f" {len(outcome.violations)} violations; {time.monotonic() - since:.0f} s"
        )
        if outcome.violations:
            tell("; ".join(f"{one.began:.1f} to {one.ended:.1f} {one.name}" for one in outcome.troubles))
            path = asked.histories / f"seed-{asked.seed}-{number}.jsonl"
            tell_violations(outcome.violations, outcome.history, outcome.logs, path)
            path.with_suffix(".log").write_text("\n\n".join(outcome.said), encoding="utf-8")
    total.tell()
    return 1 if total.violations else 0


if __name__ == "__main__":
    sys.exit(main())
