"""Many people do whatever they like, while the server is ended again and again: a judge compares all that they saw.

``python -m tests.e2e.model --rounds 60 --seed 7 -- --max-rooms 4`` is the long form; what stands behind ``--`` are
options of the server. With ``--mutants`` it runs against servers that have a fault, each of which has to be found.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.e2e.model_faults import FAULTS, SOUND
from tests.e2e.model_house import OPTIONS, STEPS, House
from tests.e2e.processes import TWISTD
from tests.e2e.telling import tell, tell_begin, tell_violations
from tests.judging.history import Log, Note
from tests.judging.judge import judge
from tests.judging.views import Violation

LIVES = 10
"""Lives of a server on one store, before all is judged and another one begins."""

MUTANT_LIVES = 4
"""The same for a mutant, in which a fault is to be found."""

TRIES = 5
"""Stores on which a mutant may live before its fault counts as not found."""


@dataclass
class Outcome:
    """What came of the lives on one store."""

    history: list[Note]
    logs: list[Log]
    violations: list[Violation]
    done: Counter[str]
    seconds: float


def model(
    folder: Path,
    lives: int,
    seed: str,
    *options: str,
    steps: tuple[int, int] = STEPS,
    twistd: Sequence[str | Path] = (TWISTD,),
) -> Outcome:
    """Let people live on a store in *folder*, as *seed* has it, and judge what they saw."""
    since = time.monotonic()
    house = House(folder, Random(seed), *options, steps=steps, twistd=twistd)
    logs: list[Log] = []
    try:
        logs = house.live(lives)
        violations = judge(house.notes, logs)
    except Exception as trouble:
        # The server complained, or something never came: what led to that is worth as much as what the judge finds.
        violations = [Violation(f"{type(trouble).__name__}: {trouble}", (len(house.notes) - 1,))]
    return Outcome(house.notes, logs, violations, house.done, time.monotonic() - since)


def mutant(name: str) -> tuple[str | Path, ...]:
    """Return the command that stands in for twistd, of the mutant of that *name*."""
    return sys.executable, "-m", "tests.e2e.model_mutant", name


def described(outcome: Outcome) -> str:
    """Return the figures of *outcome*."""
    done = outcome.done
    return (
        f"{done['SIGKILL']} kill -9, {done['SIGTERM']} SIGTERM, {done['rests']} times at rest;"
        f" {done['shown']:,} shown, {done['acknowledged']:,} acknowledged, {done['sent again']:,} sent again;"
        f" {done['takeovers']:,} takeovers, {done['drops']:,} drops, {done['back in a seat']:,} back in a seat,"
        f" {done['entered']:,} joins, {done['resumed']:,} of them resumed, {done['caught up again']:,} caught up;"
        f" {done['renames']:,} renames, {done['deletes']:,} deletes, {done['opened again']:,} rooms opened again;"
        f" {len(outcome.violations)} violations; {outcome.seconds:.0f} s"
    )


def live(rounds: int, seed: int, histories: Path, *options: str) -> bool:
    """Run so many *rounds*, and tell whether no promise was broken."""
    total = Outcome([], [], [], Counter(), 0)
    for store, first in enumerate(range(0, rounds, LIVES), start=1):
        name = f"{seed}-{store}"
        with TemporaryDirectory() as folder:
            outcome = model(Path(folder), min(LIVES, rounds - first), name, *options)
        tell(f"store {store}: {described(outcome)}")
        if outcome.violations:
            tell(f"seed {seed}, store {store}:")
            tell_violations(outcome.violations, outcome.history, outcome.logs, histories / f"seed-{name}.jsonl")
        total.violations += outcome.violations
        total.done += outcome.done
        total.seconds += outcome.seconds
    tell(f"in all: {described(total)}")
    return not total.violations


def live_as_mutants(seed: int, histories: Path) -> bool:
    """Run against each mutant, and tell whether each fault was found, and none where there is none."""
    well = True
    for name, fault in {**SOUND, **FAULTS}.items():
        outcome, rounds = first_found(name, seed)
        sound = name in SOUND
        as_wanted = sound is (outcome is None)
        well = well and as_wanted
        what = f"found: {outcome.violations[0].sentence}" if outcome else "nothing found"
        tell(f"{'' if as_wanted else 'WRONG: '}{name} ({fault.what}), {rounds} rounds: {what}")
        if outcome and sound:
            path = histories / f"seed-{seed}-{name}.jsonl"
            tell_violations(outcome.violations, outcome.history, outcome.logs, path)
    return well


def first_found(
    name: str, seed: int, lives: int = MUTANT_LIVES, steps: tuple[int, int] = STEPS
) -> tuple[Outcome | None, int]:
    """Return the first outcome of a mutant of that *name* in which the judge finds something, and the rounds so far."""
    for store in range(1, TRIES + 1):
        with TemporaryDirectory() as folder:
            outcome = model(Path(folder), lives, f"{seed}-{store}", steps=steps, twistd=mutant(name))
        if outcome.violations:
            return outcome, store * lives
    return None, TRIES * lives


def main() -> int:
    """Run the long form, and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="how often the server is started [%(default)s]")
    parser.add_argument("--seed", type=int, default=1, help="what decides about chance [%(default)s]")
    parser.add_argument("--mutants", action="store_true", help="run against servers with a fault instead")
    parser.add_argument(
        "--histories", type=Path, default="build/model", help="where those that break a promise go [%(default)s]"
    )
    parser.add_argument("options", nargs="*", help="options of the server, behind --")
    asked = parser.parse_args()
    tell_begin(f"seed {asked.seed}", (*OPTIONS, *asked.options))
    if asked.mutants:
        return 0 if live_as_mutants(asked.seed, asked.histories) else 1
    return 0 if live(asked.rounds, asked.seed, asked.histories, *asked.options) else 1


if __name__ == "__main__":
    sys.exit(main())
