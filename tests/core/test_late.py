"""The tests of rooms and visits, when the log and the directory answer after some turns."""

from __future__ import annotations

from tests.core.again import again
from tests.lateness import LATE

globals().update(again(LATE))
