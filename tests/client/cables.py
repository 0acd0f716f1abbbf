"""What a connection runs over in tests: cables to a server that the test plays, or to a whole one in memory."""

from __future__ import annotations

import json
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionRefusedError  # noqa: A004
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from chatroom.core.values.names import RoomName
from tests.fronts.house import House, Peer

Frame = dict[str, Any]

WELCOME: Frame = {
    "username": "alice",
    "server": "chatroom",
    "protocol": 1,
    "resumed": False,
    "rooms": [],
    "heartbeat": 60,
    "limits": {
        "line": 32768,
        "text": 4000,
        "burst": 30,
        "rate": 5,
        "page": 100,
        "rooms": 8,
        "capacity": 256,
        "grace": 30,
    },
}


class Cable(StringTransport):
    """The client's end of a connection: like a socket it closes in a later turn."""

    def __init__(self, clock: Clock, peer: Peer | None = None) -> None:
        super().__init__()
        self.protocol: IProtocol
        self.peer = peer
        self.coming: list[bytes] = []
        self.aborted = False
        self._clock = clock

    def take(self) -> list[Frame]:
        """Return what the client has sent since this was called last."""
        sent = self.value()
        self.clear()
        return [json.loads(line) for line in sent.splitlines()]

    def give(self, *frames: Frame | bytes) -> None:
        """Let the client hear *frames*, or bytes."""
        for frame in frames:
            if self.connected:
                data = frame if isinstance(frame, bytes) else json.dumps(frame).encode() + b"\n"
                self.protocol.dataReceived(data)

    def answer(self, *replies: Frame) -> list[Frame]:
        """Answer what the client has sent, one reply to each request, and return the requests."""
        asked = self.take()
        for request, reply in zip(asked, replies, strict=True):
            self.give({"id": request["id"]} | reply)
        return asked

    @override
    def loseConnection(self) -> None:
        super().loseConnection()
        self._clock.callLater(0, self.lose, ConnectionDone())

    @override
    def abortConnection(self) -> None:
        self.aborted = True
        self._clock.callLater(0, self.lose, ConnectionAborted())

    def lose(self, reason: Exception | None = None) -> None:
        """Break."""
        if self.connected:
            self.connected = False
            if self.peer and not self.peer.closed:
                self.peer.vanish()
            self.protocol.connectionLost(Failure(reason or ConnectionDone()))


@implementer(IStreamClientEndpoint)
class FakeEndpoint:
    """Hands out cables, to *house* if there is one, by the port of *room*; *refuses* or *hangs* while that is true.

    If it *fails*, it does so in that way.
    """

    def __init__(
        self,
        clock: Clock,
        house: House | None = None,
        room: RoomName | None = None,
        fails: Exception | None = None,
    ) -> None:
        self.fails = fails
        self.cables: list[Cable] = []
        self.refuses = False
        self.hangs = False
        self.house = house
        self.room = room
        self._clock = clock

    def connect(self, factory: IProtocolFactory) -> Deferred[IProtocol]:
        if self.fails:
            return fail(self.fails)
        if self.refuses:
            return fail(ConnectionRefusedError("nobody is there"))
        if self.hangs:
            return Deferred()
        cable = Cable(self._clock, self.house.connect(room=self.room) if self.house else None)
        self.cables.append(cable)
        protocol = factory.buildProtocol(None)  # type: ignore[arg-type]
        assert protocol is not None
        cable.protocol = protocol
        protocol.makeConnection(cable)
        return succeed(protocol)

    def carry_there(self) -> None:
        """Carry to the house what was sent."""
        for cable in self.cables:
            if cable.peer and cable.connected and (sent := cable.value()):
                cable.clear()
                cable.peer.send(sent)
        if self.house:
            self.house.settle()

    def carry_back(self, lines: int | None = None) -> None:
        """Carry back at most so many *lines*, or all, and then the end."""
        for cable in self.cables:
            if cable.peer and cable.connected:
                cable.coming += cable.peer.take().splitlines(keepends=True)
                come, cable.coming = cable.coming[:lines], cable.coming[lines:] if lines is not None else []
                cable.give(*come)
                if cable.peer.closed and not cable.coming:
                    cable.lose()
