"""The lease of a node: how long it takes itself for one, and what it does when it can't know."""

from __future__ import annotations

import pytest
from twisted.internet.task import Clock

from chatroom.logs.machinery.health import LATE
from chatroom.logs.nodes.lease import Lease


class Leased:
    """A lease of 9 seconds, begun at 0; *over* notes when it ran out, and *sent* what left."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.over: list[float] = []
        self.sent: list[float] = []
        self.lease = Lease(self.clock, 9.0, lambda: self.over.append(self.clock.seconds()))
        self.lease.renewed(0)

    def sleep(self, seconds: float) -> None:
        """Let *seconds* pass in which nothing runs here; what is due then has not run yet."""
        self.clock.rightNow += seconds

    def send(self) -> None:
        """Note that something left."""
        self.sent.append(self.clock.seconds())


@pytest.fixture
def leased() -> Leased:
    return Leased()


def test_it_holds_from_before_the_last_sign_of_life_on(leased: Leased) -> None:
    leased.clock.advance(5)
    assert leased.lease.held
    leased.lease.renewed(3)
    leased.clock.advance(6.9)
    assert leased.lease.held
    assert leased.lease.left == pytest.approx(0.1)
    leased.clock.advance(0.1)
    assert not leased.lease.held
    assert leased.lease.left == 0


def test_who_is_awake_when_it_runs_out_is_cut_off_and_may_say_so(leased: Leased) -> None:
    leased.clock.pump([0.5] * 18)
    assert leased.over == [9]
    assert not leased.lease.held
    assert not leased.lease.shut


def test_who_slept_lets_nothing_leave_until_the_next_sign_of_life_has_arrived(leased: Leased) -> None:
    leased.sleep(9 + LATE)
    assert leased.lease.shut
    leased.lease.when_open(leased.send)
    leased.clock.advance(0)
    assert leased.over == []
    assert leased.lease.shut
    # One that was sent before the sleep tells nothing.
    leased.lease.renewed(1)
    assert leased.lease.shut
    assert leased.sent == []
    leased.lease.renewed(leased.clock.seconds())
    assert not leased.lease.shut
    assert leased.sent == [9 + LATE]


def test_one_that_was_given_up_drops_what_waited(leased: Leased) -> None:
    leased.sleep(20)
    leased.lease.when_open(leased.send)
    leased.lease.end()
    assert not leased.lease.held
    leased.lease.renewed(20)
    assert leased.lease.held
    assert leased.sent == []


def test_it_runs_out_again(leased: Leased) -> None:
    leased.clock.pump([0.5] * 18)
    leased.lease.renewed(9)
    leased.clock.pump([0.5] * 18)
    assert leased.over == [9, 18]
