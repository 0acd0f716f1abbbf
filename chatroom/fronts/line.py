"""The line protocol on a connection: the front of every dialect that is written in lines."""

from __future__ import annotations

from typing import Literal, Protocol

from twisted.internet.interfaces import IHandshakeListener, ISSLTransport
from twisted.protocols.basic import LineReceiver
from typing_extensions import override
from zope.interface import implementer

from chatroom.core.values.names import RoomName
from chatroom.fronts.doorway import Doorway
from chatroom.fronts.front import Front, FrontShared
from chatroom.fronts.guard.admission import Host
from chatroom.wire.dialect import Dialect, DialectName
from chatroom.wire.framing.lines import Lines
from chatroom.wire.sniff import FIRST_BYTES, way
from chatroom.wire.text.text import greeting

GREETING_DELAY = 0.3
"""Seconds until a peer that says nothing is taken for a person, and greeted."""


class LineShared(FrontShared, Protocol):
    """The factory, as far as line fronts know it."""

    server: str
    doorway: Doorway

    def make_dialect(self, name: DialectName) -> Dialect:
        """Return the dialect called *name*, for a visitor who connects now."""


@implementer(IHandshakeListener)
class LineFront(Front, LineReceiver):
    """A connection of lines: the first bytes and the first line tell whether it is one, and in which dialect.

    Of the receiver it keeps ``lineReceived``; how lines are cut, and when the peer is read, is :class:`Front`'s.
    """

    _shared: LineShared
    _framing: Lines

    def __init__(
        self, shared: LineShared, *, host: Host | None = None, peer: str = "", room: RoomName | None = None
    ) -> None:
        super().__init__(shared, Lines(shared.lobby.limits.max_line), host=host, peer=peer, room=room)
        self._greeted = False

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
        self.call_later(GREETING_DELAY, self._greet)

    @override
    def stays(self, data: bytes) -> bool:
        """Tell whether *data*, the first, leads to lines."""
        return not self._is_led_away(data[:FIRST_BYTES])

    @override
    def lineReceived(self, line: bytes) -> None:
        """Hand *line* to the speaker; the first one may lead elsewhere."""
        if not self._heard:
            self._heard = True
            if self._is_led_away(line + b"\n"):
                return
            self._greet()
        self.speaker().hear(line)

    def _is_led_away(self, start: bytes) -> bool:
        """Let another way in have the connection if that is where *start* leads, and tell whether it has."""
        entrance = self._shared.doorway.get(way(start))
        if entrance is not None:
            entrance.enter(self, start)
        return entrance is not None

    def _greet(self) -> None:
        """Greet a person, or a peer that has not shown yet to be a program."""
        if not self._greeted and not self._closing and self._framing.dialect != "frames":
            self._greeted = True
            self.outbox.write(greeting(self._shared.server))
