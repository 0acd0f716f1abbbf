"""Visitors who ask for more than the server takes wait, and are told so; nothing is lost, and nobody else notices."""

from __future__ import annotations

import pytest
from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import (
    Command,
    Create,
    History,
    Join,
    Leave,
    List,
    Ping,
    Quit,
    Request,
    Say,
    Search,
    Tell,
    Topic,
)
from chatroom.core.values.errors import UnknownType
from chatroom.core.values.events import Bye, Slowed, Told
from chatroom.core.values.limits import TOKEN_BYTES
from chatroom.core.values.names import RoomName
from chatroom.core.values.replies import Refused
from chatroom.core.visit.rules import RULES
from tests.core.examples import EXAMPLES
from tests.core.scenes import ALICE, BOB, TEA, Flood, affordable, gather, kinds, seqs
from tests.fakes import LateLog, Person, World
from tests.lateness import at_once


def says(number: int) -> list[Command]:
    return [Say(TEA, str(text)) for text in range(1, number + 1)]


class FloodTests(SynchronousTestCase):
    def test_30_are_taken_at_once_and_then_5_a_second(self) -> None:
        flood = Flood(World(burst=30).visit(), *[Ping()] * 100)
        assert len(flood.waiting) == 70
        assert flood.go_on(1.1) == 5
        assert flood.go_on(4) == 20

    def test_nothing_is_lost_and_all_is_in_order(self) -> None:
        alice, bob = gather(World(burst=10, rate=5), "alice", "bob")
        alice.world.settle(100)
        flood = Flood(alice, *says(30))
        assert len(flood.waiting) == 20
        flood.go_on(4.2)
        assert seqs(alice.connection.take()) == seqs(bob.connection.take()) == list(range(1, 31))

    def test_it_is_told_once_and_at_once(self) -> None:
        alice = World(burst=2, rate=0.5).visit()
        flood = Flood(alice, *[Ping()] * 5)
        assert alice.connection.take()[2:] == [Slowed(0.5)]
        flood.go_on(10)
        assert kinds(alice.connection.take()) == ["Pong"] * 3

    def test_it_is_told_again_when_all_that_waited_had_been_taken(self) -> None:
        alice = World(burst=2).visit()
        Flood(alice, *[Ping()] * 3).go_on(1)
        alice.visitor.kept_up()
        alice.connection.take()
        Flood(alice, *[Ping()] * 10)
        assert "Slowed" in kinds(alice.connection.take())

    def test_who_asks_for_no_more_than_that_is_told_nothing(self) -> None:
        alice = World(burst=2, rate=5).visit()
        for _ in range(20):
            assert not Flood(alice, Ping()).waiting
            alice.world.settle(0.2)
        assert kinds(alice.connection.take()) == ["Pong"] * 20

    def test_the_others_are_taken_meanwhile(self) -> None:
        world = World(burst=3)
        alice, bob = world.visit(), world.visit()
        Flood(alice, *[Ping()] * 10)
        assert affordable(bob) == 3

    def test_who_was_silent_for_long_may_send_no_more_at_once(self) -> None:
        alice = World(burst=30).visit()
        alice.world.settle(3600)
        assert affordable(alice) == 30

    def test_other_reasons_to_wait_are_no_reason_to_be_slowed(self) -> None:
        log = LateLog(prompt=True)
        [alice] = gather(World(log=log, burst=30), "alice")
        alice.world.settle(100)
        log.prompt = False
        flood = Flood(alice, Topic(TEA, "Cups"), *[Ping()] * 10)
        flood.go_on(10)
        assert len(flood.waiting) == 10
        log.answer()
        assert flood.go_on(0.1) == 10
        assert "Slowed" not in kinds(alice.connection.take())

    def test_an_answer_that_comes_meanwhile_changes_nothing(self) -> None:
        log = LateLog(prompt=True)
        [alice] = gather(World(log=log, burst=10, rate=1), "alice")
        alice.world.settle(100)
        log.prompt = False
        flood = Flood(alice, *says(20))
        log.answer()
        assert (len(flood.waiting), alice.connection.proceeded) == (10, 0)
        assert flood.go_on(3.1) == 3
        assert kinds(alice.connection.take()).count("Slowed") == 1

    def test_either_0_is_no_limit(self) -> None:
        for world in (World(burst=0, rate=5), World(burst=30, rate=0), World(burst=0, rate=0)):
            assert not Flood(world.visit(), *[Ping()] * 1000).waiting

    def test_who_is_gone_is_not_asked_to_go_on(self) -> None:
        alice = World(burst=1).visit()
        Flood(alice, *[Ping()] * 3)
        alice.visitor.lost()
        alice.world.settle(10)
        assert alice.connection.proceeded == 0

    def test_a_server_that_stops_does_not_wait_for_it(self) -> None:
        alice = World(burst=1).visit()
        Flood(alice, *[Ping()] * 3)
        alice.visitor.stop()
        assert isinstance(alice.see()[-1], Bye)
        assert alice.connection.closed


# Nobody pays for anything behind the last one.
@pytest.mark.parametrize("command", [it for it in EXAMPLES if it != Quit()], ids=lambda it: type(it).__name__)
def test_a_request_costs_what_its_row_says(command: Command) -> None:
    [alice] = gather(World(burst=20), "alice")
    alice.world.settle(100)
    alice.do(command)
    assert affordable(alice) == 20 - RULES[type(command)].tokens


