"""What a directory gives to somebody who is gone by then is given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Create, Join, List, Login, Rename, Say, Tell, Who
from chatroom.core.values.events import Joined, Left
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Members, Welcome
from tests.core.scenes import ALICE, BOB, TEA, come_back, gather, kinds, session
from tests.fakes import Person, World
from tests.lateness import LATE, lateness

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
            assert alice.do(Who(TEA)) == [Members(TEA, (ALICE, BOB), more=False)], turn


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
