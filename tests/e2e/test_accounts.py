"""Accounts of a real server: they outlive it, and its operator looks after them, whether it runs or not."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.peers import Bot, Peer
from tests.e2e.processes import Server, running

SECRET, OTHER = "correct horse", "battery staple"
SESSION = "the session of alice, at least 22 letters"


class Desk:
    """Where the operator sits."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "chatroom.sqlite"

    def admin(self, *arguments: str, typed: str = "") -> str:
        """Return what chatroom-admin prints when somebody pipes *typed* to it."""
        command = [sys.executable, "-m", "chatroom.admin.main", "--store", str(self.store), "account", *arguments]
        done = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60, check=False)
        assert bool(done.returncode) is bool(done.stderr)
        return (done.stdout or done.stderr).strip()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def code(server: Server, **login: object) -> object:
    """Return how a login is answered: the code of its error, or who it is."""
    with Bot(server.address) as bot:
        answer = bot.ask("login", username="alice", **login)
        return answer.get("code") or answer.get("account") or "a guest"


def test_they_outlive_a_kill(tmp_path: Path) -> None:
    with running(tmp_path) as server, Bot(server.address) as alice:
        assert "accounts" in alice.ask("login", username="alice")["features"]
        alice.ask("create", room="tea")
        assert alice.ask("register", password=SECRET)["account"] == "alice"
        with Bot(server.address) as second:
            asked = {"password": SECRET, "remember": True, "session": SESSION, "client": "a test"}
            welcome = second.ask("login", username="alice", **asked)
            token = welcome["token"]
            assert welcome["memberships"] == ["tea"]
            server.kill()
    with running(tmp_path) as server:
        assert code(server) == "password-required"
        assert code(server, password="wrong") == "password-wrong"
        assert code(server, token=token) == code(server, session=SESSION) == code(server, password=SECRET) == "alice"
        with Bot(server.address) as alice:
            alice.ask("login", username="alice", token=token)
            alice.ask("join", room="tea")
            assert alice.ask("who", room="tea")["roles"] == {"alice": "owner"}
            [kept, *_] = alice.ask("devices")["devices"]
            assert (kept["kind"], kept["client"], kept["current"]) == ("token", "a test", True)
            assert alice.ask("password", old=SECRET, new=OTHER)["type"] == "ok"
        assert code(server, password=SECRET) == "password-wrong"
        # Of all devices, that stays which has changed it.
        assert code(server, token=token) == "alice"


def test_nothing_that_opens_an_account_is_in_the_file_or_in_the_log(tmp_path: Path) -> None:
    with running(tmp_path) as server, Bot(server.address, "alice") as alice:
        alice.ask("register", password=SECRET)
        with Bot(server.address) as second:
            token = second.ask("login", username="alice", password=SECRET, remember=True, session=SESSION)["token"]
        code(server, password="a wrong password")
        files = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    for secret in (SECRET, token, SESSION, "a wrong password"):
        assert secret.encode() not in files
        assert secret not in server.output


def test_the_first_operator_is_made_before_the_server_runs(tmp_path: Path, desk: Desk) -> None:
    with running(tmp_path) as server, Bot(server.address, "bob"):
        pass
    assert desk.admin("add", "alice", typed=f"{SECRET}\n") == "alice has an account."
    assert desk.admin("role", "alice", "operator") == "alice is an operator."
    with closing(sqlite3.connect(desk.store)) as connection:
        assert connection.execute("SELECT username, role FROM accounts").fetchall() == [("alice", "operator")]
    with running(tmp_path) as server, Bot(server.address) as alice, Bot(server.address, "bob") as bob:
        assert alice.ask("login", username="alice", password=SECRET)["role"] == "operator"
        bob.ask("create", room="tea")
        assert alice.ask("kick", room="tea", username="bob")["type"] == "ok"
        assert len(alice.ask("connections")["connections"]) == 2
        assert alice.ask("notice", text="Tea!")["type"] == "ok"
        assert bob.event("notice")["by"] == "alice"


def test_the_operator_looks_after_them_while_it_runs(tmp_path: Path, desk: Desk) -> None:
    with running(tmp_path, control=True) as server, Bot(server.address, "alice") as alice:
        server.logs("listens on chatroom.control")
        assert desk.admin("list").split() == ["role", "created", "seen", "account"]
        assert desk.admin("add", "alice", typed=f"{SECRET}\n") == "alice has an account."
        # A guest who had the name makes way.
        assert alice.event("bye")["reason"] == "revoked"
        assert desk.admin("add", "alice", typed=f"{SECRET}\n").endswith("alice has an account already.")
        assert desk.admin("add", "bob", typed="short\n").endswith("A password has at least 8 bytes.")
        assert code(server, password=SECRET) == "alice"
        assert desk.admin("password", "alice", typed=f"{OTHER}\n").startswith("alice has another password")
        assert (code(server, password=SECRET), code(server, password=OTHER)) == ("password-wrong", "alice")
        assert '"account": "alice"' in desk.admin("list", "--json", "ali")
        assert desk.admin("remove", "alice") == "alice has no account."
        assert code(server) == "a guest"
        assert desk.admin("role", "alice", "operator").endswith("There is no account called alice.")


def test_where_they_are_off_there_are_none(tmp_path: Path) -> None:
    with running(tmp_path, "--accounts", "off") as server, Bot(server.address) as alice:
        assert "accounts" not in alice.ask("login", username="alice")["features"]
        assert alice.ask("register", password=SECRET)["code"] == "not-allowed"


def test_by_netcat(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        with Peer(server.address) as alice:
            alice.send("alice")
            alice.send(f"/register {SECRET}")
            alice.send("quit")
            assert "* alice is yours now; nobody else can have that name. Keep the password safe." in alice.rest()
        with Peer(server.address) as stranger:
            stranger.send("alice")
            stranger.send(SECRET)
            stranger.send("quit")
            assert stranger.rest()[1:3] == [
                "* alice is registered. Password:",
                "* Hello alice. You are in the lobby; no room is open. HELP lists the commands.",
            ]
