"""The fuzz run in its short form; ``make fuzz`` runs the long one."""

from __future__ import annotations

from pathlib import Path

from chatroom.wire.text.commands import WORDS
from tests.e2e.fuzz import fuzz
from tests.e2e.meter import MIB
from tests.e2e.mutants import FRAMES, PERSON
from tests.wire.frames.values import SHAPES

LINES = 5000


def test_whatever_is_sent_the_server_goes_on_and_serves_the_others(tmp_path: Path) -> None:
    figures = fuzz(tmp_path, LINES, 1, lambda lines, now: None)
    assert figures.came["lines"] >= LINES
    # They got further than to the door.
    assert figures.came["answers"] > LINES / 4
    assert figures.left.descriptors == figures.found.descriptors
    assert figures.left.threads == figures.found.threads
    # What a few rooms keep on purpose fills meanwhile.
    assert figures.grown(1) < 16 * MIB
    assert max(figures.latencies) < 5


def test_every_request_is_among_what_is_sent_in_both_dialects() -> None:
    # To quit is rare.
    assert {*SHAPES} - {"quit"} <= {frame["type"] for frame in FRAMES if isinstance(frame["type"], str)}
    assert {word.name for word in WORDS} - {"quit"} <= {line.removeprefix("/").split(" ")[0] for line in PERSON}
