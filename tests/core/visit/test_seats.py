"""Seats: a lost user with a session keeps their name and rooms for a while, and nobody is told."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Create, Delete, Join, Leave, List, Login, Quit, Rename, Say, Tell, Who
from chatroom.core.values.events import Deleted, Left, RoomInfo, Rooms
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Members, Welcome
from tests.core.scenes import ALICE, AT, BOB, CAROL, POND, TEA, come_back, gather, gather_late, kinds, said, session
from tests.fakes import LateLog, Person, World
from tests.lateness import one_server


def rooms(person: Person) -> list[RoomInfo]:
    [answer] = person.do(List())
    assert isinstance(answer, Rooms)
    return list(answer.rooms)


class SeatTests(SynchronousTestCase):
    def test_nobody_is_told_until_the_grace_is_over(self) -> None:
        world = World(grace=30)
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.visitor.lost()
        world.settle(29.9)
        assert alice.see() == []
        world.settle(0.3)
        assert alice.see() == [Left(TEA, BOB, 1, 256, "lost")]

    def test_thirty_seconds_are_the_default(self) -> None:
        assert World().lobby.limits.grace == 30

    def test_a_held_seat_counts_and_is_named(self) -> None:
        world = World(room_capacity=2)
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.visitor.lost()
        assert alice.do(Who(TEA)) == [Members(TEA, (ALICE, BOB), more=False, roles={ALICE: "owner"})]
        assert alice.do(Who()) == [Members(None, (ALICE, BOB), more=False)]
        assert rooms(alice) == [RoomInfo(TEA, "", 2, 2, created=AT)]
        carol = world.enter("carol")
        assert carol.refused(Join(TEA)) == "room-full"
        assert carol.refused(Rename(BOB)) == "username-taken"
        assert carol.refused(Tell(BOB, "psst")) == "unavailable"
        world.settle(31)
        assert carol.refused(Tell(BOB, "psst")) == "no-such-user"
        assert kinds(carol.do(Rename(BOB))) == ["Ok"]
        assert kinds(carol.do(Join(TEA))) == ["Entered", "Level"]

    def test_a_room_of_held_seats_is_not_empty(self) -> None:
        world = World(linger=5, max_rooms=1)
        [alice] = gather(world, "alice", known=True)
        bob = world.enter("bob")
        alice.visitor.lost()
        world.settle(29)
        assert rooms(bob) == [RoomInfo(TEA, "", 1, 256, created=AT)]
        assert bob.refused(Create(POND)) == "too-many-rooms"
        world.settle(1.1)
        assert rooms(bob) == [RoomInfo(TEA, "", 0, 256, created=AT)]
        world.settle(5.1)
        assert rooms(bob) == []

    def test_without_a_session_nothing_is_held(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        bob.visitor.lost()
        assert alice.see() == [Left(TEA, BOB, 1, 256, "lost")]
        assert kinds(world.visit().do(Login(BOB))) == ["Welcome"]

    def test_without_a_grace_nothing_is_held(self) -> None:
        world = World(grace=0)
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.visitor.lost()
        assert alice.see() == [Left(TEA, BOB, 1, 256, "lost")]
        assert come_back(world, "bob").see() == [Welcome(BOB, None, resumed=False)]

    def test_who_quits_gives_up_at_once(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.do(Quit())
        bob.visitor.lost()
        assert alice.see() == [Left(TEA, BOB, 1, 256, "quit")]
        assert come_back(world, "bob", called="carol").see() == [Welcome(CAROL, None, resumed=False)]
        world.settle(60)
        assert alice.see() == []

    def test_who_only_ends_its_input_keeps_the_seat(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.visitor.finish()
        assert bob.connection.closed
        assert alice.see() == []
        assert come_back(world, "bob").see() == [Welcome(BOB, None, resumed=True, rooms=(TEA,))]

    def test_what_was_said_before_the_loss_is_shown(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob", known=True)
        bob.ask(Say(TEA, "one"))
        bob.visitor.lost()
        log.answer()
        assert alice.see() == [said(1, "bob", "one")]
        assert bob.see() == []

    def test_nothing_is_sent_to_the_lost_connection(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.do(List(watch=True))
        bob.visitor.lost()
        alice.do(Say(TEA, "one"))
        alice.do(Create(POND))
        bob.visitor.drained()
        world.settle(31)
        assert bob.see() == []

    def test_the_loss_takes_its_place_behind_what_was_said_before_the_grace_was_over(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob", known=True)
        world = alice.world
        bob.visitor.lost()
        alice.ask(Say(TEA, "one"))
        world.settle(31)
        alice.ask(Say(TEA, "two"))
        assert alice.see() == []
        log.answer()
        assert kinds(alice.see()) == ["Stored", "Stored", "Said", "Left", "Said"]

    def test_seats_are_held_in_every_room(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.do(Create(POND))
        alice.do(Join(POND))
        bob.visitor.lost()
        assert alice.see() == []
        world.settle(31)
        assert set(alice.see()) == {Left(TEA, BOB, 1, 256, "lost"), Left(POND, BOB, 1, 256, "lost")}

    def test_a_room_may_be_deleted_around_a_held_seat(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.do(Create(POND))
        bob.visitor.lost()
        assert alice.do(Delete(TEA))[1:] == [Deleted(TEA, ALICE)]
        bob = come_back(world, "bob")
        assert bob.see() == [Welcome(BOB, None, resumed=True, rooms=(POND,))]
        assert bob.refused(Join(TEA)) == "no-such-room"
        world.settle(31)
        assert alice.see() == []

    def test_so_it_may_between_login_and_join(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.visitor.lost()
        bob = come_back(world, "bob")
        bob.see()
        alice.do(Delete(TEA))
        assert bob.see() == []
        assert bob.refused(Join(TEA)) == bob.refused(Leave(TEA)) == "no-such-room"

    @one_server
    def test_who_is_lost_while_the_server_stops_is_gone(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        world.lobby.stopping = True
        bob.visitor.lost()
        assert alice.see() == []
        assert [user.username for user in world.lobby.users.values()] == [ALICE]
        assert alice.rooms == [TEA]


class GivenUpTests(SynchronousTestCase):
    """Seats that are not taken back in time."""

    def test_seats_not_joined_again_within_the_grace_of_the_login_are_given_up(self) -> None:
        world = World(grace=30)
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.do(Create(POND))
        bob.visitor.lost()
        world.settle(25)
        bob = come_back(world, "bob")
        bob.do(Join(POND))
        world.settle(29.9)
        assert alice.see() == []
        world.settle(0.3)
        assert alice.see() == [Left(TEA, BOB, 1, 256, "lost")]
        assert bob.see() == []
        assert bob.refused(Leave(TEA)) == "not-a-member"
        assert kinds(bob.do(Say(POND, "still here"))) == ["Stored", "Said"]

    def test_who_comes_back_and_joins_stays(self) -> None:
        world = World(grace=30)
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.visitor.lost()
        world.settle(25)
        bob = come_back(world, "bob")
        bob.do(Join(TEA))
        world.settle(1000)
        assert alice.see() == []

    def test_every_loss_and_every_return_has_the_whole_grace(self) -> None:
        world = World(grace=30)
        alice, bob = gather(world, "alice", "bob", known=True)
        for _ in range(3):
            bob.visitor.lost()
            world.settle(25)
            bob = come_back(world, "bob")
            world.settle(25)
        assert alice.see() == []
        bob.visitor.lost()
        world.settle(30.2)
        assert alice.see() == [Left(TEA, BOB, 1, 256, "lost")]

    def test_a_join_in_time_that_has_to_wait_is_in_time(self) -> None:
        log = LateLog(prompt=True)
        world = World(log=log, grace=30)
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.visitor.lost()
        bob = come_back(world, "bob")
        log.prompt = False
        alice.ask(Say(TEA, "slow"))
        bob.ask(Join(TEA))
        world.settle(31)
        log.answer()
        assert kinds(alice.see()) == ["Stored", "Said"]
        assert kinds(bob.see()) == ["Welcome", "Entered", "Level"]

    def test_a_session_is_unknown_when_its_grace_is_over(self) -> None:
        world = World(grace=30)
        gather(world, "alice", known=True)[0].visitor.lost()
        world.settle(30.2)
        assert come_back(world, "alice", called="carol").see() == [Welcome(CAROL, None, resumed=False)]

    def test_a_new_user_may_take_the_session_and_the_name(self) -> None:
        world = World(grace=30)
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.visitor.lost()
        world.settle(31)
        again = world.enter("bob", session=session("bob"))
        assert kinds(again.do(Join(TEA))) == ["Entered", "Level"]
        assert kinds(alice.see()) == ["Left", "Joined"]
        assert again.refused(Rename(Username("alice"))) == "username-taken"
