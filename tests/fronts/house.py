"""A server without sockets: its time is a clock's, and what it writes to its visitors is kept."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import ConnectionAborted, ConnectionDone
from twisted.internet.interfaces import IAddress, IHalfCloseableProtocol, ISSLTransport, ITCPTransport
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import alsoProvides, provider

from chatroom.core.ports import Log
from chatroom.core.values.batch import Batch
from chatroom.core.values.commands import Join, Request
from chatroom.core.values.events import Event
from chatroom.core.values.names import RoomName
from chatroom.core.values.replies import Reloaded, Reply
from chatroom.fronts.factory import LineFactory, RoomFactory
from chatroom.fronts.guard.rejected import Rejected
from chatroom.fronts.hand import ConnectionsInHand
from chatroom.fronts.line import LineFront
from chatroom.logs.memory.log import MemoryLog
from chatroom.wire.dialect import Dialect, DialectName, Misread, Standpoint
from chatroom.wire.frames.frames import Frames
from tests.fakes import World

GREETING = "* Welcome to chatroom. Type the username you want."


class Wire(StringTransport):
    """The server's end of a connection. Like a socket it closes in a later turn, and a *stuck* one only by force.

    A *narrow* one has enough bytes after each write.
    """

    def __init__(self, clock: Clock, *, stuck: bool = False) -> None:
        super().__init__()
        self.aborted = False
        self.finished = False
        self.delays = True
        self.narrow = False
        self.ended = False
        self.resumed_after_the_end = False
        self.protocol: Any = None
        self._clock = clock
        self._stuck = stuck

    def getPeerCertificate(self) -> None:  # noqa: N802
        """Show none."""

    def setTcpNoDelay(self, enabled: bool) -> None:  # noqa: N802
        self.delays = not enabled

    @override
    def write(self, data: bytes) -> None:
        super().write(data)
        if self.narrow:
            self.block()

    def block(self) -> None:
        """Have enough bytes for now."""
        assert self.producer is not None
        self.producer.pauseProducing()

    def drain(self) -> None:
        """Have sent everything."""
        assert self.producer is not None
        self.producer.resumeProducing()

    @override
    def resumeProducing(self) -> None:
        super().resumeProducing()
        self.resumed_after_the_end |= self.ended

    @override
    def unregisterProducer(self) -> None:
        # A socket does not mind if there is none.
        self.producer = None

    def loseWriteConnection(self) -> None:  # noqa: N802
        self.finished = True
        if not self._stuck:
            self._clock.callLater(0, self.protocol.writeConnectionLost)

    @override
    def loseConnection(self) -> None:
        super().loseConnection()
        # A producer has to be taken away first.
        if not self._stuck and self.producer is None:
            self._clock.callLater(0, self.lose, ConnectionDone())

    @override
    def abortConnection(self) -> None:
        self.disconnecting = True
        self.aborted = True
        self._clock.callLater(0, self.lose, ConnectionAborted())

    def lose(self, reason: Exception) -> None:
        if self.connected:
            self.connected = False
            if self.producer is not None:
                self.producer.stopProducing()
            self.protocol.connectionLost(Failure(reason))


class Peer:
    """Somebody at the other end: what it sends arrives as soon as the server reads."""

    def __init__(self, house: House, front: LineFront, wire: Wire) -> None:
        self.front = front
        self.wire = wire
        self._house = house
        self._sent: deque[bytes | None] = deque()

    @property
    def closed(self) -> bool:
        return not self.wire.connected

    @property
    def unread(self) -> int:
        """How many pieces the server has not read."""
        return len(self._sent)

    def send(self, *pieces: bytes) -> None:
        """Send *pieces*, each to arrive by itself, in a turn that stays open."""
        self._sent.extend(pieces)
        self.arrive()

    def finish(self) -> None:
        """Send nothing more, but still listen."""
        self._sent.append(None)
        self.arrive()

    def arrive(self) -> bool:
        """Let what was sent arrive, and tell whether anything did."""
        arrived = False
        while self._sent and self.wire.producerState == "producing" and not (self.closed or self.wire.disconnecting):
            arrived = True
            piece = self._sent.popleft()
            if piece is None:
                assert IHalfCloseableProtocol.providedBy(self.wire.protocol)
                self.wire.ended = True
                self.wire.protocol.readConnectionLost()
            else:
                self.wire.protocol.dataReceived(piece)
        return arrived

    def vanish(self) -> None:
        """Be gone without a word."""
        self.wire.lose(ConnectionDone())

    def take(self) -> bytes:
        """Let the turn end, and return what was written since this was called last."""
        self._house.lobby.turn.end()
        written: bytes = self.wire.value()
        self.wire.clear()
        assert written.endswith(b"\n") or not written
        return written

    def lines(self) -> list[str]:
        """Let the turn end, and return the lines that came."""
        self._house.settle()
        return self.take().decode().split("\n")[:-1]

    def frames(self) -> list[dict[str, Any]]:
        """Let the turn end, and return the frames that came."""
        return [json.loads(line) for line in self.lines()]

    def type(self, *lines: str) -> list[str]:
        """Type *lines*, and return those that come."""
        self.send("".join(f"{line}\n" for line in lines).encode())
        return self.lines()

    def ask(self, *requests: dict[str, Any]) -> list[dict[str, Any]]:
        """Send *requests*, and return the frames that come."""
        self.send(b"".join(frame(**request) for request in requests))
        return self.frames()


class ForwardingDialect:
    """A dialect that is read and written as *dialect* does."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.further: Sequence[Request] = ()

    @property
    def name(self) -> DialectName:
        return self.dialect.name

    @property
    def ping(self) -> bytes:
        return self.dialect.ping

    @property
    def question(self) -> bytes:
        return self.dialect.question

    @property
    def reads(self) -> bool:
        return self.dialect.reads

    @property
    def tags(self) -> bool:
        return self.dialect.tags

    @property
    def asks(self) -> bool:
        return self.dialect.asks

    def entry(self, room: RoomName) -> Join:
        return self.dialect.entry(room)

    def read(self, line: bytes, place: Standpoint) -> Sequence[Request | Misread]:
        return self.dialect.read(line, place)

    def reply(self, request: Request, reply: Reply) -> bytes:
        return self.dialect.reply(request, reply)

    def event(self, event: Event) -> bytes:
        return self.dialect.event(event)

    def batch(self, batch: Batch) -> bytes:
        return self.dialect.batch(batch)

    def roster(self, batch: Batch, waiting: int) -> bytes:
        return self.dialect.roster(batch, waiting)


