"""Logs of every kind, of which each has to pass the same tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatroom.logs.memory.log import MemoryLog
from tests.logs.scribe import Scribe, SimulatedScribe, postgres, sqlite
from tests.simulation.world import World


@pytest.fixture(params=["memory", "sqlite", "simulated", pytest.param("postgres", marks=pytest.mark.engines)])
def scribe(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scribe]:
    """Ask one log, then the others."""
    match request.param:
        case "memory":
            yield Scribe(MemoryLog())
        case "sqlite":
            with sqlite(tmp_path / "chatroom.sqlite") as scribe:
                yield scribe
        case "simulated":
            simulated = SimulatedScribe(World(0))
            simulated.seat(4)
            yield simulated
        case _:
            with postgres(request.getfixturevalue("postgresql").database()) as stored:
                stored.seat(4)
                yield stored
