"""Whatever becomes of servers and databases, no promise is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.run import run

SECONDS = 15.0


@pytest.mark.engines
def test_no_promise_is_broken_whatever_fails(tmp_path: Path) -> None:
    outcome = run(tmp_path, SECONDS, "1")
    assert [violation.sentence for violation in outcome.violations] == []
    assert outcome.troubles
    assert outcome.done["acknowledged"]
