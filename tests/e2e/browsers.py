"""A browser, as far as the server sees one: it asks for pages with its cookies, and speaks frames in a WebSocket."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPSConnection
from http.cookies import SimpleCookie
from typing import Any

from typing_extensions import override
from wsproto.frame_protocol import FrameProtocol, Opcode

from tests.e2e.mutants import UPGRADE
from tests.e2e.peers import Bot
from tests.e2e.processes import LIMIT


class Browser:
    """What the pages of one browser share: its cookies of the server at *address*."""

    def __init__(self, address: tuple[str, int], tls: ssl.SSLContext | None = None) -> None:
        self.address = address
        self.cookies: dict[str, str] = {}
        self._tls = tls

    def get(self, path: str, **fields: str) -> int:
        """Ask for *path*, keep the cookies that come, and return the status."""
        host, port = "localhost" if self._tls else self.address[0], self.address[1]
        connection = (
            HTTPSConnection(host, port, timeout=LIMIT, context=self._tls)
            if self._tls
            else HTTPConnection(host, port, timeout=LIMIT)
        )
        try:
            named = {name.replace("_", "-"): value for name, value in fields.items()}
            connection.request("GET", path, headers={"Cookie": self.written, **named})
            with connection.getresponse() as response:
                response.read()
                for field in response.headers.get_all("Set-Cookie", []):
                    for name, morsel in SimpleCookie(field).items():
                        self.cookies[name] = morsel.value
                        if morsel["max-age"] == "0":
                            del self.cookies[name]
                return response.status
        finally:
            connection.close()

    @property
    def written(self) -> str:
        """The cookies as they are sent."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def page(self, username: str | None = None, **options: Any) -> Page:
        """Open a WebSocket, and come in by *username*."""
        fields = {"Host": f"{self.address[0]}:{self.address[1]}", "Cookie": self.written}
        return Page(self.address, username, fields=fields, tls=self._tls, **options)


class Page(Bot):
    """A program in a browser: its frames are messages of a WebSocket."""

    def __init__(
        self, address: tuple[str, int], username: str | None = None, *, fields: Mapping[str, str], **options: Any
    ) -> None:
        super().__init__(address, **options)
        self._frames = FrameProtocol(client=True, extensions=[])
        self._lines: list[str] = []
        self._text = ""
        self.closed_by: object = None
        head = UPGRADE.replace(b"Host: localhost\r\n", b"").removesuffix(b"\r\n")
        self.write(head + "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\n")
        self.status = int(self._input.readline().split()[1])
        while self._input.readline() != b"\r\n":
            pass
        if username:
            assert self.ask("login", username=username)["type"] == "welcome"

    @override
    def send(self, line: str) -> None:
        self.write(bytes(self._frames.send_data(line)))

    @override
    def receive(self) -> str | None:
        while not self._lines and self.closed_by is None:
            for frame in self._frames.received_frames():
                if frame.opcode is Opcode.CLOSE:
                    self.closed_by = frame.payload
                else:
                    assert isinstance(frame.payload, str)
                    self._text += frame.payload
                    if frame.message_finished and frame.frame_finished:
                        self._lines += self._text.removesuffix("\n").split("\n")
                        self._text = ""
            if not self._lines and self.closed_by is None:
                data = self._input.read1()
                if not data:
                    return None
                self._frames.receive_bytes(data)
        return self._lines.pop(0) if self._lines else None
