"""The tests of people, rooms and visits, when the server is a node of a chat."""

from __future__ import annotations

import pytest

from tests.core.again import again
from tests.lateness import NODE

pytestmark = pytest.mark.slow

globals().update(again(NODE))
