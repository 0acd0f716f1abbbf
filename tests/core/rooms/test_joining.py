"""Joining and leaving a room: the events that a member sees, and those that tell the others of them."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Create, Join, Leave, Quit, Say, Topic
from chatroom.core.values.events import Gap, Joined, Left, Level, Said, TopicChanged
from chatroom.core.values.names import RoomName
from chatroom.core.values.replies import Entered, Ok
from tests.core.scenes import ALICE, AT, BOB, CAROL, POND, TEA, gather, keeping, kinds, said, seqs
from tests.fakes import LateLog, World
from tests.lateness import at_once


class JoinTests(SynchronousTestCase):
    def test_who_joins_is_in_and_level_and_the_others_are_told(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        alice.do(Topic(TEA, "Tea and biscuits"))
        alice.do(Say(TEA, "hi"))
        bob = world.enter("bob")
        entered, level = bob.do(Join(RoomName("Tea")))
        epoch = world.lobby.room(TEA, None).epoch
        assert entered == Entered(
            room=TEA,
            topic="Tea and biscuits",
            members=2,
            capacity=256,
            epoch=epoch,
            seq=1,
            creator=ALICE,
            created=AT,
            topic_by=ALICE,
            topic_at=AT,
        )
        assert level == Level(TEA, 1, 2, "Tea and biscuits")
        assert alice.see() == [Joined(TEA, BOB, 2, 256)]

    def test_who_is_in_is_not_let_in_twice(self) -> None:
        _, bob = gather(World(), "alice", "bob")
        assert bob.refused(Join(RoomName("TEA"))) == "already-a-member"

    def test_a_room_that_is_not_there_lets_nobody_in(self) -> None:
        assert World().enter("alice").refused(Join(TEA)) == "no-such-room"

    def test_a_full_room_takes_nobody_until_somebody_leaves(self) -> None:
        world = World(room_capacity=2)
        alice, _ = gather(world, "alice", "bob")
        carol = world.enter("carol")
        assert carol.refused(Join(TEA)) == "room-full"
        assert alice.see() == []
        alice.do(Leave(TEA))
        assert kinds(carol.do(Join(TEA))) == ["Entered", "Level"]

    def test_a_room_without_a_limit_is_never_full(self) -> None:
        world = World(room_capacity=0)
        people = gather(world, *(f"u{number}" for number in range(300)))
        assert people[0].do(Say(TEA, "hi"))[1:] == people[-1].see()

    def test_the_backlog_comes_before_level_and_live_talk_after_it(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        for number in range(1, 6):
            alice.do(Say(TEA, str(number)))
        bob = world.enter("bob")
        assert kinds(bob.do(Join(TEA, backlog=2))) == ["Entered", "Said", "Said", "Level"]
        alice.do(Say(TEA, "6"))
        assert seqs(bob.see()) == [6]

    def test_a_backlog_of_more_than_there_is_begins_with_the_first(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        alice.do(Say(TEA, "hi"))
        assert world.enter("bob").do(Join(TEA, backlog=99))[1:-1] == [said(1, "alice", "hi")]

    def test_a_long_backlog_comes_page_by_page(self) -> None:
        world = World(page=2)
        [alice] = gather(world, "alice")
        for number in range(1, 6):
            alice.do(Say(TEA, str(number)))
        bob = world.enter("bob")
        sent = bob.do(Join(TEA, backlog=5))
        assert kinds(sent) == ["Entered", *["Said"] * 5, "Level"]
        assert [seqs(batch.events) for batch in bob.connection.batches] == [[1, 2], [3, 4], [5]]

    def test_what_is_said_during_the_replay_is_neither_missed_nor_doubled(self) -> None:
        log = LateLog(keeping("1", "2", "3"), prompt=True)
        world = World(page=2, log=log)
        [alice] = gather(world, "alice")
        bob, carol = world.enter("bob"), world.enter("carol")
        log.prompt = False
        assert kinds(bob.do(Join(TEA, backlog=3))) == ["Entered"]
        alice.do(Say(TEA, "4"))
        carol.do(Join(TEA))
        for _ in range(3):
            log.answer()
            world.settle()
        sent = bob.see()
        assert seqs(sent) == [1, 2, 3, 4]
        assert kinds(sent) == [*["Said"] * 4, "Level"]
        alice.do(Say(TEA, "5"))
        log.answer()
        assert bob.see() == [said(5, "alice", "5")]

    def test_what_is_no_longer_kept_is_a_gap(self) -> None:
        bob = World(log=keeping(*"12345", keep=2)).enter("bob")
        _, gap, *replay, level = bob.do(Join(TEA, backlog=4))
        assert gap == Gap(TEA, 2, 3, kept=False)
        assert seqs(replay) == [4, 5]
        assert isinstance(level, Level)

    def test_a_page_that_can_not_be_read_is_tried_again(self) -> None:
        log = LateLog(keeping("hi"), prompt=True)
        world = World(log=log)
        gather(world, "alice")
        bob = world.enter("bob")
        log.failing = True
        assert kinds(bob.do(Join(TEA, backlog=1))) == ["Entered"]
        world.settle(2)
        log.failing = False
        assert bob.see() == []
        world.settle(1.1)
        assert kinds(bob.see()) == ["Said", "Level"]

    @at_once
    def test_nobody_sees_what_came_before_it_was_in(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        bob = world.enter("bob")
        alice.ask(Say(TEA, "before"))
        bob.ask(Join(TEA))
        alice.ask(Say(TEA, "after"))
        assert [it.message.text for it in bob.see() if isinstance(it, Said)] == ["after"]
        assert kinds(alice.see()) == ["Stored", "Stored", "Said", "Joined", "Said"]

    @at_once
    def test_the_topic_changed_behind_its_back_is_in_level(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        bob = world.enter("bob")
        bob.ask(Join(TEA))
        alice.ask(Topic(TEA, "Coffee"))
        entered, level = bob.see()
        assert isinstance(entered, Entered)
        assert entered.topic == ""
        assert level == Level(TEA, 0, 2, "Coffee")
        assert alice.see()[-1] == TopicChanged(TEA, "Coffee", ALICE)


class LeaveTests(SynchronousTestCase):
    def test_who_leaves_gets_ok_and_the_others_are_told(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        assert bob.do(Leave(TEA)) == [Ok(TEA)]
        assert alice.see() == carol.see() == [Left(TEA, BOB, 2, 256, "left")]

    @at_once
    def test_nothing_of_the_room_comes_afterwards(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.ask(Say(TEA, "one"))
        bob.ask(Leave(TEA))
        alice.ask(Say(TEA, "two"))
        assert bob.see() == [said(1, "alice", "one"), Ok(TEA)]
        assert bob.refused(Say(TEA, "three")) == "not-a-member"

    def test_only_members_leave(self) -> None:
        world = World()
        gather(world, "alice")
        bob = world.enter("bob")
        assert bob.refused(Leave(TEA)) == "not-a-member"
        assert bob.refused(Leave(POND)) == "no-such-room"

    def test_whoever_quits_or_is_lost_is_out_of_every_room(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        bob.do(Create(POND))
        for person in (carol, alice):
            person.do(Join(POND))
        alice.see()
        bob.do(Quit())
        assert set(alice.see()) == {Left(TEA, BOB, 2, 256, "quit"), Left(POND, BOB, 2, 256, "quit")}
        carol.visitor.lost()
        assert set(alice.see()) == {Left(TEA, CAROL, 1, 256, "lost"), Left(POND, CAROL, 1, 256, "lost")}

    @at_once
    def test_one_who_comes_and_goes_in_one_turn_is_told_of_in_order(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.ask(Leave(TEA))
        bob.ask(Join(TEA))
        assert kinds(bob.see()) == ["Ok", "Entered", "Level"]
        assert kinds(alice.see()) == ["Left", "Joined"]
        assert len(alice.connection.batches[-1].events) == 2
