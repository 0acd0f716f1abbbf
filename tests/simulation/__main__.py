"""Many schedules of a simulated chat: ``python -m tests.simulation --schedules 5000 --seed 1``."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from tests.e2e.telling import tell
from tests.simulation.chat import Schedule, first_failing


def main() -> int:
    """Run them, and print what was done; or the first that fails, with as few steps as it takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=5000, help="how many [%(default)s]")
    parser.add_argument("--seed", type=int, default=1, help="that of the first one [%(default)s]")
    parser.add_argument("--steps", type=int, default=Schedule(0).steps, help="steps of each [%(default)s]")
    parser.add_argument("--trouble", type=float, default=Schedule(0).trouble, help="faults in a step [%(default)s]")
    parser.add_argument("--loss", type=float, default=0.0, help="how often a standby is promoted that lacks something")
    parser.add_argument("--waits", type=float, default=0.0, help="how often commits wait, or do so no longer")
    asked = parser.parse_args()
    done = Counter[str]()
    since = time.monotonic()
    for seed in range(asked.seed, asked.seed + asked.schedules):
        schedule = Schedule(seed, asked.steps, asked.trouble, asked.loss, asked.waits)
        chat, violations = schedule.run()
        done += chat.done
        if violations:
            tell(first_failing([schedule]) or "")
            return 1
    seconds = time.monotonic() - since
    tell(
        f"{asked.schedules:,} schedules: {done['kills']:,} kills, {done['sleeps']:,} sleeps, {done['cuts']:,} cuts,"
        f" {done['engine away']:,} times no engine, {done['promotions'] + done['losses']:,} promotions,"
        f" {done['waits ended']:,} times waiting ended;"
        f" {done['acknowledged']:,} acknowledged, {done['shown']:,} shown,"
        f" {done['back in a seat']:,} back in a seat, {done['takeovers']:,} takeovers; no promise broken;"
        f" {seconds:.0f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
