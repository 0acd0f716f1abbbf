"""The way out: it knows who does not keep up, and those read the log instead."""

from __future__ import annotations

from collections.abc import Callable
from socket import socket, socketpair

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.tools.turn import Turn
from chatroom.fronts.outbox import WRITE, DirectOutbox, outbox
from tests.fronts.house import House, Wire, frame


class BufferedOutboxTest(SynchronousTestCase):
    """Over most transports, an outbox is the producer of one that buffers."""

    @override
    def setUp(self) -> None:
        self.drained: list[bool] = []
        self.transport = Wire(Clock(), stuck=True)
        self.turn = Turn(lambda end: None)
        self.outbox = outbox(self.transport, self.turn, lambda: self.drained.append(self.outbox.busy))

    def test_it_is_told_when_its_transport_has_enough_and_when_all_has_left(self) -> None:
        self.assertTrue(self.transport.streaming)
        self.assertFalse(self.outbox.busy)
        self.transport.block()
        self.assertTrue(self.outbox.busy)
        self.assertEqual(self.drained, [])
        self.transport.drain()
        self.assertEqual(self.drained, [False])

    def test_it_writes_at_the_end_of_the_turn_in_order_and_at_once(self) -> None:
        writes: list[bytes] = []
        self.transport.write = writes.append  # type: ignore[assignment]
        self.outbox.write(b"one\n")
        self.outbox.write(b"two\n")
        self.assertEqual(writes, [])
        self.turn.end()
        self.assertEqual(writes, [b"one\ntwo\n"])

    def test_it_writes_even_if_busy(self) -> None:
        self.outbox.write(b"one\n")
        self.transport.block()
        self.outbox.write(b"two\n")
        self.turn.end()
        self.assertEqual(self.transport.value(), b"one\ntwo\n")

    def test_it_knows_how_much_waits_since_its_transport_has_enough(self) -> None:
        self.outbox.write(b"one\n")
        self.assertEqual(self.outbox.waiting, 4)
        self.turn.end()
        self.assertEqual(self.outbox.waiting, 0)
        self.transport.narrow = True
        self.outbox.write(b"three\n")
        self.turn.end()
        self.outbox.write(b"four\n")
        self.assertEqual(self.outbox.waiting, 11)
        self.turn.end()
        self.assertEqual(self.outbox.waiting, 11)
        self.transport.drain()
        self.assertEqual(self.outbox.waiting, 0)

    def test_what_is_left_goes_to_a_transport_that_is_about_to_be_closed(self) -> None:
        self.outbox.write(b"one\n")
        self.outbox.finish()
        self.assertEqual(self.transport.value(), b"one\n")
        self.assertIsNone(self.transport.producer)
        self.assertTrue(self.outbox.busy)

    def test_a_lost_connection_takes_nothing(self) -> None:
        self.outbox.stopProducing()
        self.assertTrue(self.outbox.busy)


class ClosedGate:
    """A gate that is *shut*, until it is opened."""

    def __init__(self) -> None:
        self.shut = True
        self._waiting: list[Callable[[], None]] = []

    def when_open(self, action: Callable[[], None]) -> None:
        self._waiting.append(action)

    def open(self) -> None:
        """Let everything leave that waits."""
        self.shut = False
        for action in self._waiting:
            action()


class GateTest(SynchronousTestCase):
    """While the gate is shut nothing leaves, by no way out."""

    @override
    def setUp(self) -> None:
        self.gate = ClosedGate()
        self.turn = Turn(lambda end: None, self.gate)
        self.transport = Wire(Clock())
        self.outbox = outbox(self.transport, self.turn, lambda: None)

    def test_what_is_written_leaves_when_it_opens(self) -> None:
        self.outbox.write(b"one\n")
        self.turn.end()
        self.outbox.write(b"x" * 2 * WRITE)
        self.assertEqual(self.transport.value(), b"")
        self.gate.open()
        self.assertEqual(self.transport.value(), b"one\n" + b"x" * 2 * WRITE)

    def test_what_is_dropped_never_does(self) -> None:
        self.outbox.write(b"one\n")
        self.outbox.drop()
        self.gate.open()
        self.turn.end()
        self.assertEqual(self.transport.value(), b"")

    def test_a_connection_that_is_closed_meanwhile_takes_nothing_along(self) -> None:
        self.outbox.write(b"one\n")
        self.outbox.finish()
        self.gate.open()
        self.assertEqual(self.transport.value(), b"")

    def test_what_the_kernel_had_not_taken_waits_as_well(self) -> None:
        self.gate.shut = False
        ours, theirs = socketpair()
        self.addCleanup(theirs.close)
        self.addCleanup(ours.close)
        transport = PassedThrough(ours)
        way_out = DirectOutbox(transport, self.turn, lambda: None)  # type: ignore[arg-type]
        ours.setblocking(False)
        way_out.write(b"x" * 10_000_000)
        self.assertTrue(way_out.busy)
        self.gate.shut = True
        way_out.resumeProducing()
        self.assertEqual(transport.written, b"")
        self.gate.open()
        self.assertTrue(transport.written)


