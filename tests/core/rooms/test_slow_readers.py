"""Slow readers read the log by pages, and miss nothing."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Join, Leave, Ping, Quit, Rename, Say, Topic
from chatroom.core.values.events import Gap, Joined, Level
from chatroom.core.values.names import Username
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import CAROL, MANY, TEA, gather, keeping, kinds, say_much, seqs
from tests.fakes import LateLog, Person, World
from tests.lateness import at_once


def drain(person: Person) -> None:
    person.connection.busy = False
    person.visitor.drained()


class SlowReaderTests(SynchronousTestCase):
    def test_nothing_of_the_room_is_sent_to_one_who_is_busy(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.connection.busy = True
        alice.do(Say(TEA, "one"))
        alice.do(Topic(TEA, "Coffee"))
        alice.do(Rename(Username("anna")))
        assert bob.see() == []

    def test_it_catches_up_by_pages_and_is_then_level(self) -> None:
        alice, bob = gather(World(page=2), "alice", "bob")
        bob.connection.busy = True
        for number in range(5):
            alice.do(Say(TEA, str(number)))
        alice.do(Topic(TEA, "Coffee"))
        bob.connection.batches.clear()
        drain(bob)
        sent = bob.see()
        assert seqs(sent) == [1, 2, 3, 4, 5]
        assert sent[5:] == [Level(TEA, 5, 2, "Coffee")]
        assert [seqs(batch.events) for batch in bob.connection.batches] == [[1, 2], [3, 4], [5]]
        alice.do(Say(TEA, "live"))
        assert seqs(bob.see()) == [6]

    def test_even_one_who_missed_a_joined_only_is_told_that_it_is_level(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        bob.connection.busy = True
        world.enter("carol").do(Join(TEA))
        assert alice.see() == [Joined(TEA, CAROL, 3, 256)]
        drain(bob)
        assert bob.see() == [Level(TEA, 0, 3, "")]

    @at_once
    def test_it_is_told_how_many_are_here_before_one_leaves_who_is_level_with_it(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        for slow in (bob, carol):
            slow.connection.busy = True
        alice.do(Say(TEA, "one"))
        bob.ask(Leave(TEA))
        for slow in (bob, carol):
            slow.connection.busy = False
            slow.visitor.drained()
        assert carol.see()[1:] == [Level(TEA, 1, 2, "")]
        assert kinds(bob.see()) == ["Said", "Level", "Ok"]

    def test_one_who_missed_nothing_goes_on_as_ever(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.connection.busy = True
        bob.world.settle()
        drain(bob)
        assert bob.see() == []
        alice.do(Say(TEA, "one"))
        assert kinds(bob.see()) == ["Said"]

    def test_the_next_page_waits_until_the_last_has_left(self) -> None:
        alice, bob = gather(World(page=2), "alice", "bob")
        bob.connection.busy = True
        for number in range(3):
            alice.do(Say(TEA, str(number)))
        bob.connection.busy = False
        bob.visitor.drained()
        bob.world.turn.end()
        bob.connection.busy = True
        assert seqs(bob.see()) == [1, 2]
        alice.do(Say(TEA, "more"))
        assert bob.see() == []
        drain(bob)
        sent = bob.see()
        assert seqs(sent) == [3, 4]
        assert kinds(sent) == ["Said", "Said", "Level"]

    def test_nothing_is_taken_of_it_until_all_has_left(self) -> None:
        _, bob = gather(World(), "alice", "bob")
        bob.connection.busy = True
        assert not bob.visitor.is_free()
        assert bob.connection.proceeded == 0
        drain(bob)
        assert bob.connection.proceeded == 1
        assert bob.visitor.is_free()

    def test_what_it_has_asked_for_is_answered(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.connection.busy = True
        alice.do(Say(TEA, "one"))
        assert kinds(bob.do(Ping())) == ["Pong"]
        assert kinds(bob.do(Say(TEA, "two"))) == ["Stored"]
        drain(bob)
        assert seqs(bob.see()) == [1, 2]

    def test_what_it_asks_for_and_can_not_see_happen_is_said_in_the_answer(self) -> None:
        _, bob = gather(World(), "alice", "bob")
        bob.connection.busy = True
        [changed] = bob.do(Topic(TEA, "Coffee"))
        [renamed] = bob.do(Rename(Username("ben")))
        assert not getattr(changed, "event_follows", True)
        assert not getattr(renamed, "event_follows", True)

    def test_the_others_do_not_notice(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        bob.connection.busy = True
        for number in range(3):
            assert kinds(alice.do(Say(TEA, str(number)))) == ["Stored", "Said"]
        assert seqs(carol.see()) == [1, 2, 3]

    def test_what_is_no_longer_kept_is_a_gap(self) -> None:
        alice, bob = gather(World(log=MemoryLog(keep=2)), "alice", "bob")
        bob.connection.busy = True
        say_much(alice)
        drain(bob)
        gap, *rest = bob.see()
        assert gap == Gap(TEA, 1, MANY - 2, kept=False)
        assert seqs(rest) == [MANY - 1, MANY]
        assert kinds(rest) == ["Said", "Said", "Level"]

    def test_it_leaves_when_it_has_seen_everything_that_was_said_before(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.connection.busy = True
        alice.do(Say(TEA, "one"))
        assert bob.do(Leave(TEA)) == []
        assert not bob.visitor.is_free()
        assert kinds(alice.see())[-1] == "Left"
        drain(bob)
        assert kinds(bob.see()) == ["Said", "Level", "Ok"]

    def test_so_it_quits(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.connection.busy = True
        alice.do(Say(TEA, "one"))
        assert bob.do(Quit()) == []
        drain(bob)
        assert kinds(bob.see()) == ["Said", "Level", "Bye"]
        assert bob.connection.closed

    def test_one_who_is_lost_while_behind_is_gone(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        bob.connection.busy = True
        alice.do(Say(TEA, "one"))
        bob.do(Leave(TEA))
        bob.visitor.lost()
        assert kinds(alice.see()) == ["Left"]
        drain(bob)
        assert bob.see() == []

    def test_a_page_that_comes_too_late_is_not_shown(self) -> None:
        log = LateLog(prompt=True)
        alice, bob = gather(World(log=log), "alice", "bob")
        bob.connection.busy = True
        say_much(alice)
        log.prompt = False
        drain(bob)
        bob.world.settle()
        bob.visitor.lost()
        assert log.waiting
        log.answer()
        assert bob.see() == []

    def test_it_is_not_shown_what_the_others_have_not_been_shown(self) -> None:
        log = LateLog(keeping("one"), prompt=True)
        world = World(log=log)
        [alice] = gather(world, "alice")
        bob = world.enter("bob")
        bob.connection.busy = True
        assert kinds(bob.do(Join(TEA, backlog=1))) == ["Entered"]
        log.prompt = False
        alice.ask(Say(TEA, "two"))
        drain(bob)
        world.settle()
        log.answer()
        assert seqs(bob.connection.take()) == [1]
        log.prompt = True
        assert kinds(bob.see()) == ["Said", "Level"]


class OneBatchTests(SynchronousTestCase):
    @at_once
    def test_a_member_gets_one_batch_a_turn_however_many_messages(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        for person in (alice, bob, carol):
            person.connection.batches.clear()
        for number in range(9):
            (alice, bob)[number % 2].ask(Say(TEA, str(number)))
        carol.see()
        assert [len(batch.events) for batch in carol.connection.batches] == [9]
        assert carol.connection.batches == alice.connection.batches == bob.connection.batches
