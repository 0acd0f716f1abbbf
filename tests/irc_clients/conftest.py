"""IRC clients as people have them, in terminals, before a real server that ends and comes back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.e2e.peers import Peer, bots
from tests.e2e.processes import LOOPBACK, UNLIMITED, Server, free_port

REQUIRED = os.environ.get("CHATROOM_CLIENTS") == "required"
"""Whether the tests fail where a client is missing; else they are skipped."""


def program(name: str) -> str:
    """Return the path of a client; without one, the test is skipped."""
    path = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}")
    if path is None:
        missing = f"need {name} (make clients)"
        assert not REQUIRED, missing
        pytest.skip(missing)
    return path


MANY = tuple(f"room{number}" for number in range(25))
"""Rooms in which one person is at once."""


class House:
    """A server in *folder* that is ended and started again, on the same port and with the same log.

    It has *rooms*, and limits as *options* say.
    """

    def __init__(
        self, folder: Path, stack: ExitStack, *, rooms: Sequence[str] = ("tea",), options: Sequence[str] = UNLIMITED
    ) -> None:
        self._folder = folder / "server"
        self._folder.mkdir()
        self._stack = stack
        self._options = (*options, *(word for room in rooms for word in ("--room", room)))
        self.port = free_port()
        self.server = self._started(f"tcp:{self.port}:interface=127.0.0.1")

    def kill(self) -> None:
        """End it as a power cut does."""
        self.server.kill()

    def says_meanwhile(self, name: str, text: str) -> None:
        """Let somebody say *text* in tea while nobody else can connect: the server is on another port for that."""
        server = self._started(LOOPBACK)
        with bots(server.address, name) as [somebody]:
            somebody.ask("join", room="tea")
            somebody.ask("say", room="tea", text=text)
        server.stop()

    def seen(self) -> int:
        """Return up to which message it is written down that somebody has seen a room."""
        with closing(sqlite3.connect(self._folder / "chatroom.sqlite")) as file:
            found: tuple[int | None] = file.execute("SELECT max(seq) FROM marks").fetchone()
        return found[0] or 0

    def comes_back(self) -> None:
        """Start it again where it was."""
        self.server = self._started(f"tcp:{self.port}:interface=127.0.0.1")

    def netcat(self, name: str) -> Peer:
        """Return the connection of somebody who has come into tea by hand."""
        peer = self._stack.enter_context(Peer(self.server.address))
        peer.send(f"{name}\njoin tea")
        while not (peer.receive() or "").startswith("* You are in tea"):
            pass
        return peer

    def _started(self, port: str) -> Server:
        server = Server(self._folder, *self._options, port=port)
        self._stack.callback(server.close)
        return server


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a server with a room called tea; in the end, nothing went wrong in it."""
    with ExitStack() as stack:
        house = House(tmp_path, stack)
        yield house
        house.server.stop()


@pytest.fixture
def large_house(tmp_path: Path) -> Iterator[House]:
    """Return a server with all of :data:`MANY`, and limits as they are where nobody says otherwise."""
    with ExitStack() as stack:
        house = House(tmp_path, stack, rooms=MANY, options=())
        yield house
        house.server.stop()
