"""What the kernel is told about each connection."""

from __future__ import annotations

import contextlib
import socket
import sys
from typing import Any, cast

import pytest
from twisted.internet import reactor
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IProtocolFactory
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.tcp import Port, Server
from twisted.internet.testing import MemoryReactor, StringTransport
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.fronts.guard.sockets import UNSENT, buffered, connection_below, prepare


@pytest.mark.skipif(sys.platform != "linux", reason="need Linux")
class PrepareTest(SynchronousTestCase):
    """A dead peer is found out by the kernel, and a stopped one gets little."""

    @override
    def setUp(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            there = socket.create_connection(listening.getsockname())
            here, _ = listening.accept()
        self.addCleanup(there.close)
        self.addCleanup(here.close)
        here.setblocking(False)
        self.made: list[Protocol] = []
        self.handle = here

    def connect(self, factory: IProtocolFactory) -> Server:
        """Let Twisted have the connection."""
        the_reactor: Any = reactor
        the_reactor.adoptStreamConnection(self.handle.fileno(), socket.AF_INET, factory)
        below = connection_below(self.made[0].transport)
        assert below is not None
        self.addCleanup(lambda: below.connectionLost(Failure(ConnectionDone())))
        return below

    def factory(self) -> Factory:
        made = self.made

        class Made(Protocol):
            @override
            def connectionMade(self) -> None:
                made.append(self)

        return Factory.forProtocol(Made)

    def option(self, level: int, option: int) -> int:
        return self.handle.getsockopt(level, option)

    def assert_prepared(self) -> None:
        self.assertEqual(self.option(socket.SOL_SOCKET, socket.SO_KEEPALIVE), 1)
        self.assertEqual(self.option(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT), UNSENT)
        self.assertEqual(self.option(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT), 1500)
        self.assertEqual(self.option(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE), 1)

    def test_the_kernel_asks_whether_the_peer_is_there_and_holds_little_for_it(self) -> None:
        prepare(self.connect(self.factory()), 1.5)
        self.assert_prepared()

    def test_behind_whatever_the_connection_is_wrapped_in(self) -> None:
        self.connect(WrappingFactory(self.factory()))
        self.assertIsInstance(self.made[0].transport, ProtocolWrapper)
        prepare(self.made[0].transport, 1.5)
        self.assert_prepared()

    def test_0_leaves_it_to_the_kernel_how_patient_it_is(self) -> None:
        before = self.option(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
        prepare(self.connect(self.factory()), 0)
        self.assertEqual(self.option(socket.SOL_SOCKET, socket.SO_KEEPALIVE), 1)
        self.assertEqual(self.option(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT), 0)
        self.assertEqual(self.option(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE), before)

    def test_years_are_as_long_as_the_kernel_can_wait(self) -> None:
        prepare(self.connect(self.factory()), 999_999_999)
        self.assertEqual(self.option(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT), 2**31 - 1)
        self.assertEqual(self.option(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE), 32767)

    def test_what_is_no_connection_of_the_internet_stays_as_it_is(self) -> None:
        prepare(None, 1.5)
        prepare(StringTransport(), 1.5)


class BufferedTest(SynchronousTestCase):
    """How much waits in Twisted is read from attributes that it promises nobody."""

    def test_it_is_all_that_was_written_and_not_sent(self) -> None:
        sending, receiving = socket.socketpair()
        self.addCleanup(receiving.close)
        self.addCleanup(sending.close)
        sending.setblocking(False)
        # Nothing runs the reactor here: the kernel gets bytes only when the test says so.
        server = Server(sending, Protocol(), ("", 0), cast("Port", None), 0, MemoryReactor())
        self.assertEqual(buffered(server), 0)
        server.write(b"one")
        server.writeSequence([b"two", b"three"])
        self.assertEqual(buffered(server), 11)
        self.assertIsNone(server.doWrite())
        self.assertEqual((receiving.recv(100), buffered(server)), (b"onetwothree", 0))
        server.write(bytes(1_000_000))
        server.doWrite()
        server.write(b"four")
        taken = 1_000_000 + 4 - buffered(server)
        self.assertTrue(0 < taken < 1_000_000)
        receiving.setblocking(False)
        self.assertEqual(len(received(receiving)), taken)

    def test_of_others_nothing_is_known(self) -> None:
        self.assertEqual((buffered(None), buffered(StringTransport())), (0, 0))


def received(peer: socket.socket) -> bytes:
    """Return all that the kernel has for *peer*."""
    data = b""
    with contextlib.suppress(BlockingIOError):
        while more := peer.recv(1_000_000):
            data += more
    return data