class House(World):
    """A lobby with the line front before it."""

    def __init__(
        self, *, log: Log | None = None, frames: Dialect | None = None, passwords: Any = None, **limits: float
    ) -> None:
        def soon(action: Callable[[], None]) -> None:
            self.clock.callLater(0, action)

        super().__init__(log=log or MemoryLog(soon), passwords=passwords, **limits)
        self.factory = LineFactory(
            self.lobby,
            server="chatroom",
            frames=frames or Frames("chatroom", self.lobby.limits),
            wheel=self.wheel,
            soon=soon,
        )
        self.lobby.hand = ConnectionsInHand(self.lobby, lambda: tuple(self.factory.connections), reload=Reloaded)
        self._peers: list[Peer] = []

    @override
    def settle(self, seconds: float = 0) -> None:
        super().settle(seconds)
        while sum(peer.arrive() for peer in self._peers):
            super().settle()

    def wait(self, seconds: int) -> None:
        """Let *seconds* pass as they do, one after the other."""
        for _ in range(seconds):
            self.settle(1)

    def connect(
        self,
        kind: Literal["unix", "tcp", "tls"] = "unix",
        *,
        stuck: bool = False,
        host: str | None = None,
        room: RoomName | None = None,
    ) -> Peer:
        """Let somebody connect, from *host*, to the port of *room*; over TLS, the handshake is still to come."""
        wire = Wire(self.clock, stuck=stuck)
        if kind != "unix":
            alsoProvides(wire, ITCPTransport if kind == "tcp" else ISSLTransport)
        front = RoomFactory(self.factory, lambda: room).buildProtocol(address(host))
        assert isinstance(front, LineFront)
        wire.protocol = front
        front.makeConnection(wire)
        peer = Peer(self, front, wire)
        self._peers.append(peer)
        return peer

    def person(self, name: str, *, stuck: bool = False) -> Peer:
        """Let somebody called *name* come by netcat."""
        peer = self.connect(stuck=stuck)
        assert f"* Hello {name}." in "\n".join(peer.type(name))
        return peer

    def program(self, name: str, *, stuck: bool = False, host: str | None = None, session: str | None = None) -> Peer:
        """Let a program called *name* come from *host*, with a *session* if it has one."""
        peer = self.connect(stuck=stuck, host=host)
        [welcome] = peer.ask({"type": "login", "username": name} | ({"session": session} if session else {}))
        assert welcome["type"] == "welcome"
        return peer

    def turned_away(self, host: str | None = None) -> str:
        """Let somebody come for whom there is no place, and return what it is told."""
        refusal = self.factory.buildProtocol(address(host))
        assert isinstance(refusal, Rejected), "there was a place"
        transport = StringTransport()
        refusal.makeConnection(transport)
        assert transport.disconnecting
        refusal.connectionLost()
        told: bytes = transport.value()
        return told.decode()


def address(host: str | None) -> IAddress | None:
    """Return where somebody comes from."""
    if host is None:
        return None
    return IPv6Address("TCP", host, 1) if ":" in host else IPv4Address("TCP", host, 1)


def frame(**fields: Any) -> bytes:
    """Write a frame as a client does."""
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


@contextmanager
def logged(beginning: str) -> Iterator[list[str]]:
    """Give the lines that are logged and begin so."""
    lines: list[str] = []

    @provider(ILogObserver)
    def observe(event: LogEvent) -> None:
        if (line := formatEvent(event)).startswith(beginning):
            lines.append(line)

    globalLogPublisher.addObserver(observe)
    try:
        yield lines
    finally:
        globalLogPublisher.removeObserver(observe)
