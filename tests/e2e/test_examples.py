"""The bots of the examples: what they do, how long they stay, and what they say when they end."""

from __future__ import annotations

import json
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.peers import Bot, bots
from tests.e2e.processes import LIMIT, Program, Server, running, started

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """A bot: how its *file* is run, what it is called, and what it *answers* to what is said."""

    file: str
    username: str
    asked: str
    answers: str
    needs: tuple[str, ...] = ()

    def run(self, address: tuple[str, int], room: str) -> AbstractContextManager[Program]:
        """Start it."""
        host, port = address
        program = shutil.which(self.needs[0]) if self.needs else sys.executable
        assert program
        return started(program, EXAMPLES / self.file, host, str(port), room)

    @property
    def missing(self) -> list[str]:
        """What it needs and this machine has not."""
        return [program for program in self.needs if not shutil.which(program)]


BOTS = (
    Example("bot.py", "countess", "!count", "alice 1|Nobody has said a word."),
    Example("timer.py", "timer", "!steep 0", "alice, your tea is ready."),
    Example("clock.sh", "clock", "!time", r"It is \d\d:\d\d.", needs=("bash", "jq")),
    Example("greeter.mjs", "greeter", "", "Welcome, alice!", needs=("node",)),
    Example("urn.py", "urn", "!cup", "Cup 1 is yours, alice."),
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that holds no seats: each test begins without the bot of the one before."""
    with running(tmp_path_factory.mktemp("server"), "--grace", "0", "--linger", "0", "--keep-closed", "0") as server:
        yield server


def runnable(request: pytest.FixtureRequest) -> Example:
    """Return the bot that is asked for, if it can be run here."""
    bot: Example = request.param
    if bot.missing:
        pytest.skip(f"need {' and '.join(bot.missing)}")
    return bot


@pytest.fixture(params=BOTS, ids=[bot.file for bot in BOTS])
def example(request: pytest.FixtureRequest) -> Example:
    return runnable(request)


@pytest.fixture(params=BOTS[:-1], ids=[bot.file for bot in BOTS[:-1]])
def simple(request: pytest.FixtureRequest) -> Example:
    """Return a bot that ends with its connection; the last one comes back, and the tests of the library try that."""
    return runnable(request)


def said(bot: Bot, username: str) -> Iterator[str]:
    """Return what *username* says."""
    while True:
        frame = bot.event("said")
        if frame["from"] == username:
            yield frame["text"]


def test_every_example_is_tried() -> None:
    assert {path.name for path in EXAMPLES.iterdir() if path.is_file()} == {bot.file for bot in BOTS}


def test_an_example_opens_a_room_that_is_not_there_and_answers_in_it(example: Example, server: Server) -> None:
    room = f"new.{example.username}"
    with bots(server.address, "alice") as [alice]:
        alice.ask("list", watch=True)
        with example.run(server.address, room):
            assert alice.event("rooms-changed")["rooms"][0]["room"] == room
            assert alice.ask("join", room=room)["creator"] == example.username
            if example.asked:
                # What looks like frames of its own must not lead it astray.
                for text in ("hello\nping\nbye quit\n{}", example.asked):
                    alice.ask("say", room=room, text=text)
            assert re.fullmatch(example.answers, next(said(alice, example.username)))


def test_an_example_enters_a_room_that_is_there(example: Example, server: Server) -> None:
    room = f"old.{example.username}"
    with bots(server.address, "bob") as [bob]:
        bob.ask("create", room=room)
        with example.run(server.address, room):
            assert bob.event("joined")["username"] == example.username
            with bots(server.address, "alice") as [alice]:
                alice.ask("join", room=room)
                if example.asked:
                    alice.ask("say", room=room, text=example.asked)
                assert re.fullmatch(example.answers, next(said(bob, example.username)))


def test_an_example_says_why_it_could_not_begin(example: Example, server: Server) -> None:
    with bots(server.address, example.username), example.run(server.address, "tea") as program:
        assert program.end() == 1
        [line] = program.lines
        assert line.endswith(f"{example.username} is in use; choose another.")


@pytest.mark.parametrize("end", ["SIGTERM", "kill -9"])
def test_an_example_says_why_it_ends(simple: Example, end: str, tmp_path: Path) -> None:
    with running(tmp_path, "--room", "tea") as server, bots(server.address, "alice") as [alice]:
        alice.ask("join", room="tea")
        with simple.run(server.address, "tea") as program:
            alice.event("joined")
            if end == "SIGTERM":
                server.stop()
            else:
                server.kill()
            assert program.end() == 1
            said = "The server says: stopping" if end == "SIGTERM" else "The server has closed the connection."
            assert program.lines == [said]


def test_an_example_reads_over_what_is_no_frame_but_says_why_there_is_no_place(simple: Example) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LIMIT)
        with simple.run(listener.getsockname(), "tea") as program:
            connection, _ = listener.accept()
            connection.settimeout(LIMIT)
            with connection, connection.makefile("rw", encoding="utf-8", newline="\n") as lines:
                assert [json.loads(lines.readline())["type"] for _ in range(2)] == ["login", "join"]
                lines.write('* Welcome to chatroom. Type the username you want.\n{"type":"ping"}\n{"type":"news"}\n')
                lines.flush()
                assert json.loads(lines.readline()) == {"type": "pong"}
                lines.write("! too-many-connections: The server is full.\n")
            assert program.end() == 1
            assert program.lines == ["! too-many-connections: The server is full."]


def test_the_examples_stay_in_a_quiet_room(tmp_path: Path) -> None:
    present = [bot for bot in BOTS if not bot.missing]
    joined = set[str]()
    pings = 0
    with (
        running(tmp_path, "--heartbeat", "3", "--room", "tea") as server,
        bots(server.address, "alice") as [alice],
        ExitStack() as programs,
    ):
        alice.ask("join", room="tea")
        for bot in present:
            programs.enter_context(bot.run(server.address, "tea"))
        # Whoever does not answer is gone after two heartbeats. They are long, for a busy machine answers late.
        while pings < 3:
            match alice.frame():
                case {"type": "joined", "username": username}:
                    joined.add(username)
                case {"type": "left", "username": username}:
                    pytest.fail(f"{username} did not stay")
                case {"type": "ping"}:
                    alice.send('{"type":"pong"}')
                    pings += len(joined) == len(present)
        assert {*alice.ask("who", room="tea")["usernames"]} == {"alice", *joined}