class PassedThrough:
    """A transport over the socket *handle*, which notes what is *written* to it."""

    def __init__(self, handle: socket) -> None:
        self.written = b""
        self._handle = handle

    def getHandle(self) -> socket:  # noqa: N802
        return self._handle

    def write(self, data: bytes) -> None:
        self.written += data

    def registerProducer(self, producer: object, streaming: bool) -> None:  # noqa: N802
        """Take what produces: the test asks it itself."""


class SlowReaderTest(SynchronousTestCase):
    """Who does not keep up is shown nothing more, and then reads on where it stopped."""

    @override
    def setUp(self) -> None:
        self.house = House(page=10)
        self.alice, self.bob, self.slow = (
            self.house.program("alice"),
            self.house.person("bob"),
            self.house.program("slow"),
        )
        self.alice.ask({"type": "create", "room": "tea"})
        self.slow.ask({"type": "join", "room": "tea"})

    def speak(self, *texts: str) -> None:
        """Let alice say *texts*."""
        self.alice.ask(*[{"type": "say", "room": "tea", "text": text} for text in texts])

    def drained(self) -> list[tuple[str, int | None]]:
        """Let all leave that waits for the slow one, and return the kinds and numbers of the frames that come then."""
        self.slow.wire.drain()
        return [(got["type"], got.get("seq")) for got in self.slow.frames()]

    def test_it_gets_what_was_said_meanwhile_and_then_hears_that_it_is_level(self) -> None:
        self.speak("one")
        self.assertEqual([said["text"] for said in self.slow.frames()], ["one"])
        self.slow.wire.block()
        self.speak("two")
        self.bob.type("join tea")
        self.speak("three")
        self.assertEqual(self.slow.frames(), [])
        self.assertEqual(self.drained(), [("said", 2), ("said", 3), ("level", 3)])
        self.speak("four")
        self.assertEqual([said["text"] for said in self.slow.frames()], ["four"])

    def test_nobody_else_notices(self) -> None:
        self.bob.type("join tea")
        self.slow.wire.block()
        self.speak("one")
        self.assertEqual([line[6:] for line in self.bob.lines()], ["<alice> one"])

    def test_it_gets_a_page_each_time_that_it_has_room(self) -> None:
        self.slow.wire.block()
        self.speak(*map(str, range(25)))
        self.slow.wire.narrow = True
        pages = [[seq for _, seq in self.drained()] for _ in range(4)]
        self.assertEqual(pages, [[*range(1, 11)], [*range(11, 21)], [*range(21, 26)], [25]])

    def test_a_tell_waits_in_its_transport_and_its_own_requests_until_that_has_room(self) -> None:
        self.slow.wire.block()
        self.bob.type("tell slow psst")
        self.assertEqual([got["type"] for got in self.slow.frames()], ["told"])
        self.slow.send(*[frame(type="ping")] * 3)
        self.assertEqual((self.slow.frames(), self.slow.wire.producerState, self.slow.unread), ([], "paused", 2))
        self.assertEqual(self.drained(), [("pong", None)] * 3)

    def test_a_watcher_gets_the_whole_lobby_anew(self) -> None:
        self.slow.ask({"type": "list", "watch": True})
        self.slow.wire.block()
        self.bob.type("create milk")
        self.house.settle(2)
        self.assertEqual(self.slow.frames(), [])
        self.slow.wire.drain()
        self.assertEqual([room["room"] for room in self.slow.frames()[0]["rooms"]], ["milk", "tea"])
