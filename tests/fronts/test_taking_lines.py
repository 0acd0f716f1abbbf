"""Lines: how bytes are cut into them, and how many are taken and kept at a time."""

from __future__ import annotations

from itertools import groupby

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from tests.fakes import LateLog
from tests.fronts.house import House, Peer, frame

PING = b'{"type":"ping"}\n'
TOO_LONG = "! line-too-long: A line has at most 32768 bytes; connect again and send less at a time."


def ping(length: int) -> bytes:
    """Return a frame of *length* bytes, without the end of the line."""
    bare = PING.strip()
    return bare[:-1] + b" " * (length - len(bare)) + b"}"


class LineEndTest(SynchronousTestCase):
    """A line ends with LF; CR LF is taken too, and an empty line does nothing."""

    def test_cr_lf_and_lf_are_the_same(self) -> None:
        house = House()
        person, program = house.connect(), house.connect()
        person.send(b"alice\r\ncreate tea\nhello\r\nyou\n")
        self.assertEqual([line[6:] for line in person.lines()[-2:]], ["<alice> hello", "<alice> you"])
        program.send(PING.replace(b"\n", b"\r\n") + PING)
        self.assertEqual(program.frames(), [{"type": "pong"}] * 2)

    def test_empty_lines_do_nothing(self) -> None:
        house = House()
        for peer in (house.person("alice"), house.program("bob")):
            peer.send(b"\n\r\n\n\n\r\n" * 1000)
            self.assertEqual(peer.lines(), [])


class LineLimitTest(SynchronousTestCase):
    """A line has so many bytes and no more, its end not counted."""

    @override
    def setUp(self) -> None:
        self.house = House()

    def test_the_longest_line_is_taken(self) -> None:
        program = self.house.program("alice")
        for end in (b"\n", b"\r\n"):
            program.send(ping(32768) + end)
            self.assertEqual(program.frames(), [{"type": "pong"}])
        person = self.house.person("bob")
        person.type("create tea")
        person.send(b"a" * 32768 + b"\r", b"\n")
        self.assertEqual([line[:16] for line in person.lines()], ["! text-too-long:"])

    def test_one_byte_more_closes_after_all_before_was_answered(self) -> None:
        for end in (b"\n", b"\r\n"):
            program = self.house.connect()
            program.send(PING + ping(32769) + end + PING)
            pong, error = program.frames()
            self.assertEqual((pong, error["type"], error["code"]), ({"type": "pong"}, "error", "line-too-long"))
            self.assertTrue(program.closed)

    def test_in_text_it_is_the_same(self) -> None:
        person = self.house.connect()
        person.send(b"alice\n" + b"a" * 32769 + b"\nbob\n")
        self.assertEqual(person.lines()[-1], TOO_LONG)
        self.assertNotIn("bob", self.house.lobby.users)
        self.assertTrue(person.closed)

    def test_a_line_that_does_not_end_is_too_long_as_soon_as_it_is(self) -> None:
        person = self.house.person("alice")
        person.send(b"a" * 32768, b"\r")
        self.assertEqual(person.lines(), [])
        person.send(b"\r")
        self.assertEqual(person.lines(), [TOO_LONG])
        self.assertTrue(person.closed)

    def test_what_waits_for_the_log_is_answered_before(self) -> None:
        log = LateLog()
        house = House(log=log)
        alice = house.program("alice")
        alice.ask({"type": "create", "room": "tea"})
        log.answer()
        alice.frames()
        alice.send(frame(type="say", id=1, room="tea", text="one"), b"a" * 40_000)
        self.assertEqual(alice.frames(), [])
        self.assertFalse(alice.closed)
        log.answer()
        self.assertEqual([answer.get("id", answer.get("code")) for answer in alice.frames()], [1, "line-too-long"])
        self.assertTrue(alice.closed)

    def test_0_is_no_limit(self) -> None:
        program = House(max_line=0).connect()
        program.send(ping(1_000_000)[:500_000], ping(1_000_000)[500_000:] + b"\n")
        self.assertEqual(program.frames(), [{"type": "pong"}])


class FairnessTest(SynchronousTestCase):
    """A turn takes so many lines of one visitor, and then the others have theirs."""

    def test_the_65th_line_waits_until_the_others_had_their_turn(self) -> None:
        house = House()
        alice, bob, carol = map(house.program, ("alice", "bob", "carol"))
        for peer in (alice, bob):
            peer.send(frame(type="tell", to="carol", text="hello") * 200)
            self.assertEqual(peer.take().count(b"\n"), 64)
        turns = [(name, len(list(told))) for name, told in groupby(carol.frames(), key=lambda told: told["from"])]
        self.assertEqual(turns, [("alice", 64), ("bob", 64)] * 3 + [("alice", 8), ("bob", 8)])

    def test_64_lines_do_not_wait(self) -> None:
        program = House().connect()
        program.send(PING * 64)
        self.assertEqual(program.take().count(b"\n"), 64)
        self.assertEqual(program.wire.producerState, "producing")

    def test_0_is_no_limit(self) -> None:
        program = House(lines_per_turn=0).connect()
        program.send(PING * 2000)
        self.assertEqual(program.take().count(b"\n"), 2000)

    def test_nothing_is_taken_of_one_who_has_gone_meanwhile(self) -> None:
        house = House()
        program = house.connect()
        program.send(PING * 200)
        program.take()
        program.vanish()
        self.assertEqual(program.frames(), [])


