"""Peers that are dead, or take nothing: they are found out, and nobody else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.values.limits import Limits
from chatroom.fronts.guard.keepalive import AT_ONCE, Keepalive, Sweep, Watched
from tests.fronts.house import House, frame

SESSION = "a-session-of-22-characters"
PING = {"type": "ping"}


class HeartbeatTest(SynchronousTestCase):
    """A program that is silent for 60 s is asked for a sign of life, and given up after as long again."""

    @override
    def setUp(self) -> None:
        self.house = House()
        self.program = self.house.program("program")

    def test_it_is_asked_and_then_given_up(self) -> None:
        self.house.wait(59)
        self.assertEqual(self.program.frames(), [])
        self.house.wait(7)
        self.assertEqual(self.program.frames(), [PING])
        self.house.wait(53)
        self.assertEqual(self.program.frames(), [])
        self.house.wait(14)
        self.assertEqual(self.program.frames(), [{"type": "bye", "reason": "silent"}])
        self.assertTrue(self.program.closed)
        self.assertFalse(self.house.lobby.users)

    def test_whoever_answers_stays(self) -> None:
        for _ in range(10):
            self.house.wait(66)
            self.assertEqual(self.program.frames(), [PING])
            self.assertEqual(self.program.ask({"type": "pong"}), [])

    def test_any_byte_is_a_sign_of_life(self) -> None:
        for _ in range(10):
            self.house.wait(50)
            self.program.send(b" ")
        self.assertEqual(self.program.frames(), [])

    def test_who_takes_what_it_is_sent_is_alive(self) -> None:
        alice = self.house.person("alice")
        for _ in range(10):
            self.house.wait(50)
            alice.type("tell program hello")
        self.assertEqual({frame["type"] for frame in self.program.frames()}, {"told"})

    def test_people_are_never_asked(self) -> None:
        person = self.house.person("alice")
        self.house.wait(1_000)
        self.assertEqual(person.lines(), [])
        self.assertFalse(person.closed)

    def test_who_is_not_being_read_is_not_asked(self) -> None:
        self.program.wire.block()
        self.program.send(frame(type="ping"), frame(type="ping"))
        self.house.wait(1_000)
        self.assertEqual((self.program.unread, self.program.frames()), (1, []))
        self.program.wire.drain()
        self.assertEqual(self.program.frames(), [{"type": "pong"}] * 2)
        self.house.wait(66)
        self.assertEqual(self.program.frames(), [PING])

    def test_its_seat_is_held_like_that_of_anybody_who_was_lost(self) -> None:
        self.house.program("alice", session=SESSION)
        self.house.wait(130)
        [welcome] = self.house.connect().ask({"type": "login", "username": "alice", "session": SESSION})
        self.assertTrue(welcome["resumed"])

    def test_it_is_told_of_the_heartbeat_and_an_operator_sets_it(self) -> None:
        self.house = House(heartbeat=2)
        program = self.house.connect()
        [welcome] = program.ask({"type": "login", "username": "program"})
        self.assertEqual(welcome["heartbeat"], 2)
        for _ in range(25):
            self.house.settle(0.1)
        self.assertEqual(program.frames(), [PING])
        for _ in range(25):
            self.house.settle(0.1)
        self.assertTrue(program.closed)

    def test_0_is_no_heartbeat(self) -> None:
        self.house = House(heartbeat=0)
        program = self.house.connect()
        [welcome] = program.ask({"type": "login", "username": "program"})
        self.assertEqual(welcome["heartbeat"], 0)
        self.house.wait(1_000)
        self.assertEqual(program.frames(), [])

    def test_a_server_that_slept_blames_nobody(self) -> None:
        self.house.wait(10)
        self.house.settle(10_000)
        self.assertEqual(self.program.frames(), [])
        self.house.wait(66)
        self.assertEqual(self.program.frames(), [PING])

    def test_all_are_looked_at_by_one_timer_which_ends_with_them(self) -> None:
        self.program.ask({"type": "list"})
        peers = [self.program, *(self.house.program(f"p{number}") for number in range(100))]
        self.house.settle(1)
        self.assertEqual(len(self.house.clock.getDelayedCalls()), 1)
        for peer in peers:
            peer.vanish()
        self.house.wait(120)
        self.assertEqual(self.house.clock.getDelayedCalls(), [])
        late = self.house.program("late")
        self.house.wait(66)
        self.assertEqual(late.frames(), [PING])


class FakeDrain:
    """A way out of which the kernel takes as much as the test wants."""

    def __init__(self) -> None:
        self.waiting = 0
        self.taken = 0

    def write(self, data: bytes) -> None:
        self.waiting += len(data)

    def take(self, size: int) -> None:
        """Let the kernel take *size* bytes."""
        self.waiting -= size
        self.taken += size


class FakeConnection:
    """A connection of which the test says what comes and goes."""

    def __init__(self, ping: bytes = b"ping\n") -> None:
        self.reads = 0
        self.is_deaf = False
        self.ping = ping
        self.question = b""
        self.outbox = FakeDrain()
        self.dismissed: list[str] = []

    def hang_up(self, reason: Literal["silent", "stalled"]) -> None:
        self.dismissed.append(reason)


_: type[Watched] = FakeConnection


class StallTest(SynchronousTestCase):
    """Who takes no byte for 120 s of what waits for it is hung up on."""

    @override
    def setUp(self) -> None:
        self.front = FakeConnection(ping=b"")
        self.keepalive = Keepalive(self.front)
        self.look(1)

    def look(self, times: int, **limits: float) -> list[str]:
        """Look that often, every 5 s, and return what became of the connection."""
        for _ in range(times):
            self.keepalive.look(5, Limits(**limits))  # type: ignore[arg-type]
        return self.front.dismissed

    def test_it_is_so_after_120_s_and_not_before(self) -> None:
        self.front.outbox.write(b"12345")
        self.assertEqual(self.look(1 + 23), [])
        self.assertEqual(self.look(1), ["stalled"])

    def test_to_send_something_does_not_help(self) -> None:
        self.front.outbox.write(b"12345")
        for _ in range(25):
            self.front.reads += 1
            self.look(1)
        self.assertEqual(self.front.dismissed, ["stalled"])

    def test_a_slow_reader_stays_for_ever(self) -> None:
        self.front.outbox.write(bytes(100))
        for _ in range(100):
            self.front.outbox.take(1)
            self.assertEqual(self.look(23), [])

    def test_for_whom_nothing_waits_nothing_is_counted(self) -> None:
        self.assertEqual(self.look(1_000), [])
        self.front.outbox.write(b"12345")
        self.assertEqual(self.look(24), [])
        self.front.outbox.take(5)
        self.assertEqual(self.look(1), [])
        self.front.outbox.write(b"12345")
        self.assertEqual(self.look(24), [])

    def test_what_waits_is_counted_from_the_first_look_at_it(self) -> None:
        self.keepalive.look(1_000, Limits())
        self.front.outbox.write(b"12345")
        self.keepalive.look(1_000, Limits())
        self.assertEqual(self.front.dismissed, [])

    def test_0_is_no_limit(self) -> None:
        self.front.outbox.write(b"12345")
        self.assertEqual(self.look(1_000, stall_timeout=0), [])

    def test_a_program_that_takes_nothing_is_stalled_and_not_silent(self) -> None:
        self.front.ping = b"ping\n"
        self.front.outbox.write(b"12345")
        self.front.outbox.take(1)
        self.assertEqual(self.look(25), ["stalled"])

    def test_that_the_kernel_takes_our_ping_is_no_sign_of_life(self) -> None:
        self.front.ping = b"ping\n"
        self.assertEqual(self.look(12), [])
        self.assertEqual(self.front.outbox.waiting, 5)
        self.look(1)
        self.front.outbox.take(5)
        self.assertEqual(self.look(10), [])
        self.assertEqual(self.look(1), ["silent"])

    def test_that_the_kernel_takes_our_question_is_none_either(self) -> None:
        self.front.ping = b"ping\n"
        self.front.question = b"come?\n"
        self.assertEqual(self.look(1), [])
        self.front.question = b""
        self.front.outbox.take(6)
        self.assertEqual(self.look(11), [])
        self.assertEqual(self.front.outbox.waiting, 5)

    def test_who_takes_nothing_is_asked_nothing(self) -> None:
        self.front.outbox.waiting = 1
        self.front.question = b"come?\n"
        self.assertEqual(self.look(3), [])
        self.assertEqual(self.front.outbox.waiting, 1)


class CrowdTest(SynchronousTestCase):
    """Ten thousand are looked at in portions."""

    def test_others_have_their_turn_in_between(self) -> None:
        clock = Clock()
        wheel = TimerWheel(clock)
        looks: list[float] = []

        class Somebody:
            def look(self, passed: float) -> None:
                looks.append(passed)

        crowd = [Somebody() for _ in range(2 * AT_ONCE + 1)]
        waiting: list[Callable[[], None]] = []
        sweep = Sweep(wheel, Limits(), crowd, waiting.append)
        sweep.begin()
        sweep.begin()
        clock.advance(5.1)
        counts = [len(looks)]
        while waiting:
            waiting.pop()()
            counts.append(len(looks))
        self.assertEqual(counts, [AT_ONCE, 2 * AT_ONCE, 2 * AT_ONCE + 1])
        clock.advance(5.2)
        self.assertAlmostEqual(looks[-1], 5.2)
