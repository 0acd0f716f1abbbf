"""A thousand connections: silent ones, and such that all come back in the same second."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.e2e.meter import processor_time
from tests.e2e.peers import Bot, Peer, bots
from tests.e2e.processes import FAST, LOOPBACK, Server, free_port, running

MANY = 1000
PATIENT = ("--per-host", "0", "--room-capacity", "0", *FAST)


@pytest.fixture(autouse=True)
def descriptors() -> Iterator[None]:
    """Let this process have as many connections as it needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < MANY + 100:
        pytest.skip("need a higher limit of open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, MANY + 100) if soft >= 0 else soft, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def well_behaved(server: Server) -> Iterator[list[float]]:
    """Let somebody ask one thing after the other meanwhile, and give how long *server* worked until each answer."""
    took: list[float] = []
    done = Event()

    def ask() -> None:
        while not done.wait(0.01):
            since = processor_time(server.process.pid)
            assert witness.ask("ping")["type"] == "pong"
            took.append(processor_time(server.process.pid) - since)

    with Bot(server.address, "witness", host="127.0.0.9") as witness:
        thread = Thread(target=ask)
        thread.start()
        try:
            yield took
        finally:
            done.set()
            thread.join()


def p99(took: list[float]) -> float:
    """Return the time that all but one of a hundred took at most."""
    return sorted(took)[len(took) * 99 // 100]


def test_a_thousand_silent_connections_go_in_time_and_nobody_notices(tmp_path: Path) -> None:
    with (
        running(tmp_path, *PATIENT, "--first-line-timeout", "3", forked=False) as server,
        well_behaved(server) as took,
        ExitStack() as connections,
    ):
        since = time.monotonic()
        silent = [connections.enter_context(Peer(server.address)) for _ in range(MANY)]
        for peer in silent:
            assert peer.rest()[-1].startswith("! login-timeout: ")
        assert time.monotonic() - since >= 3
        assert took
        assert p99(took) < 1


def test_a_thousand_come_back_in_the_same_second_and_miss_nothing(tmp_path: Path) -> None:
    port = LOOPBACK.replace(":0:", f":{free_port()}:")
    names = [f"v{number:03}" for number in range(MANY)]
    sessions = {name: f"a-session-of-{name}-and-more" for name in names}
    with running(tmp_path, *PATIENT, port=port, forked=False) as server, bots(server.address, "alice") as [alice]:
        epoch = alice.ask("create", room="tea")["epoch"]
        alice.ask("say", room="tea", text="one")
        alice.ask("say", room="tea", text="two")
        server.stop()
    with (
        running(tmp_path, *PATIENT, port=port, forked=False) as server,
        well_behaved(server) as took,
        ExitStack() as connections,
    ):
        back = [connections.enter_context(Bot(server.address)) for _ in names]
        for bot, name in zip(back, names, strict=True):
            bot.begin("login", username=name, session=sessions[name])
            bot.begin("join", room="tea", after=1, epoch=epoch)
        for bot in back:
            assert bot.event("welcome")["id"] == 1
            assert bot.event("entered")["resumed"]
            assert bot.event("said")["text"] == "two"
            assert bot.event("level")["seq"] == 2
        assert processor_time(server.process.pid) < 20
        assert took
        assert p99(took) < 2
        assert back[0].ask("who", room="tea")["more"] is False
