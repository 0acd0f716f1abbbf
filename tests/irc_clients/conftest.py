"""IRC clients as people have them, in terminals, before a real server that ends and comes back."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
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


class House:
    """A server in *folder* that is ended and started again, on the same port and with the same log."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
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
        server = Server(self._folder, *UNLIMITED, "--room", "tea", port=port)
        self._stack.callback(server.close)
        return server


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a server with a room called tea; in the end, nothing went wrong in it."""
    with ExitStack() as stack:
        folder = tmp_path / "server"
        folder.mkdir()
        house = House(folder, stack)
        yield house
        house.server.stop()
