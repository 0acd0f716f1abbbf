"""The clock on the wall jumps, as clocks of machines do: the server goes by another one."""

from __future__ import annotations

import json
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.options.command_line import Options
from chatroom.services.listening.listener import Listener
from chatroom.tap import server
from tests.fakes import NOON

HOUR = 3600
YEAR = 365 * 24 * HOUR


class Program:
    """A program that is connected to a server whose time passes in *reactor*."""

    def __init__(self, reactor: MemoryReactorClock) -> None:
        self._reactor = reactor
        self.transport = StringTransport()
        [listener] = reactor.tcpServers
        protocol = listener[1].buildProtocol(IPv4Address("TCP", "127.0.0.1", 1))
        assert protocol
        self._protocol = protocol
        protocol.makeConnection(self.transport)

    def ask(self, type: str, **fields: object) -> list[dict[str, Any]]:
        """Send a request, and return what comes."""
        self._protocol.dataReceived(json.dumps({"type": type, "id": 1, **fields}).encode() + b"\n")
        return self.take()

    def take(self) -> list[dict[str, Any]]:
        """Return the frames that have come."""
        self._reactor.advance(0)
        written: bytes = self.transport.value()
        self.transport.clear()
        return [json.loads(line) for line in written.splitlines()]


class JumpTest(SynchronousTestCase):
    """A server whose clock on the wall is set by hand."""

    @override
    def setUp(self) -> None:
        self.wall = NOON
        self.reactor = MemoryReactorClock()
        options = Options()
        options.parseOptions(["--port=tcp:1", "--store=memory", "--room=tea", "--linger=60", "--burst=10", "--rate=1"])
        service = server(options, self.reactor, lambda: self.wall)
        for each in service:
            if each.name == "store" or isinstance(each, Listener):
                each.startService()

    def wait(self, seconds: float) -> None:
        """Let *seconds* pass, without the clock on the wall."""
        self.reactor.pump([1] * int(seconds) + [0])

    def test_messages_keep_their_order_and_time_never_runs_back_in_a_room(self) -> None:
        alice = Program(self.reactor)
        alice.ask("login", username="alice")
        alice.ask("join", room="tea")
        said = []
        for jump in (0, -HOUR, YEAR, -YEAR):
            self.wall += jump
            [_, shown] = alice.ask("say", room="tea", text="what time is it?")
            said.append((shown["seq"], shown["at"][:13]))
        hours = ["2023-11-14T22", "2023-11-14T22", "2024-11-13T21", "2024-11-13T21"]
        self.assertEqual(said, list(enumerate(hours, 1)))
        [page] = alice.ask("history", room="tea")
        self.assertEqual([entry["seq"] for entry in page["entries"]], [1, 2, 3, 4])

    def test_who_has_to_give_a_name_has_neither_less_time_nor_more(self) -> None:
        for jump in (-YEAR, YEAR):
            nobody = Program(self.reactor)
            nobody.ask("ping")
            self.wait(60)
            self.wall += jump
            self.wait(59)
            self.assertEqual(nobody.ask("ping")[-1]["type"], "pong")
            self.wait(2)
            self.assertEqual(nobody.take()[-1]["code"], "login-timeout")

    def test_who_is_silent_is_asked_for_a_sign_of_life_when_it_is_time(self) -> None:
        for jump in (-YEAR, YEAR):
            alice = Program(self.reactor)
            alice.ask("login", username="alice")
            self.wait(30)
            self.wall += jump
            self.wait(29)
            self.assertEqual(alice.take(), [])
            self.wait(31)
            self.assertEqual([frame["type"] for frame in alice.take()], ["ping"])
            alice.ask("quit")

    def test_an_empty_room_stays_as_long_as_ever(self) -> None:
        for jump in (-YEAR, YEAR):
            alice = Program(self.reactor)
            alice.ask("login", username="alice")
            bob = Program(self.reactor)
            bob.ask("login", username="bob")
            bob.ask("create", room="milk")
            bob.ask("leave", room="milk")
            self.wait(30)
            self.wall += jump
            self.wait(29)
            self.assertEqual(self.rooms(alice), ["milk", "tea"])
            self.wait(2)
            self.assertEqual(self.rooms(alice), ["tea"])
            for program in (alice, bob):
                program.ask("quit")

    def rooms(self, program: Program) -> list[str]:
        """Return the names of the open rooms."""
        [answer] = program.ask("list")
        return [room["room"] for room in answer["rooms"]]

    def test_a_flood_waits_as_long_as_ever(self) -> None:
        for jump in (-YEAR, YEAR):
            alice = Program(self.reactor)
            alice.ask("login", username="alice")
            answers = [frame["type"] for _ in range(30) for frame in alice.ask("ping")]
            self.assertLess(answers.count("pong"), 10)
            self.wall += jump
            self.assertEqual(alice.take(), [])
            self.wait(1)
            self.assertEqual([frame["type"] for frame in alice.take()], ["pong"])
            alice.transport.abortConnection()