class BackPressureTest(SynchronousTestCase):
    """While lines wait, no more is read."""

    @override
    def setUp(self) -> None:
        self.log = LateLog()

    def speaker(self, *, in_flight: float) -> Peer:
        """Return a program in a room, whose log answers late."""
        program = House(log=self.log, in_flight=in_flight).program("alice")
        program.ask({"type": "create", "room": "tea"})
        self.log.answer()
        program.frames()
        return program

    def test_nothing_is_read_while_lines_wait_for_their_turn(self) -> None:
        program = House().connect()
        program.send(PING * 65, PING, PING)
        self.assertEqual((program.wire.producerState, program.unread), ("paused", 2))
        self.assertEqual(len(program.frames()), 67)
        self.assertEqual((program.wire.producerState, program.unread), ("producing", 0))

    def test_what_is_kept_of_a_flood_is_one_read(self) -> None:
        program = House().connect()
        pieces = 20
        program.send(*[PING * 1000] * pieces)
        self.assertEqual(program.unread, pieces - 1)
        self.assertEqual(len(program.frames()), 1000 * pieces)

    def test_a_command_that_waits_holds_back_its_own_visitor_alone(self) -> None:
        house = House(log=self.log)
        alice, bob = house.program("alice"), house.person("bob")
        alice.send(frame(type="create", id=1, room="tea"))
        self.assertEqual(alice.wire.producerState, "producing")
        alice.send(frame(type="ping", id=2), frame(type="ping", id=3))
        self.assertEqual((alice.wire.producerState, alice.unread), ("paused", 1))
        self.assertEqual(bob.type("who"), ["* Online: alice, bob."])
        self.assertEqual(alice.frames(), [])
        self.log.answer()
        self.assertEqual([answer.get("id") for answer in alice.frames() if "id" in answer], [1, 2, 3])
        self.assertEqual(alice.wire.producerState, "producing")

    def test_messages_do_not_wait_for_each_other_until_they_are_too_many(self) -> None:
        alice = self.speaker(in_flight=3)
        alice.send(*[frame(type="say", id=number, room="tea", text="hello") for number in range(1, 7)])
        self.assertEqual(len(self.log.waiting), 3)
        self.assertEqual((alice.wire.producerState, alice.unread), ("paused", 2))
        self.log.answer(1)
        alice.frames()
        self.assertEqual(len(self.log.waiting), 3)
        while self.log.waiting:
            self.log.answer()
            alice.frames()
        self.assertEqual((alice.wire.producerState, alice.unread), ("producing", 0))


class HalfCloseTest(SynchronousTestCase):
    """Input that ends is carried out to its last line, answered and shown; then the connection closes."""

    def answered(self, peer: Peer) -> list[str]:
        """Return all that comes to *peer*, who has sent everything, until it is closed."""
        lines = peer.lines()
        self.assertTrue(peer.closed)
        self.assertFalse(peer.wire.aborted)
        self.assertFalse(peer.wire.resumed_after_the_end)
        return lines

    def test_a_script_gets_its_answers_and_sees_what_it_said(self) -> None:
        person = House().connect()
        person.send(b"alice\ncreate tea\nhello\n/who\nbye then")
        person.finish()
        entered, who, said, last = self.answered(person)[-4:]
        self.assertTrue(entered.startswith("* You are in tea (1/256)."))
        self.assertEqual([said[6:], who, last[6:]], ["<alice> hello", "* In tea: alice.", "<alice> bye then"])

    def test_the_last_line_counts_without_its_end(self) -> None:
        house = House()
        person, program = house.connect(), house.connect()
        person.send(b"al", b"ice")
        person.finish()
        self.assertIn("* Hello alice. ", "\n".join(self.answered(person)))
        program.send(PING + PING.strip())
        program.finish()
        self.assertEqual(self.answered(program), [PING.decode().strip().replace("i", "o")] * 2)

    def test_the_last_line_may_be_too_long(self) -> None:
        person = House(max_line=5).connect()
        person.send(b"alice\nalice2\n")
        person.finish()
        self.assertEqual(self.answered(person)[-1][:16], "! line-too-long:")

    def test_who_says_nothing_is_let_go(self) -> None:
        house = House()
        for nothing in (b"", b"\r\n", b"\xef\xbb"):
            peer = house.connect()
            peer.send(nothing)
            peer.finish()
            self.answered(peer)

    def test_many_lines_are_all_taken_in_their_turns(self) -> None:
        program = House().connect()
        program.send(PING * 1000)
        program.finish()
        self.assertEqual(len(self.answered(program)), 1000)

    def test_what_the_log_has_not_stored_yet_is_waited_for(self) -> None:
        log = LateLog()
        house = House(log=log)
        bob = house.person("bob")
        alice = house.program("alice")
        alice.send(
            frame(type="create", id=1, room="tea")
            + frame(type="say", id=2, room="tea", text="one")
            + frame(type="say", id=3, room="tea", text="two")
            + frame(type="ping", id=4)
        )
        alice.finish()
        self.assertEqual(alice.lines(), [])
        log.answer()
        alice.lines()
        log.answer(1)
        self.assertFalse(alice.closed)
        log.answer()
        got = "".join(self.answered(alice))
        self.assertLess(got.index('"id":4'), got.index('"two"'))
        self.assertEqual(bob.type("who"), ["* Online: bob."])

    def test_nothing_more_is_read_once_it_has_ended(self) -> None:
        log = LateLog()
        alice = House(log=log).program("alice")
        alice.send(frame(type="create", id=1, room="tea"), frame(type="ping", id=2))
        alice.finish()
        alice.lines()
        log.answer()
        self.assertEqual(len(self.answered(alice)), 3)

    def test_quit_and_the_end_of_input_close_once(self) -> None:
        person = House().person("alice")
        person.send(b"quit\n")
        person.finish()
        self.assertEqual(self.answered(person), ["* Bye."])
