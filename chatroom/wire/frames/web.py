"""The frame dialect of a web page: what is written is messages of a WebSocket, and scripts are told no secrets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import ClassVar

from msgspec import UNSET
from msgspec.structs import replace

from chatroom.core.values.accounts import digest
from chatroom.core.values.batch import Batch
from chatroom.core.values.commands import Join, Login, Request
from chatroom.core.values.events import Event
from chatroom.core.values.names import RoomName, key
from chatroom.core.values.replies import Reply
from chatroom.wire.dialect import Dialect, DialectName, Misread, Standpoint
from chatroom.wire.frames import answers
from chatroom.wire.frames.codec import encode, encode_all
from chatroom.wire.frames.frames import Frames
from chatroom.wire.frames.shapes import event_shape
from chatroom.wire.framing.web_frames import message
from chatroom.wire.http.cookies import RememberedBrowser


class WebFrames:
    """The dialect *frames* in messages, for a browser that is known by a *secret* or not.

    A session of the page is one of this browser alone. Where the browser is remembered as a *device*, its token stands
    in for a password that is not given; one that is to be remembered gets, in place of a token, the ticket that *issue*
    returns.
    """

    name: ClassVar[DialectName] = "web"
    ping: ClassVar[bytes] = message(Frames.ping)
    question: ClassVar[bytes] = b""
    reads: ClassVar[bool] = False
    tags: ClassVar[bool] = False
    asks: ClassVar[bool] = False

    def __init__(
        self, frames: Frames, secret: str, device: RememberedBrowser | None, issue: Callable[[RememberedBrowser], str]
    ) -> None:
        self.further: Sequence[Request] = ()
        self._frames = frames
        self._secret = secret.encode()
        self._device = device
        self._issue = issue

    def entry(self, room: RoomName) -> Join:
        """Let a page into *room*."""
        return self._frames.entry(room)

    def read(self, line: bytes, place: Standpoint) -> Sequence[Request | Misread]:
        """Return the request, with what the browser knows and the page does not."""
        [request] = self._frames.read(line, place)
        if isinstance(request, Request) and isinstance(request.command, Login):
            return (Request(self._login(request.command), request.id),)
        return (request,)

    def reply(self, request: Request, reply: Reply) -> bytes:
        """Write the answer to *request*."""
        shape = self._frames.shape(request, reply)
        if isinstance(shape, answers.Welcome | answers.Ok) and shape.token and shape.username:
            ticket = self._issue(RememberedBrowser(shape.username, shape.token))
            shape = replace(shape, token=UNSET, ticket=ticket)
        return b"" if shape is None else message(encode(shape))

    def event(self, event: Event) -> bytes:
        """Write *event*."""
        return message(self._frames.event(event))

    def batch(self, batch: Batch) -> bytes:
        """Write the events of a room, once for all browsers."""
        return batch.encoded(_messages)

    def roster(self, batch: Batch, waiting: int) -> bytes:
        """Write nothing: who is there can be asked at any time."""
        return b""

    def _login(self, login: Login) -> Login:
        if login.session and self._secret:
            login = replace(login, session=sha256(self._secret + login.session).digest())
        device = self._device
        if device and not login.password and not login.token and key(device.username) == key(login.username):
            login = replace(login, token=digest(device.token))
        return login


def _messages(events: Sequence[Event]) -> bytes:
    return message(encode_all(map(event_shape, events)))


_: type[Dialect] = WebFrames
