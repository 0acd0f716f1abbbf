"""Talk: messages to a room, messages to one person, and topics."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Command, Create, Join, Leave, List, Local, Ping, Pong, Quit, Say, Tell, Topic
from chatroom.core.values.events import Message, RoomInfo, Rooms, Said, Told, TopicChanged
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import Ok
from chatroom.core.values.replies import Pong as PongReply
from tests.core.scenes import ALICE, AT, BOB, POND, TEA, gather, gather_late, kinds, said, seqs, stored
from tests.fakes import LateLog, World
from tests.lateness import at_once


class SayTests(SynchronousTestCase):
    def test_everybody_sees_it_the_speaker_too_after_the_answer(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        assert alice.do(Say(TEA, "hello")) == [stored(1), said(1, "alice", "hello")]
        assert bob.see() == [said(1, "alice", "hello")]

    def test_what_one_does_is_said_too(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Say(TEA, "waves", kind="action"))
        assert bob.see() == [Said(TEA, 1, Message(ALICE, "waves", AT, kind="action"))]
        alice.do(Say(TEA, "the kettle boils", kind="notice"))
        assert bob.see() == [Said(TEA, 2, Message(ALICE, "the kettle boils", AT, kind="notice"))]

    def test_the_time_is_when_the_room_took_it(self) -> None:
        log, [alice] = gather_late("alice")
        world = alice.world
        world.settle(1.5)
        alice.do(Say(TEA, "hello"))
        world.settle(60)
        log.answer()
        assert alice.see() == [stored(1, at=AT + 1500), said(1, "alice", "hello", at=AT + 1500)]

    def test_messages_are_numbered_from_1_in_every_room(self) -> None:
        [alice] = gather(World(), "alice")
        alice.do(Create(POND))
        for room in (TEA, POND, TEA):
            alice.ask(Say(room, "hi"))
        sent = [(it.room, it.seq) for it in alice.see() if isinstance(it, Said)]
        assert sorted(sent) == [(POND, 1), (TEA, 1), (TEA, 2)]

    def test_all_see_all_in_one_order(self) -> None:
        people = gather(World(), "alice", "bob", "carol")
        for number in range(9):
            people[number % 3].ask(Say(TEA, str(number)))
        seen = [[it for it in person.see() if isinstance(it, Said)] for person in people]
        assert seen[0] == seen[1] == seen[2]
        assert [(it.seq, it.message.text) for it in seen[0]] == [(n + 1, str(n)) for n in range(9)]

    def test_the_answers_of_a_turn_leave_before_its_messages(self) -> None:
        [alice] = gather(World(), "alice")
        alice.ask(Say(TEA, "one"))
        alice.ask(Say(TEA, "two"))
        assert alice.see() == [stored(1), stored(2), said(1, "alice", "one"), said(2, "alice", "two")]

    def test_only_members_speak(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        outside = world.enter("carol")
        assert outside.refused(Say(RoomName("TEA"), "hi")) == "not-a-member"
        assert outside.refused(Say(POND, "hi")) == "no-such-room"
        bob.do(Leave(TEA))
        assert bob.refused(Say(TEA, "hi")) == "not-a-member"
        assert seqs(alice.see()) == []

    def test_nothing_is_shown_before_it_is_stored(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        assert alice.do(Say(TEA, "hello")) == bob.see() == []
        log.answer()
        assert alice.see() == [stored(1), said(1, "alice", "hello")]
        assert bob.see() == [said(1, "alice", "hello")]

    def test_what_can_not_be_stored_is_told_to_the_speaker_alone(self) -> None:
        log = LateLog(prompt=True)
        alice, bob = gather(World(log=log), "alice", "bob")
        log.failing = True
        assert alice.refused(Say(TEA, "lost")) == "storage-failed"
        assert bob.see() == []
        log.failing = False
        assert alice.do(Say(TEA, "found")) == [stored(1), said(1, "alice", "found")]
        assert bob.see() == [said(1, "alice", "found")]

    def test_a_failure_among_messages_in_flight_leaves_no_hole(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        for text in ("one", "lost", "two"):
            alice.ask(Say(TEA, text))
        for failing in (False, True, False):
            log.failing = failing
            log.answer(1)
        assert kinds(alice.see()) == ["Stored", "Refused", "Stored", "Said", "Said"]
        assert bob.see() == [said(1, "alice", "one"), said(2, "alice", "two")]


class TellTests(SynchronousTestCase):
    def test_it_reaches_one_person_wherever_that_is(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        bob, carol = world.enter("bob"), world.enter("carol")
        assert alice.do(Tell(Username("BOB"), "psst")) == [Ok("bob", at=AT)]
        assert bob.see() == [Told(ALICE, BOB, AT, "psst")]
        assert carol.see() == []

    @at_once
    def test_it_does_not_wait_for_the_end_of_the_turn(self) -> None:
        world = World()
        alice, bob = world.enter("alice"), world.enter("bob")
        alice.ask(Tell(BOB, "psst"))
        assert bob.connection.take() == [Told(ALICE, BOB, AT, "psst")]

    def test_nobody_is_told_who_is_not_here(self) -> None:
        world = World()
        alice, bob = world.enter("alice"), world.enter("bob")
        assert alice.refused(Tell(Username("nobody"), "psst")) == "no-such-user"
        bob.do(Quit())
        assert alice.refused(Tell(BOB, "psst")) == "no-such-user"

    def test_nor_who_is_gone_but_whose_messages_are_still_on_their_way(self) -> None:
        _, [alice, bob] = gather_late("alice", "bob")
        bob.ask(Say(TEA, "hi"))
        bob.visitor.lost()
        assert alice.refused(Tell(BOB, "psst")) == "no-such-user"

    def test_who_has_no_account_has_no_notes(self) -> None:
        alice = World().enter("alice")
        assert alice.refused(Tell(ALICE, "psst")) == "no-such-user"

    def test_a_busy_connection_is_told_too(self) -> None:
        world = World()
        alice, bob = world.enter("alice"), world.enter("bob")
        bob.connection.busy = True
        alice.do(Tell(BOB, "psst"))
        assert bob.see() == [Told(ALICE, BOB, AT, "psst")]


class TopicTests(SynchronousTestCase):
    def test_any_member_sets_it_and_all_are_told_after_the_answer(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        assert bob.do(Topic(TEA, "Coffee")) == [Ok(TEA, event_follows=True), TopicChanged(TEA, "Coffee", BOB)]
        assert alice.see() == [TopicChanged(TEA, "Coffee", BOB)]
        assert alice.world.lobby.room(TEA, None).info().topic == "Coffee"

    def test_one_that_is_set_as_it_is_already_changes_nothing(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Topic(TEA, "Coffee"))
        bob.see()
        assert bob.do(Topic(TEA, "Coffee")) == [Ok(TEA)]
        assert alice.see() == []
        assert alice.world.lobby.room(TEA, None).topic_by == ALICE

    def test_it_is_stored_before_it_is_answered_or_shown(self) -> None:
        log = LateLog(prompt=True)
        world = World(log=log)
        alice, bob = gather(world, "alice", "bob")
        carol = world.enter("carol")
        log.prompt = False
        assert bob.do(Topic(TEA, "Coffee")) == []
        assert not bob.visitor.is_free()
        assert alice.see() == []
        assert carol.do(List()) == [Rooms((RoomInfo(TEA, "", 2, 256, created=AT),), more=False)]
        log.answer()
        assert bob.see() == [Ok(TEA, event_follows=True), TopicChanged(TEA, "Coffee", BOB)]
        assert bob.visitor.is_free()
        assert alice.see() == [TopicChanged(TEA, "Coffee", BOB)]
        assert carol.do(List()) == [Rooms((RoomInfo(TEA, "Coffee", 2, 256, created=AT, topic_at=AT),), more=False)]

    def test_one_that_can_not_be_stored_changes_nothing(self) -> None:
        log = LateLog(prompt=True)
        world = World(log=log)
        alice, bob = gather(world, "alice", "bob")
        bob.do(Topic(TEA, "Coffee"))
        alice.see()
        log.failing = True
        assert bob.refused(Topic(TEA, "Water")) == "storage-failed"
        log.failing = False
        world.settle(2)
        assert alice.see() == []
        assert world.lobby.room(TEA, None).info().topic == "Coffee"
        assert bob.do(Topic(TEA, "Milk")) == [Ok(TEA, event_follows=True), TopicChanged(TEA, "Milk", BOB)]

    def test_it_has_its_place_among_what_is_said(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        alice.ask(Say(TEA, "one"))
        bob.ask(Topic(TEA, "Coffee"))
        alice.ask(Say(TEA, "two"))
        log.answer(2)
        log.answer()
        assert kinds(bob.see()) == ["Ok", "Said", "TopicChanged", "Said"]
        assert kinds(alice.see()) == ["Stored", "Stored", "Said", "TopicChanged", "Said"]

    def test_who_leaves_behind_it_sees_it(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        alice.ask(Topic(TEA, "Coffee"))
        bob.ask(Leave(TEA))
        log.answer()
        assert bob.see() == [TopicChanged(TEA, "Coffee", ALICE), Ok(TEA)]

    def test_others_do_not(self) -> None:
        world = World()
        gather(world, "alice")
        bob = world.enter("bob")
        assert bob.refused(Topic(TEA, "Coffee")) == "not-a-member"
        assert bob.refused(Topic(POND, "Coffee")) == "no-such-room"
        assert world.lobby.room(TEA, None).topic == ""


class SignTests(SynchronousTestCase):
    def test_ping_and_help_are_answered_and_pong_is_not(self) -> None:
        [alice] = gather(World(), "alice")
        assert alice.do(Ping()) == [PongReply()]
        assert alice.do(Local(None)) == [Ok()]
        assert alice.do(Pong()) == []
        assert alice.visitor.is_free()

    def test_they_come_in_their_turn(self) -> None:
        log, [alice] = gather_late("alice")
        alice.ask(Say(TEA, "one"))
        alice.ask(Pong())
        assert alice.do(Ping()) == []
        log.answer()
        assert alice.see() == [stored(1), PongReply(), said(1, "alice", "one")]

    @at_once
    def test_each_reply_names_its_request(self) -> None:
        [alice] = gather(World(), "alice")
        commands: list[Command] = [Ping(), Say(TEA, "one"), Join(TEA), Ping()]
        for command in commands:
            alice.ask(command)
        replies = alice.connection.replies[-4:]
        assert [request.command for request, _ in replies] == commands
        assert [request.id for request, _ in replies] == [3, 4, 5, 6]
