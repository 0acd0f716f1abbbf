"""The connection library against a real server, and the bot of its documentation."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import pytest
import pytest_twisted
from msgspec import UNSET
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint

from chatroom.client.connection import Connection, Incoming, Offline, Refused, State, Waiting
from chatroom.wire.frames.answers import Said, Told
from chatroom.wire.frames.requests import Create
from tests.e2e.peers import bots
from tests.e2e.processes import LIMIT, Program, Server, free_port, running, started

DOCS = Path(__file__).parents[2] / "docs"
LIBRARY = (DOCS / "client-library.md").read_text(encoding="utf-8")
ENDINGS = {"SIGTERM": Server.stop, "kill -9": Server.kill}


class Caller:
    """A connection of which everything is noted, and waited for."""

    def __init__(self, port: int) -> None:
        self.heard: list[Incoming] = []
        self._waiting: list[tuple[Callable[[], bool], Deferred[None]]] = []
        endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", port)
        self.connection = Connection(
            reactor,
            endpoint,
            heard=self._hear,
            changed=self._look,
        )

    @property
    def texts(self) -> list[str]:
        return [frame.text for frame in self.heard if isinstance(frame, Said)]

    def until(self, true: Callable[[], bool]) -> Deferred[None]:
        """Wait until something is *true*."""
        done: Deferred[None] = Deferred()
        self._waiting.append((true, done))
        self._look(None)
        return done.addTimeout(LIMIT, reactor)

    def _hear(self, frame: Incoming) -> None:
        self.heard.append(frame)
        self._look(frame)

    def _look(self, _: object) -> None:
        for true, done in list(self._waiting):
            if true():
                self._waiting.remove((true, done))
                done.callback(None)


def urn_in(room: str, port: int) -> AbstractContextManager[Program]:
    """Start the bot of the documentation."""
    return started(sys.executable, DOCS / "examples" / "urn.py", "127.0.0.1", str(port), room)


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
@pytest_twisted.ensureDeferred
async def test_what_is_said_while_the_server_is_away_is_stored_once(
    end: Callable[[Server], None], tmp_path: Path
) -> None:
    port = free_port()
    address = f"tcp:{port}:interface=127.0.0.1"
    caller = Caller(port)
    connection = caller.connection
    with running(tmp_path, port=address) as server:
        await connection.login("alice")
        await connection.request(Create(room="tea"))
        await connection.say("tea", "one")
        in_flight = connection.say("tea", "two")
        end(server)
        await caller.until(lambda: isinstance(connection.state, Waiting))
    kept = connection.say("tea", "three")
    with running(tmp_path, port=address):
        assert [(await one).seq for one in (in_flight, kept)] == [2, 3]
        await caller.until(lambda: len(caller.texts) == 3)
        assert caller.texts == ["one", "two", "three"]
        await connection.quit()
        assert connection.state == Offline()


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
@pytest_twisted.ensureDeferred
async def test_what_is_told_while_the_server_is_away_is_heard_once(
    end: Callable[[Server], None], tmp_path: Path
) -> None:
    port = free_port()
    address = f"tcp:{port}:interface=127.0.0.1"
    callers = Caller(port), Caller(port)
    alice, bob = (caller.connection for caller in callers)
    secret = "correct horse"

    def told() -> list[str]:
        return [frame.text for frame in callers[1].heard if isinstance(frame, Told)]

    with running(tmp_path, port=address) as server:
        with bots(server.address, "alice", "bob") as people:
            for person in people:
                person.ask("register", password=secret)
        await alice.login("alice", password=secret, remember=True)
        await bob.login("bob", password=secret, remember=True)
        await alice.tell("bob", "one")
        await callers[1].until(lambda: told() == ["one"])
        in_flight = alice.tell("bob", "two")
        end(server)
        await callers[0].until(lambda: isinstance(alice.state, Waiting))
        await callers[1].until(lambda: isinstance(bob.state, Waiting))
    kept = alice.tell("bob", "three", re=1)
    with running(tmp_path, port=address):
        assert [(await one).seq for one in (in_flight, kept)] == [2, 3]
        await callers[1].until(lambda: len(told()) == 3)
        assert told() == ["one", "two", "three"]
        for connection in (alice, bob):
            await connection.quit()


@pytest_twisted.ensureDeferred
async def test_a_name_that_is_taken_is_refused(server: Server) -> None:
    with bots(server.address, "alice"):
        connection = Caller(server.address[1]).connection
        with pytest.raises(Refused, match="alice is in use"):
            await connection.login("alice")
        assert (await connection.login("carol")).username == "carol"
        await connection.close()


def test_the_bot_of_the_library_pours_tea_also_when_the_server_was_away(tmp_path: Path) -> None:
    port = free_port()
    address = f"tcp:{port}:interface=127.0.0.1"
    with running(tmp_path, port=address) as server, bots(server.address, "bob") as [bob]:
        bob.ask("create", room="tea")
        with urn_in("tea", port) as bot:
            assert bob.event("joined")["username"] == "urn"
            bob.ask("say", room="tea", text="!cup")
            assert [bob.event("said")["text"] for _ in range(2)] == ["!cup", "Cup 1 is yours, bob."]
            server.kill()
            with running(tmp_path, port=address) as again, bots(again.address, "bob") as [back]:
                back.ask("join", room="tea")
                back.ask("say", room="tea", text="!cup")
                assert [back.event("said")["text"] for _ in range(2)] == ["!cup", "Cup 2 is yours, bob."]
        assert not bot.rest()


def program(username: str, room: str, server: Server) -> AbstractContextManager[Program]:
    """Start the program in the documentation that logs in as *username*, in a *room* of its own."""
    blocks = re.findall(r"^```python\n(.*?)^```$", LIBRARY, flags=re.MULTILINE | re.DOTALL)
    [block] = [block for block in blocks if f'login("{username}")' in block]
    host, port = server.address
    return started(
        sys.executable, "-c", block.replace('"tea"', f'"{room}"').replace('"localhost", 8080', f'"{host}", {port}')
    )


def test_the_first_program_of_the_library_says_one_thing_and_goes(server: Server) -> None:
    with bots(server.address, "bob") as [bob]:
        bob.ask("create", room="kitchen")
        with program("kettle", "kitchen", server) as kettle:
            assert kettle.end() == 0
        assert re.search(r"^1 20\d\d-\S+Z$", kettle.output, flags=re.MULTILINE)
        assert bob.event("said")["text"] == "The kettle is on."
        assert bob.event("left")["reason"] == "quit"


def test_the_second_program_of_the_library_takes_its_time(server: Server) -> None:
    with bots(server.address, "bob") as [bob]:
        bob.ask("create", room="hall")
        with program("usher", "hall", server):
            assert bob.event("joined")["username"] == "usher"
            bob.ask("say", room="hall", text="!greet")
            assert [bob.event("said")["text"] for _ in range(2)] == ["!greet", "Good morning, bob, usher."]


def test_the_frames_of_the_library_are_as_it_says() -> None:
    said = msgspec.json.decode(b'{"type":"said","room":"tea","seq":1,"at":"","from":"bob","text":"hi"}', type=Said)
    assert said.from_ == "bob"
    assert said.action is UNSET
    assert not said.action


def test_the_examples_of_the_library_name_what_there_is() -> None:
    for call in re.findall(r"^\| `(\w+)\(", LIBRARY, flags=re.MULTILINE):
        assert hasattr(Connection, call) or call in {state.__name__ for state in State.__args__}
