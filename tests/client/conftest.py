"""Who the tests of the screens are about, if they name nobody else."""

from __future__ import annotations

import pytest

from chatroom.wire.frames import answers, requests
from tests.client.reader import Reader, rooms


@pytest.fixture
def reader() -> Reader:
    """Somebody called alice, in the room tea."""
    reader = Reader()
    reader.come_in()
    reader.hear(answers.Rooms(rooms=rooms("biscuits", "coffee", "tea"), more=False), requests.List(watch=True))
    reader.enter_room("tea", topic="Tea and biscuits")
    return reader
