"""Where everybody stands, and why those who have gone have gone."""

from __future__ import annotations

from collections import Counter

from twisted.internet.address import IPv4Address
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.fronts.line import GREETING_DELAY
from tests.fakes import ForwardingLog, LateLog
from tests.fronts.house import House


class Defect(Exception):
    """What a test lets happen."""


class BrokenLog(ForwardingLog):
    """A log that can't be opened."""

    @override
    def open(self, *_: object) -> None:
        raise Defect


class StandingsTest(SynchronousTestCase):
    """Each connection is in one state, and speaks one dialect."""

    @override
    def setUp(self) -> None:
        self.house = House()

    def assert_standings(self, *standings: tuple[str, str]) -> None:
        self.assertEqual(Counter(self.house.factory.states()), Counter(standings))

    def test_who_has_said_nothing_may_become_anybody(self) -> None:
        self.house.connect()
        self.assert_standings(("username", "unknown"))
        self.house.settle(GREETING_DELAY)
        self.assert_standings(("username", "unknown"))

    def test_a_first_byte_shows_the_dialect(self) -> None:
        self.house.connect().send(b"al")
        self.house.connect().send(b'{"type"')
        self.assert_standings(("username", "text"), ("username", "frames"))

    def test_a_visitor_goes_from_state_to_state(self) -> None:
        alice, bot = self.house.person("alice"), self.house.program("bot")
        self.assert_standings(("lobby", "text"), ("lobby", "frames"))
        alice.type("create tea")
        self.assert_standings(("room", "text"), ("lobby", "frames"))
        bot.ask({"type": "join", "room": "tea"})
        alice.type("/leave")
        self.assert_standings(("lobby", "text"), ("room", "frames"))

    def test_whom_there_is_no_place_for_is_counted_with_those_who_have_gone(self) -> None:
        factory = House(max_connections=1).factory
        for port in (1, 2):
            factory.buildProtocol(IPv4Address("TCP", "192.0.2.1", port))
        self.assertEqual(factory.closes, {"too-many-connections": 1})

    def test_who_is_told_to_go_is_closing_until_it_is_gone(self) -> None:
        alice = self.house.connect(stuck=True)
        alice.type("alice", "quit")
        self.assert_standings(("closing", "text"))
        self.house.settle(self.house.lobby.limits.close_timeout + 1)
        self.assert_standings()


class ClosesTest(SynchronousTestCase):
    """Why a connection has closed is known by one word."""

    @override
    def setUp(self) -> None:
        self.house = House()

    def assert_closed(self, *reasons: str) -> None:
        # Those who may still say something are waited for.
        self.house.settle(1)
        self.assertEqual(self.house.factory.closes, Counter(reasons))

    def test_who_goes_without_a_word_is_lost(self) -> None:
        self.house.connect().vanish()
        self.house.person("alice").vanish()
        self.assert_closed("lost", "lost")

    def test_who_says_farewell_quits(self) -> None:
        self.house.person("alice").type("quit")
        self.house.program("bot").ask({"type": "quit"})
        self.assert_closed("quit", "quit")

    def test_who_vanishes_while_we_close_was_closed_by_us(self) -> None:
        alice = self.house.connect(stuck=True)
        alice.type("alice", "quit")
        alice.vanish()
        self.assert_closed("quit")

    def test_who_has_said_everything_has_finished(self) -> None:
        alice = self.house.connect("tcp")
        alice.send(b"alice\nlist\n")
        alice.finish()
        self.assert_closed("finished")

    def test_a_refusal_that_closes_nobody_is_no_reason(self) -> None:
        alice = self.house.connect("tcp")
        alice.send(b"not a name\n")
        alice.finish()
        self.assert_closed("finished")

    def test_who_sends_too_long_a_line(self) -> None:
        self.house.connect().type("a" * 50_000)
        self.assert_closed("line-too-long")

    def test_who_gives_no_name_in_time(self) -> None:
        self.house.connect()
        self.house.settle(self.house.lobby.limits.login_timeout)
        self.assert_closed("login-timeout")

    def test_who_tries_too_many_names(self) -> None:
        self.house.connect().type(*["not a name"] * 10)
        self.assert_closed("too-many-tries")

    def test_who_comes_by_another_connection(self) -> None:
        for _ in range(2):
            self.house.connect().ask({"type": "login", "username": "alice", "session": "s" * 22})
        self.assert_closed("replaced")

    def test_a_browser(self) -> None:
        self.house.connect().send(b"GET / HTTP/1.1\r\n")
        self.assert_closed("http")

    def test_a_server_that_stops(self) -> None:
        self.house.person("alice")
        self.house.program("bot")
        self.house.factory.stop()
        self.assert_closed("stopping", "stopping")

    def test_who_is_cut_off_when_the_server_stops(self) -> None:
        log = LateLog(prompt=True)
        self.house = House(log=log)
        self.house.person("alice").type("create tea")
        log.prompt = False
        self.house.settle()
        [front] = self.house.factory.connections
        front.dataReceived(b"a message that is never stored\n")
        self.house.factory.stop()
        self.house.settle(self.house.lobby.limits.stop_timeout)
        self.assert_closed("stopping")

    def test_a_defect(self) -> None:
        self.house = House(log=BrokenLog())
        self.house.person("alice").type("create tea")
        self.assertEqual(len(self.flushLoggedErrors(Defect)), 1)
        self.assert_closed("crashed")
