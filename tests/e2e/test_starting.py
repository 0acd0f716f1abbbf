"""The start of the server, and what an operator is told when it can't be."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import takewhile
from pathlib import Path

import pytest

from chatroom import __version__
from tests.e2e.peers import Bot
from tests.e2e.processes import LIMIT, LOOPBACK, TWISTD, Program, complaints, free_port, running, started


def test_a_port_by_its_number_answers_on_both_kinds_of_addresses(tmp_path: Path) -> None:
    port = free_port()
    with (
        running(tmp_path, port=str(port), forked=False),
        Bot(("127.0.0.1", port), "four"),
        Bot(("::1", port), "six") as six,
    ):
        assert six.ask("who")["usernames"] == ["four", "six"]


def test_it_listens_in_several_places(tmp_path: Path) -> None:
    port = free_port()
    with (
        running(tmp_path, "--listen", f"tcp:{port}:interface=127.0.0.1", forked=False) as server,
        Bot(server.address, "alice") as alice,
        Bot(("127.0.0.1", port), "bob"),
    ):
        assert alice.ask("who")["usernames"] == ["alice", "bob"]


def test_a_start_that_fails_leaves_no_socket_and_no_lock(tmp_path: Path) -> None:
    with running(tmp_path, control=True) as server:
        server.logs("listens on chatroom.control")
        others = tmp_path / "others"
        others.mkdir()
        store = ("--store", str(tmp_path / "chatroom.sqlite"))
        sockets = ("--port", "unix:first", "--listen", "unix:second", "--control", "hand")
        assert "is in use by process" in complaints(others, *store, *sockets)[-1]
        # Nor does one that can't listen everywhere.
        taken = f"tcp:{server.address[1]}:interface=127.0.0.1"
        assert "is in use already" in complaints(others, *sockets, "--listen", taken)[-1]
        assert [each.name for each in others.iterdir()] == []
        # What others have is theirs.
        assert (tmp_path / "chatroom.control").is_socket()


def test_nobody_is_let_in_before_the_store_is_open_and_that_this_takes_long_is_told(tmp_path: Path) -> None:
    with running(tmp_path):
        pass
    file, port = tmp_path / "chatroom.sqlite", free_port()
    where = f"tcp:{port}:interface=127.0.0.1"
    options = ("--port", where, "--metrics", "0", "--busy-timeout", str(LIMIT))
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as other,
        started(TWISTD, "-n", "--pidfile=", "chatroom", *options, cwd=tmp_path, forked=False) as server,
    ):
        other.execute("BEGIN IMMEDIATE")
        lines = list(takewhile(lambda line: "the store is still being opened" not in line, iter(server.receive, None)))
        assert not any("starting on" in line for line in lines)
        assert not (tmp_path / "chatroom.control").exists()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        # But the port is taken, and another server is told so at once.
        with socket.socket() as another, pytest.raises(OSError, match="in use"):
            another.bind(("127.0.0.1", port))
        other.execute("ROLLBACK")
        while not str(server.receive()).endswith(f"chatroom starting on {port}"):
            pass
        Bot(("127.0.0.1", port), "alice").close()
        server.process.send_signal(signal.SIGTERM)
        assert server.end() == -signal.SIGTERM


def test_a_second_server_on_one_store_lets_nobody_in(tmp_path: Path) -> None:
    with running(tmp_path):
        lines = complaints(tmp_path, "--port", LOOPBACK, "--listen", "unix:second")
    assert "is in use by process" in lines[-1]
    assert not any("starting on" in line for line in lines)


def test_a_port_is_free_again_at_once(tmp_path: Path) -> None:
    port = str(free_port())
    for _ in range(2):
        with running(tmp_path, port=port, forked=False) as server, Bot(server.address, "alice") as alice:
            server.send_signal(signal.SIGTERM)
            assert alice.to_the_end()[-1]["type"] == "bye"
            server.ended_by(signal.SIGTERM)


@pytest.fixture
def halfway(tmp_path: Path) -> Iterator[tuple[Program, Callable[[], None]]]:
    """Give a server that waits for its message of the day, which is in no file yet, and what lets it go on."""
    fifo = tmp_path / "motd"
    os.mkfifo(fifo)
    options = ("--port", LOOPBACK, "--motd", "motd")
    with (
        started(TWISTD, "-n", "--pidfile=", "chatroom", *options, cwd=tmp_path, forked=False) as server,
        ThreadPoolExecutor() as meanwhile,
    ):
        opening = meanwhile.submit(os.open, fifo, os.O_WRONLY)
        try:
            end = opening.result(LIMIT)
        except TimeoutError:
            # The thread can go, too.
            os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
            raise

        def go_on() -> None:
            # What it reads again is a file.
            fifo.unlink()
            fifo.touch()
            os.close(end)

        yield server, go_on


def test_a_hang_up_before_it_listens_does_not_end_it(halfway: tuple[Program, Callable[[], None]]) -> None:
    server, go_on = halfway
    server.process.send_signal(signal.SIGHUP)
    go_on()
    lines = iter(server.receive, None)
    assert any(" starting on " in line for line in lines)
    server.process.send_signal(signal.SIGTERM)
    assert server.end() == -signal.SIGTERM


def test_it_is_stopped_in_order_before_it_listens(halfway: tuple[Program, Callable[[], None]], tmp_path: Path) -> None:
    server, go_on = halfway
    server.process.send_signal(signal.SIGTERM)
    go_on()
    assert server.end() == -signal.SIGTERM
    assert "Main loop terminated." in server.output
    assert "Traceback" not in server.output
    assert not (tmp_path / "chatroom.control").exists()


@pytest.mark.parametrize("option", ["--show-limits", "--help", "--version"])
def test_who_has_seen_enough_of_what_it_shows_hears_no_complaint(option: str) -> None:
    end, out = os.pipe()
    os.close(end)
    with os.fdopen(out, "wb") as output:
        ended = subprocess.run(
            [TWISTD, "chatroom", option], check=False, stdout=output, stderr=subprocess.PIPE, timeout=LIMIT
        )
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_what_is_in_a_file_of_settings_holds_and_the_log_is_json_if_that_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "motd").write_text("Tea is at five.\n")
    (tmp_path / "chatroom.toml").write_text(f'name = "Tea"\nmotd = "motd"\nport = "{LOOPBACK}"\nlog-json = true\n')
    with started(
        TWISTD, "-n", "--pidfile=", "chatroom", "--config=chatroom.toml", cwd=tmp_path, forked=False
    ) as server:
        events = (json.loads(line) for line in iter(server.receive, None))
        seen = []
        for event in events:
            seen.append(event)
            if " starting on " in event["message"]:
                break
        with Bot(("127.0.0.1", int(seen[-1]["message"].split()[-1]))) as bob:
            welcome = bob.ask("login", username="bob")
            assert (welcome["server"], welcome["motd"]) == ("Tea", "Tea is at five.")
            server.process.send_signal(signal.SIGTERM)
            assert bob.to_the_end()[-1]["type"] == "bye"
        seen += events
    # Not once more as text, and nothing twice.
    assert len({event["message"] for event in seen}) == len(seen)
    [began, named, ended] = [event for event in seen if "peer" in event]
    assert ended.pop("message").startswith(beginning := began.pop("message"))
    assert named.pop("message") == f"{beginning} is bob (frames)"
    assert (named["username"], named["dialect"], named["resumed"]) == ("bob", "frames", False)
    assert {name: ended[name] for name in ("number", "reason", "username", "dialect")} == {
        "number": began["number"],
        "reason": "stopping",
        "username": "bob",
        "dialect": "frames",
    }


def test_the_log_begins_with_the_version(tmp_path: Path) -> None:
    with running(tmp_path, forked=False) as server:
        assert server.lines[0].endswith(f"] chatroom {__version__}")


@pytest.mark.parametrize("option", ["--pidfile=nowhere/pid", "--logfile=nowhere/log", "--rundir=nowhere"])
def test_a_file_of_twistds_that_can_t_be_written_ends_the_start_with_one_clear_line(
    option: str, tmp_path: Path
) -> None:
    with started(TWISTD, "-n", "--pidfile=", option, "chatroom", cwd=tmp_path, forked=False) as server:
        assert server.end() == 1
    [line] = server.lines
    assert line.startswith("twistd chatroom: ")
    assert "nowhere" in line
    assert option.partition("=")[0] in line


@pytest.mark.parametrize("interface", ["", ":interface=127.0.0.1"])
def test_a_port_in_use_ends_the_start_with_one_clear_line(interface: str, tmp_path: Path) -> None:
    port = free_port()
    where = f"tcp:{port}{interface}" if interface else str(port)
    with running(tmp_path, port=where, forked=False):
        assert f"can't listen on {where}: it is in use" in complaints(tmp_path, "--port", where)[-1]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--prot", "8080"], "--prot"),
        (["--port", "80800"], "80800"),
        (["--port", "udp:8080"], "udp"),
        (["--listen", "tcp:eight"], "tcp:eight"),
        (["--max-rooms", "many"], "many"),
        (["--linger", "-1"], "-1"),
        (["--room", "two words"], "two words"),
        (["--config", "nowhere.toml"], "nowhere.toml can't be read"),
        (["8080"], "8080"),
    ],
)
def test_a_wrong_option_ends_the_start_with_one_clear_line(options: list[str], why: str, tmp_path: Path) -> None:
    [line] = complaints(tmp_path, "--listen", LOOPBACK, *options)
    assert line.startswith("twistd chatroom: ")
    assert why in line


def test_where_only_the_database_is_away_whoever_started_the_server_may_try_again(tmp_path: Path) -> None:
    where = f"postgresql://chat@127.0.0.1:{free_port()}/chat"
    with started(
        TWISTD, "-n", "--pidfile=", "chatroom", "--port", LOOPBACK, "--store", where, cwd=tmp_path, forked=False
    ) as program:
        assert program.end() == os.EX_TEMPFAIL
        assert program.lines[-1].endswith("; see that it runs there, and that this machine and role may use it.")
