"""What an operator finds in the log about a defect: where it was, in a compiled build too."""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb

import pytest

import chatroom
from chatroom.core.values.errors import NoSuchRoom
from chatroom.core.values.names import RoomName
from tests.fakes import World


def test_a_traceback_names_function_file_and_line() -> None:
    with pytest.raises(NoSuchRoom) as raised:
        World().lobby.room(RoomName("tea"), None)
    frame = extract_tb(raised.tb)[-1]
    assert frame.name == "room"
    assert frame.filename.endswith("chatroom/core/lobby.py")
    source = Path(chatroom.__file__).parent / "core" / "lobby.py"
    assert source.read_text(encoding="utf-8").splitlines()[(frame.lineno or 0) - 1].strip() == "raise NoSuchRoom(name)"
