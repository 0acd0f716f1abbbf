"""The start of the server, and what an operator is told when it can't be."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.e2e.peers import Bot
from tests.e2e.processes import LOOPBACK, complaints, free_port, running


def test_a_port_by_its_number_answers_on_both_kinds_of_addresses(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port=str(port)), Bot(("127.0.0.1", port), "four"), Bot(("::1", port), "six") as six:
        assert six.ask("who")["usernames"] == ["four", "six"]


def test_it_listens_in_several_places(tmp_path: Path) -> None:
    port = free_port()
    with (
        running(tmp_path, "--listen", f"tcp:{port}:interface=127.0.0.1") as server,
        Bot(server.address, "alice") as alice,
        Bot(("127.0.0.1", port), "bob"),
    ):
        assert alice.ask("who")["usernames"] == ["alice", "bob"]


def test_a_port_is_free_again_at_once(tmp_path: Path) -> None:
    port = str(free_port())
    for _ in range(2):
        with running(tmp_path, port=port) as server, Bot(server.address, "alice") as alice:
            server.send_signal(signal.SIGTERM)
            assert alice.to_the_end()[-1]["type"] == "bye"
            server.ended_by(signal.SIGTERM)


@pytest.mark.parametrize("interface", ["", ":interface=127.0.0.1"])
def test_a_port_in_use_ends_the_start_with_one_clear_line(interface: str, tmp_path: Path) -> None:
    port = free_port()
    where = f"tcp:{port}{interface}" if interface else str(port)
    with running(tmp_path, port=where):
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
        (["8080"], "8080"),
    ],
)
def test_a_wrong_option_ends_the_start_with_one_clear_line(options: list[str], why: str, tmp_path: Path) -> None:
    [line] = complaints(tmp_path, "--port", LOOPBACK, *options)
    assert line.startswith("twistd chatroom: ")
    assert why in line
