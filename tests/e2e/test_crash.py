"""The crash test in its short form; ``make crash`` runs the long one."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.crash import AGAIN, CLIENTS, crash

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
    figures = crash(tmp_path, endings, 1, *options)
    assert (figures.lost, figures.twice) == (0, 0)
    assert figures.messages == figures.acknowledged
    # Each sent again what it had been told of, and got the same answer.
    assert figures.resent >= figures.known >= AGAIN * CLIENTS