class ReadingTests(SynchronousTestCase):
    """Pages cost tokens for the text in them."""

    @staticmethod
    def reader(*sizes: int, burst: int = 20) -> Person:
        """Return a person with a full bucket, in a room with messages of *sizes*."""
        world = World(burst=burst)
        alice, bob = gather(world, "alice", "bob")
        for size in sizes:
            alice.do(Say(TEA, "é" * (size // 2)))
        bob.connection.take()
        world.settle(1000)
        return bob

    def test_a_page_of_history_costs_a_token_more_for_each_16_kib(self) -> None:
        for size, cost in ((TOKEN_BYTES - 2, 1), (TOKEN_BYTES, 2), (2 * TOKEN_BYTES - 2, 2), (4 * TOKEN_BYTES, 5)):
            bob = self.reader(size)
            bob.do(History(TEA))
            assert affordable(bob) == 20 - cost

    def test_it_is_the_page_that_counts_and_not_each_message(self) -> None:
        bob = self.reader(*[TOKEN_BYTES // 2] * 6)
        bob.do(History(TEA))
        assert affordable(bob) == 20 - 4

    def test_so_does_a_page_of_what_was_found(self) -> None:
        bob = self.reader(3 * TOKEN_BYTES)
        bob.do(Search(TEA, "é*"))
        assert affordable(bob) == 20 - 4

    @at_once
    def test_so_do_pages_of_rooms(self) -> None:
        world = World(burst=20, rooms_per_visitor=0)
        alice = world.enter("alice")
        for number in range(60):
            alice.do(Create(RoomName(f"room{number}"), "t" * 300))
        world.settle(100)
        alice.do(List())
        assert affordable(alice) == 20 - 2

    def test_to_open_a_closed_room_or_to_look_for_one_costs_five(self) -> None:
        for room, is_open, cost in ((TEA, True, 1), (TEA, False, 5), (RoomName("nowhere"), True, 5)):
            world = World(burst=20, linger=0)
            [alice] = gather(world, "alice")
            bob = world.enter("bob")
            if not is_open:
                alice.do(Leave(TEA))
            world.settle(1000)
            bob.do(Join(room))
            assert affordable(bob) == 20 - cost

    def test_each_piece_of_a_replay_is_charged_for(self) -> None:
        bob = self.reader(*[4 * TOKEN_BYTES] * 3)
        bob.do(Leave(TEA))
        bob.world.settle(1000)
        bob.do(Join(TEA, backlog=3))
        assert affordable(bob) == 20 - 1 - 3 * 4

    def test_who_falls_behind_is_charged_for_what_they_read_later(self) -> None:
        alice, bob = gather(World(burst=20), "alice", "bob")
        bob.world.settle(1000)
        bob.connection.busy = True
        alice.do(Say(TEA, "a" * TOKEN_BYTES))
        bob.connection.busy = False
        bob.visitor.drained()
        assert seqs(bob.see()) == [1]
        assert affordable(bob) == 20 - 1

    def test_what_it_is_shown_live_costs_nothing(self) -> None:
        alice, bob = gather(World(burst=20), "alice", "bob")
        bob.world.settle(1000)
        alice.do(Say(TEA, "a" * 4 * TOKEN_BYTES))
        assert affordable(bob) == 20

    def test_what_is_owed_has_to_be_waited_for(self) -> None:
        bob = self.reader(4 * TOKEN_BYTES, burst=2)
        flood = Flood(bob, History(TEA), History(TEA))
        assert flood.go_on(0.7) == 0
        assert flood.go_on(0.2) == 1


def test_what_was_not_understood_costs_a_token() -> None:
    alice = World(burst=20).visit()
    alice.visitor.refuse(Request(), UnknownType("dance"))
    assert affordable(alice) == 19


class TellTests(SynchronousTestCase):
    """People who do not read are told no more than their outbox takes."""

    def test_a_tell_that_does_not_fit_is_refused_and_closes_nobody(self) -> None:
        world = World(outbox=1000)
        alice, bob = world.enter("alice"), world.enter("bob")
        bob.connection.waiting = 990
        assert alice.refused(Tell(BOB, "é" * 6)) == "unavailable"
        assert bob.connection.take() == []
        assert not bob.connection.closed
        assert kinds(alice.do(Tell(BOB, "é" * 5))) == ["Ok"]
        assert bob.connection.take() == [Told(ALICE, BOB, world.lobby.now(), "é" * 5)]

    def test_it_says_why(self) -> None:
        world = World()
        alice, bob = world.enter("alice"), world.enter("Bob")
        bob.connection.waiting = 262_144
        [refused] = alice.do(Tell(BOB, "psst"))
        assert isinstance(refused, Refused)
        assert str(refused.error) == "Bob is far behind with reading; try again in a moment."

    def test_0_is_no_limit(self) -> None:
        world = World(outbox=0)
        alice, bob = world.enter("alice"), world.enter("bob")
        bob.connection.waiting = 10**9
        assert kinds(alice.do(Tell(BOB, "psst"))) == ["Ok"]
