"""The way out: it knows who does not keep up, and those read the log instead."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.tools.turn import Turn
from chatroom.fronts.outbox import outbox
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
