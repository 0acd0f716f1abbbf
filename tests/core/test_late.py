"""The tests of people, rooms and visits, when the log and the directory answer after some turns."""

from __future__ import annotations

import pytest

from tests.core.again import again
from tests.lateness import LATE

pytestmark = pytest.mark.slow

globals().update(again(LATE))
