"""Rooms are deleted by their creators, and their members are in the lobby."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.ports import Happened, LogId, SeatId
from chatroom.core.values.changes import Change
from chatroom.core.values.commands import Create, Delete, Join, Leave, List, Quit, Rename, Say, Topic
from chatroom.core.values.events import Deleted, Gap, Message, RoomInfo, Rooms
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import Ok, Refused
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import ALICE, AT, MANY, POND, TEA, gather, gather_late, kinds, said, say_much, stored
from tests.fakes import ForwardingLog, LateLog, Person, World
from tests.lateness import at_once


class SlowToKeep(ForwardingLog):
    """A memory log whose messages wait; it does all else at once."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: deque[Callable[[], None]] = deque()

    @override
    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        change_now = partial(super().change, log, change, by, done)
        if isinstance(change, Message):
            self.waiting.append(change_now)
        else:
            change_now()


def answer_all(world: World, log: LateLog) -> None:
    world.settle()
    while log.waiting:
        log.answer()
        world.settle()


def fall_behind(person: Person) -> None:
    person.connection.busy = True


def drain(person: Person) -> None:
    person.connection.busy = False
    person.visitor.drained()


def deleting_an_empty_room() -> tuple[LateLog, World, Person]:
    """Return a log on which a world waits, for alice deletes there the room that she has left; nobody else is in it."""
    log = LateLog(prompt=True)
    world = World(log=log, linger=5)
    [alice] = gather(world, "alice")
    alice.do(Leave(TEA))
    log.prompt = False
    alice.do(Delete(TEA))
    return log, world, alice


