"""The site: what each request is answered with, be it a file of the page or the beginning of a WebSocket."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Container, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from wsproto.utilities import generate_accept_token

from chatroom.wire.http.cookies import Cookies, RememberedBrowser
from chatroom.wire.http.origins import Origins, is_loopback
from chatroom.wire.http.requests import Head, HTTPResponse, said
from chatroom.wire.http.tickets import Tickets

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""What the page may do: nothing but what its own files say, and no text ever becomes a part of it."""

SAFE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
"""The fields of every answer: it is nobody else's part, and nothing but what it says it is."""

WHOLE = (
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "no-referrer"),
)
"""Those of what may be a page of its own; it tells nobody else where its reader was."""

PARTS = ("text/css", "text/javascript")
"""Kinds that are never a page of their own, so that no policy holds for them."""

DOORS = ("/", "/ws")
"""Where a WebSocket begins."""

REPEATED = 300
"""Characters of a name that are repeated in an answer, and in the log; there is none that is longer."""


class Asset(NamedTuple):
    """A file of the page, of a *kind* that a browser knows; *etag* tells whether it is another one.

    It may be *packed* by gzip too.
    """

    body: bytes
    kind: str
    etag: str
    packed: bytes = b""


class Upgrade(NamedTuple):
    """A WebSocket begins: *fields* answer it, and the browser is known by a *secret*, and as a *device*, if any.

    Inside of it is a *protocol*, of those that the server speaks, if one was asked for.
    """

    fields: list[tuple[str, str]]
    secret: str
    device: RememberedBrowser | None
    protocol: str = ""


class Site:
    """The page, made of *assets*, for who asks as *origins* allow; *tickets* are handed in for cookies.

    *revoke* takes a token that nobody shall come in by any more. A WebSocket may have one of *protocols* inside.
    """

    def __init__(
        self,
        assets: Mapping[str, Asset],
        origins: Origins,
        tickets: Tickets,
        revoke: Callable[[str], None],
        protocols: Container[str] = (),
    ) -> None:
        self.assets = assets
        self.origins = origins
        self._tickets = tickets
        self._revoke = revoke
        self._protocols = protocols

    def answer(self, head: Head, *, secure: bool) -> HTTPResponse | Upgrade:
        """Answer *head*, which has come through TLS or not."""
        answer = self._answered(head, secure=secure)
        if isinstance(answer, Upgrade):
            return answer
        fields = dict(answer.fields)
        cache = [] if "Cache-Control" in fields else [("Cache-Control", "no-cache")]
        last = answer.last or head.body
        safe = list(SAFE)
        if not fields.get("Content-Type", "").startswith(PARTS):
            safe += WHOLE
            if secure or is_loopback(head.get("host")):
                # Only there browsers know it; elsewhere they complain.
                safe.append(("Cross-Origin-Opener-Policy", "same-origin"))
        return answer._replace(fields=[*safe, *cache, *answer.fields], last=last)

    def _answered(self, head: Head, *, secure: bool) -> HTTPResponse | Upgrade:
        host = head.get("host")
        if not self.origins.is_ours(host):
            return said(
                421,
                f"This is not {host[:REPEATED] or 'the server that you asked for'}; if it is, see --web-host.",
                last=True,
            )
        if head.method not in {"GET", "HEAD"}:
            return said(405, "There is nothing to be done here but to look.", ("Allow", "GET, HEAD"), last=True)
        try:
            path = urlsplit(head.target).path
        except ValueError:
            path = ""
        if "websocket" in head.words("upgrade") and "upgrade" in head.words("connection"):
            return self._upgraded(head, path, secure=secure)
        cookies = Cookies(head, secure=secure)
        match path:
            case "/remember":
                return self._remembered(head, cookies)
            case "/forget":
                return self._forgotten(head, cookies)
        asset = self.assets.get("index.html" if path == "/" else path.removeprefix("/"))
        if asset is None:
            return said(404, "There is no such page here.")
        fields = [("ETag", asset.etag), ("Cache-Control", "private, no-cache" if path == "/" else "no-cache")]
        if path == "/" and not cookies.secret:
            fields.append(cookies.begin())
        if asset.etag in head.get("if-none-match"):
            return HTTPResponse(304, fields)
        fields.append(("Content-Type", asset.kind))
        if asset.packed:
            fields.append(("Vary", "Accept-Encoding"))
            if "gzip" in head.words("accept-encoding"):
                return HTTPResponse(200, [*fields, ("Content-Encoding", "gzip")], asset.packed)
        return HTTPResponse(200, fields, asset.body)

    def _upgraded(self, head: Head, path: str, *, secure: bool) -> HTTPResponse | Upgrade:
        origin, host = head.get("origin"), head.get("host")
        if path not in DOORS:
            return said(404, f"The WebSocket is at {DOORS[-1]}.", last=True)
        if origin and not self.origins.may_speak(origin, host, secure=secure):
            theirs, ours = origin[:REPEATED], host[:REPEATED]
            return said(403, f"Origin {theirs} is not that of {ours} here; see --web-origin.", last=True)
        if head.get("sec-fetch-site") == "cross-site":
            return said(403, "A page from elsewhere has no business here.", last=True)
        if head.get("sec-websocket-version") != "13":
            return said(426, "Speak version 13.", ("Sec-WebSocket-Version", "13"), last=True)
        key = head.get("sec-websocket-key")
        if head.method != "GET" or head.body or not head.switchable or not _is_key(key):
            return said(400, "That is no request for a WebSocket.", last=True)
        cookies = Cookies(head, secure=secure)
        fields = [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", generate_accept_token(key.encode()).decode()),
        ]
        asked = (word.strip() for word in head.get("sec-websocket-protocol").split(","))
        protocol = next((word for word in asked if word in self._protocols), "")
        if protocol:
            fields.append(("Sec-WebSocket-Protocol", protocol))
        return Upgrade(fields, cookies.secret, cookies.device, protocol)

    def _remembered(self, head: Head, cookies: Cookies) -> HTTPResponse:
        """Give the browser the cookie that its page has a ticket for: no other page can send such a field."""
        device = self._tickets.take(head.get("chat-ticket"))
        if device is None:
            return said(403, "That ticket is good no more; log in again.", last=True)
        return HTTPResponse(204, [cookies.remember(device)])

    def _forgotten(self, head: Head, cookies: Cookies) -> HTTPResponse:
        if not head.get("chat-forget"):
            return said(403, "Only the page itself may ask that.", last=True)
        if device := cookies.device:
            self._revoke(device.token)
        return HTTPResponse(204, cookies.forget())


def _is_key(key: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9+/]{22}==", key) is not None and len(b64decode(key)) == 16
