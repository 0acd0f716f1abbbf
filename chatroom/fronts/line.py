"""The line protocol on a connection: the front of every dialect that is written in lines.

Each connection begins here, for its first bytes tell whether it is one of lines.
"""

from __future__ import annotations

from typing import Literal, Protocol

from twisted.internet.interfaces import IHandshakeListener, ISSLTransport
from twisted.protocols.basic import LineReceiver
from typing_extensions import override
from zope.interface import implementer

from chatroom.core.values.names import RoomName
from chatroom.fronts.doorway import NOT_HTTP, Doorway
from chatroom.fronts.front import Front, FrontShared
from chatroom.fronts.guard.access_log import Access
from chatroom.fronts.guard.admission import Host
from chatroom.fronts.guard.browsers import Browsers
from chatroom.wire.dialect import Dialect, DialectName
from chatroom.wire.framing.lines import Lines
from chatroom.wire.irc.lines import hint
from chatroom.wire.sniff import HTTP, Way, is_request_line, way
from chatroom.wire.text.text import greeting

GREETING_DELAY = 0.3
"""Seconds until a peer that says nothing is taken for a person, and greeted."""

HINT_DELAY = 5.0
"""Seconds of silence behind a first line of IRC until that is taken for a person's, who may mean something else."""

BROWSER_DELAY = 10.0
"""Seconds until then where a browser has come from: it connects ahead, and would take the greeting for an answer."""


class LineShared(FrontShared, Protocol):
    """The factory, as far as line fronts know it."""

    server: str
    doorway: Doorway
    browsers: Browsers

    def make_dialect(self, name: DialectName) -> Dialect:
        """Return the dialect called *name*, for a visitor who connects now."""


@implementer(IHandshakeListener)
class LineFront(Front, LineReceiver):
    """A connection of lines: the first bytes and the first line tell whether it is one, and in which dialect.

    Of the receiver it keeps ``lineReceived``; how lines are cut, and when the peer is read, is :class:`Front`'s. It
    *greets* who stays silent, but where only browsers come.
    """

    _shared: LineShared
    _framing: Lines

    _start = b""

    def __init__(
        self,
        shared: LineShared,
        *,
        host: Host | None = None,
        peer: str = "",
        room: RoomName | None = None,
        access: Access | None = None,
        greets: bool = True,
    ) -> None:
        super().__init__(shared, Lines(shared.lobby.limits.max_line), host=host, peer=peer, room=room, access=access)
        self.greets = greets
        self._greeted = False
        self._alone = False

    @property
    @override
    def dialect(self) -> DialectName | Literal["unknown"]:
        """The name of the dialect, or that it is not known yet."""
        return self._framing.dialect

    @override
    def make_dialect(self) -> Dialect:
        """Return the dialect of this connection; a peer that has not shown theirs is taken for a person."""
        name = self._framing.dialect
        return self._shared.make_dialect("text" if name == "unknown" else name)

    @override
    def connectionMade(self) -> None:
        """Wait for the first line, and greet a peer that stays silent; over TLS, after the handshake."""
        super().connectionMade()
        if not ISSLTransport.providedBy(self.transport):
            self.handshakeCompleted()

    def handshakeCompleted(self) -> None:  # noqa: N802
        """Greet a peer that stays silent."""
        if not self.greets or getattr(self.transport, "negotiatedProtocol", None) == HTTP:
            return
        browsers = self.host is not None and self.host in self._shared.browsers
        self.call_later(BROWSER_DELAY if browsers else GREETING_DELAY, self._greet)

    @override
    def settle(self, data: bytes, *, ended: bool = False) -> bytes:
        """Return the first *data* if they lead to lines, and let another way in have the connection if they do not."""
        data = self._start + data
        found = way(data) or (Way.LINES if ended else None)
        if found is None:
            self._start = data
            return b""
        self._settled = True
        self._start = b""
        if entrance := self._shared.doorway.get(found):
            entrance.enter(self, data)
            return b""
        return data

    @override
    def lineReceived(self, line: bytes) -> None:
        """Hand *line* to the speaker; the first one may lead elsewhere."""
        self._alone = not self._heard
        if not self._heard:
            self._heard = True
            if is_request_line(line):
                self.turn_away("http", NOT_HTTP)
                return
            self._greet()
            if self._framing.dialect == "irc":
                self.call_later(HINT_DELAY, self._hint)
        self.speaker().hear(line)

    def _hint(self) -> None:
        """Tell a person who has typed one line like a client of IRC what that has led to."""
        if self._alone and not self._closing:
            self.outbox.write(hint())

    def _greet(self) -> None:
        """Greet a person, or a peer that has not shown yet to be a program."""
        if not self._greeted and not self._closing and self._framing.dialect in ("text", "unknown"):
            self._greeted = True
            self.outbox.write(greeting(self._shared.server))
