"""An account from end to end: the password is typed once, and then no more, until the device is signed out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.client.e2e.house import client, shows, wait
from tests.client.e2e.test_connection import listening, lost
from tests.client.terminal import ENTER, Terminal
from tests.e2e.peers import Bot, bots
from tests.e2e.processes import Server, free_port, running

SECRET = "correct horse"
REGISTERED = "is registered; a password belongs to it."


@contextmanager
def registered(server: Server, username: str) -> Iterator[Bot]:
    """Give *username* an account."""
    with bots(server.address, username) as [bot]:
        assert bot.ask("register", password=SECRET)["type"] == "ok"
        yield bot


def tokens(home: Path) -> list[Path]:
    return list(home.rglob("*.token"))


def leave(t: Terminal) -> None:
    t.press("/quit", ENTER)
    assert t.ends() == 0
    assert SECRET.encode() not in t.raw


def test_a_password_is_typed_once(server: Server, tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path)}
    with registered(server, "alice") as other:
        with client(server.address[1], env=env) as t:
            shows(t, "Your name:")
            t.press("alice", ENTER)
            shows(t, REGISTERED, "Password:")
            t.press("not that", ENTER)
            shows(t, "That is not right", "Password:")
            t.press(SECRET)
            shows(t, "Password: " + "•" * len(SECRET))
            t.press(ENTER)
            shows(t, " alice · lobby")
            leave(t)
        [token] = tokens(tmp_path)
        assert token.stat().st_mode & 0o777 == 0o600
        with client(server.address[1], "alice", env=env) as t:
            assert REGISTERED.encode() not in t.raw
            [device] = [each for each in other.ask("devices")["devices"] if each["kind"] == "token"]
            assert device["client"].startswith("chatroom-urwid ")
            assert other.ask("revoke", device=device["device"])["type"] == "ok"
            shows(t, "You were signed out here", "Not connected, Alt+r comes in again")
            assert tokens(tmp_path) == []
            t.press("\x1br")
            shows(t, REGISTERED, "Password:")
            t.press(SECRET, ENTER)
            shows(t, " alice · lobby")
            leave(t)


def test_who_is_not_to_be_remembered_is_asked_each_time(server: Server, tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path)}
    with registered(server, "bob"):
        for _ in range(2):
            with client(server.address[1], "", "--no-remember", "--username", "bob", env=env) as t:
                shows(t, REGISTERED, "Password:")
                t.press(SECRET, ENTER)
                shows(t, " bob · lobby")
                leave(t)
        assert tokens(tmp_path) == []


def test_a_name_is_made_ones_own_in_a_narrow_terminal(server: Server, tmp_path: Path) -> None:
    with client(server.address[1], "carol", room="teahouse", columns=40, env={"HOME": str(tmp_path)}) as t:
        t.press("/register", ENTER)
        shows(t, "New password:")
        t.press(SECRET, ENTER)
        shows(t, "The same again:")
        t.press(SECRET, ENTER)
        shows(t, "carol is yours now.")
        leave(t)
    with client(server.address[1], columns=40, env={"HOME": str(tmp_path)}) as t:
        shows(t, "Your name:")
        t.press("carol", ENTER)
        shows(t, "Password:")
        t.press(SECRET, ENTER)
        shows(t, "carol · lobby")
        leave(t)


def test_who_has_just_registered_is_not_asked_when_the_server_is_restarted(tmp_path: Path) -> None:
    port, home = free_port(), tmp_path / "home"
    with running(tmp_path, port=listening(port)) as server:
        with client(port, "carol", env={"HOME": str(home)}) as t:
            t.press("/register", ENTER)
            for asked in ("New password:", "The same again:"):
                shows(t, asked)
                t.press(SECRET, ENTER)
            shows(t, "carol is yours now.")
            assert tokens(home) == []
            server.stop()
            wait(t, lost)
            with running(tmp_path, port=listening(port)):
                wait(t, lambda t: "Password:" in t.text or bool(tokens(home)))
                assert "Password:" not in t.text
                leave(t)
        with running(tmp_path, port=listening(port)), client(port, "carol", env={"HOME": str(home)}) as t:
            shows(t, " carol · lobby")
            leave(t)


def test_without_a_screen_the_terminal_shows_no_password_either(server: Server, tmp_path: Path) -> None:
    with registered(server, "dave"), client(server.address[1], "", "--plain", env={"HOME": str(tmp_path)}) as t:
        shows(t, "* Type the username you want.")
        t.press("dave", ENTER)
        shows(t, REGISTERED, "* Password:")
        t.press(SECRET, ENTER)
        shows(t, "* You are in the lobby")
        t.press("hello", ENTER)
        shows(t, "hello")
        leave(t)
        assert t.left_changed() == []


def test_without_a_screen_who_is_invited_is_told_of_no_key(server: Server, tmp_path: Path) -> None:
    plain = client(server.address[1], "", "--plain", env={"HOME": str(tmp_path)})
    with registered(server, "ines"), bots(server.address, "ivan") as [ivan], plain as t:
        shows(t, "* Type the username you want.")
        t.press("ines", ENTER)
        shows(t, "* Password:")
        t.press(SECRET, ENTER)
        shows(t, "* You are in the lobby")
        ivan.ask("create", room="den")
        assert ivan.ask("invite", room="den", username="ines")["type"] == "ok"
        shows(t, "* ivan invites you to den: /join den enters it.")
        t.press("/help help", ENTER)
        shows(t, "* /help [command]: what can be done here")
        leave(t)
