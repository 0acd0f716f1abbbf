"""Peers that are silent, take nothing or do not close: they go in time, and nobody else notices."""

from __future__ import annotations

import select
import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from tests.e2e.peers import Bot, Peer, bots
from tests.e2e.processes import BUSY, FAST, running

SESSION = "a-session-of-22-characters"


def test_a_program_that_does_not_answer_is_asked_and_given_up(tmp_path: Path) -> None:
    with (
        running(tmp_path, "--heartbeat", "1", "--grace", "30") as server,
        bots(server.address, "alice", "dead") as [alice, dead],
        Peer(server.address) as person,
    ):
        person.send("bob")
        alice.ask("create", room="tea")
        dead.ask("join", room="tea")
        since = time.monotonic()
        while (frame := alice.frame())["type"] != "left":
            if frame["type"] == "ping":
                alice.send('{"type":"pong"}')
        assert time.monotonic() - since > 1.9
        assert (frame["username"], frame["reason"]) == ("dead", "lost")
        assert [frame["type"] for frame in dead.to_the_end()][-2:] == ["ping", "bye"]
        assert dead.seen[-1]["reason"] == "silent"
        # People are never asked.
        assert alice.ask("who")["usernames"] == ["alice", "bob"]


def test_who_takes_nothing_is_hung_up_on_and_who_takes_little_is_not(tmp_path: Path) -> None:
    with (
        running(tmp_path, "--stall-timeout", "2", "--close-timeout", "1", *FAST) as server,
        Bot(server.address, "alice") as alice,
        Bot(server.address, "stalled", small=True) as stalled,
        Bot(server.address, "slow", small=True) as slow,
    ):
        alice.ask("create", room="tea")
        for bot in (stalled, slow):
            bot.ask("join", room="tea")
        for _ in range(20):
            alice.ask("say", room="tea", text="x" * 4000)
        for bot in (stalled, slow):
            for _ in range(8):
                bot.begin("history", room="tea")
        while not select.select([alice.socket], [], [], 0.05)[0] or alice.frame()["type"] != "left":
            # The kernel asks for more when half of its 64 KiB have left: that has to be within the time.
            slow.socket.recv(3000)
        assert alice.seen[-1] == {
            "type": "left", "room": "tea", "username": "stalled", "members": 2, "reason": "lost"
        }  # fmt: skip
        with suppress(ConnectionError, EOFError):
            assert stalled.to_the_end()[-1] == {"type": "bye", "reason": "stalled"}
        assert alice.ask("who")["usernames"] == ["alice", "slow"]


def test_a_reader_that_stopped_leaves_little_in_the_kernel(tmp_path: Path) -> None:
    with (
        running(tmp_path, "--stall-timeout", "1", "--close-timeout", "0.1", *FAST) as server,
        Bot(server.address, "alice") as alice,
        Bot(server.address, "stopped", small=True) as stopped,
    ):
        alice.ask("create", room="tea")
        stopped.ask("join", room="tea")
        for _ in range(20):
            alice.ask("say", room="tea", text="x" * 4000)
        # Five pages are 325,000 bytes: if the kernel took them all, nothing would wait, and nobody be stalled.
        for _ in range(5):
            stopped.begin("history", room="tea")
        assert alice.event("left")["username"] == "stopped"


def test_a_connection_that_does_not_close_is_made_to(tmp_path: Path) -> None:
    with running(tmp_path, "--close-timeout", "1") as server, ExitStack() as connections, bots(server.address, "alice"):
        peers = [connections.enter_context(Peer(server.address)) for _ in range(50)]
        since = time.monotonic()
        for peer in peers:
            peer.send("quit")
        while peers:
            # They talk on, as if nothing had been said.
            peers = [peer for peer in peers if still_open(peer.socket)]
            select.select([], [], [], 0.05)
        assert 0.9 < time.monotonic() - since < 1 + BUSY


def still_open(connection: socket.socket) -> bool:
    """Tell whether *connection* takes another byte."""
    try:
        connection.send(b"a\n")
    except ConnectionError:
        return False
    return True
