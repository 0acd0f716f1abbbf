"""How far somebody has read outlives the server, however that ends."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.peers import Bot, bots
from tests.e2e.processes import Server, running

ALICE = "alice-has-made-this-up"


def killed(server: Server, folder: Path) -> None:
    """Kill *server* when the mark is written, which is within a second."""
    with closing(sqlite3.connect(folder / "chatroom.sqlite")) as file:
        while file.execute("SELECT seq FROM marks").fetchall() != [(3,)]:
            # The server goes on meanwhile, and is asked by nobody.
            pass
    server.kill()


def stopped(server: Server, folder: Path) -> None:
    """Stop *server* at once."""
    del folder
    server.stop()


@pytest.mark.parametrize("end", [killed, stopped], ids=lambda end: end.__name__)
def test_what_is_read_is_read_after_a_restart(end: Callable[[Server, Path], None], tmp_path: Path) -> None:
    with running(tmp_path) as server, bots(server.address, "bob") as [bob], Bot(server.address) as alice:
        alice.ask("login", username="alice", session=ALICE)
        alice.ask("create", room="tea")
        bob.ask("join", room="tea")
        for text in ("one", "two", "three", "four, alice"):
            bob.ask("say", room="tea", text=text)
        assert [alice.ask("mark", room="tea", seq=seq)["seq"] for seq in (2, 3, 1)] == [2, 3, 3]
        end(server, tmp_path)
    with running(tmp_path) as server, Bot(server.address) as alice:
        assert "marks" in alice.ask("login", username="alice", session=ALICE)["features"]
        [row] = alice.ask("unread")["unread"]
        assert [row[name] for name in ("room", "marked", "first", "unread", "mentions")] == ["tea", 3, 4, 1, 1]
        assert alice.ask("join", room="tea")["marked"] == 3
