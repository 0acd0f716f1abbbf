"""Private talks: what was told while one was away, and what another device has read."""

from __future__ import annotations

from pathlib import Path

from tests.client.e2e.house import client, shows, tabs, wait
from tests.client.e2e.test_accounts import SECRET, registered
from tests.client.terminal import ENTER, Terminal, alt
from tests.e2e.processes import Server


def come_in(t: Terminal) -> None:
    """Type alice's password, where it is asked for."""
    shows(t, "Password:")
    t.press(SECRET, ENTER)


def test_a_talk_goes_on_wherever_one_is(server: Server, tmp_path: Path) -> None:
    port, env = server.address[1], {"HOME": str(tmp_path)}
    with registered(server, "alice"), registered(server, "bob") as bob:
        assert bob.ask("tell", to="alice", text="while you were away")["seq"] == 1
        with client(port, "", "--username", "alice", env=env) as t:
            come_in(t)
            shows(t, " alice · lobby", "@bob @1")
            t.press(alt("a"))
            shows(t, " @bob · kept by the server", " alice · @bob", "bob  while you were away")
            t.press("I am back", ENTER)
            assert bob.event("told")["text"] == "I am back"
            t.press("/quit", ENTER)
            assert t.ends() == 0
        assert bob.ask("tell", to="alice", text="and gone")["seq"] == 3
        with client(port, "", "--username", "alice", env=env) as t, client(port, "", "--username", "alice") as other:
            shows(t, " alice · @bob", "alice  I am back", "bob ▏and gone", "── new ──")
            come_in(other)
            shows(other, " alice · lobby")
            other.press("/query bob", ENTER)
            shows(other, " alice · @bob", "and gone")
            other.press("from elsewhere", ENTER)
            shows(t, "alice  from elsewhere")
            t.press("/close", ENTER)
            shows(t, " alice · lobby")
            assert bob.ask("tell", to="alice", text="one more")["seq"] == 5
            t.press("/query bob", ENTER)
            shows(t, "while you were away", "one more")
            wait(t, lambda t: tabs(t) == ["1 @bob"])
