"""The client ends and begins again, and it is as it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.client.e2e.house import PROGRAM, client, enter, says, sees, tabs, talk, typed, wait
from tests.client.terminal import ENTER, F2, F3, Terminal, alt, terminal
from tests.e2e.peers import bots
from tests.e2e.processes import Server, noon


@contextmanager
def again(port: int, username: str, home: Path, *options: str) -> Iterator[Terminal]:
    """Start the client as its user does, who was here before."""
    env = {"HOME": str(home), "TZ": noon()}
    with terminal(
        PROGRAM, "127.0.0.1", str(port), "--username", username, *options, env=env, columns=100, rows=30
    ) as t:
        yield t


def end(t: Terminal, how: str) -> None:
    """End the client by a signal that is called *how*, or as its user does."""
    if how == "quit":
        t.press(alt("2"), "/quit", ENTER)
        assert t.ends() == 0
    else:
        os.kill(t.pid, signal.Signals[how])
        assert t.ends() == 128 + signal.Signals[how]


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
                wait(t, lambda t: tabs(t) == ["1 t @2", "2 o"])
                assert " alice · o" in t.text
                t.press(F3)
                t.wait_for("2 new, 1 mention")
                t.press(alt("1"))
            wait(t, lambda t: tabs(t)[:1] == ["1 t"] and "alice: three" in t.text)
            seen = [line.strip("─ ") for line in talk(t)[-4:]]
            assert seen == ["bob one", "new", "bob two", "bob alice: three"]
            typed(t, "half a sentence")
        for room in ("t", "o"):
            bob.ask("leave", room=room)
