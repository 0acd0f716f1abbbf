"""Requests of HTTP/1.1 on a connection, one after the other, and the bytes of their answers."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import formatdate
from http import HTTPStatus
from typing import NamedTuple

import h11

from chatroom.core.values.texts import harmless

MOST = 8_192
"""Bytes of the head of a request, at most."""


class Head(NamedTuple):
    """The head of a request: its *method*, *target*, and *fields*, whose names are in small letters.

    It has a *body* if one is announced, which nobody reads. A connection of HTTP/1.0 is not :attr:`switchable`.
    """

    method: str
    target: str
    fields: Sequence[tuple[str, str]] = ()
    body: bool = False
    switchable: bool = True

    def get(self, name: str) -> str:
        """Return the field *name*, or nothing; what stands in several is one list."""
        return ", ".join(value for field, value in self.fields if field == name)

    def words(self, name: str) -> Sequence[str]:
        """Return the words of the field *name*, which is a list, in small letters."""
        return [word.strip().lower() for word in self.get(name).split(",") if word.strip()]


class HTTPResponse(NamedTuple):
    """What is answered: a *status*, *fields* and a *body*; the connection is closed after one that is the *last*."""

    status: int
    fields: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    last: bool = False


class Unreadable(Exception):
    """What has come is no request; *answer* says so."""

    def __init__(self, answer: HTTPResponse) -> None:
        super().__init__()
        self.answer = answer


def said(status: int, sentence: str, *fields: tuple[str, str], last: bool = False) -> HTTPResponse:
    """Return an answer that is one *sentence* for a person, whatever of a request it repeats; it may be logged too."""
    body = f"{harmless(sentence)}\n".encode()
    return HTTPResponse(status, [("Content-Type", "text/plain; charset=utf-8"), *fields], body, last)


class Requests:
    """The requests of a browser, fed as bytes and popped as heads; each is answered before the next is popped."""

    def __init__(self) -> None:
        self._connection = h11.Connection(h11.SERVER, max_incomplete_event_size=MOST)

    def feed(self, data: bytes) -> None:
        """Take *data*."""
        self._connection.receive_data(data)

    def pop(self) -> Head | None:
        """Return the next request; nothing while it is not all there.

        :raises Unreadable: if what has come is none.
        """
        connection = self._connection
        if connection.our_state is h11.DONE and connection.their_state is h11.DONE:
            connection.start_next_cycle()
        unread = self._unread
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as error:
            raise Unreadable(said(error.error_status_hint, f"That is no request: {error}.", last=True)) from error
        if not isinstance(event, h11.Request):
            return None
        if not event.http_version.startswith(b"1."):
            raise Unreadable(said(505, "That is another HTTP; speak HTTP/1.1.", last=True))
        if unread - self._unread > MOST:
            # To the parser only one is too long that has not come as a whole.
            raise Unreadable(said(431, f"That is no request: its head has more than {MOST:,} bytes.", last=True))
        fields = [(name.decode("ascii"), value.decode("latin-1").strip()) for name, value in event.headers]
        names = {name for name, _ in fields}
        length = dict(fields).get("content-length", "0")
        body = "transfer-encoding" in names or length.strip("0") != ""
        if not body:
            # The end of its body, which is empty.
            connection.next_event()
        method, target = event.method.decode("ascii"), event.target.decode("ascii")
        return Head(method, target, fields, body, switchable=event.http_version != b"1.0")

    @property
    def _unread(self) -> int:
        """How many bytes have come that are no request yet."""
        data, _ = self._connection.trailing_data
        return len(data)

    def answer(self, answer: HTTPResponse, now: float, *, bodiless: bool = False) -> bytes:
        """Return the bytes of *answer*, given *now*; those of an answer to HEAD are *bodiless*."""
        length = [] if answer.status in {204, 304} else [("Content-Length", str(len(answer.body)))]
        fields = [
            ("Date", formatdate(now, usegmt=True)),
            *length,
            *answer.fields,
            *([("Connection", "close")] if answer.last else []),
        ]
        connection = self._connection
        if connection.our_state in {h11.ERROR, h11.MUST_CLOSE, h11.CLOSED}:
            return b""
        sent = connection.send(h11.Response(status_code=answer.status, headers=fields, reason=_reason(answer.status)))
        body = b"" if bodiless else answer.body
        pieces = [sent, connection.send(h11.Data(data=body)) if body else b"", connection.send(h11.EndOfMessage())]
        return b"".join(piece or b"" for piece in pieces)

    def switch(self, fields: Sequence[tuple[str, str]]) -> tuple[bytes, bytes]:
        """Return the bytes that answer a request for another protocol by speaking it, and what has come of that."""
        answer = h11.InformationalResponse(status_code=101, headers=list(fields), reason=_reason(101))
        sent = self._connection.send(answer)
        assert sent is not None
        rest, _ = self._connection.trailing_data
        return sent, rest

    @property
    def goes_on(self) -> bool:
        """Whether another request may follow."""
        return self._connection.our_state not in {h11.MUST_CLOSE, h11.CLOSED, h11.ERROR}


def _reason(status: int) -> bytes:
    return HTTPStatus(status).phrase.encode()