class DeleteTests(SynchronousTestCase):
    def test_the_members_are_told_and_in_the_lobby(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        assert alice.do(Delete(RoomName("TEA"))) == [Ok(TEA, event_follows=True), Deleted(TEA, ALICE)]
        assert bob.see() == [Deleted(TEA, ALICE)]
        assert alice.do(List()) == [Rooms((), more=False)]
        assert bob.refused(Say(TEA, "hi")) == "no-such-room"
        assert kinds(bob.do(Create(TEA))) == ["Entered", "Level"]
        assert alice.refused(Delete(TEA)) == "not-allowed"

    def test_one_who_is_not_in_it_gets_ok_only(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Leave(TEA))
        bob.see()
        assert alice.do(Delete(TEA)) == [Ok(TEA, event_follows=False)]
        assert bob.see() == [Deleted(TEA, ALICE)]

    def test_an_empty_room_can_be_deleted(self) -> None:
        world = World(linger=5)
        [alice] = gather(world, "alice")
        alice.do(Leave(TEA))
        assert alice.do(Delete(TEA)) == [Ok(TEA, event_follows=False)]
        world.settle(10)
        assert alice.refused(Delete(TEA)) == "no-such-room"

    def test_only_the_creator_may(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        [refused] = bob.do(Delete(TEA))
        assert isinstance(refused, Refused)
        assert refused.error.code == "not-allowed"
        assert str(refused.error) == "Only the owner of tea may delete it; alice created it."
        assert alice.see() == []

    def test_the_creator_may_by_any_name(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        anna = Username("anna")
        alice.do(Rename(anna))
        bob.do(Rename(ALICE))
        alice.see()
        assert bob.refused(Delete(TEA)) == "not-allowed"
        assert alice.do(Delete(TEA)) == [Ok(TEA, event_follows=True), Deleted(TEA, anna)]

    def test_another_of_the_creator_s_name_may_not(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        alice.do(Quit())
        bob.see()
        assert world.enter("alice").refused(Delete(TEA)) == "not-allowed"
        assert bob.see() == []

    def test_nobody_deletes_a_room_of_the_operator_s(self) -> None:
        world = World()
        world.lobby.open_permanently(TEA)
        assert world.enter("alice").refused(Delete(TEA)) == "not-allowed"

    def test_a_room_that_is_not_there_can_not_be_deleted(self) -> None:
        assert World().enter("alice").refused(Delete(TEA)) == "no-such-room"

    def test_what_was_said_before_is_stored_and_seen_and_nothing_is_said_after(self) -> None:
        log = LateLog(prompt=True)
        world = World(log=log)
        alice, bob, carol = gather(world, "alice", "bob", "carol")
        dave = world.enter("dave")
        log.prompt = False
        bob.ask(Say(TEA, "one"))
        assert alice.do(Delete(TEA)) == []
        assert carol.refused(Say(TEA, "two")) == "no-such-room"
        assert dave.refused(Join(TEA)) == "no-such-room"
        assert dave.refused(Create(TEA)) == "room-exists"
        assert dave.refused(Delete(TEA)) == "no-such-room"
        answer_all(world, log)
        assert alice.see() == [said(1, "bob", "one"), Ok(TEA, event_follows=True), Deleted(TEA, ALICE)]
        assert bob.see() == [stored(1), said(1, "bob", "one"), Deleted(TEA, ALICE)]
        assert carol.see() == [said(1, "bob", "one"), Deleted(TEA, ALICE)]

    def test_it_is_deleted_even_if_the_creator_is_lost_meanwhile(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        world = alice.world
        bob.ask(Say(TEA, "one"))
        alice.do(Delete(TEA))
        alice.visitor.lost()
        answer_all(world, log)
        assert bob.see() == [stored(1), said(1, "bob", "one"), Deleted(TEA, ALICE)]

    def test_what_waited_behind_it_finds_no_room(self) -> None:
        log, [alice, bob, carol] = gather_late("alice", "bob", "carol")
        world = alice.world
        bob.ask(Say(TEA, "one"))
        alice.do(Delete(TEA))
        assert carol.refused(Topic(TEA, "Coffee")) == "no-such-room"
        bob.do(Leave(TEA))
        answer_all(world, log)
        assert kinds(carol.see()) == ["Said", "Deleted"]
        assert kinds(bob.see()) == ["Stored", "Said", "Deleted", "Refused"]
        assert bob.connection.crashes == []

    def test_it_is_acknowledged_and_told_when_the_log_has_it(self) -> None:
        log, [alice, bob] = gather_late("alice", "bob")
        assert alice.do(Delete(TEA)) == bob.see() == []
        assert bob.refused(Say(TEA, "hi")) == "no-such-room"
        log.answer()
        assert alice.see() == [Ok(TEA, event_follows=True), Deleted(TEA, ALICE)]
        assert bob.see() == [Deleted(TEA, ALICE)]

    def test_one_that_can_not_be_stored_changes_nothing(self) -> None:
        log = LateLog(prompt=True)
        alice, bob = gather(World(log=log), "alice", "bob")
        log.failing = True
        assert alice.refused(Delete(TEA)) == "storage-failed"
        log.failing = False
        assert bob.see() == []
        assert bob.do(Say(TEA, "hi"))[1:] == alice.see() == [said(1, "bob", "hi")]
        assert kinds(alice.do(Delete(TEA))) == ["Ok", "Deleted"]

    def test_an_empty_room_is_not_closed_while_it_is_deleted(self) -> None:
        for failing, left in ((False, ()), (True, (RoomInfo(TEA, "", 0, 256, created=AT),))):
            log, world, alice = deleting_an_empty_room()
            world.settle(6)
            log.failing = failing
            log.answer()
            assert kinds(alice.see()) == ["Refused" if failing else "Ok"]
            assert alice.do(List()) == [Rooms(left, more=False)]
            world.settle(5.2)
            assert alice.do(List()) == [Rooms((), more=False)]

    def test_one_that_was_forgotten_meanwhile_does_not_close_its_successor(self) -> None:
        log, world, alice = deleting_an_empty_room()
        world.lobby.forget()
        log.failing = True
        log.answer()
        assert kinds(alice.see()) == ["Refused"]
        log.prompt, log.failing = True, False
        bob = world.enter("bob")
        bob.do(Join(TEA))
        world.settle(6)
        assert bob.do(List()) == [Rooms((RoomInfo(TEA, "", 1, 256, created=AT),), more=False)]

    def test_who_is_behind_gets_a_gap_first(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        alice.do(Say(TEA, "one"))
        bob.see()
        fall_behind(bob)
        alice.do(Say(TEA, "two"))
        alice.do(Say(TEA, "three"))
        alice.do(Delete(TEA))
        assert bob.see() == [Gap(TEA, 2, 3, kept=False), Deleted(TEA, ALICE)]
        drain(bob)
        assert bob.see() == []

    def test_who_is_busy_but_missed_nothing_gets_no_gap(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        fall_behind(bob)
        alice.do(Delete(TEA))
        assert bob.see() == [Deleted(TEA, ALICE)]

    def test_who_waits_to_see_everything_before_leaving_is_answered(self) -> None:
        alice, bob = gather(World(), "alice", "bob")
        fall_behind(bob)
        alice.do(Say(TEA, "one"))
        assert bob.do(Leave(TEA)) == []
        alice.do(Delete(TEA))
        assert kinds(bob.see()) == ["Gap", "Ok"]
        drain(bob)
        assert bob.visitor.is_free()

    def test_who_is_still_reading_the_backlog_gets_a_gap_too(self) -> None:
        reading = list[Callable[[], None]]()
        world = World(log=MemoryLog(reading.append))
        [alice] = gather(world, "alice")
        say_much(alice)
        bob = world.enter("bob")
        assert kinds(bob.do(Join(TEA, backlog=MANY))) == ["Entered"]
        alice.do(Delete(TEA))
        [read] = reading
        read()
        assert bob.see() == [Gap(TEA, 1, MANY, kept=False), Deleted(TEA, ALICE)]

    @at_once
    def test_so_does_one_whose_entry_is_not_yet_answered(self) -> None:
        log = SlowToKeep()
        world = World(log=log)
        [alice] = gather(world, "alice")
        alice.ask(Say(TEA, "one"))
        log.waiting.popleft()()
        [bob] = gather(world, "bob", room=POND)
        bob.ask(Say(POND, "slow"))
        bob.ask(Join(TEA, backlog=1))
        alice.do(Delete(TEA))
        log.waiting.popleft()()
        of_tea = [it for it in bob.see() if getattr(it, "room", TEA) == TEA]
        assert kinds(of_tea) == ["Entered", "Gap", "Deleted"]
        assert bob.refused(Leave(TEA)) == "no-such-room"

    def test_a_room_harvested_before_its_turn_came_is_not_deleted_again(self) -> None:
        log = SlowToKeep()
        world = World(log=log, linger=5)
        alice = world.enter("alice")
        for room in (POND, TEA):
            alice.do(Create(room))
        alice.do(Leave(POND))
        alice.ask(Say(TEA, "one"))
        alice.do(Delete(POND))
        world.settle(5.1)
        log.waiting.popleft()()
        assert kinds(alice.see())[-3:] == ["Stored", "Refused", "Said"]
        assert alice.connection.crashes == []

    def test_nor_is_the_next_room_of_that_name(self) -> None:
        log = SlowToKeep()
        world = World(log=log, linger=5)
        alice, bob = world.enter("alice"), world.enter("bob")
        for room in (POND, TEA):
            alice.do(Create(room))
        alice.do(Leave(POND))
        alice.ask(Say(TEA, "one"))
        alice.do(Delete(POND))
        world.settle(5.1)
        bob.do(Create(POND))
        log.waiting.popleft()()
        assert kinds(alice.see())[-3:] == ["Stored", "Refused", "Said"]
        assert kinds(alice.do(Join(POND))) == ["Entered", "Level"]
