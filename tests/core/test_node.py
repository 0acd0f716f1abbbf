"""The tests of rooms and visits, when the server is a node of a chat."""

from __future__ import annotations

from tests.core.again import again
from tests.lateness import NODE

globals().update(again(NODE))
