"""What a directory gives to somebody who is gone by then is given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Create, Join, Leave, List, Login, Quit, Rename, Say, Tell, Who
from chatroom.core.values.events import Joined, Left
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Members, Welcome
from tests.core.scenes import ALICE, BOB, TEA, come_back, gather, gather_late, kinds, session
from tests.fakes import Person, World
from tests.lateness import LATE, at_once, lateness

ANNA = Username("anna")


def late_world(*, grace: float = 30) -> World:
    """Return a world whose log and directory are late."""
    with lateness(LATE):
        return World(grace=grace)


def turns(person: Person, ask: Callable[[], Any], turn: int) -> None:
    """Let *person* be lost *turn* turns after they asked for something."""
    ask()
    for _ in range(turn):
        person.world.end_turn()
    person.visitor.lost()
    person.world.settle()


TURNS = range(8)
"""More than any question takes."""


class TooLateTests(SynchronousTestCase):
    """Whenever it is that they are lost."""

    def test_a_name(self) -> None:
        for turn in TURNS:
            world = late_world()
            first = world.visit()
            turns(first, lambda: first.ask(Login(ALICE)), turn)  # noqa: B023
            assert not world.lobby.users, turn
            assert kinds(world.visit().do(Login(ALICE))) == ["Welcome"], turn

    def test_a_name_for_a_session_that_nobody_was_told_of(self) -> None:
        world = late_world()
        first = world.visit()
        turns(first, lambda: first.ask(Login(ALICE, session("alice"))), 2)
        assert not world.lobby.users
        assert come_back(world, "alice", called="anna").see() == [Welcome(ANNA, None)]

    def test_a_seat_that_is_taken_again_is_held_on(self) -> None:
        for turn in TURNS:
            world = late_world(grace=30)
            alice, bob = gather(world, "alice", "bob", known=True)
            bob.visitor.lost()
            again = world.visit()
            turns(again, lambda: again.ask(Login(BOB, session("bob"))), turn)  # noqa: B023
            assert alice.see() == [], turn
            assert kinds(come_back(world, "bob").see()) == ["Welcome"], turn
            world.settle(61)
            assert alice.see() == [Left(TEA, BOB, 1, 256, "lost")], turn

    def test_but_not_if_somebody_else_has_it_meanwhile(self) -> None:
        for turn in TURNS:
            world = late_world(grace=30)
            alice, bob = gather(world, "alice", "bob", known=True)
            bob.visitor.lost()
            lost = world.visit()
            lost.ask(Login(BOB, session("bob")))
            for _ in range(turn):
                world.end_turn()
            lost.visitor.lost()
            again = come_back(world, "bob")
            again.do(Join(TEA))
            world.settle(61)
            assert alice.see() == [], turn
            assert again.rooms == [TEA], turn

    def test_another_name(self) -> None:
        for turn in TURNS:
            world = late_world(grace=30)
            [alice] = gather(world, "alice", known=True)
            turns(alice, lambda: alice.ask(Rename(ANNA)), turn)  # noqa: B023
            names = {user.username for user in world.lobby.users.values()}
            assert names in ({ALICE}, {ANNA}), turn
            [other] = {ALICE, ANNA} - names
            assert kinds(world.visit().do(Login(other))) == ["Welcome"], turn

    def test_a_watch(self) -> None:
        for turn in TURNS:
            world = late_world(grace=30)
            [alice] = gather(world, "alice", known=True)
            turns(alice, lambda: alice.ask(List(watch=True)), turn)  # noqa: B023
            seen = len(alice.connection.sent)
            world.enter("carol").do(Create(TEA))
            world.settle(2)
            assert len(alice.connection.sent) == seen, turn

    def test_a_place_in_a_room(self) -> None:
        for turn in TURNS:
            world = late_world()
            alice, _ = gather(world, "alice", "bob")
            carol = world.enter("carol")
            turns(carol, lambda: carol.ask(Join(TEA)), turn)  # noqa: B023
            assert [type(event) for event in alice.see()] in ([], [Joined, Left]), turn
            assert alice.do(Who(TEA)) == [Members(TEA, (ALICE, BOB), more=False, roles={ALICE: "owner"})], turn


class NotYetTests(SynchronousTestCase):
    """Who has a name, and was not welcomed yet, is not here."""

    def test_nobody_can_tell_them_anything(self) -> None:
        world = late_world()
        bob = world.enter("bob")
        alice = world.visit()
        alice.ask(Login(ALICE))
        # So it comes between the claim and its answer.
        world.end_turn()
        assert bob.refused(Tell(ALICE, "psst")) == "unavailable"
        assert kinds(alice.see()) == ["Welcome"]
        assert kinds(bob.do(Tell(ALICE, "psst"))) == ["Ok"]

    def test_what_they_say_waits(self) -> None:
        world = late_world()
        alice = world.visit()
        alice.ask(Login(ALICE))
        alice.ask(Create(TEA))
        alice.ask(Say(TEA, "hi"))
        assert kinds(alice.see()) == ["Welcome", "Entered", "Level", "Stored", "Said"]


class RoomTests(SynchronousTestCase):
    """A room that closes, or is deleted, while somebody comes in."""

    def test_one_that_was_empty_long_enough_stays_open_for_who_is_about_to_come_in(self) -> None:
        world = late_world()
        alice = world.enter("alice")
        alice.do(Create(TEA))
        alice.do(Leave(TEA))
        world.settle(299.9)
        alice.ask(Join(TEA))
        # Time passes before the log has answered.
        world.clock.advance(1.5)
        assert kinds(alice.see()) == ["Entered", "Level"]
        assert kinds(alice.do(Say(TEA, "hi"))) == ["Stored", "Said"]
        world.settle(600)
        assert kinds(alice.do(Say(TEA, "hi"))) == ["Stored", "Said"]

    def test_one_that_a_stopping_server_empties_stays_open(self) -> None:
        world = World(linger=1)
        alice, bob = gather(world, "alice", "bob", known=True)
        world.lobby.stopping = True
        for person in (alice, bob):
            person.visitor.stop()
        world.settle(2)
        assert [room.name for room in world.lobby.rooms.values()] == [TEA]


class ReservedTests(SynchronousTestCase):
    """A name that is reserved for one connection, while another of the same session wants it too."""

    def test_what_the_lost_one_asked_for_takes_nothing_from_the_one_that_came_back(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob", known=True)
        world = alice.world
        bob.ask(Say(TEA, "one"))
        alice.ask(Rename(ANNA))
        alice.visitor.lost()
        bob.ask(Say(TEA, "two"))
        again = come_back(world, "alice")
        world.settle()
        again.ask(Rename(ANNA))
        log.answer(1)
        world.settle()
        assert world.visit().refused(Login(ANNA)) == "username-taken"
        log.answer()
        assert [kind for kind in kinds(again.see()) if kind != "Welcome"] == ["Ok"]
        assert bob.do(Who())[-1] == Members(None, (ANNA, BOB), more=False)
        assert kinds(again.do(Quit())) == ["Bye"]

    @at_once
    def test_it_is_free_as_soon_as_the_connection_is_lost(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob", known=True)
        bob.ask(Say(TEA, "one"))
        alice.ask(Rename(ANNA))
        alice.visitor.lost()
        assert kinds(alice.world.visit().do(Login(ANNA))) == ["Welcome"]
        log.answer()
