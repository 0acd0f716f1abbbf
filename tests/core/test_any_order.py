"""The tests of people, rooms and visits, when log and directory answer late, in any order that their ports allow."""

from __future__ import annotations

import pytest

from tests.core.again import again
from tests.lateness import ANY_ORDER

pytestmark = pytest.mark.slow

globals().update(again(ANY_ORDER))
