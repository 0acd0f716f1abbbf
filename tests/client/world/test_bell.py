"""Whoever does not look is called, and not too often."""

from __future__ import annotations

import pytest
from twisted.internet.task import Clock

from chatroom.client.views.alert import Alert
from chatroom.client.world.bell import PAUSE, PRESENT, Bell

ALERT = Alert("bob in tea", "alice: hello")


class House:
    """A bell, and how often it has *rung*."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.rung: list[Alert] = []
        self.bell = Bell(self.rung.append, self.clock.seconds)


@pytest.fixture
def house() -> House:
    return House()


def test_it_rings_when_the_terminal_has_no_focus(house: House) -> None:
    house.bell.focus(False)
    house.bell.tell(None)
    assert house.rung == []
    house.bell.tell(ALERT)
    assert house.rung == [ALERT]


def test_it_does_not_ring_for_somebody_who_looks(house: House) -> None:
    house.bell.focus(True)
    house.clock.advance(10 * PRESENT)
    house.bell.tell(ALERT)
    assert house.rung == []


def test_it_does_not_ring_again_at_once(house: House) -> None:
    house.bell.focus(False)
    house.bell.tell(ALERT)
    house.clock.advance(PAUSE - 0.1)
    house.bell.tell(ALERT)
    assert len(house.rung) == 1
    house.clock.advance(0.1)
    house.bell.tell(ALERT)
    assert len(house.rung) == 2


def test_where_the_terminal_tells_nothing_it_rings_if_nobody_has_typed_for_a_while(house: House) -> None:
    house.clock.advance(PRESENT - 1)
    house.bell.tell(ALERT)
    assert house.rung == []
    house.bell.typed()
    house.clock.advance(PRESENT - 1)
    house.bell.tell(ALERT)
    assert house.rung == []
    house.clock.advance(1)
    house.bell.tell(ALERT)
    assert house.rung == [ALERT]
