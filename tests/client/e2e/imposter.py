"""A server that knows enough to let one in, and then sends whatever a test wants."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from tests.client.cables import WELCOME
from tests.e2e.processes import LIMIT

ROOM = {"room": "tea", "topic": "", "members": 2, "capacity": 8}
REPLIES: dict[str, list[dict[str, Any]]] = {
    "login": [{"type": "welcome", **WELCOME}],
    "list": [{"type": "rooms", "rooms": [ROOM], "more": False}],
    "join": [
        {"type": "entered", **ROOM, "epoch": "e", "seq": 0, "resumed": False},
        {"type": "level", "room": "tea", "seq": 0, "members": 2, "topic": ""},
    ],
    "who": [{"type": "members", "room": "tea", "usernames": ["alice", "bob"], "more": False}],
    "ping": [{"type": "pong"}],
    "quit": [{"type": "bye", "reason": "quit"}],
}
"""What is sent upon each request: the reply, then what happens."""


class Imposter:
    """Listens at :attr:`port` on 127.0.0.1; :attr:`came` is how many connections there have been."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.came = 0
        self._peer: socket.socket | None = None
        self._seq = 0
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def send(self, data: bytes) -> None:
        """Send *data* as it is to who came last."""
        assert self._peer
        self._peer.sendall(data)

    def frame(self, type: str, **fields: object) -> None:
        """Send a frame."""
        self.send(json.dumps({"type": type, **fields}).encode() + b"\n")

    def say(self, text: str, speaker: str = "bob") -> None:
        """Let *speaker* say *text* in the room."""
        self._seq += 1
        said = {"room": "tea", "seq": self._seq, "at": "2026-11-20T12:00:00.000Z", "text": text}
        self.frame("said", **said, **{"from": speaker})

    def hang_up(self) -> None:
        """Close the connection."""
        if self._peer:
            # Whoever came may have gone already.
            with suppress(OSError):
                self._peer.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close everything."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()
        self._thread.join(LIMIT)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:  # it is closed
                return
            with peer, peer.makefile("rb") as lines:
                self._peer = peer
                self.came += 1
                # Whoever came may hang up at any time.
                with suppress(ConnectionError):
                    self._answer(peer, lines)

    def _answer(self, peer: socket.socket, lines: Iterable[bytes]) -> None:
        for line in lines:
            request = json.loads(line)
            first, *more = REPLIES.get(request["type"], [{"type": "ok"}])
            answers = [{**first, "id": request.get("id")}, *more]
            peer.sendall(b"".join(json.dumps(answer).encode() + b"\n" for answer in answers))
            if request["type"] == "quit":
                return


@contextmanager
def imposter() -> Iterator[Imposter]:
    """Run such a server until the block is left."""
    server = Imposter()
    try:
        yield server
    finally:
        server.close()
