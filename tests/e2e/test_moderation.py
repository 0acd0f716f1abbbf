"""A room that is moderated stays so, whatever becomes of the server."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from importlib.resources import files
from pathlib import Path

import pytest

from tests.e2e.peers import Bot, Frame
from tests.e2e.processes import running
from tests.engine import Engine

ALICE, BOB, DAVE = (f"the session of {name}, at least 22 letters" for name in ("alice", "bob", "dave"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.engines)])
def store(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Return the options for a store that outlives the server."""
    if request.param == "sqlite":
        return ()
    engine: Engine = request.getfixturevalue("postgresql")
    return ("--store", engine.database(), "--lease", "2")


def log_in(bot: Bot, name: str, session: str) -> Frame:
    return bot.ask("login", username=name, session=session)


def test_a_capacity_outlives_the_servers_limit(tmp_path: Path, store: tuple[str, ...]) -> None:
    capacities = list[tuple[int, int]]()
    for limit in ("10", "30", "15"):
        with running(tmp_path, *store, "--room-capacity", limit) as server, Bot(server.address) as alice:
            log_in(alice, "alice", ALICE)
            if not capacities:
                alice.ask("create", room="tea", capacity=20)
                alice.ask("create", room="coffee")
                alice.ask("configure", room="coffee", capacity=0)
            entered = [alice.ask("join", room=room) for room in ("tea", "coffee")] if capacities else []
            listed = {info["room"]: info["capacity"] for info in alice.ask("list")["rooms"]}
            capacities.append((listed["tea"], listed["coffee"]))
            assert [each["capacity"] for each in entered] in ([], [*capacities[-1]])
    assert capacities == [(10, 10), (20, 30), (15, 15)]


def test_roles_and_settings_outlive_a_kill(tmp_path: Path, store: tuple[str, ...]) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(running(tmp_path, *store))
        alice, bob, dave = (stack.enter_context(Bot(server.address)) for _ in range(3))
        log_in(alice, "alice", ALICE)
        log_in(bob, "bob", BOB)
        alice.ask("create", room="tea")
        bob.ask("join", room="tea")
        assert alice.ask("appoint", room="tea", username="bob", role="moderator")["type"] == "ok"
        assert bob.ask("configure", room="tea", slow=30, locked=True)["type"] == "ok"
        assert alice.ask("configure", room="tea", capacity=7)["type"] == "ok"
        log_in(dave, "dave", DAVE)
        dave.ask("join", room="tea")
        assert bob.ask("ban", room="tea", username="dave", reason="why")["type"] == "ok"
        assert bob.ask("mute", room="tea", username="carol", seconds=3600, host=True)["code"] == "no-such-user"
        server.kill()
    with running(tmp_path, *store) as server, Bot(server.address) as bob, Bot(server.address, "carol") as carol:
        log_in(bob, "bob", BOB)
        entered = bob.ask("join", room="tea")
        assert (entered["slow"], entered["locked"], entered["capacity"]) == (30, True, 7)
        assert bob.ask("who", room="tea")["roles"]["bob"] == "moderator"
        [ban] = bob.ask("sanctions", room="tea")["sanctions"]
        assert (ban["kind"], ban["username"], ban["by"], ban["reason"]) == ("ban", "dave", "bob", "why")
        with Bot(server.address) as dave:
            log_in(dave, "another", DAVE)
            refused = dave.ask("join", room="tea")
            assert (refused["code"], refused["reason"]) == ("banned", "why")
            assert bob.ask("unban", room="tea", sanction=ban["sanction"])["type"] == "ok"
            assert dave.ask("join", room="tea")["type"] == "entered"
        carol.ask("join", room="tea")
        assert carol.ask("say", room="tea", text="hi")["code"] == "locked"
        assert bob.ask("configure", room="tea", locked=False)["type"] == "ok"
        assert carol.ask("say", room="tea", text="hi")["type"] == "ok"
        refused = carol.ask("say", room="tea", text="hi")
        assert (refused["code"], 25 < refused["retry_after"] <= 30) == ("slow-mode", True)
        assert bob.ask("kick", room="tea", username="carol", reason="why")["type"] == "ok"
        removed = {"type": "removed", "room": "tea", "by": "bob", "why": "kicked", "note": "why"}
        assert carol.event("removed") == removed


def test_who_may_come_into_a_private_room_outlives_a_kill(tmp_path: Path, store: tuple[str, ...]) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(running(tmp_path, *store))
        alice, bob, dave = (stack.enter_context(Bot(server.address)) for _ in range(3))
        log_in(alice, "alice", ALICE)
        log_in(bob, "bob", BOB)
        log_in(dave, "dave", DAVE)
        alice.ask("create", room="tea")
        bob.ask("join", room="tea")
        assert alice.ask("configure", room="tea", private=True)["type"] == "ok"
        assert bob.event("configured")["private"]
        if not store:
            dave.ask("register", password="correct horse")
            assert alice.ask("invite", room="tea", username="dave")["type"] == "ok"
            assert dave.event("invited") == {"type": "invited", "room": "tea", "by": "alice"}
        server.kill()
    with running(tmp_path, *store) as server, Bot(server.address) as bob, Bot(server.address, "carol") as carol:
        assert carol.ask("join", room="tea")["code"] == "no-such-room"
        assert carol.ask("create", room="tea")["code"] == "room-exists"
        assert carol.ask("list")["rooms"] == []
        log_in(bob, "bert", BOB)
        assert bob.ask("join", room="tea")["private"]
        with Bot(server.address) as dave:
            dave.ask("login", username="dave", **({} if store else {"password": "correct horse"}))
            assert dave.ask("join", room="tea")["type"] == ("error" if store else "entered")


def test_the_file_of_the_release_before_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.sqlite"
    with running(tmp_path) as server, Bot(server.address, "alice") as alice:
        alice.ask("create", room="tea")
        alice.ask("say", room="tea", text="one")
    older(path)
    with running(tmp_path) as server, Bot(server.address, "bob") as bob:
        assert bob.ask("join", room="tea", backlog=1)["seq"] == 1
        assert bob.event("said")["text"] == "one"
        assert bob.ask("kick", room="tea", username="bob")["code"] == "not-allowed"


def older(path: Path) -> None:
    """Make the file at *path* one of version 2, with the rooms and messages that it has."""
    with closing(sqlite3.connect(path)) as connection:
        rooms = connection.execute("SELECT id, key, room, epoch, topic, capacity FROM logs WHERE key <> ''").fetchall()
        messages = connection.execute("SELECT log, seq, at, speaker, text, kind FROM messages").fetchall()
        [(application,)] = connection.execute("PRAGMA application_id")
    path.unlink()
    schema = files("chatroom.logs.sqlite.schema")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for version in (1, 2):
            connection.executescript((schema / f"{version:04}.sql").read_text(encoding="utf-8"))
        connection.executescript(f"PRAGMA application_id = {application}; PRAGMA user_version = 2")
        into_logs = "INSERT INTO logs (id, key, room, epoch, topic, capacity) VALUES (?, ?, ?, ?, ?, ?)"
        connection.executemany(into_logs, rooms)
        into_messages = "INSERT INTO messages (log, seq, at, speaker, text, action) VALUES (?, ?, ?, ?, ?, ?)"
        connection.executemany(into_messages, messages)
