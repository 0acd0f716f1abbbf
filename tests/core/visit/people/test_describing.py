"""What people say of themselves: away or here, what they are called in life, and that a program speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.people.people import PeopleDirectory
from chatroom.core.values.commands import (
    Create,
    Describe,
    Impose,
    Join,
    Login,
    Quit,
    Register,
    Rename,
    Tell,
    Who,
)
from chatroom.core.values.events import Described, Event, Told
from chatroom.core.values.names import Username
from chatroom.core.values.origin import ConnectionOrigin
from chatroom.core.values.passwords import Password
from chatroom.core.values.people import Person, Profile
from chatroom.core.values.replies import Kept, Members, Ok, Reply
from tests.core.scenes import ALICE, AT, BOB, CAROL, POND, TEA, described, gather, kinds, vague
from tests.fakes import FakePasswords, World
from tests.fakes import Person as Visitor

SECRET = Password("correct horse")


def shown(sent: Sequence[Reply | Event]) -> list[Described]:
    """Return what was shown of people."""
    return [each for each in sent if isinstance(each, Described)]


def person(world: World, name: Username = ALICE) -> Person:
    people: PeopleDirectory = world.lobby.people
    found = people.find(name)
    assert found
    return found


def away(visitor: Visitor, **who: Any) -> dict[Username, str]:
    """Return who is away, as *visitor* asks."""
    *_, members = visitor.do(Who(**who))
    assert isinstance(members, Members)
    return dict(members.away)


class DescribingTests(SynchronousTestCase):
    def test_all_who_share_a_room_are_shown_it_once_each(self) -> None:
        alice, bob = gather(world := World(), "alice", "bob")
        bob.do(Create(POND))
        alice.do(Join(POND))
        bob.see()
        assert kinds(alice.do(Describe(away="lunch"))) == ["Ok", "Described", "Described"]
        one, other = sorted(shown(bob.see()), key=lambda each: str(each.room))
        assert (one.room, other.room) == (POND, TEA)
        assert one.serial == other.serial > 0
        assert (one.username, one.person, one.what) == (ALICE, person(world), ("away",))
        assert one.person.away == "lunch"
        alice.do(Describe(away=""))
        [back, _] = shown(bob.see())
        assert back.person.away is None
        assert back.serial > one.serial

    def test_what_is_not_given_stays_as_it_is(self) -> None:
        world = World()
        alice = world.visit()
        alice.do(Login(ALICE, profile=Profile("Alice", "asmith")))
        assert alice.do(Describe(bot=True)) == [Ok(ALICE)]
        alice.do(Describe(realname="Alice Smith", away="lunch"))
        alice.do(Describe())
        now = person(world)
        assert (now.realname, now.ident, now.away, now.bot) == ("Alice Smith", "~asmith", "lunch", True)

    def test_what_is_no_other_is_not_shown(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        for command in (Describe(away=""), Describe(), Describe(realname="", bot=False)):
            alice.do(command)
        alice.do(Describe(invisible=True))
        assert bob.see() == []

    def test_the_others_of_one_s_connections_are_told(self) -> None:
        world = World(passwords=FakePasswords())
        alice = world.enter("alice")
        alice.do(Register(SECRET))
        other = world.enter("alice", password=SECRET)
        alice.do(Describe(away="lunch"))
        assert vague(other.see()) == [described(None, ALICE, "away")]
        assert other.do(Describe(away="")) == [Ok(ALICE)]
        assert vague(alice.see()) == [described(None, ALICE, "away")]

    def test_an_account_is_shown_as_soon_as_it_is_theirs(self) -> None:
        alice, bob = gather(world := World(passwords=FakePasswords()), "alice", "bob")
        alice.do(Register(SECRET))
        assert vague(bob.see()) == [described(TEA, ALICE, "account")]
        assert person(world).account == ALICE

    def test_a_new_name_is_all_that_is_shown_of_a_new_name(self) -> None:
        alice, bob = gather(World(passwords=FakePasswords()), "alice", "bob")
        alice.do(Register(SECRET))
        bob.see()
        alice.do(Rename(CAROL))
        assert kinds(bob.see()) == ["Renamed"]

    def test_so_is_where_they_are_from_when_the_first_of_their_connections_goes(self) -> None:
        world = World(passwords=FakePasswords())
        alice, bob = gather(world, "alice", "bob")
        alice.do(Register(SECRET))
        other = world.visit(host="10.0.0.2")
        other.visitor.origin = ConnectionOrigin("10.0.0.2", "irc")
        other.do(Login(ALICE, password=SECRET))
        other.do(Join(TEA))
        bob.see()
        alice.do(Quit())
        assert vague(bob.see()) == [described(TEA, ALICE, "host")]
        assert person(world).host.endswith(".irc")

    def test_who_comes_back_is_from_elsewhere_and_says_something_else(self) -> None:
        world = World(grace=60)
        alice = world.enter("alice", session=b"session")
        alice.do(Create(TEA))
        bob = world.enter("bob")
        bob.do(Join(TEA))
        alice.do(Describe(away="lunch"))
        bob.see()
        alice.visitor.lost()
        again = world.visit(host="10.0.0.2")
        again.do(Login(ALICE, b"session", profile=Profile("Alice")))
        assert vague(bob.see()) == [described(TEA, ALICE, "host", "realname", "away")]

    def test_who_may_not_speak_says_nothing_there_either(self) -> None:
        bob, alice = gather(World(), "bob", "alice")
        bob.do(Impose("mute", TEA, ALICE))
        alice.see()
        assert alice.refused(Describe(away="psst")) == "muted"
        assert alice.refused(Describe(realname="psst")) == "muted"
        assert kinds(alice.do(Describe(away="", bot=True))) == ["Ok", "Described"]


class AwayTests(SynchronousTestCase):
    def test_who_asks_for_names_sees_who_is_away(self) -> None:
        alice, bob = gather(world := World(), "alice", "bob")
        alice.do(Describe(away="lunch"))
        assert away(bob) == away(bob, room=TEA) == away(world.operator()) == {ALICE: "lunch"}
        assert away(bob, after=ALICE) == {}

    def test_who_tells_them_something_learns_why_they_do_not_answer(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Describe(away="lunch"))
        bob.see()
        assert bob.do(Tell(ALICE, "psst")) == [Ok(ALICE, away="lunch", at=AT)]
        assert kinds(alice.see())[-1] == Told.__name__
        assert alice.do(Tell(BOB, "yes?")) == [Ok(BOB, at=AT)]

    def test_so_does_who_has_an_account(self) -> None:
        alice, bob = gather(World(passwords=FakePasswords()), "alice", "bob")
        for each in (alice, bob):
            each.do(Register(SECRET))
        alice.do(Describe(away="lunch"))
        bob.see()
        [kept] = bob.do(Tell(ALICE, "psst"))
        assert isinstance(kept, Kept)
        assert kept.away == "lunch"
        [note] = [each for each in alice.do(Tell(ALICE, "to do")) if isinstance(each, Kept)]
        assert note.away is None


class InvisibleTests(SynchronousTestCase):
    @staticmethod
    def online(visitor: Visitor) -> list[str]:
        [members] = visitor.do(Who())
        assert isinstance(members, Members)
        return list(members.usernames)

    def test_strangers_are_not_told_that_they_are_here(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        carol = world.enter("carol")
        alice.do(Describe(invisible=True))
        assert self.online(alice) == self.online(bob) == ["alice", "bob", "carol"]
        assert self.online(carol) == ["bob", "carol"]
        carol.do(Join(TEA))
        assert self.online(carol) == ["alice", "bob", "carol"]
        assert self.online(world.operator()) == ["alice", "bob", "carol"]
