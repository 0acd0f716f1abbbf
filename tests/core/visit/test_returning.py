"""Logins with a session: they take over the held seats, or the connection that seems to live."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import (
    Command,
    Create,
    Delete,
    History,
    Join,
    Leave,
    List,
    Login,
    Quit,
    Rename,
    Say,
    Search,
    Tell,
    Topic,
    Who,
)
from chatroom.core.values.events import Bye, Left, Level, RoomsChanged, Told
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import Entered, Members, Ok, Welcome
from tests.core.scenes import (
    ALICE,
    AT,
    BOB,
    CAROL,
    POND,
    TEA,
    come_back,
    gather,
    gather_late,
    keeping,
    kinds,
    said,
    session,
    stored,
)
from tests.fakes import LateLog, Person, World
from tests.lateness import at_once

REPLACED = Bye("replaced")


def back(name: str, *rooms: RoomName) -> Welcome:
    return Welcome(Username(name), None, resumed=True, rooms=rooms)


class ReturnTests(SynchronousTestCase):
    """A user comes back after a loss."""

    def lose(self, world: World) -> Person:
        """Return alice in a room with bob; his connection is lost."""
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.visitor.lost()
        return alice

    def test_the_seat_is_taken_over_whatever_the_username(self) -> None:
        world = World()
        self.lose(world)
        for called in ("bob", "Bob", "carol", "alice"):
            bob = come_back(world, "bob", called=called)
            assert bob.see() == [back("bob", TEA)]
            bob.visitor.lost()

    def test_who_comes_back_again_as_the_rooms_are_about_to_be_given_up_keeps_them(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob", known=True, grace=1)
        world = alice.world
        alice.ask(Topic(TEA, "Tea"))
        bob.visitor.lost()
        come_back(world, "bob")
        # The time to join is over, and that waits for the topic.
        world.settle(1.1)
        again = come_back(world, "bob")
        world.settle()
        log.answer()
        world.settle()
        assert again.see()[-1] == back("bob", TEA)
        assert again.rooms == [TEA]

    def test_an_unknown_session_is_a_plain_login(self) -> None:
        world = World()
        self.lose(world)
        assert come_back(world, "carol").see() == [Welcome(CAROL, None, resumed=False)]
        assert world.visit().do(Login(BOB, session("mallory"))) != [back("bob", TEA)]
        assert world.visit().refused(Login(BOB)) == "username-taken"

    def test_nothing_of_a_room_comes_before_it_is_joined_again(self) -> None:
        world = World()
        alice = self.lose(world)
        bob = come_back(world, "bob")
        bob.see()
        alice.do(Say(TEA, "one"))
        alice.do(Topic(TEA, "Tea"))
        alice.do(Rename(Username("anna")))
        world.enter("carol").do(Join(TEA))
        world.settle(10)
        assert bob.see() == []

    def test_nor_may_it_read_or_speak_there(self) -> None:
        world = World()
        self.lose(world)
        bob = come_back(world, "bob")
        bob.see()
        for command in (Say(TEA, "hi"), History(TEA), Search(TEA, "hi"), Topic(TEA, "Tea")):
            assert bob.refused(command) == "not-a-member", command
        assert bob.do(Who(TEA)) == [Members(TEA, (ALICE, BOB), more=False, roles={ALICE: "owner"})]

    def test_it_comes_in_again_and_nobody_is_told(self) -> None:
        world = World(room_capacity=2)
        alice = self.lose(world)
        alice.do(Say(TEA, "one"))
        bob = come_back(world, "bob")
        bob.see()
        epoch = world.lobby.room(TEA, None).epoch
        assert bob.do(Join(TEA)) == [
            Entered(room=TEA, topic="", members=2, capacity=2, epoch=epoch, seq=1, creator=ALICE, created=AT),
            Level(TEA, 1, 2, ""),
        ]
        assert alice.see() == []
        assert bob.refused(Join(TEA)) == "already-a-member"
        assert alice.do(Say(TEA, "two"))[1:] == bob.see() == [said(2, "alice", "two")]
        assert kinds(bob.do(Say(TEA, "three"))) == ["Stored", "Said"]

    def test_leaving_gives_the_seat_up(self) -> None:
        world = World()
        alice = self.lose(world)
        bob = come_back(world, "bob")
        bob.see()
        assert bob.do(Leave(TEA)) == [Ok(TEA)]
        assert alice.see() == [Left(TEA, BOB, 1, 256, "left")]
        assert bob.refused(Leave(TEA)) == "not-a-member"

    def test_it_is_told_things_as_soon_as_it_is_back(self) -> None:
        world = World()
        alice = self.lose(world)
        bob = come_back(world, "bob")
        bob.see()
        assert alice.do(Tell(BOB, "psst")) == [Ok("bob", at=AT)]
        assert bob.see() == [Told(ALICE, BOB, AT, "psst")]

    def test_a_rename_shows_in_the_rooms_where_only_a_seat_is_held(self) -> None:
        world = World()
        alice = self.lose(world)
        bob = come_back(world, "bob")
        bob.see()
        assert bob.do(Rename(Username("ben"))) == [Ok("ben", event_follows=False)]
        assert kinds(alice.see()) == ["Renamed"]
        world.settle(31)
        assert alice.see() == [Left(TEA, Username("ben"), 1, 256, "lost")]

    def test_it_watches_the_lobby_when_it_asks_again(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.do(List(watch=True))
        bob.visitor.lost()
        again = come_back(world, "bob")
        again.see()
        alice.do(Create(POND))
        world.settle(2)
        assert again.see() == bob.see() == []
        again.do(List(watch=True))
        alice.do(Create(RoomName("garden")))
        world.settle(2)
        assert [type(event) for event in again.see()] == [RoomsChanged]

    def test_what_waited_when_the_connection_was_lost_is_not_done(self) -> None:
        for command in (Rename(Username("ben")), Leave(TEA), Quit(), Join(POND)):
            log = LateLog(prompt=True)
            world = World(log=log)
            alice, bob = gather(world, "alice", "bob", known=True)
            alice.do(Create(POND))
            alice.see()
            log.prompt = False
            for room in (TEA, POND):
                alice.ask(Say(room, "one"))
            bob.ask(command)
            bob.visitor.lost()
            again = come_back(world, "bob")
            log.answer()
            assert again.see() == [back("bob", TEA)], command
            assert sorted(kinds(alice.see())) == ["Said", "Said", "Stored", "Stored"], command
            assert bob.see() == [], command

    def test_a_name_that_was_not_taken_in_the_end_is_free(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob", known=True)
        world = alice.world
        alice.ask(Say(TEA, "one"))
        ben = Username("ben")
        bob.ask(Rename(ben))
        bob.visitor.lost()
        log.answer()
        log.prompt = True
        bob = come_back(world, "bob")
        bob.see()
        assert bob.do(Rename(ben)) == [Ok("ben")]

    def test_a_room_that_was_being_created_is_the_session_s(self) -> None:
        log = LateLog(prompt=True)
        world = World(log=log)
        bob = world.enter("bob", session=session("bob"))
        log.prompt = False
        bob.ask(Create(TEA))
        bob.visitor.lost()
        log.answer()
        log.prompt = True
        bob = come_back(world, "bob")
        assert bob.see() == [back("bob")]
        assert kinds(bob.do(Delete(TEA))) == ["Ok"]

    def test_rooms_that_it_created_before_count_and_are_its_to_delete(self) -> None:
        world = World(rooms_per_visitor=1)
        [bob] = gather(world, "bob", known=True)
        bob.visitor.lost()
        bob = come_back(world, "bob")
        bob.see()
        assert bob.refused(Create(POND)) == "too-many-rooms"
        assert kinds(bob.do(Delete(TEA))) == ["Ok"]
        assert kinds(bob.do(Create(POND))) == ["Entered", "Level"]

    def test_even_when_the_seat_was_given_up_and_the_name_is_another(self) -> None:
        world = World()
        bob, _ = gather(world, "bob", "carol", known=True)
        bob.visitor.lost()
        world.settle(31)
        assert world.enter("bob").refused(Delete(TEA)) == "not-allowed"
        dave = come_back(world, "bob", called="dave")
        assert kinds(dave.do(Delete(TEA))) == ["Welcome", "Ok"]


class ReplacedTests(SynchronousTestCase):
    """The connection that is taken over seems to live."""

    def test_the_old_connection_gets_bye_and_nobody_else_notices(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        again = come_back(world, "bob", called="carol")
        assert bob.see() == [REPLACED]
        assert bob.connection.closed
        assert not bob.visitor.is_free()
        assert again.see() == [back("bob", TEA)]
        bob.visitor.drained()
        bob.visitor.lost()
        again.do(Join(TEA))
        world.settle(60)
        assert alice.do(Say(TEA, "hi"))[1:] == again.see() == [said(1, "alice", "hi", at=AT + 60_000)]
        assert bob.see() == []

    def test_what_it_says_is_finished(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob", known=True)
        world = alice.world
        bob.ask(Say(TEA, "one"))
        again = come_back(world, "bob")
        assert bob.see() == again.see() == []
        assert not bob.visitor.is_free()
        assert not again.visitor.is_free()
        log.answer()
        assert bob.see() == [stored(1), REPLACED]
        assert again.see() == [back("bob", TEA)]
        assert again.visitor.is_free()
        assert alice.see() == [said(1, "bob", "one")]

    def finish(self, command: Command, *, first: Command | None = None) -> tuple[list[str], list[object]]:
        """Return the output of bob, who is replaced while *command* waits, and that of his new connection."""
        log = LateLog(prompt=True)
        world = World(log=log, linger=0)
        alice, bob = gather(world, "alice", "bob", known=True)
        alice.do(Create(POND))
        alice.do(Leave(POND))
        log.prompt = False
        alice.ask(Say(TEA, "slow"))
        if first:
            bob.ask(first)
        bob.ask(command)
        again = come_back(world, "bob")
        assert bob.see() == again.see() == []
        while log.waiting:
            log.answer(1)
            world.settle()
        return kinds(bob.see()), list(again.see())

    def test_whatever_waits_for_the_log_is_finished(self) -> None:
        assert self.finish(Join(POND)) == (["Entered", "Bye"], [back("bob", TEA, POND)])
        assert self.finish(Rename(Username("ben"))) == (["Ok", "Bye"], [back("ben", TEA)])
        assert self.finish(Leave(TEA)) == (["Ok", "Bye"], [back("bob")])
        assert self.finish(Topic(TEA, "Tea")) == (["Ok", "Bye"], [back("bob", TEA)])
        assert self.finish(History(TEA)) == (["Entries", "Bye"], [back("bob", TEA)])

    def test_so_is_what_waits_behind_something_said(self) -> None:
        one = Say(TEA, "one")
        assert self.finish(Topic(TEA, "Tea"), first=one) == (["Stored", "Ok", "Bye"], [back("bob", TEA)])
        assert self.finish(History(TEA), first=one) == (["Stored", "Entries", "Bye"], [back("bob", TEA)])
        assert self.finish(Search(TEA, "slow"), first=one) == (["Stored", "Entries", "Bye"], [back("bob", TEA)])
        assert self.finish(Leave(TEA), first=one) == (["Stored", "Ok", "Bye"], [back("bob")])

    def test_who_quit_already_leaves_nothing_to_take_over(self) -> None:
        told, came = self.finish(Quit())
        assert told == ["Bye"]
        assert came == [Welcome(BOB, None, resumed=False)]

    def test_a_dead_connection_that_can_not_become_level_holds_nobody_up(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.connection.busy = True
        alice.do(Say(TEA, "one"))
        assert bob.do(Leave(TEA)) == []
        assert alice.see()[-1] == Left(TEA, BOB, 1, 256, "left")
        assert come_back(world, "bob").see() == [back("bob")]
        assert bob.see() == [Ok(TEA), REPLACED]

    def test_nor_does_one_that_waits_for_that_to_end(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        bob.connection.busy = True
        alice.do(Say(TEA, "one"))
        bob.visitor.finish()
        assert not bob.connection.closed
        assert come_back(world, "bob").see() == [back("bob", TEA)]
        assert bob.connection.closed
        assert bob.see() == []

    @at_once
    def test_of_two_who_come_at_once_the_last_one_has_it(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob", known=True)
        world = alice.world
        bob.ask(Say(TEA, "one"))
        one, two = come_back(world, "bob"), come_back(world, "bob")
        log.answer()
        assert bob.see() == [stored(1), REPLACED]
        assert one.see() == [back("bob", TEA), REPLACED]
        assert one.connection.closed
        assert two.see() == [back("bob", TEA)]
        assert kinds(two.do(Join(TEA))) == ["Entered", "Level"]
        assert alice.see() == [said(1, "bob", "one")]

    @at_once
    def test_who_is_lost_while_it_waits_to_take_over_does_not(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob", known=True, grace=30)
        world = alice.world
        bob.ask(Say(TEA, "one"))
        again = come_back(world, "bob")
        again.visitor.lost()
        log.answer()
        assert bob.see() == [stored(1), REPLACED]
        assert again.see() == []
        assert alice.see() == [said(1, "bob", "one")]
        world.settle(30.2)
        assert alice.see() == [Left(TEA, BOB, 1, 256, "lost")]

    def test_who_is_lost_while_it_is_taken_over_is_waited_for_no_longer(self) -> None:
        _, [_, bob] = gather_late("alice", "bob", known=True)
        world = bob.world
        bob.ask(Say(TEA, "one"))
        again = come_back(world, "bob")
        bob.visitor.lost()
        assert again.see() == [back("bob", TEA)]

    def test_it_may_be_taken_over_for_as_long_as_it_lives(self) -> None:
        world = World(grace=30)
        alice, bob = gather(world, "alice", "bob", known=True)
        for _ in range(3):
            bob = come_back(world, "bob")
            bob.do(Join(TEA))
            world.settle(100)
        assert alice.see() == []

    def test_the_one_who_waits_may_wait_longer_than_the_grace(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob", known=True, grace=30)
        world = alice.world
        bob.ask(Say(TEA, "one"))
        again = come_back(world, "bob")
        world.settle(100)
        log.answer()
        assert again.see() == [back("bob", TEA)]
        assert alice.see() == [said(1, "bob", "one")]

    def test_meanwhile_no_seat_is_given_up_of_those_held_since_it_came_back_before(self) -> None:
        log = LateLog(prompt=True)
        world = World(log=log, grace=30)
        [alice] = gather(world, "alice", known=True)
        alice.visitor.lost()
        second = come_back(world, "alice")
        world.settle(29)
        second.connection.take()
        log.prompt = False
        second.ask(Create(POND))
        third = come_back(world, "alice")
        world.settle(2)
        log.answer()
        assert third.see()[:1] == [back("alice", TEA, POND)]

    def test_one_who_waits_to_leave_begins_nothing_more(self) -> None:
        log = LateLog(keeping("one"))
        world = World(log=log)
        alice = world.enter("alice", session=session("alice"))
        alice.ask(Join(TEA, backlog=1))
        log.answer()
        world.settle()
        assert log.waiting
        alice.ask(Leave(TEA))
        assert not alice.visitor.is_free()
        come_back(world, "alice")
        assert alice.connection.proceeded == 0

    def test_seats_not_joined_again_are_given_up(self) -> None:
        world = World(grace=30)
        alice, _ = gather(world, "alice", "bob", known=True)
        again = come_back(world, "bob")
        world.settle(30.2)
        assert alice.see() == [Left(TEA, BOB, 1, 256, "lost")]
        assert again.do(Who())[1:] == [Members(None, (ALICE, BOB), more=False)]

    def test_who_stops_meanwhile_says_so(self) -> None:
        log, [_, bob] = gather_late("alice", "bob", known=True)
        world = bob.world
        bob.ask(Say(TEA, "one"))
        again = come_back(world, "bob")
        world.lobby.stopping = True
        for person in (bob, again):
            person.visitor.stop()
        log.answer()
        assert kinds(bob.see())[0] == "Stored"
        assert bob.connection.closed
        assert again.see()[-1] == Bye("stopping", retry_after=1.0)
        assert again.connection.closed
