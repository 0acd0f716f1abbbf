"""The ends of a visit: quitting, being lost, the end of input, and the end of the server."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Create, Join, Leave, Login, Ping, Quit, Rename, Request, Say, Tell, Topic, Who
from chatroom.core.values.errors import LineTooLong
from chatroom.core.values.events import Bye, Left, Renamed, TopicChanged
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Members, Refused
from tests.core.scenes import ALICE, BOB, POND, TEA, gather, gather_late, keeping, kinds, said, stored
from tests.fakes import LateLog, Person, World
from tests.lateness import at_once, one_server

STOPPING = Bye("stopping", retry_after=1.0)


def stop(world: World, *people: Person) -> None:
    world.lobby.stopping = True
    for person in people:
        person.visitor.stop()


class QuitTests(SynchronousTestCase):
    def test_bye_is_the_last_thing(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        assert bob.do(Quit()) == [Bye("quit")]
        assert bob.connection.closed
        assert not bob.visitor.is_free()
        assert alice.see() == [Left(TEA, BOB, 1, 256, "quit")]
        assert alice.do(Say(TEA, "hi"))[1:] == [said(1, "alice", "hi")]
        assert bob.see() == []

    def test_those_in_all_rooms_are_told_the_last_word_under_one_serial(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        bob.do(Create(POND))
        alice.do(Join(POND))
        alice.connection.sent.clear()
        bob.do(Quit("to bed"))
        carol.do(Quit())
        first, second, third = (output for output in alice.connection.sent if isinstance(output, Left))
        assert {(first.room, first.note), (second.room, second.note)} == {(TEA, "to bed"), (POND, "to bed")}
        assert (third.room, third.note) == (TEA, "")
        assert 0 < first.serial == second.serial != third.serial > 0

    def test_those_in_a_room_are_told_the_last_word_there(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.do(Leave(TEA, text="back soon"))
        assert alice.see() == [Left(TEA, BOB, 1, 256, "left", note="back soon")]

    def test_a_new_name_has_one_serial_in_all_rooms(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.do(Create(POND))
        alice.do(Join(POND))
        alice.connection.sent.clear()
        bob.do(Rename(Username("robert")))
        first, second = (output for output in alice.connection.sent if isinstance(output, Renamed))
        assert {first.room, second.room} == {TEA, POND}
        # Of several servers each tells of its own.
        assert first.serial == second.serial

    def test_what_one_said_before_is_seen(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        bob.ask(Say(TEA, "bye all"))
        assert bob.do(Quit()) == []
        log.answer()
        assert bob.see() == [stored(1), said(1, "bob", "bye all"), Bye("quit")]
        assert alice.see() == [said(1, "bob", "bye all"), Left(TEA, BOB, 1, 256, "quit")]

    def test_what_is_stored_later_is_not_shown_after_bye(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        world = alice.world
        for text in ("one", "two", "three"):
            alice.ask(Say(TEA, text))
            if text == "one":
                bob.ask(Quit())
        for _ in range(3):
            log.answer(1)
            world.settle()
        assert kinds(bob.see()) == ["Said", "Bye"]
        assert kinds(alice.see())[-1] == "Left"

    def test_whoever_has_had_its_bye_may_come_again_by_the_same_name(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        world = alice.world
        alice.ask(Say(TEA, "one"))
        bob.ask(Quit())
        alice.ask(Say(TEA, "two"))
        log.answer(1)
        assert kinds(bob.see()) == ["Said"]
        assert world.visit().refused(Login(BOB)) == "username-taken"
        log.answer(1)
        assert bob.see() == [Bye("quit")]
        assert kinds(world.visit().do(Login(BOB))) == ["Welcome"]

    def test_whoever_is_lost_while_it_quits_gets_no_bye_and_its_name_is_free(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        world = alice.world
        alice.ask(Say(TEA, "one"))
        bob.ask(Quit())
        alice.ask(Say(TEA, "two"))
        log.answer(1)
        bob.visitor.lost()
        log.answer(1)
        assert kinds(bob.see()) == ["Said"]
        assert kinds(world.visit().do(Login(BOB))) == ["Welcome"]

    def test_after_closing_the_loss_of_the_connection_changes_nothing(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.do(Quit())
        bob.visitor.lost()
        assert kinds(alice.see()) == ["Left"]


class LostTests(SynchronousTestCase):
    @at_once
    def test_the_lost_are_gone_from_everywhere(self) -> None:
        world = World(rooms_per_visitor=1)
        alice, bob = gather(world, "alice", "bob")
        bob.do(Create(POND))
        bob.visitor.lost()
        assert alice.do(Who()) == [Members(None, (ALICE,), more=False), Left(TEA, BOB, 1, 256, "lost")]
        assert alice.do(Who(POND)) == [Members(POND, (), more=False)]
        assert alice.refused(Tell(BOB, "psst")) == "no-such-user"
        assert kinds(world.visit().do(Login(BOB))) == ["Welcome"]

    def test_what_they_had_said_is_shown_and_they_get_no_answer(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        bob.ask(Say(TEA, "one"))
        bob.visitor.lost()
        log.answer()
        assert alice.see() == [said(1, "bob", "one"), Left(TEA, BOB, 1, 256, "lost")]
        assert bob.see() == []

    def test_so_is_the_topic_they_had_set(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        bob.ask(Topic(TEA, "Tea"))
        bob.visitor.lost()
        log.answer()
        assert alice.see() == [TopicChanged(TEA, "Tea", BOB), Left(TEA, BOB, 1, 256, "lost")]

    def test_what_they_wait_for_is_not_done(self) -> None:
        for command in (Rename(Username("no")), Leave(TEA), Quit()):
            log, [alice, bob] = gather_late("alice", "bob")
            alice.ask(Say(TEA, "one"))
            bob.ask(command)
            bob.visitor.lost()
            log.answer()
            assert alice.see()[2:] == [Left(TEA, BOB, 1, 256, "lost")], command
            assert bob.see() == [], command

    def test_nor_do_they_come_in(self) -> None:
        log = LateLog(prompt=True)
        world = World(log=log)
        [alice] = gather(world, "alice")
        bob = world.enter("bob")
        log.prompt = False
        alice.ask(Say(TEA, "one"))
        bob.ask(Join(TEA))
        bob.visitor.lost()
        log.answer()
        assert kinds(alice.see()) == ["Stored", "Said"]

    def test_the_nameless_are_simply_gone(self) -> None:
        nobody = World().visit()
        nobody.visitor.lost()
        nobody.visitor.lost()
        assert not nobody.visitor.is_free()


class FinishTests(SynchronousTestCase):
    """The input ends, but requests that came are carried out (``printf … | nc -N``)."""

    def test_all_is_answered_and_shown_before_it_closes(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        bob.ask(Say(TEA, "one"))
        bob.ask(Ping())
        bob.visitor.finish()
        bob.world.settle()
        assert not bob.connection.closed
        log.answer()
        assert kinds(bob.see()) == ["Stored", "Pong", "Said"]
        assert bob.connection.closed
        assert kinds(alice.see()) == ["Said", "Left"]

    def test_a_replay_is_shown_to_its_end(self) -> None:
        log = LateLog(keeping("one", "two"), prompt=True)
        world = World(log=log, page=1)
        gather(world, "alice")
        bob = world.enter("bob")
        log.prompt = False
        bob.ask(Join(TEA, backlog=9))
        bob.visitor.finish()
        world.settle()
        while log.waiting:
            assert not bob.connection.closed
            log.answer()
            world.settle()
        world.settle()
        assert kinds(bob.see()) == ["Entered", "Said", "Said", "Level"]
        assert bob.connection.closed

    def test_the_nameless_are_closed_at_once(self) -> None:
        nobody = World().visit()
        nobody.visitor.finish()
        assert nobody.connection.closed

    def test_a_last_refusal_waits_for_its_turn_too(self) -> None:
        log, [alice] = gather_late("alice")
        alice.ask(Say(TEA, "one"))
        alice.visitor.answer(Request(), Refused(LineTooLong(9)), alice.visitor.close)
        assert alice.see() == []
        log.answer()
        assert kinds(alice.see()) == ["Stored", "Refused"]
        assert alice.connection.closed


class StopTests(SynchronousTestCase):
    @one_server
    def test_everybody_gets_bye_and_nobody_is_told_who_goes(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        nobody = world.visit()
        stop(world, alice, bob, nobody)
        for person in (alice, bob, nobody):
            assert person.see() == [STOPPING]
            assert person.connection.closed
        assert world.lobby.users == {}

    def test_what_was_begun_is_answered_first_and_shown_to_its_speaker(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        world = alice.world
        alice.ask(Say(TEA, "one"))
        alice.ask(Ping())
        stop(world, alice, bob)
        assert alice.see() == []
        log.answer()
        assert kinds(alice.see()) == ["Stored", "Pong", "Said", "Bye"]

    def test_what_was_said_in_this_turn_is_shown(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        alice.ask(Say(TEA, "one"))
        stop(world, bob, alice)
        assert bob.see() == [said(1, "alice", "one"), STOPPING]
        assert alice.see() == [stored(1), said(1, "alice", "one"), STOPPING]

    def test_whatever_waits_is_answered(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        world = alice.world
        alice.ask(Say(TEA, "one"))
        bob.ask(Leave(TEA))
        stop(world, bob)
        assert bob.see() == []
        log.answer()
        assert kinds(bob.see()) == ["Said", "Ok", "Bye"]

    def test_nothing_is_shown_after_bye(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        world = alice.world
        alice.ask(Say(TEA, "one"))
        stop(world, bob)
        alice.ask(Say(TEA, "two"))
        for _ in range(2):
            log.answer(1)
            world.settle()
        assert bob.see() == [said(1, "alice", "one"), STOPPING]

    def test_not_even_a_page_that_was_being_read(self) -> None:
        log = LateLog(keeping("one"), prompt=True)
        world = World(log=log)
        gather(world, "alice")
        bob = world.enter("bob")
        log.prompt = False
        assert kinds(bob.do(Join(TEA, backlog=9))) == ["Entered"]
        stop(world, bob)
        assert log.waiting
        log.answer()
        assert bob.see() == [STOPPING]
