"""A server that is not there yet, is something else, or does not answer any more."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from tests.client.e2e.house import PROGRAM, client, sees, shows, wait
from tests.client.terminal import ENTER, ESC, LIMIT, alt, ctrl, terminal
from tests.e2e.peers import bots
from tests.e2e.processes import Server, free_port, running


@contextmanager
def stranger(greeting: bytes) -> Iterator[int]:
    """Run a server that sends *greeting* to the first who comes, and waits; return its port."""

    def greet(listener: socket.socket) -> None:
        peer, _ = listener.accept()
        with peer:
            peer.sendall(greeting)
            peer.settimeout(LIMIT)
            # Who goes at once has left something unread.
            with suppress(ConnectionError):
                while peer.recv(4096):
                    pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=greet, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(LIMIT)


def test_a_server_that_is_not_there_yet_is_waited_for_and_a_key_tries_at_once(tmp_path: Path) -> None:
    port = free_port()
    with terminal(PROGRAM, "127.0.0.1", str(port), "--username", "alice") as t:
        shows(t, f"nothing listens on 127.0.0.1 {port}; trying again in", "Enter tries at once · Esc leaves")
        with running(tmp_path, port=f"tcp:{port}:interface=127.0.0.1"):
            t.press(ENTER)
            shows(t, " alice · lobby")
            t.press("/quit", ENTER)
            assert t.ends() == 0


def test_who_waits_for_a_server_can_go() -> None:
    for key in (ESC, ctrl("c")):
        with terminal(PROGRAM, "127.0.0.1", str(free_port()), "--username", "alice") as t:
            shows(t, "trying again in")
            t.press(key)
            assert t.ends() == 0
            assert t.left_changed() == []


def test_a_lost_server_is_tried_at_once_by_a_key(tmp_path: Path) -> None:
    port = free_port()
    listening = f"tcp:{port}:interface=127.0.0.1"
    with running(tmp_path, port=listening) as server, client(port, "alice", room="tea") as t:
        server.kill()
        shows(t, "○ back in ", " s, Alt+r at once (")
        # By now the next attempt may be half a minute away.
        shows(t, "nothing listens on")
        with running(tmp_path, port=listening):
            t.press(alt("r"))
            wait(t, lambda t: "○" not in t.text and " alice · tea" in t.text)


def test_a_server_that_is_something_else_is_named_without_harm() -> None:
    with (
        stranger(b"SSH-2.0-\x1b[31mOpenSSH\r\n") as port,
        terminal(PROGRAM, "127.0.0.1", str(port), "--username", "alice") as t,
    ):
        assert t.ends() == 1
        said = f"can't connect to 127.0.0.1 {port}: this is no chatroom: it says SSH-2.0-\ufffd[31mOpenSSH"
        assert "".join(t.lines).startswith(f"chatroom-urwid: {said}")
        assert t.left_changed() == []


def test_without_a_screen_a_server_that_is_not_there_is_the_end_unless_it_is_waited_for(tmp_path: Path) -> None:
    port = free_port()
    options = [str(PROGRAM), "127.0.0.1", str(port), "--username", "urn"]
    run = subprocess.run(options, input=b"hello\n", capture_output=True, timeout=LIMIT, check=False)
    assert (run.returncode, run.stdout) == (1, b"")
    assert run.stderr.decode() == (f"chatroom-urwid: can't connect to 127.0.0.1 {port}: nothing listens on this port\n")
    pipe = subprocess.PIPE
    options += ["--wait", "--room", "tea"]
    with subprocess.Popen(options, stdin=pipe, stdout=pipe, stderr=pipe) as program:
        try:
            assert program.stdin
            assert program.stderr
            assert program.stderr.readline().decode() == f"* Waiting: nothing listens on 127.0.0.1 {port}\n"
            program.stdin.write(b"hello\n")
            program.stdin.close()
            with running(tmp_path, "--room", "tea", port=f"tcp:{port}:interface=127.0.0.1"):
                assert program.wait(LIMIT) == 0
        finally:
            program.kill()


def test_a_name_that_is_missing_is_a_mistake_of_the_command_line() -> None:
    run = subprocess.run([str(PROGRAM), "127.0.0.1"], input=b"", capture_output=True, timeout=LIMIT, check=False)
    assert run.returncode == 2
    assert "--username NAME" in run.stderr.decode()


def test_a_server_that_does_not_answer_stands_out(server: Server) -> None:
    with bots(server.address, "bob") as [bob], client(server.address[1], "alice", room="stalled") as t:
        bob.ask("join", room="stalled")
        sees(t, "→ bob joined")
        server.send_signal(signal.SIGSTOP)
        try:
            t.press("is anybody there?", ENTER)
            wait(t, lambda t: re.search(r" · ◐ no answer for \d+ s .* 1 waiting", t.text) is not None)
            row, column = t.find("no answer")
            assert t.style(row, column).fg not in {"default", t.style(row, 1).fg}
        finally:
            server.send_signal(signal.SIGCONT)
        shows(t, " ms", without=("no answer", "…"))
