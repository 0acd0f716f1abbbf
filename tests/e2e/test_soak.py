"""The soak for a few seconds, so that it works when it is wanted; ``make soak`` runs the long one."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.soak import COMPANY, Sample, soak


def test_when_all_have_gone_nothing_is_left_of_them(tmp_path: Path) -> None:
    shown: list[Sample] = []
    figures = soak(tmp_path, 3, 1, shown.append, "--login-timeout", "1", "--grace", "1", "--linger", "1")
    assert len(shown) >= 2
    assert figures.done["messages"] > 0
    assert figures.done["lives"] >= sum(count for _, count in COMPANY)
    assert figures.left.descriptors <= figures.found.descriptors
    assert figures.left.calls <= figures.found.calls
    assert figures.left.threads == figures.found.threads
