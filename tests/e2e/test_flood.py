"""Floods on real connections: who sends too much waits, and nobody else notices."""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.meter import processor_time
from tests.e2e.peers import Bot, Peer, bots
from tests.e2e.processes import FAST, Server, running

SAYS = 60
TEXT = "x" * 3900
"""So long that what waits is more than the server reads at once, but not more than the kernel holds."""

LINE = b"hi\n"
FLOODERS = 5
PINGS = 25
"""As many as somebody may send at once, who has logged in before."""


def flood(bot: Bot) -> list[str]:
    """Say much at once, wait for all of it, and return the types of the frames that came meanwhile."""
    before = len(bot.seen)
    ids = [f"say {number}" for number in range(SAYS)]
    says = [{"type": "say", "id": id, "room": "tea", "text": TEXT} for id in ids]
    # In one piece: if it came in many, all that waited might be taken before the next.
    bot.send("\n".join(map(json.dumps, says)))
    last = bot.wait(lambda frame: frame.get("id") == ids[-1])
    bot.wait(lambda frame: frame["type"] == "said" and frame["seq"] == last["seq"])
    assert [frame["id"] for frame in bot.seen[before:] if frame["type"] == "ok"] == ids
    return [frame["type"] for frame in bot.seen[before:]]


def test_a_flood_waits_is_told_once_and_loses_nothing(tmp_path: Path) -> None:
    with (
        running(tmp_path, "--burst", "10", "--rate", "40", forked=False) as server,
        bots(server.address, "alice", "bob") as (alice, bob),
        Peer(server.address) as carol,
    ):
        alice.ask("create", room="tea")
        bob.ask("join", room="tea")
        since = time.monotonic()
        assert flood(alice).count("slowed") == 1
        # Whatever else may delay it, it can't be faster.
        assert time.monotonic() - since > (SAYS - 10) / 40
        # What it sends after that is another flood.
        assert flood(alice).count("slowed") == 1
        assert [bob.event("said")["seq"] for _ in range(2 * SAYS)] == list(range(1, 2 * SAYS + 1))
        assert [frame["seq"] for frame in alice.seen if frame["type"] == "said"] == list(range(1, 2 * SAYS + 1))
        assert "slowed" not in [frame["type"] for frame in bob.seen]

        carol.send("\n".join(["carol", "join tea", *["/who"] * SAYS]))
        carol.half_close()
        lines = carol.rest()
        assert lines.count("* In tea: alice, bob, carol.") == SAYS
        assert [line for line in lines if line.startswith("* Slower, please")] == [
            "* Slower, please … What you sent waits, and is taken at 40 a second; nothing is lost."
        ]


@pytest.mark.parametrize("options", [(), FAST], ids=["limited", "unlimited"])
def test_floods_of_tiny_lines_cost_the_others_little_time_and_the_server_little_memory(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    with running(tmp_path, *options, forked=False) as server, ExitStack() as connections:
        others = [connections.enter_context(Bot(server.address, f"other{number}")) for number in range(8)]
        flooders = [connections.enter_context(Peer(server.address)) for _ in range(FLOODERS)]
        before = memory(server)
        sent = 0
        for number, flooder in enumerate(flooders):
            flooder.send(f"flooder{number}")
            sent += pour(flooder.socket, LINE * 100_000)
        # In its own time, for others may have the processors.
        took = []
        for _ in range(PINGS):
            for other in others:
                since = processor_time(server.process.pid)
                assert other.ask("ping")["type"] == "pong"
                took.append(processor_time(server.process.pid) - since)
                sent += sum(pour(flooder.socket, LINE * 1000) for flooder in flooders)
        # A flood that was not there would not delay anybody.
        assert sent > FLOODERS * 20_000 * len(LINE)
        assert sorted(took)[len(took) * 99 // 100] < 0.5
        assert memory(server) - before < 64 * 1024 * 1024
        assert others[0].ask("who")["usernames"] == [
            *(f"flooder{number}" for number in range(FLOODERS)),
            *(f"other{number}" for number in range(len(others))),
        ]


def pour(connection: socket.socket, data: bytes) -> int:
    """Send as much of *data* as the connection takes at once, and return how much that is."""
    try:
        return connection.send(data, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return 0


def memory(server: Server) -> int:
    """Return how many bytes of memory *server* uses."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    [used] = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(used) * 1024


def test_a_flooder_that_breaks_its_connection_is_gone_soon(tmp_path: Path) -> None:
    with running(tmp_path, forked=False) as server, bots(server.address, "alice", "bob") as (alice, bob):
        alice.ask("create", room="tea")
        bob.ask("join", room="tea")
        for _ in range(1000):
            bob.begin("say", room="tea", text="hello")
        bob.event("slowed")
        bob.reset()
        assert alice.event("left")["reason"] == "lost"
        assert len([frame for frame in alice.seen if frame["type"] == "said"]) < 100


def test_what_does_not_fit_for_somebody_who_does_not_read_is_refused_and_the_rest_arrives(tmp_path: Path) -> None:
    with (
        running(tmp_path, *FAST, "--outbox", "20000", forked=False) as server,
        Bot(server.address, "bob", small=True) as bob,
        bots(server.address, "alice") as [alice],
    ):
        told = 0
        while (reply := alice.ask("tell", to="bob", text=f"{told} {TEXT}"))["type"] == "ok":
            told += 1
            assert told < 5000, "it should not fit at some time"
        assert reply["code"] == "unavailable"
        assert reply["username"] == "bob"
        assert [bob.event("told")["text"].split()[0] for _ in range(told)] == [str(number) for number in range(told)]
        assert alice.ask("tell", to="bob", text="welcome back")["type"] == "ok"
        assert bob.event("told")["text"] == "welcome back"
