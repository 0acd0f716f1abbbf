"""Bytes of which no request comes are paid for, and nobody's take long in one piece."""

from __future__ import annotations

from itertools import groupby

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.ports import Happened, LogId, SeatId
from chatroom.core.values.changes import Change
from chatroom.core.values.events import Message
from chatroom.fronts.front import SLICE
from tests.fakes import ForwardingLog
from tests.fronts.house import House, Peer, frame

KIB = 1024
TELNET = b"\xff\xf1" * 512
BLANK = {
    "telnet": TELNET,
    "lines of a blank": b" \n" * 512,
    "empty lines": b"\n" * KIB,
    "returns": b"\r\n" * 512,
    "one long blank line": b" " * (KIB - 1) + b"\n",
}
"""A KiB each of which no line comes."""

PING, PONG = {"type": "ping"}, {"type": "pong"}


class WasteTest(SynchronousTestCase):
    """A KiB of which no request comes costs a token, and without any nothing more is read."""

    def test_who_sends_what_makes_no_line_is_not_read_from_until_it_is_paid_for(self) -> None:
        for name, kib in BLANK.items():
            with self.subTest(name):
                house = House(burst=3, rate=1)
                alice, bob = house.person("alice"), house.person("bob")
                house.settle(3)
                alice.send(kib * 4, kib)
                self.assertEqual((alice.wire.producerState, alice.unread), ("paused", 1))
                self.assertEqual([line[:11] for line in alice.lines()], ["* Slower, p"])
                self.assertEqual(bob.type("who"), ["* Online: alice, bob."])
                house.wait(1)
                self.assertEqual((alice.wire.producerState, alice.unread), ("paused", 1))
                house.wait(4)
                self.assertEqual((alice.wire.producerState, alice.unread), ("producing", 0))

    def test_what_waits_behind_it_is_carried_out_and_nothing_is_lost(self) -> None:
        house = House(burst=3, rate=1)
        robot = house.program("robot")
        robot.send(b"\n" * 8 * KIB + frame(**PING, id=1) + b"\n" * 8 * KIB, frame(**PING, id=2))
        house.wait(20)
        self.assertEqual([reply.get("id") for reply in robot.frames() if reply["type"] == "pong"], [1, 2])

    def test_little_of_it_costs_nothing(self) -> None:
        house = House(burst=3, rate=1)
        robot = house.connect()
        robot.send((frame(**PING) + b"\r\n" * 100) * 3)
        self.assertEqual(robot.frames(), [PONG] * 3)

    def test_but_little_again_and_again_adds_up(self) -> None:
        house = House(burst=3, rate=1)
        robot = house.connect()
        robot.send(*[b"{\n", *[b"\n" * 100] * 60])
        self.assertGreater(robot.unread, 0)

    def test_the_longer_a_line_is_that_is_no_request_the_more_it_costs(self) -> None:
        for line in (b"{" + b"[" * 10 * KIB, b'{"type":"dance","to":"' + b"x" * 10 * KIB + b'"}'):
            robot = House(burst=30, rate=1).connect()
            robot.send((line + b"\n") * 10)
            self.assertEqual([it["type"] for it in robot.frames()], ["error"] * 3 + ["slowed"])

    def test_what_comes_before_anybody_is_there_to_pay_is_no_longer_than_a_line(self) -> None:
        for name, kib in BLANK.items():
            with self.subTest(name):
                house = House()
                peer = house.connect()
                peer.send(*[kib] * 32)
                self.assertFalse(peer.closed)
                peer.send(kib)
                self.assertIn("line-too-long", peer.lines()[-1])
                self.assertTrue(peer.closed)

    def test_without_a_rate_it_is_read_on(self) -> None:
        alice = House(burst=0).person("alice")
        alice.send(*[TELNET * 64] * 4)
        self.assertEqual((alice.lines(), alice.unread), ([], 0))

    def test_who_has_said_all_is_answered_before_it_is_closed(self) -> None:
        house = House(burst=3, rate=1)
        alice = house.connect("tcp")
        alice.send(b"alice\n" + b" \n" * 8 * KIB + b"who")
        alice.finish()
        house.wait(30)
        self.assertEqual(alice.lines()[-1], "* Online: alice.")
        self.assertTrue(alice.closed)


class SlowLog(ForwardingLog):
    """A log for which a message takes almost half of the time that a visitor has."""

    def __init__(self) -> None:
        super().__init__()
        self.clock: Clock

    @override
    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        if isinstance(change, Message):
            self.clock.rightNow += SLICE / 2.5
        super().change(log, change, by, done)


class SliceTest(SynchronousTestCase):
    """What takes long is taken in turns."""

    def test_the_others_have_a_turn_after_some_time_however_few_lines_it_was(self) -> None:
        log = SlowLog()
        house = House(log=log)
        log.clock = house.clock
        alice, bob, carol = map(house.program, ("alice", "bob", "carol"))
        alice.ask({"type": "create", "room": "tea"})
        for peer in (bob, carol):
            peer.ask({"type": "join", "room": "tea"})
        self.say(alice, 10)
        self.say(bob, 10)
        turns = [(name, len(list(said))) for name, said in groupby(carol.frames(), key=lambda said: said.get("from"))]
        said = [turn for turn in turns if turn[0]]
        self.assertEqual(said[:4], [("alice", 3), ("bob", 3)] * 2)
        self.assertEqual(sum(number for _, number in said), 20)

    def say(self, peer: Peer, number: int) -> None:
        peer.send(b"".join(frame(type="say", room="tea", text=str(index)) for index in range(number)))
