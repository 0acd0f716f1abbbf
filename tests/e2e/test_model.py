"""The random model in its short form; ``make model`` runs the long one, and one against every mutant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.model import first_found, model, mutant
from tests.judging.history import Asked

FEW = (200, 300)
"""Steps of a short life."""


def test_everything_that_was_seen_is_in_the_log(tmp_path: Path) -> None:
    outcome = model(tmp_path, 2, "1", steps=FEW)
    assert outcome.violations == []
    assert min(outcome.done["shown"], outcome.done["acknowledged"]) > 0
    assert {"join", "create", "leave", "say"} <= {
        note.frame["type"] for note in outcome.history if isinstance(note, Asked)
    }


@pytest.mark.pure(reason="the server's log and directory are put in the place of others")
@pytest.mark.parametrize("name", ["late", "any"])
def test_so_it_is_when_the_log_and_the_directory_are_late(tmp_path: Path, name: str) -> None:
    outcome = model(tmp_path, 1, "1", steps=FEW, twistd=mutant(name))
    assert outcome.violations == []
    assert min(outcome.done["shown"], outcome.done["acknowledged"]) > 0


@pytest.mark.pure(reason="the fault is put into a class of the server")
def test_a_fault_is_found() -> None:
    outcome, _ = first_found("held", 1, lives=1, steps=(600, 600))
    assert outcome
    assert any(violation.sentence.endswith(", and is not in that room") for violation in outcome.violations)
