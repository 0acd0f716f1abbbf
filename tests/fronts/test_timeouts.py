"""Connections that nothing comes of: they end in time."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from tests.fronts.house import GREETING, House, Peer

TIMEOUT = "! login-timeout: You gave no username in time; connect again when you have one."


class SilenceTest(SynchronousTestCase):
    """A first line comes within 20 s, a username within 120 s."""

    @override
    def setUp(self) -> None:
        self.house = House()

    def last_words(self, peer: Peer, seconds: float, *, meanwhile: bytes = b"") -> list[str]:
        """Return what comes when *peer* connects and *seconds* pass, in each of which it may send something."""
        until = self.house.clock.seconds() + seconds
        while self.house.clock.seconds() + 1 < until:
            self.house.settle(1)
            peer.send(meanwhile)
        self.assertFalse(peer.closed, self.house.clock.seconds())
        peer.take()
        self.house.settle(1.5)
        self.assertTrue(peer.closed)
        return peer.lines()

    def test_nobody_is_silent_for_more_than_20_s(self) -> None:
        self.assertEqual(self.last_words(self.house.connect(), 20), [TIMEOUT])

    def test_bytes_without_a_line_do_not_help(self) -> None:
        self.assertEqual(self.last_words(self.house.connect(), 20, meanwhile=b"a"), [TIMEOUT])
        self.assertEqual(self.last_words(self.house.connect(), 20, meanwhile=b"\r\n"), [TIMEOUT])

    def test_a_program_gets_it_in_a_frame(self) -> None:
        program = self.house.connect()
        program.send(b"{")
        [error] = self.last_words(program, 20, meanwhile=b" ")
        self.assertTrue(error.startswith('{"type":"error","code":"login-timeout","message":"You gave'), error)

    def test_nobody_is_nobody_for_more_than_120_s(self) -> None:
        self.assertEqual(self.last_words(self.house.connect(), 120, meanwhile=b"help\n"), [TIMEOUT])
        [error] = self.last_words(self.house.connect(), 120, meanwhile=b'{"type":"ping"}\n')
        self.assertTrue(error.startswith('{"type":"error","code":"login-timeout"'), error)

    def test_who_has_a_name_may_be_silent_for_ever(self) -> None:
        person = self.house.person("alice")
        self.house.wait(1_000)
        self.house.settle(1_000_000)
        self.assertEqual(person.lines(), [])
        self.assertEqual(person.type("who"), ["* Online: alice."])

    def test_a_name_at_the_last_moment_is_in_time(self) -> None:
        person = self.house.connect()
        self.house.settle(19)
        person.type("who?")
        self.house.settle(100)
        self.assertTrue(person.type("alice")[0].startswith("* Hello alice."))
        self.house.settle(100)
        self.assertFalse(person.closed)

    def test_0_is_no_limit(self) -> None:
        self.house = House(first_line_timeout=0, login_timeout=0)
        person = self.house.connect()
        self.house.settle(1_000_000)
        self.assertEqual(person.lines(), [GREETING])
        self.house = House(first_line_timeout=0)
        self.assertEqual(self.last_words(self.house.connect(), 120), [TIMEOUT])

    def test_who_has_gone_is_not_waited_for(self) -> None:
        self.house.connect().vanish()
        self.house.settle(1_000)
        self.assertEqual(self.house.factory.connections, {})


class TriesTest(SynchronousTestCase):
    """Who fails ten times to give a username is disconnected."""

    def test_the_tenth_bad_name_is_the_last(self) -> None:
        person = House().connect()
        names = ["a b", "/dance", "-", "tell@", "é" * 33, "\u0430lice", "x\u200b", "\x1b[31m", "go now"]
        self.assertEqual(len(person.type(*names)), 1 + len(names))
        # What was meant as a command is no name.
        self.assertEqual(len(person.type("help", "list", "join tea")), 3)
        self.assertFalse(person.closed)
        error, bye = person.type("al ice", "alice")
        self.assertTrue(error.startswith("! username-invalid:"), error)
        self.assertTrue(bye.startswith("* Bye: "), bye)
        self.assertTrue(person.closed)

    def test_a_taken_name_counts_and_bytes_that_are_no_text(self) -> None:
        house = House()
        house.person("alice")
        person = house.connect()
        person.send(b"ALICE\n" * 8 + b"\xc3\n")
        self.assertFalse(person.closed)
        error, _ = person.type("alice", "bob")[-2:]
        self.assertEqual(error, "! username-taken: alice is in use; choose another.")
        self.assertTrue(person.closed)

    def test_for_programs_it_is_the_same(self) -> None:
        program = House().connect()
        bad: dict[str, object] = {"type": "login", "username": "a b"}
        other: dict[str, object] = {"type": "who", "id": 1}
        program.ask(*[bad, other] * 9)
        self.assertFalse(program.closed)
        error, bye = program.ask({**bad, "id": "last"}, other)
        self.assertEqual((error["id"], error["code"]), ("last", "username-invalid"))
        self.assertEqual((bye["type"], bye["reason"]), ("bye", "too-many-tries"))
        self.assertTrue(program.closed)


class CloseTest(SynchronousTestCase):
    """A connection that does not close by itself is made to."""

    def test_a_close_that_does_not_finish_is_forced_after_5_s(self) -> None:
        house = House()
        person = house.person("alice", stuck=True)
        house.settle(30)
        self.assertEqual(person.type("quit"), ["* Bye."])
        house.settle(4.8)
        self.assertEqual((person.wire.disconnecting, person.closed), (True, False))
        self.assertFalse(house.lobby.users)
        house.settle(0.4)
        self.assertEqual((person.wire.aborted, person.closed), (True, True))
        self.assertFalse(house.factory.connections)

    def test_every_way_to_close_is_bounded(self) -> None:
        house = House()
        for last in (b"GET / HTTP/1.1\n", b"a" * 40_000, b"quit\n", b'{"type":"quit"}\n', b"a b\n" * 10, b""):
            peer = house.connect(stuck=True)
            peer.send(last)
            if not last:
                peer.finish()
            self.assertTrue(peer.wire.disconnecting, last[:20])
            house.settle(5.2)
            self.assertTrue(peer.wire.aborted, last[:20])

    def test_over_tcp_the_peer_is_listened_to_until_it_is_silent(self) -> None:
        # Bytes that are not read when a socket is closed break the connection under what it was sent last.
        house = House()
        person = house.connect("tcp")
        person.send(b"alice\nquit\n", b"who\n")
        self.assertEqual(person.lines()[-1], "* Bye.")
        for _ in range(10):
            self.assertEqual((person.wire.finished, person.closed, person.unread), (True, False, 0))
            house.settle(0.1)
            person.send(b"who\n" * 1000)
        house.settle(0.2)
        house.settle(0.3)
        self.assertEqual((person.closed, person.wire.aborted, person.lines()), (True, False, []))

    def test_but_not_for_ever(self) -> None:
        house = House()
        person = house.connect("tcp")
        person.send(b"quit\n")
        for _ in range(51):
            house.settle(0.1)
            person.send(b"and\n")
        self.assertTrue(person.wire.aborted)

    def test_over_tcp_a_peer_that_has_ended_too_is_not_waited_for(self) -> None:
        for last in (b"quit\n", b"alice"):
            house = House()
            person = house.connect("tcp")
            person.send(last)
            person.finish()
            house.settle()
            self.assertEqual(
                (person.closed, person.wire.aborted, person.wire.resumed_after_the_end), (True, False, False)
            )

    def test_who_is_not_read_is_read_again_to_be_closed(self) -> None:
        house = House(max_line=20)
        person = house.connect("tcp")
        person.send(b"help\n" * 70 + b"a" * 30 + b"\n", b"help\n")
        house.settle()
        self.assertEqual((person.wire.finished, person.unread), (True, 0))
        house.settle(0.2)
        house.settle(0.3)
        self.assertTrue(person.closed)

    def test_over_tls_there_is_no_half_close(self) -> None:
        house = House()
        person = house.connect("tls")
        person.send(b"quit\n")
        house.settle()
        self.assertEqual((person.closed, person.wire.finished), (True, False))

    def test_a_close_that_finishes_is_not_forced(self) -> None:
        house = House()
        person = house.person("alice")
        person.type("quit")
        house.settle(60)
        self.assertEqual((person.closed, person.wire.aborted), (True, False))

    def test_0_is_no_limit(self) -> None:
        house = House(close_timeout=0)
        person = house.person("alice", stuck=True)
        person.type("quit")
        house.settle(1_000_000)
        self.assertFalse(person.wire.aborted)
