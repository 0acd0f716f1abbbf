"""A story for each test of the judge."""

from __future__ import annotations

import pytest

from tests.judging.story import Story


@pytest.fixture
def story() -> Story:
    """Return a story in which nothing has happened yet."""
    return Story()
