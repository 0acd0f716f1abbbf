"""The crash test in its short form; ``make crash`` runs the long one."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.crash import AGAIN, CLIENTS, Figures, crash
from tests.engine import Engine

KILLED = [signal.SIGKILL] * 5
STOPPED = [signal.SIGTERM] * 3


@pytest.mark.parametrize(
    ("endings", "options"),
    [(KILLED, ()), (STOPPED, ()), ([signal.SIGKILL, signal.SIGTERM], ("--sync", "normal"))],
    ids=["killed", "stopped", "sync-normal"],
)
def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(
    endings: Sequence[signal.Signals], options: Sequence[str], tmp_path: Path
) -> None:
    see_that_nothing_is_lost(crash(tmp_path, endings, 1, *options))


@pytest.mark.engines
def test_nothing_is_lost_in_a_database_either(tmp_path: Path, postgresql: Engine) -> None:
    endings = [signal.SIGKILL, signal.SIGTERM] * 2
    see_that_nothing_is_lost(crash(tmp_path, endings, 1, "--store", postgresql.database()))


def see_that_nothing_is_lost(figures: Figures) -> None:
    assert (figures.lost, figures.twice) == (0, 0)
    assert figures.messages == figures.acknowledged
    # Each sent again what it had been told of, and got the same answer.
    assert figures.resent >= figures.known >= AGAIN * CLIENTS
