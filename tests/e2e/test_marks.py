"""How far somebody has read, and what was told in private, outlives the server, however that ends."""

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
        while (3,) not in file.execute("SELECT seq FROM marks").fetchall():
            # The server goes on meanwhile, and is asked by nobody.
            pass
    server.kill()


def stopped(server: Server, folder: Path) -> None:
    """Stop *server* at once."""
    del folder
    server.stop()


ENDS = pytest.mark.parametrize("end", [killed, stopped], ids=lambda end: end.__name__)


@ENDS
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


@ENDS
def test_talks_are_there_after_a_restart_with_all_that_is_known_of_them(
    end: Callable[[Server, Path], None], tmp_path: Path
) -> None:
    secret = {"password": "correct horse"}
    with running(tmp_path) as server, bots(server.address, "alice", "bob") as [alice, bob]:
        for person in (alice, bob):
            person.ask("register", **secret)
        for text in ("one", "two"):
            alice.ask("tell", to="bob", text=text)
        bob.ask("ignore", username="alice")
        assert alice.ask("tell", to="bob", text="three, bob")["seq"] == 3
        bob.ask("unignore", username="alice")
        assert alice.ask("tell", to="bob", text="four, bob", re=2, cid="c1")["seq"] == 4
        bob.ask("mark", **{"with": "alice"}, seq=1)
        assert bob.ask("mark", **{"with": "alice"}, seq=3)["seq"] == 3
        end(server, tmp_path)
    with running(tmp_path) as server, Bot(server.address) as bob, Bot(server.address) as alice:
        bob.ask("login", username="bob", **secret)
        alice.ask("login", username="alice", **secret)
        assert alice.ask("tell", to="bob", text="four, bob", re=2, cid="c1")["seq"] == 4
        [row] = bob.ask("unread")["unread"]
        assert [row[name] for name in ("with", "seq", "marked", "first", "unread", "mentions")] == [
            "alice",
            4,
            3,
            4,
            1,
            1,
        ]
        page = bob.ask("history", **{"with": "alice"})["entries"]
        assert [(entry["seq"], entry.get("re")) for entry in page] == [(1, None), (2, None), (4, 2)]
        assert [entry["seq"] for entry in alice.ask("history", **{"with": "bob"})["entries"]] == [1, 2, 3, 4]
        assert [entry["seq"] for entry in bob.ask("search", query="bob")["entries"]] == [4]
