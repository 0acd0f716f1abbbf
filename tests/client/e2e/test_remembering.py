"""The client ends and begins again, and it is as it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.client.e2e.house import PROGRAM, client, enter, says, sees, shows, tabs, talk, typed, wait
from tests.client.terminal import ENTER, F2, F3, Terminal, alt, ctrl, terminal
from tests.e2e.peers import bots
from tests.e2e.processes import Server, noon, running

SECRET = "correct horse"


@contextmanager
def again(port: int, username: str, home: Path, *options: str) -> Iterator[Terminal]:
    """Start the client as its user does, who was here before."""
    env = {"HOME": str(home), "TZ": noon()}
    with terminal(
        PROGRAM, "127.0.0.1", str(port), "--username", username, *options, env=env, columns=100, rows=30
    ) as t:
        yield t


def come_in(t: Terminal, where: str) -> None:
    """Type the password, and be in the room."""
    shows(t, "Password:")
    t.press(SECRET, ENTER)
    shows(t, where)


def end(t: Terminal, how: str) -> None:
    """End the client by a signal that is called *how*, or as its user does."""
    if how == "quit":
        t.press(alt("2"), "/quit", ENTER)
        assert t.ends() == 0
    else:
        number = signal.Signals[how]
        os.kill(t.pid, number)
        assert t.ends() == (-number if number is signal.SIGKILL else 128 + number)


def keep(t: Terminal, home: Path, what: str) -> None:
    """Type until the client, which does so every second, has written down *what*."""
    while not any(what in path.read_text() for path in home.rglob("*.place")):
        t.press("x")
        typed(t, "x")
        t.press(ctrl("u"))
        typed(t, "")


@pytest.mark.parametrize("how", ["quit", "SIGTERM", "SIGHUP"])
def test_it_is_as_it_was(server: Server, tmp_path: Path, how: str) -> None:
    port = server.address[1]
    with bots(server.address, "bob") as [bob]:
        for room in ("t", "o"):
            bob.ask("create", room=room)
        with client(port, "alice", env={"HOME": str(tmp_path)}) as t:
            enter(t, "alice", "t")
            t.press(F2)
            enter(t, "alice", "o")
            says(bob, "t", "one")
            t.press(alt("1"))
            sees(t, "bob one")
            t.press("half a sentence")
            typed(t, "half a sentence")
            end(t, how)
        says(bob, "t", "two", "alice: three")
        says(bob, "o", "alarm")
        with again(port, "alice", tmp_path) as t:
            if how == "quit":
                wait(t, lambda t: tabs(t) == ["1 t … @2", "2 o"])
                assert " alice · o" in t.text
                t.press(F3)
                t.wait_for("2 new, 1 mention")
                t.press(alt("1"))
            wait(t, lambda t: tabs(t)[:1] == ["1 t"] and "alice: three" in t.text)
            seen = [line.strip("─ ") for line in talk(t)[-4:]]
            assert seen == ["bob one", "new", "bob two", "alice: three"]
            typed(t, "half a sentence")
        for room in ("t", "o"):
            bob.ask("leave", room=room)


def test_what_is_read_at_one_device_is_not_new_at_the_other(server: Server, tmp_path: Path) -> None:
    port = server.address[1]
    with bots(server.address, "bob", "carol") as [bob, carol]:
        assert carol.ask("register", password=SECRET)["type"] == "ok"
        for room in ("t", "o"):
            bob.ask("create", room=room)
        with again(port, "carol", tmp_path / "1", "-r", "o", "-r", "t") as one:
            come_in(one, " carol · o")
            wait(one, lambda t: tabs(t) == ["1 o", "2 t"])
            with again(port, "carol", tmp_path / "2", "-r", "t") as other:
                come_in(other, " carol · t")
                wait(other, lambda t: tabs(t) == ["1 t", "2 o"])
                # The second looks at it, the first counts it until the second has told the server.
                says(bob, "t", "carol: one")
                sees(other, "bob carol: one")
                wait(one, lambda t: tabs(t) == ["1 o", "2 t"])
                says(bob, "o", "two")
                wait(other, lambda t: tabs(t) == ["1 t", "2 o"])
                other.press("/quit", ENTER)
                assert other.ends() == 0
            says(bob, "t", "three")
            wait(one, lambda t: tabs(t) == ["1 o", "2 t 1"])
            one.press(alt("2"))
            sees(one, "bob three")
            one.press("/quit", ENTER)
            assert one.ends() == 0
        # Nothing is remembered there but by the server.
        says(bob, "t", "four")
        with again(port, "carol", tmp_path / "3", "-r", "o") as new:
            come_in(new, " carol · o")
            wait(new, lambda t: tabs(t) == ["1 o", "2 t 1"])


def test_what_nobody_has_read_is_new_at_every_device(server: Server, tmp_path: Path) -> None:
    port, unread = server.address[1], ["1 silent @4", "2 spoken @4"]
    with bots(server.address, "bob") as [bob]:
        for room in ("silent", "spoken", "watched"):
            bob.ask("create", room=room)
        says(bob, "spoken", "one")
        with client(port, "dora", env={"HOME": str(tmp_path / "1")}) as one:
            one.press("/register", ENTER)
            for _ in range(2):
                shows(one, "assword")
                one.press(SECRET, ENTER)
            shows(one, "dora is yours now")
            for room in ("silent", "spoken", "watched"):
                one.press(f"/join {room}", ENTER)
                shows(one, f" dora · {room}")
            for room in ("silent", "spoken"):
                says(bob, room, *(f"dora: {number}" for number in range(4)))
            wait(one, lambda t: tabs(t) == [*unread, "3 watched"])
            with again(port, "dora", tmp_path / "2") as other:
                come_in(other, " dora · lobby")
                shows(other, "silent @4 · spoken @4")
                other.press("/quit", ENTER)
                assert other.ends() == 0
            # It would have been told before that the other one is gone.
            says(bob, "watched", "over")
            sees(one, "bob over")
            assert tabs(one) == [*unread, "3 watched"]
        for room in ("silent", "spoken", "watched"):
            bob.ask("leave", room=room)


def test_who_was_killed_has_their_place_again_and_nobody_saw_them_go(tmp_path: Path) -> None:
    with running(tmp_path) as server, bots(server.address, "bob") as [bob]:
        port = server.address[1]
        bob.ask("create", room="t")
        with again(port, "alice", tmp_path, "--room", "t") as t:
            shows(t, " alice · t")
            bob.event("joined")
            # A second client by that name does not throw the first one out.
            with again(port, "alice", tmp_path) as other:
                shows(other, "alice is in use; choose another. Another client of", "yours may have it.")
            says(bob, "t", "one")
            sees(t, "bob one")
            keep(t, tmp_path, '"seq": 1')
            end(t, "SIGKILL")
        says(bob, "t", "two")
        with again(port, "alice", tmp_path) as t:
            wait(t, lambda t: "bob two" in talk(t) and " alice · t" in t.text)
            assert [line.strip("─ ") for line in talk(t)[-3:]] == ["bob one", "new", "bob two"]
            # What was typed when it was killed is there again, or not.
            t.press(ctrl("u"))
            end(t, "quit")
        assert bob.event("left")["reason"] == "quit"


def test_a_name_that_is_in_use_is_tried_again(server: Server, tmp_path: Path) -> None:
    with ExitStack() as stack:
        [bob] = stack.enter_context(bots(server.address, "bob"))
        with again(server.address[1], "bob", tmp_path) as t:
            shows(t, "bob is in use; choose another. If that is you, it is", "free soon: trying again in ")
            assert bob.ask("quit")["type"] == "bye"
            shows(t, " bob · lobby")
