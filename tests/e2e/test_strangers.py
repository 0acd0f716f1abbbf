"""Those who do not know, or do not want to know, how to speak to the server."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.peers import Bot, Peer, bots
from tests.e2e.processes import FAST, LIMIT, Server, running


@pytest.mark.skipif(shutil.which("ssh") is None, reason="needs ssh")
def test_ssh_shows_at_once_what_this_is(server: Server) -> None:
    host, port = server.address
    options = "-F", "none", "-o", "UserKnownHostsFile=none", "-p", str(port)
    ended = subprocess.run(["ssh", *options, f"alice@{host}"], check=False, capture_output=True, timeout=LIMIT)
    assert b"This is a chat, and speaks no SSH. Reach it by netcat " in ended.stderr
    assert ended.returncode == 255


@pytest.fixture
def stranger(server: Server) -> Iterator[Peer]:
    """Return a connection; that the server has not suffered is seen afterwards."""
    with Peer(server.address) as stranger:
        yield stranger
        with bots(server.address, "witness") as [witness]:
            assert witness.ask("ping")["type"] == "pong"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize(
    ("method", "told"),
    [
        ("POST", ("405", "There is nothing to be done here but to look.")),
        ("BREW", ("400", "This is a chat server.")),
    ],
)
def test_a_browser_is_answered_in_its_own_language(
    version: str, method: str, told: tuple[str, str], server: Server, stranger: Peer
) -> None:
    body = "alice\njoin tea\nbuy my things\n" * 1000
    stranger.send(f"{method} / HTTP/{version}\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n{body}")
    status, *headers, text = stranger.rest()
    assert status.startswith(f"HTTP/1.1 {told[0]} ")
    assert "Connection: close\r" in headers
    assert headers[-1] == "\r"
    assert text.startswith(told[1])
    with Bot(server.address, "watcher") as watcher:
        assert "alice" not in watcher.ask("who")["usernames"]


def test_a_line_without_an_end_closes_the_connection(stranger: Peer) -> None:
    stranger.write(b"x" * 100_000)
    assert stranger.rest()[-1].startswith("! line-too-long: ")


def test_a_frame_without_an_end_closes_the_connection(server: Server) -> None:
    with Bot(server.address, "bot") as bot:
        bot.begin("ping")
        bot.write(b'{"type":"say","room":"tea","text":"' + b"x" * 100_000)
        assert [frame.get("code", frame["type"]) for frame in bot.to_the_end()] == ["pong", "line-too-long"]


def test_bytes_of_every_kind_are_answered_with_errors(stranger: Peer) -> None:
    # 255 begins a telnet command, which gets no answer.
    noise = random.Random(1).randbytes(100_000).replace(b"\xff", b"")
    stranger.send("alice")
    stranger.write(noise + b"\nquit\n")
    answers = stranger.rest()
    assert answers[-1] == "* Bye."
    assert {line.split(":")[0] for line in answers if line.startswith("!")} == {"! text-invalid", "! unknown-type"}
    assert all(line.isprintable() for line in answers)


def test_noise_in_frames_is_answered_line_by_line(server: Server) -> None:
    chance = random.Random(2)
    with Bot(server.address, "bot") as bot:
        lines = [b"{" + chance.randbytes(20).replace(b"\n", b"") for _ in range(500)] + [b"[" * 5000, b'"', b"\xff"]
        bot.write(b"\n".join(lines) + b"\n")
        bot.begin("quit")
        *errors, bye = bot.to_the_end()
        assert {error["code"] for error in errors} == {"bad-frame"}
        assert len(errors) == len(lines)
        assert bye["type"] == "bye"


def test_ten_names_that_are_none_are_enough(stranger: Peer) -> None:
    for _ in range(20):
        stranger.send("not a name")
    errors = [line for line in stranger.rest() if line.startswith("!")]
    assert [error.split(":")[0] for error in errors] == ["! username-invalid"] * 10


def test_who_gives_no_name_in_time_has_to_go(tmp_path: Path) -> None:
    with (
        running(tmp_path, *FAST, "--first-line-timeout", "1", "--login-timeout", "2") as server,
        Peer(server.address) as silent,
        Peer(server.address) as half_a_line,
        Bot(server.address) as talkative,
        Bot(server.address, "alice") as alice,
        Peer(server.address) as bob,
    ):
        assert talkative.ask("ping")["type"] == "pong"
        bob.send("bob")
        half_a_line.write(b"ali")
        sorry = "! login-timeout: You gave no username in time; connect again when you have one."
        greeting = "* Welcome to chatroom. Type the username you want."
        assert silent.rest() == [greeting, sorry]
        assert half_a_line.rest() == [greeting, sorry]
        for _ in range(round(LIMIT * 10_000)):
            talkative.begin("ping")
            if (frame := talkative.frame())["type"] != "pong":
                break
        assert frame["code"] == "login-timeout"
        assert not talkative.rest()
        # Those with a name may be silent for ever.
        assert alice.ask("who")["usernames"] == ["alice", "bob"]
