"""However it ends, the terminal is left as it was."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from chatroom.client.main import ENDS
from tests.client.e2e.house import PROGRAM, client, sees, shows, typed, wait
from tests.client.terminal import ENTER, F1, ctrl, terminal
from tests.e2e.peers import bots
from tests.e2e.processes import LIMIT, Server, free_port

STOPS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
OTHERS = [signal.Signals[name] for name in ENDS if signal.Signals[name] not in STOPS]

FAILING = """
import sys
import termios
from chatroom.client import main
from chatroom.client.model import overview

status = overview.status
overview.status = lambda chat: 1 / (chat.username != "alice") and status(chat)
sys.exit(main.main())
"""
"""The client with a defect that nobody knows of: it can't draw what alice is to see."""


def test_quit_ends_it_well_and_the_others_see_it_at_once(server: Server) -> None:
    with bots(server.address, "bob") as [bob], client(server.address[1], "alice", room="quit") as t:
        bob.ask("join", room="quit")
        sees(t, "→ bob joined")
        t.press("/quit", ENTER)
        assert t.ends() == 0
        left = bob.event("left")
        assert (left["username"], left["reason"]) == ("alice", "quit")
        assert t.left_changed() == []
        assert t.text == "\n" * 29


def test_quit_works_in_the_lobby_too(port: int) -> None:
    with client(port, "alice") as t:
        t.press("/quit", ENTER)
        assert t.ends() == 0
        assert t.left_changed() == []


@pytest.mark.parametrize("number", STOPS, ids=lambda number: number.name)
def test_a_signal_ends_it_and_says_good_bye(server: Server, number: signal.Signals) -> None:
    with bots(server.address, "bob") as [bob], client(server.address[1], "alice", room="signals") as t:
        bob.ask("join", room="signals")
        t.press("half a line")
        typed(t, "half a line")
        t.signal(number)
        assert t.ends() == 128 + number
        assert bob.event("left")["reason"] == "quit"
        assert t.left_changed() == []


@pytest.mark.parametrize("number", OTHERS, ids=lambda number: number.name)
def test_a_signal_ends_it_on_the_first_screen(number: signal.Signals) -> None:
    with client(free_port()) as t:
        shows(t, "Your name:")
        t.signal(number)
        assert t.ends() == 128 + number
        assert t.left_changed() == []


def test_the_key_that_quits_programs_ends_it_and_says_good_bye(server: Server) -> None:
    with bots(server.address, "bob") as [bob], client(server.address[1], "alice", "--mouse", room="quits") as t:
        bob.ask("join", room="quits")
        sees(t, "→ bob joined")
        t.press(F1, ctrl("\\"))
        assert t.ends() == 128 + signal.SIGQUIT
        assert bob.event("left")["reason"] == "quit"
        assert t.left_changed() == []
        assert t.text == "\n" * 29


def test_the_key_that_quits_programs_ends_it_without_a_screen_too(port: int) -> None:
    with terminal(PROGRAM, "127.0.0.1", str(port), "--plain") as t:
        t.wait_for("* Type the username you want.")
        t.press(ctrl("\\"))
        assert t.ends() == 128 + signal.SIGQUIT
        assert t.left_changed() == []


def test_a_terminal_that_is_closed_ends_it(server: Server) -> None:
    ours, its = os.openpty()
    termios.tcsetwinsize(ours, (30, 100))
    # Whoever leads a session and opens a terminal gets it for its own, and is told when it goes.
    opened = 'exec "$@" <"$0" >"$0" 2>"$0"'
    command = (PROGRAM, "127.0.0.1", str(server.address[1]), "--username", "alice")
    program = subprocess.Popen(["sh", "-c", opened, os.ttyname(its), *command], start_new_session=True)
    try:
        with bots(server.address, "bob") as [bob], os.fdopen(ours, "r+b", buffering=0) as window:
            bob.ask("create", room="window")
            written = b""
            while b"window" not in written:
                assert select.select([window], [], [], LIMIT)[0], written
                written += window.read(65536)
            os.close(its)
            window.write(b"/join window\r")
            assert bob.event("joined")["username"] == "alice"
            window.close()
            assert bob.event("left")["reason"] == "quit"
            assert program.wait(LIMIT) in {1, 128 + signal.SIGHUP}
    finally:
        program.kill()
        program.wait(LIMIT)


def test_it_waits_in_the_background_and_comes_back(server: Server) -> None:
    with bots(server.address, "bob") as [bob], client(server.address[1], "alice", room="background") as t:
        bob.ask("join", room="background")
        sees(t, "→ bob joined")
        t.press("half a line")
        typed(t, "half a line")
        t.press(ctrl("z"))
        t.stops()
        assert t.left_changed() == []
        assert "half a line" not in t.text
        bob.ask("say", room="background", text="meanwhile")
        t.go_on()
        sees(t, "→ bob joined", "bob meanwhile")
        typed(t, "half a line")
        t.press(ENTER)
        sees(t, "bob meanwhile", "alice half a line")
        t.press("/quit", ENTER)
        assert t.ends() == 0
        assert t.left_changed() == []


def test_ctrl_c_drops_the_line_and_ends_nothing(port: int) -> None:
    with client(port, "alice", room="drop") as t:
        t.press("never mind", ctrl("c"), "mind")
        typed(t, "mind")


def test_a_crash_restores_the_terminal_and_names_the_file_where_it_is_written_down(port: int, tmp_path: Path) -> None:
    command = (sys.executable, "-c", FAILING, "127.0.0.1", str(port))
    with terminal(*command, env={"TMPDIR": str(tmp_path)}) as t:
        shows(t, "Your name:")
        t.press("alice", ENTER)
        assert t.ends() == 1
        assert t.left_changed() == []
        [written] = tmp_path.iterdir()
        said = "".join(t.lines)
        assert said.startswith("chatroom-urwid: something went wrong; it is written down in ")
        assert said.endswith(written.name)
        assert "ZeroDivisionError" in written.read_text()
        assert written.stat().st_mode & 0o077 == 0


def test_a_server_that_does_not_answer_delays_the_end_only_a_little(server: Server) -> None:
    with client(server.address[1], "alice", room="stopped") as t:
        server.send_signal(signal.SIGSTOP)
        try:
            t.press("/quit", ENTER)
            wait(t, lambda t: 1049 not in t.screen.on)
            assert t.ends() == 0
        finally:
            server.send_signal(signal.SIGCONT)
        assert t.left_changed() == []
