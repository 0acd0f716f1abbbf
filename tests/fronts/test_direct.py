"""The way out over plain TCP: past Twisted's buffer, and in order all the same. What Twisted does is pinned here."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IListeningPort
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.internet.testing import StringTransport
from twisted.internet.threads import deferToThread
from twisted.python.failure import Failure
from typing_extensions import override

from chatroom.core.tools.turn import Turn
from chatroom.fronts.guard.sockets import buffered
from chatroom.fronts.outbox import BufferedOutbox, DirectOutbox, outbox

LIMIT = 20
"""Seconds after which what is waited for will not come."""

BLOCK = bytes(range(256)) * 256
"""64 KiB in which the order can be seen."""


class Sender(Protocol):
    """The server's end, with an outbox on it."""

    def __init__(self) -> None:
        self.made: Deferred[None] = Deferred()
        self.lost: Deferred[None] = Deferred()
        self.drained: Deferred[None] = Deferred()
        self.turn = Turn(lambda end: None)

    @override
    def connectionMade(self) -> None:
        # So that the kernel is soon full.
        self.transport.getHandle().setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # type: ignore[union-attr]
        self.outbox = outbox(self.transport, self.turn, self._drained)  # type: ignore[arg-type]
        self.made.callback(None)

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self.lost.callback(None)

    def send(self, data: bytes) -> None:
        """Write *data* in a turn of its own."""
        self.outbox.write(data)
        self.turn.end()

    @property
    def buffered(self) -> int:
        """How much waits in Twisted's buffer."""
        return buffered(self.transport)

    def _drained(self) -> None:
        # A second call would fail here.
        self.drained.callback(None)


@contextmanager
def connected() -> Iterator[tuple[Sender, socket.socket]]:
    """Give a sender and the socket of its peer."""
    sender = Sender()
    factory: ServerFactory[Sender] = ServerFactory()
    factory.buildProtocol = lambda addr: sender  # type: ignore[method-assign]
    factory.noisy = False
    port: IListeningPort = reactor.listenTCP(0, factory, interface="127.0.0.1")  # type: ignore[arg-type]
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.settimeout(LIMIT)
    peer.connect(("127.0.0.1", cast(IPv4Address, port.getHost()).port))
    try:
        yield sender, peer
    finally:
        peer.close()
        port.stopListening()


def received(peer: socket.socket, size: int) -> bytes:
    """Read *size* bytes, or all up to the end."""
    data = b""
    while len(data) < size and (more := peer.recv(65536)):
        data += more
    return data


def send_until_busy(sender: Sender) -> int:
    """Send blocks until the kernel takes no more of them, and return how many."""
    sent = 0
    while not sender.outbox.busy:
        sender.send(BLOCK)
        sent += 1
    return sent


@pytest_twisted.ensureDeferred
async def test_bytes_are_with_the_kernel_when_the_turn_is_over() -> None:
    with connected() as (sender, peer):
        await sender.made
        assert isinstance(sender.outbox, DirectOutbox)
        sender.outbox.write(b"one ")
        sender.outbox.write(b"two")
        sender.turn.end()
        # The reactor has not run since, so nobody else can have sent them.
        assert received(peer, 7) == b"one two"
        assert not sender.outbox.busy


@pytest_twisted.ensureDeferred
async def test_what_the_kernel_does_not_take_waits_and_nothing_overtakes_it() -> None:
    with connected() as (sender, peer):
        await sender.made
        sent = send_until_busy(sender)
        sender.send(b"last of all")
        assert sender.buffered
        assert not sender.drained.called

        data = await deferToThread(received, peer, sent * len(BLOCK) + 11)

        assert data == BLOCK * sent + b"last of all"
        await sender.drained
        assert not sender.outbox.busy
        sender.send(b"again")
        assert received(peer, 5) == b"again"


@pytest_twisted.ensureDeferred
async def test_it_knows_how_much_waits() -> None:
    with connected() as (sender, peer):
        await sender.made
        sent = 0
        while not sender.outbox.busy:
            sender.outbox.write(BLOCK)
            assert sender.outbox.waiting == len(BLOCK)
            sender.turn.end()
            sent += 1
        assert sender.outbox.waiting == sender.buffered > 0
        sender.send(b"last of all")
        assert sender.outbox.waiting == sender.buffered + 11

        await deferToThread(received, peer, sent * len(BLOCK) + 11)

        await sender.drained
        assert sender.outbox.waiting == 0


@pytest_twisted.ensureDeferred
async def test_all_that_waits_arrives_before_the_end() -> None:
    with connected() as (sender, peer):
        await sender.made
        sent = send_until_busy(sender)
        sender.outbox.write(b"bye")
        sender.outbox.finish()
        assert sender.transport
        sender.transport.loseConnection()

        data = await deferToThread(received, peer, (sent + 1) * len(BLOCK))

        assert data == BLOCK * sent + b"bye"
        await sender.lost


@pytest_twisted.ensureDeferred
async def test_a_peer_that_is_gone_is_found_out_by_the_transport() -> None:
    with connected() as (sender, peer):
        await sender.made
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()
        while not sender.outbox.busy:
            sender.send(BLOCK)
        await sender.lost
        sender.send(b"too late")


def test_what_goes_another_way_is_left_to_its_transport() -> None:
    transport = StringTransport()
    # As those of TLS and of PROXY do, it passes a socket through.
    transport.getHandle = lambda: pytest.fail("nobody is to go round this")  # type: ignore[attr-defined]
    way = outbox(transport, Turn(lambda end: None), lambda: None)  # type: ignore[arg-type]
    assert isinstance(way, BufferedOutbox)
