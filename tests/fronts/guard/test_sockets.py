"""What the kernel is told about each connection."""

from __future__ import annotations

import socket
import sys
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IProtocolFactory
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.tcp import Server
from twisted.internet.testing import StringTransport
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.fronts.guard.sockets import UNSENT, connection_below, prepare


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels know other options")
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
