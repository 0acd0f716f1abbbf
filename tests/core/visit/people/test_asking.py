"""What people ask about people: who is there with all that is known, who somebody is, and was."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import (
    Configure,
    Create,
    Describe,
    Join,
    Leave,
    Login,
    Quit,
    Register,
    Rename,
    Who,
    WhoIs,
    WhoWas,
)
from chatroom.core.values.names import Username
from chatroom.core.values.origin import ConnectionOrigin
from chatroom.core.values.passwords import Password
from chatroom.core.values.people import Gone, Known, Profile
from chatroom.core.values.replies import Departed, People
from chatroom.core.values.rights import Tuning
from tests.core.scenes import ALICE, BOB, CAROL, POND, TEA, gather
from tests.fakes import NOON, FakePasswords, World
from tests.fakes import Person as Visitor

SECRET = Password("correct horse")


def asked(visitor: Visitor, command: Who | WhoIs) -> People:
    visitor.see()
    [people] = visitor.do(command)
    assert isinstance(people, People)
    return people


def known(visitor: Visitor, name: Username = ALICE) -> Known:
    """Return what *visitor* learns of who is called *name*."""
    [found] = asked(visitor, WhoIs((name,))).people
    return found


def listed(visitor: Visitor, **who: Any) -> list[str]:
    """Return who is listed in full."""
    return [each.person.username for each in asked(visitor, Who(full=True, **who)).people]


class WhoInFullTests(SynchronousTestCase):
    def test_of_a_room_it_is_all_that_is_known_of_each(self) -> None:
        world = World(passwords=FakePasswords())
        alice, bob = gather(world, "alice", "bob")
        bob.do(Register(SECRET))
        bob.do(Describe(away="lunch"))
        people = asked(alice, Who(TEA, full=True))
        assert (people.room, people.more) == (TEA, False)
        [one, other] = people.people
        assert (one.person, one.role, one.operator, one.held) == (world.lobby.people.find(ALICE), "owner", False, False)
        assert (other.person.username, other.person.away, other.person.account) == (BOB, "lunch", BOB)
        assert other.role is None

    def test_of_everybody_it_is_who_fits_the_mask(self) -> None:
        world = World()
        alice, *_ = gather(world, "alice", "bob")
        world.visit(host="10.0.0.1").do(Login(CAROL, profile=Profile("Carol Jones", "cjones")))
        assert listed(alice) == ["alice", "bob", "carol"]
        assert listed(alice, mask="*o*!*") == ["bob", "carol"]
        assert listed(alice, mask="cjones") == listed(alice, mask="* jones") == ["carol"]
        hidden = world.lobby.cloak(b"10.0.0.1")
        assert listed(alice, mask=f"{hidden}*") == listed(alice, mask=f"*!*@{hidden}") == ["carol"]
        assert listed(alice, mask="dave") == []
        assert listed(alice, mask="*", after=ALICE) == ["bob", "carol"]
        assert asked(alice, Who(full=True)).last == CAROL

    def test_strangers_who_are_invisible_are_not_in_it(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        carol = world.enter("carol")
        bob.do(Describe(invisible=True))
        assert listed(carol, mask="*") == ["alice", "carol"]
        assert listed(alice, mask="*") == ["alice", "bob", "carol"]

    def test_a_room_that_is_private_stays_so(self) -> None:
        world = World()
        alice, _ = gather(world, "alice", "bob")
        alice.do(Configure(TEA, Tuning(private=True)))
        assert world.enter("carol").refused(Who(TEA, full=True)) == "no-such-room"


class WhoIsTests(SynchronousTestCase):
    def test_it_tells_the_rooms_and_since_when_they_are_here(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        visitor = world.visit(host="10.0.0.1")
        visitor.visitor.origin = ConnectionOrigin("10.0.0.1", "irc", int(NOON * 1000), True)
        visitor.do(Login(CAROL, profile=Profile("Carol")))
        visitor.do(Create(POND))
        visitor.do(Join(TEA))
        alice.do(Join(POND))
        found = known(bob, CAROL)
        assert found.person == world.lobby.people.find(CAROL)
        assert (found.since, found.secure, found.role) == (int(NOON * 1000), False, None)
        assert found.rooms == ((POND, "owner"), (TEA, None))
        assert known(bob, ALICE).rooms == ((POND, None), (TEA, "owner"))

    def test_a_room_is_left_out_of_which_one_may_not_know(self) -> None:
        alice, bob = gather(world := World(), "alice", "bob")
        carol = world.enter("carol")
        alice.do(Configure(TEA, Tuning(private=True)))
        assert known(carol).rooms == ()
        assert known(bob).rooms == ((TEA, "owner"),)

    def test_so_are_those_of_who_is_invisible_but_for_shared_ones(self) -> None:
        alice, bob = gather(world := World(), "alice", "bob")
        carol = world.enter("carol")
        alice.do(Create(POND))
        alice.do(Describe(invisible=True))
        assert known(bob).rooms == ((TEA, "owner"),)
        assert known(carol).rooms == ()
        assert known(alice).rooms == ((POND, "owner"), (TEA, "owner"))

    def test_several_are_asked_for_at_once_and_strangers_left_out(self) -> None:
        alice, _ = gather(World(), "alice", "bob")
        people = asked(alice, WhoIs((BOB, CAROL, ALICE)))
        assert [each.person.username for each in people.people] == [BOB, ALICE]
        assert alice.refused(WhoIs((CAROL,))) == "no-such-user"

    def test_a_seat_may_be_held(self) -> None:
        world = World(grace=60)
        alice = world.enter("alice", session=b"session")
        bob = world.enter("bob")
        assert not known(bob).held
        alice.visitor.lost()
        assert known(bob).held


class WhoWasTests(SynchronousTestCase):
    @staticmethod
    def gone(visitor: Visitor, most: int = 0) -> list[Gone]:
        [departed] = visitor.do(WhoWas(ALICE, most))
        assert isinstance(departed, Departed)
        return list(departed.people)

    def test_it_tells_who_had_the_name_lately(self) -> None:
        world = World()
        bob = world.enter("bob")
        assert bob.refused(WhoWas(ALICE)) == "no-such-user"
        for realname in ("first", "second"):
            alice = world.visit()
            alice.do(Login(ALICE, profile=Profile(realname)))
            world.settle(10)
            alice.do(Quit())
        second, first = self.gone(bob)
        assert (second.person.realname, first.person.realname) == ("second", "first")
        assert second.at == first.at + 10_000
        assert self.gone(bob, 1) == [second]

    def test_whoever_has_another_name_now_had_this_one(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Leave(TEA))
        alice.do(Rename(CAROL))
        bob.see()
        [was] = self.gone(bob)
        assert was.person.username == ALICE
