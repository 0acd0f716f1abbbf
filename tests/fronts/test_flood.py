"""Who sends more than is taken is not read from until there are tokens again."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.fronts.house import House, frame

SLOWER = "* Slower, please … What you sent waits, and is taken at 1 a second; nothing is lost."
PING, PONG = {"type": "ping"}, {"type": "pong"}
SLOWED = {"type": "slowed", "rate": 1.0}


class FloodTest(SynchronousTestCase):
    """Three are taken at once, and then one a second."""

    def test_a_person_is_told_in_words(self) -> None:
        house = House(burst=3, rate=1)
        alice = house.person("alice")
        nothing = "* No room is open; CREATE room opens one."
        self.assertEqual(alice.type(*["list"] * 4), [nothing] * 2 + [SLOWER])
        house.settle(1.1)
        self.assertEqual(alice.lines(), [nothing])
        house.settle(1.1)
        self.assertEqual(alice.lines(), [nothing])

    def test_a_program_is_told_once_and_gets_every_reply_in_order(self) -> None:
        house = House(burst=3, rate=1)
        robot = house.connect()
        seen = robot.ask(*[{"type": "ping", "id": id} for id in range(10)])
        while len(seen) < 11:
            house.settle(1.1)
            seen += robot.frames()
        self.assertEqual(seen.pop(3), SLOWED)
        self.assertEqual([reply["id"] for reply in seen], [*range(10)])

    def test_it_is_not_read_from_meanwhile_and_the_others_are(self) -> None:
        house = House(burst=3, rate=1)
        fast, slow = house.program("fast"), house.program("slow")
        fast.send(frame(**PING) * 4, frame(**PING))
        house.settle(1.1)
        self.assertEqual((fast.unread, fast.wire.producerState), (1, "paused"))
        self.assertEqual(slow.ask(PING), [PONG])
        house.settle(1.1)
        self.assertEqual((fast.unread, fast.wire.producerState), (0, "paused"))
        house.settle(1.1)
        self.assertEqual((fast.unread, fast.wire.producerState), (0, "producing"))

    def test_lines_that_are_no_requests_cost_as_much(self) -> None:
        for line in (b"{", b"{}", b'{"type":"dance"}', b"[" * 5000, b'{"type":"ping","id":"\xff"}', b"\xc3("):
            with self.subTest(line):
                robot = House(burst=3, rate=1).connect()
                robot.send(b"{\n" + line + b"\n" + b'{"type":"pong"}\n' + frame(**PING))
                self.assertEqual([it["type"] for it in robot.frames()], ["error", "error", "slowed"])

    def test_so_do_lines_that_are_not_utf_8(self) -> None:
        person = House(burst=3, rate=1).person("alice")
        person.send(b"\xc3(\n" * 4)
        lines = person.lines()
        self.assertEqual([line[:15] for line in lines[:2]], ["! text-invalid:"] * 2)
        self.assertEqual(lines[2:], [SLOWER])

    def test_empty_lines_cost_nothing(self) -> None:
        robot = House(burst=3, rate=1).connect()
        robot.send(frame(**PING) + b"\n\r\n \n" * 100 + frame(**PING))
        self.assertEqual(robot.frames(), [PONG] * 2)

    def test_it_is_told_again_when_all_that_it_had_sent_was_taken(self) -> None:
        house = House(burst=3, rate=1)
        robot = house.connect()
        self.assertEqual(robot.ask(*[PING] * 4), [PONG] * 3 + [SLOWED])
        house.settle(1.1)
        self.assertEqual(robot.frames(), [PONG])
        self.assertEqual(robot.ask(*[PING] * 2), [SLOWED])

    def test_who_says_that_nothing_more_comes_is_answered_to_the_last_line_at_the_usual_rate(self) -> None:
        house = House(burst=3, rate=1)
        robot = house.connect("tcp")
        robot.send(frame(**PING) * 6)
        robot.finish()
        house.settle(2)
        self.assertFalse(robot.closed)
        self.assertLess(robot.take().count(b"pong"), 6)
        for _ in range(20):
            house.settle(0.2)
        self.assertTrue(robot.closed)

    def test_who_vanishes_meanwhile_is_gone(self) -> None:
        house = House(burst=3, rate=1)
        robot = house.program("robot")
        robot.ask(*[PING] * 10)
        robot.vanish()
        house.settle(10)
        self.assertEqual(robot.take().count(b"pong"), 0)
        house.program("robot")
