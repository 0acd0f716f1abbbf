"""People who are in one room at a time: they move by joining or creating another."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Create, Join, Leave, Say
from chatroom.core.values.events import Joined, Left, Said
from chatroom.core.values.names import RoomName
from chatroom.core.values.replies import Entered
from tests.core.scenes import BOB, POND, TEA, gather, kinds, said
from tests.fakes import LateLog, Person, World


def by_the_pond(world: World) -> tuple[Person, Person, Person]:
    """Return alice in tea, carol by the pond, and bob in tea; bob is in one room at a time."""
    [alice] = gather(world, "alice")
    [carol] = gather(world, "carol", room=POND)
    bob = world.enter("bob", one_room=True)
    bob.do(Join(TEA))
    alice.see()
    return alice, carol, bob


class MovingTests(SynchronousTestCase):
    def test_who_joins_another_room_leaves_the_old_one(self) -> None:
        alice, carol, bob = by_the_pond(World())
        assert kinds(bob.do(Join(POND))) == ["Entered", "Level"]
        assert bob.rooms == [POND]
        assert alice.see() == [Left(TEA, BOB, 1, 256, "moved")]
        assert carol.see() == [Joined(POND, BOB, 2, 256)]

    def test_who_creates_a_room_leaves_the_old_one(self) -> None:
        alice, _, bob = by_the_pond(World())
        garden = RoomName("garden")
        assert kinds(bob.do(Create(garden))) == ["Entered", "Level"]
        assert bob.rooms == [garden]
        assert alice.see() == [Left(TEA, BOB, 1, 256, "moved")]

    def test_who_is_not_let_in_stays_where_it_was(self) -> None:
        alice, _, bob = by_the_pond(World(max_rooms=2, room_capacity=2))
        dave = bob.world.enter("dave")
        dave.do(Join(POND))
        assert bob.refused(Join(POND)) == "room-full"
        assert bob.refused(Join(RoomName("nowhere"))) == "no-such-room"
        assert bob.refused(Join(TEA)) == "already-a-member"
        assert bob.refused(Create(POND)) == "room-exists"
        assert bob.refused(Create(RoomName("garden"))) == "too-many-rooms"
        assert bob.rooms == [TEA]
        assert alice.see() == []
        assert alice.do(Say(TEA, "hi"))[1:] == bob.see()

    def test_a_room_that_can_not_be_opened_keeps_nobody_from_the_old_one(self) -> None:
        log = LateLog(prompt=True)
        alice, _, bob = by_the_pond(World(log=log))
        log.failing = True
        assert bob.refused(Create(RoomName("garden"))) == "storage-failed"
        log.failing = False
        alice.do(Say(TEA, "hi"))
        assert bob.see() == [said(1, "alice", "hi")]

    def test_everything_said_in_the_old_room_is_seen_before_the_new_one(self) -> None:
        log = LateLog(prompt=True)
        alice, carol, bob = by_the_pond(World(log=log))
        log.prompt = False
        alice.do(Say(TEA, "one"))
        bob.ask(Say(TEA, "two"))
        bob.ask(Join(POND, backlog=9))
        carol.ask(Say(POND, "three"))
        assert bob.see() == []
        while log.waiting:
            log.answer()
            bob.world.settle()
        sent = bob.see()
        assert kinds(sent) == ["Stored", "Said", "Said", "Entered", "Said", "Level"]
        assert [(it.room, it.seq) for it in sent if isinstance(it, Said)] == [(TEA, 1), (TEA, 2), (POND, 1)]
        assert kinds(alice.see())[-1] == "Left"

    def test_a_slow_reader_moves_when_it_has_seen_everything(self) -> None:
        alice, _, bob = by_the_pond(World())
        bob.connection.busy = True
        alice.do(Say(TEA, "one"))
        assert bob.do(Join(POND)) == []
        assert not bob.visitor.is_free()
        alice.do(Say(TEA, "two"))
        bob.connection.busy = False
        bob.visitor.drained()
        assert kinds(bob.see()) == ["Said", "Said", "Level", "Entered", "Level"]
        assert bob.visitor.is_free()

    def test_the_old_room_is_heard_until_the_new_one_is_open(self) -> None:
        log = LateLog(prompt=True)
        alice, _, bob = by_the_pond(World(log=log))
        log.prompt = False
        alice.do(Say(TEA, "one"))
        bob.do(Create(RoomName("garden")))
        log.answer(1)
        assert bob.see() == [said(1, "alice", "one")]
        alice.do(Say(TEA, "two"))
        log.answer(1)
        assert bob.see() == []
        log.answer()
        assert kinds(bob.see()) == ["Said", "Entered", "Level"]
        assert kinds(alice.see()) == ["Stored", "Said", "Left"]

    def test_a_new_room_waits_for_its_creator(self) -> None:
        log = LateLog(prompt=True)
        alice, _, bob = by_the_pond(World(log=log, linger=0))
        log.prompt = False
        bob.do(Create(RoomName("garden")))
        alice.do(Say(TEA, "one"))
        log.answer()
        assert kinds(bob.see()) == ["Said", "Entered", "Level"]

    def test_what_is_said_in_the_new_room_meanwhile_comes_after_the_number_it_was_entered_at(self) -> None:
        log = LateLog(prompt=True)
        alice, carol, bob = by_the_pond(World(log=log))
        log.prompt = False
        carol.ask(Say(POND, "one"))
        bob.ask(Join(POND))
        carol.ask(Say(POND, "two"))
        alice.ask(Say(TEA, "slow"))
        log.answer()
        log.prompt = True
        _, entered, *rest = bob.see()
        assert isinstance(entered, Entered)
        assert entered.seq == 1
        assert kinds(rest) == ["Said", "Level"]

    def test_programs_are_in_many_rooms(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        assert kinds(alice.do(Create(POND))) == ["Entered", "Level"]
        assert bob.see() == []
        assert alice.do(Say(TEA, "hi"))[1:] == bob.see()

    def test_in_the_lobby_there_is_nothing_to_leave(self) -> None:
        alice, carol, bob = by_the_pond(World())
        bob.do(Leave(TEA))
        assert bob.rooms == []
        assert alice.see() == [Left(TEA, BOB, 1, 256, "left")]
        assert kinds(bob.do(Join(POND))) == ["Entered", "Level"]
        assert alice.see() == []
        assert carol.see() == [Joined(POND, BOB, 2, 256)]
        assert alice.rooms == [TEA]
