"""The tests of rooms and visits, when log and directory answer late, and in any order that their ports allow."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.core.again import cases, late
from tests.core.test_invariants import Chat
from tests.core.visit import test_awaits as awaits
from tests.lateness import ANY_ORDER, lateness

globals().update(cases(ANY_ORDER))

TestChat = late(Chat.TestCase, ANY_ORDER)


@pytest.mark.parametrize("incident", awaits.INCIDENTS)
@pytest.mark.parametrize("waits", awaits.COMMANDS, ids=lambda waits: waits.what)
def test_afterwards_all_is_as_before(waits: awaits.Waits, incident: Callable[[awaits.Scene], None]) -> None:
    with lateness(ANY_ORDER):
        awaits.test_afterwards_all_is_as_before(waits, incident)
