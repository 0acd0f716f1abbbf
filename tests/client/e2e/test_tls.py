"""TLS, and the port of a room: the client comes in by both, and does not trust everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.authority import Authority
from tests.client.e2e.house import PROGRAM, sees, shows, solid
from tests.client.terminal import ENTER, terminal
from tests.e2e.peers import bots
from tests.e2e.processes import Server, free_port, running

WHERE = "ssl:0:interface=127.0.0.1:privateKey=key.pem:certKey=fullchain.pem"


def ends_with(server: Server, *options: str) -> str:
    """Return what the client says that does not come in with *options*."""
    with terminal(PROGRAM, "localhost", str(server.address[1]), "-u", "alice", *options) as t:
        assert t.ends() == 1
        assert "Traceback" not in t.text
        assert t.left_changed() == []
        return " ".join("".join(t.lines).split())


def test_it_talks_to_a_server_whose_authority_it_is_given_and_to_no_other(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.certify()
    stranger = Authority(tmp_path / "stranger", "a stranger")
    with running(tmp_path, port=WHERE) as server:
        port = str(server.address[1])
        with terminal(PROGRAM, "localhost", port, "-u", "alice", "--ca", str(authority.file)) as t:
            shows(t, " alice · lobby")
            t.press("/quit", ENTER)
            assert t.ends() == 0
        can_not = f"chatroom-urwid: can't connect to localhost {port}: TLS: "
        assert ends_with(server, "--tls") == f"{can_not}certificate verify failed"
        assert ends_with(server, "--ca", str(stranger.file)) == f"{can_not}certificate verify failed"


def test_it_does_not_talk_to_a_server_of_another_name(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.certify("elsewhere.example")
    with running(tmp_path, port=WHERE) as server:
        assert ends_with(server, "--ca", str(authority.file)).endswith("TLS: its certificate is for another name")


def test_tls_on_one_side_alone_is_named(tmp_path: Path, server: Server) -> None:
    authority = Authority(tmp_path)
    authority.certify()
    assert ends_with(server, "--tls").endswith(": this port speaks no TLS (--no-tls)")
    with running(tmp_path, port=WHERE) as other:
        assert ends_with(other, "--no-wait").endswith("perhaps it wants TLS (--tls)")


def test_a_file_that_is_no_certificate_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "junk.pem").write_text("junk")
    for file in (tmp_path / "junk.pem", tmp_path / "none.pem", tmp_path):
        with terminal(PROGRAM, "localhost", "1", "--ca", str(file)) as t:
            assert t.ends() == 1
            assert solid(t.text).startswith(solid(f"chatroom-urwid: it can't use {file}: "))
            assert "Traceback" not in t.text


@pytest.mark.parametrize("full", [False, True])
def test_the_port_of_a_room_leads_into_it_with_what_was_said_before(tmp_path: Path, full: bool) -> None:
    port = free_port()
    options = ("--room", "tea", "--room-ports", f"{port}-{port}", "--room-capacity", "1" if full else "2")
    with running(tmp_path, *options) as server, bots(server.address, "bob") as [bob]:
        # It may be open a little later than the first one.
        server.logs(f"starting on {port}$")
        bob.ask("join", room="tea")
        bob.ask("say", room="tea", text="before")
        with terminal(PROGRAM, "127.0.0.1", str(port), "-u", "alice") as t:
            if full:
                shows(t, " alice · lobby", "tea is full")
            else:
                shows(t, " alice · tea")
                sees(t, "bob before")
                t.press("hello", ENTER)
                sees(t, "bob before", "alice hello")
                assert bob.event("said")["text"] == "before"
                assert bob.event("said")["text"] == "hello"
