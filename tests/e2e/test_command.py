"""``chatroom``, the command, and ``python -m chatroom``: the server that ``twistd -n chatroom`` is."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path

import pytest

from chatroom import __version__
from tests.e2e.peers import Bot
from tests.e2e.processes import LOOPBACK, Program, started

CHATROOM = Path(sys.executable).with_name("chatroom")

COMMANDS = pytest.mark.parametrize(
    "command", [(CHATROOM,), (sys.executable, "-m", "chatroom")], ids=["chatroom", "module"]
)


def address(server: Program) -> tuple[str, int]:
    """Wait until *server* listens, and return where."""
    for line in iter(server.receive, None):
        if found := re.search(r"chatroom starting on (\d+)", line):
            return "127.0.0.1", int(found[1])
    raise AssertionError(f"the server has ended:\n{server.output}")


@COMMANDS
def test_it_is_a_server_that_ends_by_signals_and_leaves_only_the_log_of_its_rooms(
    command: tuple[str | Path, ...], tmp_path: Path
) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with started(*command, "--port", LOOPBACK, cwd=tmp_path, forked=False) as server, Bot(address(server)) as alice:
            assert alice.ask("login", username="alice")["version"] == __version__
            server.process.send_signal(number)
            assert alice.to_the_end()[-1]["reason"] == "stopping"
            assert server.end() == -number
            assert "Traceback" not in server.output
    assert {path.name for path in tmp_path.iterdir()} == {"chatroom.sqlite", "chatroom.sqlite.lock"}


def test_options_of_twistd_are_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    options = ("--rundir=folder", "--pidfile=chatroom.pid", "--logfile=chatroom.log", "--log-json")
    with started(
        CHATROOM, "--port", "unix:socket", "--listen", LOOPBACK, *options, cwd=tmp_path, forked=False
    ) as server:
        log = tmp_path / "chatroom.log"
        while not (log.exists() and (found := re.search(r'"chatroom starting on (\d+)"', log.read_text()))):
            assert server.process.poll() is None
        with Bot(("127.0.0.1", int(found[1]))) as alice:
            alice.ask("login", username="alice")
            assert (tmp_path / "chatroom.pid").read_text() == str(server.process.pid)
            assert (folder / "chatroom.sqlite").exists()
            server.process.send_signal(signal.SIGTERM)
            alice.to_the_end()
        assert server.end() == -signal.SIGTERM
        assert server.lines == []
    assert not (tmp_path / "chatroom.pid").exists()


def test_what_keeps_it_from_starting_is_told_in_one_line(tmp_path: Path) -> None:
    for options, why in {
        ("--port=127.0.0.1:8080",): "127.0.0.1:8080 is no endpoint; write tcp:8080:interface=127.0.0.1",
        (
            "--logfile=nowhere/log",
        ): "can't log to nowhere/log (No such file or directory); name another file by --logfile",
        ("--syslog", "--log-json"): "--log-json goes to a file or the standard output; leave out --logger and --syslog",
    }.items():
        with started(CHATROOM, *options, cwd=tmp_path, forked=False) as server:
            assert server.end() == 1
            assert server.lines == [f"chatroom: {why}"]
    assert [*tmp_path.iterdir()] == []
