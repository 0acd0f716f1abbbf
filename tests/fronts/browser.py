"""A house with the web door, and browsers that come to it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from wsproto.frame_protocol import FrameProtocol, Opcode

from chatroom.fronts.web import WebEntrance
from chatroom.wire.frames.frames import Frames
from chatroom.wire.http.origins import Origins
from chatroom.wire.http.site import Asset, Site
from chatroom.wire.http.tickets import Tickets
from chatroom.wire.sniff import Way
from tests.fronts.house import House, Peer

PAGE = b"<!doctype html><title>chatroom</title>"
KEY = b64encode(bytes(16)).decode()

UPGRADE: Mapping[str, Any] = {
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
}


class WebHouse(House):
    """A house that browsers may enter, as *origins* allow."""

    def __init__(self, origins: Origins | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.revoked: list[str] = []
        tickets = Tickets(self.wheel.seconds)
        assets = {"index.html": Asset(PAGE, "text/html; charset=utf-8", '"1"')}
        site = Site(assets, origins or Origins("myself"), tickets, self.revoked.append)
        frames = Frames("chatroom", self.lobby.limits)
        self.web = WebEntrance(self.factory, site, frames, tickets)
        self.factory.doorway = {**self.factory.doorway, Way.HTTP: self.web}

    def browse(self, kind: Any = "tcp", *, host: str | None = None, **fields: Any) -> Browser:
        """Let a browser connect, and ask for a WebSocket."""
        peer = self.connect(kind, host=host)
        browser = Browser(self, peer)
        assert browser.get("/ws", **UPGRADE, **fields)[0] == 101, peer.wire.value()
        return browser

    def page(self, name: str, **options: Any) -> Browser:
        """Let a browser come in by *name*."""
        browser = self.browse(**options)
        [welcome] = browser.ask({"type": "login", "username": name})
        assert welcome["type"] == "welcome"
        return browser


class Browser:
    """A browser at the other end of *peer*."""

    def __init__(self, house: House, peer: Peer) -> None:
        self.peer = peer
        self.opcodes: list[Opcode] = []
        self.closed_by: object = None
        self._house = house
        self._frames = FrameProtocol(client=True, extensions=[])

    def get(self, target: str, method: str = "GET", /, **fields: str) -> tuple[int, dict[str, str], bytes]:
        """Ask for *target*, and return the status, the fields and the body of the answer."""
        written = {"Host": "localhost:8080"} | {name.replace("_", "-"): value for name, value in fields.items()}
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in written.items() if value)]
        return self.send("\r\n".join([*lines, "", ""]).encode())

    def send(self, *pieces: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send *pieces* of a request, and return what is answered."""
        self.peer.send(*pieces)
        self._house.settle()
        return answer(self._taken())

    def says(self, *requests: dict[str, Any]) -> bytes:
        """Return the bytes that ask for *requests*, each a message."""
        return b"".join(bytes(self._frames.send_data(json.dumps(request))) for request in requests)

    def closes(self, code: int = 1000) -> bytes:
        return bytes(self._frames.close(code))

    def ask(self, *requests: dict[str, Any]) -> list[dict[str, Any]]:
        """Ask for *requests*, and return the frames that come."""
        self.peer.send(self.says(*requests))
        return self.frames()

    def frames(self) -> list[dict[str, Any]]:
        """Let the turn end, and return the frames that came."""
        return [json.loads(line) for text in self.messages() for line in text.split("\n")[:-1]]

    def messages(self) -> Sequence[str]:
        """Let the turn end, and return the messages that came."""
        self._house.settle()
        texts = [""]
        self._frames.receive_bytes(self._taken())
        for frame in self._frames.received_frames():
            self.opcodes.append(frame.opcode)
            if frame.opcode is Opcode.CLOSE:
                self.closed_by = frame.payload
            elif isinstance(frame.payload, str):
                texts[-1] += frame.payload
                if frame.message_finished:
                    texts.append("")
        return texts[:-1]

    def _taken(self) -> bytes:
        self._house.lobby.turn.end()
        written: bytes = self.peer.wire.value()
        self.peer.wire.clear()
        return written


def answer(written: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return the status, the fields and the body of an answer; none is status 0."""
    head, _, body = written.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines)
    return int(status.split()[1]) if status else 0, fields, body
