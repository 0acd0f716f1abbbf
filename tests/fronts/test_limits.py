"""Limits of connections that change while some are there."""

from __future__ import annotations

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.limits import Limits
from chatroom.fronts.control import ControlFactory
from chatroom.wire.frames.frames import Frames
from tests.fronts.house import House

HOST = "192.0.2.1"
PING = {"type": "ping"}


def limit(house: House, **limits: float) -> Limits:
    """Let other *limits* hold in *house* from now on."""
    new = replace(house.lobby.limits, **limits)  # type: ignore[arg-type]
    house.lobby.limit(new)
    house.factory.limit(new)
    return new


class LimitsTest(SynchronousTestCase):
    def test_there_are_as_many_places_as_there_are_now_and_nobody_loses_one(self) -> None:
        house = House()
        first, second = house.connect(host=HOST), house.connect(host=HOST)
        limit(house, per_host=1)
        self.assertIn("There are 2 connections", house.turned_away(HOST))
        house.connect(host="192.0.2.2")
        limit(house, max_connections=3)
        self.assertIn("The server is full", house.turned_away())
        first.vanish()
        second.vanish()
        house.connect(host=HOST)

    def test_programs_are_asked_for_a_sign_of_life_as_often_as_is_said_now(self) -> None:
        house = House(heartbeat=0, stall_timeout=0)
        alice = house.program("alice")
        house.wait(100)
        self.assertEqual(alice.frames(), [])
        limit(house, heartbeat=10)
        house.wait(12)
        self.assertEqual(alice.frames(), [PING])
        alice.ask({"type": "pong"})
        limit(house, heartbeat=0)
        house.wait(100)
        self.assertEqual(alice.frames(), [])
        limit(house, heartbeat=20)
        house.wait(18)
        self.assertEqual(alice.frames(), [])
        house.wait(6)
        self.assertEqual(alice.frames(), [PING])

    def test_who_comes_is_told_the_limits_of_now(self) -> None:
        frames = Frames("chatroom", Limits())
        house = House(frames=frames)
        frames.limit(limit(house, max_line=1000, heartbeat=7))
        [welcome] = house.connect().ask({"type": "login", "username": "alice"})
        self.assertEqual((welcome["limits"]["line"], welcome["heartbeat"]), (1000, 7))

    def test_operators_are_never_too_many(self) -> None:
        house = House()
        operators = ControlFactory(house.factory)
        operators.limit(limit(house, max_connections=1, per_host=1))
        for _ in range(3):
            self.assertIsNone(operators.admission.admit(None))
