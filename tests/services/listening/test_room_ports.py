"""Room ports: which port a room gets, and when it is listened on."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import ServerFactory
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override
from zope.interface import provider

from chatroom.core.values.names import RoomName
from chatroom.services.listening.listen_address import ListenAddress
from chatroom.services.listening.room_ports import RoomPortService

TEA, POND, FAIR = RoomName("tea"), RoomName("pond"), RoomName("fair")


class Socket:
    """A socket that listens until it has been closed, in a later turn."""

    def __init__(self, machine: Machine, port: int) -> None:
        self._machine = machine
        self._port = port

    def stopListening(self) -> Deferred[None]:  # noqa: N802
        closed: Deferred[None] = Deferred()

        def close() -> None:
            del self._machine.listening[self._port]
            closed.callback(None)

        self._machine.callLater(0.01, close)
        return closed


class Machine(MemoryReactorClock):
    """A reactor on whose machine some ports are *taken* by other programs."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: set[int] = set()
        self.listening: dict[int, RoomFactory] = {}

    @override
    def listenTCP(self, port: int, factory: Any, backlog: int = 50, interface: str = "") -> Any:
        if port in self.taken or port in self.listening:
            raise CannotListenError(interface, port, OSError(errno.EADDRINUSE, "Address already in use"))
        self.listening[port] = factory
        return Socket(self, port)


class RoomFactory(ServerFactory):
    """What takes the connections to a port."""

    def __init__(self, room: Callable[[], RoomName | None]) -> None:
        self.room = room


class RoomPortsTest(SynchronousTestCase):
    """The ports 9000 to 9002 are for rooms."""

    @override
    def setUp(self) -> None:
        self.machine = Machine()
        self.ports = RoomPortService(
            ListenAddress(self.machine, "tcp:8080:interface=127.0.0.1"),
            range(9000, 9003),
            soon=lambda action: self.machine.callLater(0, action),
        )
        self.ports.serve(RoomFactory)
        self.ports.startService()
        self.logged: list[str] = []

        @provider(ILogObserver)
        def observe(event: LogEvent) -> None:
            self.logged.append(formatEvent(event))

        globalLogPublisher.addObserver(observe)
        self.addCleanup(globalLogPublisher.removeObserver, observe)

    def settle(self) -> None:
        self.machine.pump([0.01, 0.01])

    def leading(self) -> dict[int, str | None]:
        return {port: door.room() for port, door in self.machine.listening.items()}

    def test_each_room_gets_the_next_port_and_it_leads_there(self) -> None:
        self.assertEqual([self.ports.open(room) for room in (TEA, POND)], [9000, 9001])
        self.assertEqual(self.leading(), {9000: TEA, 9001: POND})

    def test_a_room_gets_the_port_that_has_been_unused_for_the_longest_time(self) -> None:
        for room in (TEA, POND):
            self.ports.open(room)
        self.ports.close(9001)
        self.ports.close(9000)
        self.settle()
        self.assertEqual(self.leading(), {})
        self.assertEqual([self.ports.open(room) for room in (TEA, POND, FAIR)], [9002, 9001, 9000])

    def test_when_none_is_free_a_room_has_none(self) -> None:
        for room in (TEA, POND, FAIR):
            self.ports.open(room)
        self.assertIsNone(self.ports.open(RoomName("one-more")))
        self.ports.close(9001)
        self.settle()
        self.assertEqual(self.ports.open(RoomName("one-more")), 9001)

    def test_a_port_of_another_program_is_skipped_and_that_is_said_once(self) -> None:
        self.machine.taken = {9000}
        self.assertEqual([self.ports.open(room) for room in (TEA, POND, FAIR)], [9001, 9002, None])
        self.assertEqual(len(self.logged), 1)
        self.assertIn("no room gets port 9000: it is in use", self.logged[0])
        self.machine.taken = set()
        self.assertEqual(self.ports.open(FAIR), 9000)
        self.assertEqual(self.leading()[9000], FAIR)

    def test_a_port_that_is_taken_again_is_said_again(self) -> None:
        self.machine.taken = {9000}
        self.ports.open(TEA)
        self.machine.taken = set()
        self.ports.open(POND)
        self.assertEqual(self.ports.open(FAIR), 9002)
        self.ports.close(9000)
        self.settle()
        self.machine.taken = {9000}
        self.assertIsNone(self.ports.open(FAIR))
        self.assertEqual(len(self.logged), 2)

    def test_a_room_that_takes_the_place_of_another_takes_its_port(self) -> None:
        for room in (TEA, POND, FAIR):
            self.ports.open(room)
        self.ports.close(9001)
        self.assertEqual(self.ports.open(RoomName("new")), 9001)
        self.settle()
        self.assertEqual(self.leading()[9001], "new")
        self.assertEqual(self.logged, [])

    def test_a_room_that_gets_a_port_whose_socket_still_closes_is_listened_for_afterwards(self) -> None:
        for room in (TEA, POND, FAIR):
            self.ports.open(room)
        self.ports.close(9001)
        self.machine.advance(0)
        self.assertEqual(self.ports.open(RoomName("new")), 9001)
        self.settle()
        self.assertEqual(self.leading(), {9000: TEA, 9001: "new", 9002: FAIR})
        self.assertEqual(self.logged, [])

    def test_a_socket_that_closes_stays_closed_if_the_next_room_has_gone_as_well(self) -> None:
        for room in (TEA, POND, FAIR):
            self.ports.open(room)
        self.ports.close(9001)
        self.machine.advance(0)
        self.ports.open(RoomName("new"))
        self.ports.close(9001)
        self.settle()
        self.assertEqual(self.leading(), {9000: TEA, 9002: FAIR})
        self.assertEqual(self.ports.open(RoomName("newer")), 9001)

    def test_a_socket_that_closes_stays_closed_when_the_server_has_stopped(self) -> None:
        for room in (TEA, POND, FAIR):
            self.ports.open(room)
        self.ports.close(9001)
        self.machine.advance(0)
        self.ports.open(RoomName("new"))
        self.ports.stopService()
        self.settle()
        self.assertEqual(self.leading(), {})

    def test_a_port_leads_nowhere_once_its_room_is_closed(self) -> None:
        self.ports.open(TEA)
        door = self.machine.listening[9000]
        self.ports.close(9000)
        self.assertIsNone(door.room())

    def test_nothing_is_listened_on_when_the_server_has_stopped(self) -> None:
        for room in (TEA, POND):
            self.ports.open(room)
        stopped = self.ports.stopService()
        self.assertNoResult(stopped)
        self.settle()
        self.successResultOf(stopped)
        self.assertEqual(self.leading(), {})
        self.ports.close(9000)
        self.settle()
        self.assertIsNone(self.ports.open(FAIR))
