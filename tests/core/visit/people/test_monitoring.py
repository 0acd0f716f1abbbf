"""Who wants to know it is told when people come and go."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Authenticate, Login, Monitor, Quit, Register, Rename
from chatroom.core.values.events import Called, Offline, Online
from chatroom.core.values.limits import MONITORED
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.people import Profile
from chatroom.core.values.replies import Monitored
from tests.core.scenes import ALICE, BOB, CAROL
from tests.fakes import FakePasswords, Person, World

SECRET = Password("correct horse")
DAVE = Username("dave")


def monitored(visitor: Person, command: Monitor) -> Monitored:
    [reply] = visitor.do(command)
    assert isinstance(reply, Monitored)
    return reply


def names(visitor: Person) -> list[tuple[str, ...]]:
    """Return what *visitor* is told of: each who has come, and with a minus who has gone."""
    told = []
    for event in visitor.see():
        match event:
            case Online(people):
                told.append(tuple(str(person.username) for person in people))
            case Offline(usernames):
                told.append(tuple(f"-{name}" for name in usernames))
    return told


class MonitoringTests(SynchronousTestCase):
    def test_it_is_told_who_is_here_and_then_who_comes_and_goes(self) -> None:
        world = World()
        bob = world.enter("bob")
        carol = world.enter("carol")
        reply = monitored(bob, Monitor(add=(ALICE, CAROL)))
        assert (reply.usernames, reply.offline, reply.refused) == ((ALICE, CAROL), (ALICE,), ())
        assert reply.online == (world.lobby.people.find(CAROL),)
        alice = world.visit()
        alice.do(Login(ALICE, profile=Profile("Alice")))
        assert bob.see() == [Online((world.lobby.people.find(ALICE),))]  # type: ignore[arg-type]
        world.enter("dave")
        alice.do(Quit())
        carol.do(Quit())
        assert names(bob) == [("-alice",), ("-carol",)]

    def test_a_new_name_is_a_coming_and_a_going(self) -> None:
        world = World()
        alice, bob = world.enter("alice"), world.enter("bob")
        bob.do(Monitor(add=(ALICE, CAROL)))
        alice.do(Rename(CAROL))
        assert names(bob) == [("-alice",), ("carol",)]
        alice.do(Rename(Username("Carol")))
        assert names(bob) == []
        alice.do(Rename(DAVE))
        assert names(bob) == [("-Carol",)]

    def test_who_is_not_to_be_told_any_more_is_not(self) -> None:
        world = World()
        bob = world.enter("bob")
        bob.do(Monitor(add=(ALICE, CAROL, DAVE)))
        assert monitored(bob, Monitor(remove=(ALICE, Username("nobody")))).usernames == (CAROL, DAVE)
        world.enter("alice")
        assert names(bob) == []
        reply = monitored(bob, Monitor(add=(ALICE,), clear=True))
        assert reply.usernames == (ALICE,)
        world.enter("carol")
        assert names(bob) == []

    def test_the_state_of_all_is_told_to_who_asks(self) -> None:
        world = World()
        bob = world.enter("bob")
        bob.do(Monitor(add=(ALICE, CAROL)))
        world.enter("alice")
        bob.see()
        reply = monitored(bob, Monitor(status=True))
        assert [person.username for person in reply.online] == [ALICE]
        assert reply.offline == (CAROL,)
        assert monitored(bob, Monitor()) == Monitored((ALICE, CAROL))

    def test_there_are_not_more_than_some(self) -> None:
        bob = World().enter("bob")
        many = tuple(Username(f"guest{number}") for number in range(MONITORED + 1))
        reply = monitored(bob, Monitor(add=many))
        assert reply.usernames == many[:-1]
        assert reply.refused == many[-1:]
        assert reply.offline == many[:-1]
        # Who is among them is so already.
        assert monitored(bob, Monitor(add=(many[0],))).refused == ()

    def test_it_is_the_connection_that_is_told(self) -> None:
        world = World(grace=60)
        bob = world.enter("bob", session=b"session")
        bob.do(Monitor(add=(ALICE,)))
        bob.visitor.lost()
        world.enter("alice").do(Quit())
        again = world.visit()
        again.do(Login(BOB, b"session"))
        world.enter("alice")
        assert names(bob) == names(again) == []
        assert monitored(again, Monitor(status=True)).usernames == ()

    def test_a_further_connection_of_somebody_is_no_coming(self) -> None:
        world = World(passwords=FakePasswords())
        bob, alice = world.enter("bob"), world.enter("alice")
        alice.do(Register(SECRET))
        bob.do(Monitor(add=(ALICE,)))
        other = world.enter("alice", password=SECRET)
        alice.do(Quit())
        assert names(bob) == []
        other.do(Quit())
        assert names(bob) == [("-alice",)]

    def test_a_guest_who_turns_out_to_be_somebody_is_gone_as_a_guest(self) -> None:
        world = World(passwords=FakePasswords())
        bob, alice = world.enter("bob"), world.enter("alice")
        alice.do(Register(SECRET))
        alice.do(Quit())
        guest = world.enter("carol")
        bob.do(Monitor(add=(ALICE, CAROL)))
        guest.do(Authenticate(ALICE, SECRET))
        assert names(bob) == [("-carol",), ("alice",)]

    def test_whoever_is_told_of_their_own_new_name_is_so_once(self) -> None:
        world = World(passwords=FakePasswords())
        alice = world.enter("alice")
        alice.do(Register(SECRET))
        other = world.enter("alice", password=SECRET)
        other.do(Monitor(add=(CAROL,)))
        alice.do(Rename(CAROL))
        assert [event for event in other.see() if isinstance(event, Called)] == [Called(ALICE, CAROL)]
