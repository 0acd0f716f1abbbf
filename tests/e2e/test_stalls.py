"""The attacks for a moment each, and what a busy machine does not change; ``make stalls`` runs the long form."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest

from tests.e2e.stalls import MEMORY, Figures, siege, stop_in_the_middle

ATTACKS = [
    "brackets",
    "newlines, shown",
    "Han",
    "a word that is not there",
    "marks in a list",
    "telnet commands",
]
"""One of each kind, the one last whose end takes long to be noticed."""

LONGEST = 0.020
"""Seconds for which nothing that one visitor asks for keeps a processor in one piece.

It is four times what is aimed at: beside others who want the processor a piece costs twice as much of it. One piece may
cost more by chance, up to :data:`ONCE`; what visitors can cause they cause many times.
"""

ONCE = 0.200


SLOWER = 30
"""How many times as long others may wait, at the median of all attacks; before this was limited it was a thousand."""


@pytest.mark.pure(reason="it times the functions of the server")
def test_nobody_can_hold_the_others_up(tmp_path: Path) -> None:
    found: dict[str, Figures] = {}
    longest = siege(tmp_path, ATTACKS, 1, found.__setitem__)
    assert list(found) == ATTACKS
    worst, *_, fifth = longest["connection"]
    assert fifth < LONGEST, longest
    assert worst < ONCE, longest
    assert sum(figures.memory for figures in found.values()) < MEMORY
    assert median(figures.busy.usual / figures.quiet.usual for figures in found.values()) < SLOWER, found


def test_the_server_stops_in_time_in_the_middle_of_an_attack(tmp_path: Path) -> None:
    stop_in_the_middle(tmp_path, ["phrases", "marks", "telnet commands"])
