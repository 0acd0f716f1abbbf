"""Without a screen: the client in a pipe, and on a terminal where nothing can be drawn."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.e2e.house import PROGRAM
from tests.client.terminal import ENTER, LIMIT, ctrl, terminal
from tests.e2e.peers import bots
from tests.e2e.processes import Server


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[None]:
    """Let programs keep what they know in a folder of the test's."""
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(tmp_path / "state")
    yield
    del os.environ["XDG_STATE_HOME"]
    if before is not None:
        os.environ["XDG_STATE_HOME"] = before


def command(server: Server, *options: str) -> list[str]:
    return [str(PROGRAM), "127.0.0.1", str(server.address[1]), *options]


def test_what_comes_by_a_pipe_or_a_file_is_said_and_then_it_ends(server: Server, tmp_path: Path) -> None:
    with bots(server.address, "bob") as [bob]:
        bob.ask("create", room="pipes")
        options = command(server, "--username", "urn", "--room", "pipes")
        run = subprocess.run(options, input=b"hello\n/me sings", capture_output=True, timeout=LIMIT, check=False)
        assert (run.returncode, run.stderr) == (0, b"")
        assert [line.split(maxsplit=1)[1] for line in run.stdout.decode().splitlines()] == [
            "<urn> hello",
            "* urn sings",
        ]
        assert [bob.event("said")["text"] for _ in range(2)] == ["hello", "sings"]
        file = tmp_path / "talk"
        file.write_text("from a file\n")
        # The room of the command line comes before those that one always wants to be in.
        bob.ask("create", room="always")
        config = tmp_path / "client.toml"
        config.write_text('room = ["always", "pipes"]')
        with file.open() as lines:
            program = [*options, "--config", str(config)]
            run = subprocess.run(program, stdin=lines, capture_output=True, timeout=LIMIT, check=False)
        assert (run.returncode, run.stderr) == (0, b"")
        event = bob.event("said")
        assert (event["room"], event["text"]) == ("pipes", "from a file")


def test_streams_that_are_closed_say_nothing_and_hear_nothing(server: Server) -> None:
    closed = ["sh", "-c", 'exec "$0" "$@" <&- >&-', *command(server, "--username", "urn")]
    run = subprocess.run(closed, stderr=subprocess.PIPE, timeout=LIMIT, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


def test_what_goes_wrong_is_told_by_the_status_and_on_stderr(server: Server) -> None:
    options = command(server, "--username", "urn", "--room", "nowhere")
    run = subprocess.run(options, input=b"hello\n", capture_output=True, timeout=LIMIT, check=False)
    assert (run.returncode, run.stdout) == (1, b"")
    assert run.stderr.decode() == "! There is no room called nowhere.\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="here is no disk that is always full")
def test_what_can_not_be_printed_is_told(server: Server) -> None:
    with bots(server.address, "bob") as [bob], Path("/dev/full").open("w", encoding="utf-8") as full:
        bob.ask("create", room="full")
        told = b"chatroom-urwid: it can't write what it has to say: No space left on device\n"
        options = command(server, "--username", "urn", "--room", "full")
        pipe = subprocess.PIPE
        run = subprocess.run(options, input=b"hello\n", stdout=full, stderr=pipe, timeout=LIMIT, check=False)
        assert (run.returncode, run.stderr) == (1, told)
        assert bob.event("said")["text"] == "hello"


def test_what_can_not_be_remembered_is_told_and_what_was_asked_is_done(server: Server, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    with bots(server.address, "bob") as [bob]:
        bob.ask("create", room="forgetful")
        options = command(server, "--username", "urn", "--room", "forgetful")
        run = subprocess.run(options, input=b"hello\n", capture_output=True, timeout=LIMIT, check=False)
        assert (run.returncode, bob.event("said")["text"]) == (0, "hello")
        assert b"! If this client is killed, your place will wait for half a minute: " in run.stderr


def test_who_closes_the_pipe_ends_it_without_a_word(server: Server) -> None:
    with bots(server.address, "bob") as [bob]:
        bob.ask("create", room="closed")
        options = command(server, "--username", "urn", "--room", "closed")
        pipe = subprocess.PIPE
        with subprocess.Popen(options, stdin=pipe, stdout=pipe, stderr=pipe) as program:
            try:
                assert bob.event("joined")["username"] == "urn"
                assert program.stdout
                assert program.stderr
                program.stdout.close()
                bob.ask("say", room="closed", text="is anybody there?")
                assert bob.event("left")["username"] == "urn"
                assert program.wait(LIMIT) == 141
                assert program.stderr.read() == b""
            finally:
                program.kill()


def test_what_listens_goes_on_without_an_input_until_it_is_told_to_end(server: Server) -> None:
    with bots(server.address, "bob") as [bob]:
        bob.ask("create", room="ear")
        options = command(server, "--username", "ear", "--room", "ear", "--listen")
        with subprocess.Popen(options, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as program:
            try:
                assert bob.event("joined")["username"] == "ear"
                bob.ask("say", room="ear", text="is anybody there?")
                assert program.stdout
                assert program.stdout.readline().endswith(b" <bob> is anybody there?\n")
                program.send_signal(signal.SIGTERM)
                assert program.wait(LIMIT) == 128 + signal.SIGTERM
                assert bob.event("left")["reason"] == "quit"
            finally:
                program.kill()


def test_a_terminal_on_which_nothing_can_be_drawn_gets_line_after_line(server: Server) -> None:
    with bots(server.address, "bob") as [bob], terminal(*command(server), env={"TERM": "dumb"}) as t:
        t.wait_for("* Type the username you want.")
        t.press("alice", ENTER)
        t.wait_for("* You are in the lobby;")
        t.press("/create dumb A room to read", ENTER)
        t.wait_for("* You are in dumb (1 person). Topic: A room to read")
        bob.ask("join", room="dumb")
        bob.ask("say", room="dumb", text="hello alice")
        t.wait_for("<bob> hello alice")
        t.press("hello bob", ENTER, "/nonsense", ENTER, ctrl("d"))
        t.wait_for("! There is no command /nonsense.")
        assert bob.event("said")["text"] == "hello alice"
        assert bob.event("said")["text"] == "hello bob"
        assert t.ends() == 0
        assert b"\x1b" not in t.raw
        assert t.left_changed() == []
