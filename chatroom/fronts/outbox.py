"""The way out of a connection: what is written in one turn leaves in one piece at its end, in order."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import cast

from twisted.internet.interfaces import ITransport
from twisted.internet.tcp import Server
from typing_extensions import override

from chatroom.core.tools.turn import Turn
from chatroom.fronts.guard.sockets import buffered
from chatroom.fronts.transport import Transport

WRITE = 65_536
"""Bytes that are gathered for one write, at most but for the last piece."""


class Outbox:
    """Gathers what is written until the *turn* ends, or 64 KiB; *drained* is called when the peer keeps up again.

    While it is *busy*, room events are not written (their readers read them from the log later); replies are, and no
    further request of the visitor is begun. While it is *mute*, what is written is forgotten. It is the producer of its
    *transport*.
    """

    __slots__ = ("_buffered", "_drained", "_gathered", "_pieces", "_transport", "_turn", "_written", "busy", "mute")

    def __init__(self, transport: Transport, turn: Turn, drained: Callable[[], None]) -> None:
        self.busy = False
        self.mute = False
        self._written = 0
        self._transport = transport
        self._turn = turn
        self._drained = drained
        self._pieces: list[bytes] = []
        self._gathered = 0
        self._buffered = 0

    @property
    def waiting(self) -> int:
        """The bytes that the kernel has not taken; where the transport does not tell, those since it was busy."""
        return self._buffered + self._gathered

    @property
    def taken(self) -> int:
        """The bytes that the kernel has taken until now."""
        return self._written - buffered(cast("ITransport", self._transport)) - self._gathered

    def write(self, data: bytes) -> None:
        """Send *data* when the turn is over and what was written before has left."""
        if data and not self.mute:
            self._written += len(data)
            if not self._pieces:
                self._turn.send_at_end(self.send)
            self._pieces.append(data)
            self._gathered += len(data)
            if self._gathered > WRITE:
                # A peer that can't take this much is behind, and is shown nothing more of this turn.
                self.send()

    def drop(self) -> None:
        """Forget what was written and has not left."""
        self._taken()

    def _is_kept_back(self, send: Callable[[], None]) -> bool:
        """Return whether nothing may leave now; *send* is called when it may. All ways out ask."""
        gate = self._turn.gate
        if gate is None or not gate.shut:
            return False
        gate.when_open(send)
        return True

    def send(self) -> None:
        """Send now all that was written."""
        if self._pieces and not self._is_kept_back(self.send):
            data = self._taken()
            self._transport.write(data)
            if self.busy:
                self._buffered += len(data)

    def finish(self) -> None:
        """Leave the rest to the transport, which is about to be closed when all has left."""
        self.send()
        if self._pieces and self._is_kept_back(self.send):
            # The connection does not wait for that.
            self.drop()
        if self._pieces:
            self._transport.write(self._taken())
        self.busy = True
        self._transport.unregisterProducer()

    def leave(self) -> bytes:
        """Return what was written and has not left, and send no more: another outbox goes on."""
        self.busy = True
        self._transport.unregisterProducer()
        return self._taken()

    def stopProducing(self) -> None:  # noqa: N802
        """Stay busy: the connection is lost."""
        self.busy = True

    def _taken(self) -> bytes:
        pieces = self._pieces
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        self._gathered = 0
        return data


class BufferedOutbox(Outbox):
    """The way out over any transport; it is busy while 64 KiB wait there."""

    __slots__ = ()

    def __init__(self, transport: Transport, turn: Turn, drained: Callable[[], None]) -> None:
        super().__init__(transport, turn, drained)
        transport.registerProducer(self, True)

    def pauseProducing(self) -> None:  # noqa: N802
        """Be busy: the transport has enough for now."""
        self.busy = True

    def resumeProducing(self) -> None:  # noqa: N802
        """Be busy no longer: everything has left."""
        self.busy = False
        self._buffered = 0
        self._drained()


class DirectOutbox(Outbox):
    """The way out over plain TCP: the kernel is given the bytes at once, without a way through Twisted's buffer.

    The rest waits in the transport, of which this is then the pull producer: Twisted asks such a producer for more at
    once, and whenever all has left. Until nothing is left, it is busy. So nothing overtakes anything: bytes go to the
    kernel here only while the transport has none.
    """

    __slots__ = ("_send",)

    def __init__(self, transport: Server, turn: Turn, drained: Callable[[], None]) -> None:
        super().__init__(transport, turn, drained)
        handle: socket.socket = transport.getHandle()
        self._send = handle.send

    @override
    def send(self) -> None:
        """Send now all that was written, unless earlier bytes wait."""
        if self.busy or not self._pieces or self._is_kept_back(self.send):
            return
        data = self._taken()
        try:
            sent = self._send(data)
        except OSError:
            # The kernel is full, or the transport will find out what is wrong, as it tries the same.
            sent = 0
        if sent < len(data):
            self._pieces.append(data[sent:])
            self._gathered = len(data) - sent
            self.busy = True
            self._transport.registerProducer(self, False)

    def resumeProducing(self) -> None:  # noqa: N802
        """Give the transport what waits; when there is nothing, all has left."""
        if self._pieces and self._is_kept_back(self.resumeProducing):
            return
        self._buffered = self._gathered
        if self._pieces:
            self._transport.write(self._taken())
        else:
            self._transport.unregisterProducer()
            self.busy = False
            self._drained()


def outbox(transport: Transport, turn: Turn, drained: Callable[[], None]) -> Outbox:
    """Return the fastest way out over *transport*."""
    # Others pass the socket through as well, but must not be gone round: TLS would be sent plain text.
    if type(transport) is Server and not transport.TLS:
        return DirectOutbox(transport, turn, drained)
    return BufferedOutbox(transport, turn, drained)
