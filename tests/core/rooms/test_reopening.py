"""Rooms that are closed, or whose server ended: their logs are kept, and they are opened again as they were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from unittest.mock import ANY

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.ports import LogId, NewRoom, Opened
from chatroom.core.values.commands import Create, Delete, Join, Leave, List, Rename, Say, Topic
from chatroom.core.values.errors import ChatError, StorageFailed
from chatroom.core.values.events import Level, Rooms, TopicChanged
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import Entered, Refused
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import ALICE, AT, BOB, POND, TEA, come_back, gather, keeping, kinds, said, seqs, session, stored
from tests.fakes import ForwardingLog, LateLog, Person, World

GARDEN = RoomName("garden")


class Restarted(ForwardingLog):
    """A log in which the *open* rooms were open when the last process ended."""

    def __init__(self, *open: RoomName, new: NewRoom | None = None) -> None:
        super().__init__()
        self._open = open
        for room in open:
            self.open(room, new or NewRoom(), lambda _: None)

    @override
    def restore(self, restored: Callable[[Sequence[Opened] | StorageFailed], None]) -> None:
        found = list[Opened | ChatError | None]()
        for room in self._open:
            self.open(room, None, found.append)
        restored([opened for opened in found if isinstance(opened, Opened)])


class Noting(ForwardingLog):
    """A log that notes the *closed* rooms."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: list[LogId] = []

    @override
    def close(self, log: LogId) -> None:
        self.closed.append(log)
        super().close(log)


def rooms(person: Person) -> list[str]:
    [answer] = person.do(List())
    assert isinstance(answer, Rooms)
    return [info.room for info in answer.rooms]


def entered(person: Person, command: Join | Create) -> Entered:
    answer, level, *rest = person.do(command)
    assert isinstance(answer, Entered)
    assert isinstance(level, Level)
    assert not rest
    return answer


def closed_tea(world: World) -> Entered:
    """Let bob create tea, speak there and go, so that it is closed; return it as it was."""
    [bob] = gather(world, "bob")
    bob.do(Topic(TEA, "Tea and biscuits"))
    bob.do(Say(TEA, "hi"))
    epoch = world.lobby.room(TEA, None).epoch
    bob.do(Leave(TEA))
    assert rooms(bob) == []
    bob.visitor.lost()
    return Entered(
        room=TEA,
        topic="Tea and biscuits",
        members=1,
        capacity=256,
        epoch=epoch,
        seq=1,
        creator=BOB,
        created=AT,
        topic_by=BOB,
        topic_at=ANY,
    )


class ClosedTests(SynchronousTestCase):
    def test_join_opens_a_closed_room_as_it_was(self) -> None:
        world = World(linger=0)
        was = closed_tea(world)
        alice = world.enter("alice")
        assert entered(alice, Join(RoomName("TEA"))) == was
        assert rooms(alice) == [TEA]
        assert alice.do(Say(TEA, "hi"))[0] == stored(2)

    def test_so_does_create(self) -> None:
        world = World(linger=0)
        was = closed_tea(world)
        alice = world.enter("alice")
        assert entered(alice, Create(RoomName("TEA"))) == was
        assert alice.do(Say(TEA, "hi"))[0] == stored(2)
        assert alice.refused(Delete(TEA)) == "not-allowed"

    def test_its_messages_are_there(self) -> None:
        world = World(linger=0)
        was = closed_tea(world)
        alice, carol = world.enter("alice"), world.enter("carol")
        assert alice.do(Join(TEA, backlog=5))[1:-1] == [said(1, "bob", "hi")]
        alice.do(Say(TEA, "two"))
        assert seqs(carol.do(Join(TEA, None, 0, was.epoch))) == [1, 2]

    def test_a_topic_given_with_create_replaces_the_old_one_for_good(self) -> None:
        world = World(linger=0)
        closed_tea(world)
        alice = world.enter("alice")
        assert entered(alice, Create(TEA, "Coffee")).topic == "Coffee"
        alice.do(Leave(TEA))
        assert entered(alice, Join(TEA)).topic == "Coffee"

    def test_it_keeps_its_capacity_within_the_server_s(self) -> None:
        log = MemoryLog()
        first = World(log=log, linger=0)
        alice = first.enter("alice")
        for room, capacity in ((TEA, 5), (POND, 20), (GARDEN, None)):
            alice.do(Create(room, capacity=capacity))
            alice.do(Leave(room))
        alice = World(log=log, linger=0, room_capacity=10).enter("alice")
        assert [entered(alice, Join(room)).capacity for room in (TEA, POND, GARDEN)] == [5, 10, 10]

    def test_it_has_its_own_capacity_again_when_the_server_allows_it(self) -> None:
        log = MemoryLog()
        alice = World(log=log, linger=0, room_capacity=10).enter("alice")
        for room, capacity in ((TEA, 5), (POND, 20), (GARDEN, None)):
            alice.do(Create(room, capacity=capacity))
            alice.do(Leave(room))
        alice = World(log=log, linger=0, room_capacity=30).enter("alice")
        assert [entered(alice, Join(room)).capacity for room in (TEA, POND, GARDEN)] == [5, 20, 30]

    def test_it_is_closed_again_when_it_is_empty(self) -> None:
        world = World(linger=5)
        closing = gather(world, "bob")[0]
        closing.do(Leave(TEA))
        world.settle(6)
        alice = world.enter("alice")
        for _ in range(2):
            alice.do(Join(TEA))
            world.settle(60)
            alice.do(Leave(TEA))
            world.settle(4.9)
            assert rooms(alice) == [TEA]
            world.settle(0.3)
            assert rooms(alice) == []

    def test_the_log_hears_when_a_room_is_closed_but_not_when_it_is_deleted(self) -> None:
        log = Noting()
        world = World(log=log, linger=0, max_rooms=1)
        [alice] = gather(world, "alice")
        assert log.closed == []
        alice.do(Leave(TEA))
        assert len(log.closed) == 1
        alice.do(Create(POND))
        bob = world.enter("bob")
        assert bob.refused(Join(TEA)) == "too-many-rooms"
        assert log.closed == log.closed[:1] * 2
        alice.do(Delete(POND))
        assert len(log.closed) == 2

    def test_a_room_that_was_deleted_is_a_new_one(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        alice.do(Say(TEA, "hi"))
        before = world.lobby.room(TEA, None).epoch
        alice.do(Delete(TEA))
        bob = world.enter("bob")
        assert bob.refused(Join(TEA)) == "no-such-room"
        new = entered(bob, Create(TEA))
        assert new == Entered(
            room=TEA, topic="", members=1, capacity=256, epoch=new.epoch, seq=0, creator=BOB, created=new.created
        )
        assert new.epoch != before

    def test_a_room_that_never_was_is_not_there(self) -> None:
        log = LateLog()
        alice = World(log=log).enter("alice")
        assert alice.do(Join(TEA)) == []
        assert not alice.visitor.is_free()
        log.answer()
        [refused] = alice.see()
        assert isinstance(refused, Refused)
        assert (refused.error.code, vars(refused.error)) == ("no-such-room", {"room": TEA})

    def test_two_who_join_while_it_is_opened_are_in_one_room(self) -> None:
        log = LateLog(keeping("one"))
        world = World(log=log, linger=0)
        alice, bob, carol = (world.enter(name) for name in ("alice", "bob", "carol"))
        alice.ask(Join(TEA, backlog=1))
        bob.ask(Create(TEA))
        carol.ask(Join(RoomName("Tea"), backlog=1))
        while log.waiting:
            log.answer()
            world.settle()
        assert kinds(alice.see()) == kinds(carol.see()) == ["Entered", "Said", "Level"]
        assert kinds(bob.see()) == ["Refused"]
        assert alice.do(Say(TEA, "hi")) == []
        log.answer()
        assert seqs(carol.see()) == seqs(alice.see()) == [2]

    def test_a_create_waits_until_it_is_known_that_there_is_no_room(self) -> None:
        log = LateLog()
        world = World(log=log)
        alice, bob, carol = (world.enter(name) for name in ("alice", "bob", "carol"))
        alice.ask(Join(TEA))
        bob.ask(Create(TEA))
        carol.ask(Join(TEA))
        while log.waiting:
            log.answer()
            world.settle()
        assert kinds(alice.see()) == ["Refused"]
        assert kinds(bob.see())[0] == "Entered"

    def test_who_is_lost_while_it_is_opened_does_not_come_in(self) -> None:
        log = LateLog(keeping("one"))
        world = World(log=log, linger=5)
        alice, bob = world.enter("alice"), world.enter("bob")
        alice.ask(Join(TEA))
        alice.visitor.lost()
        log.answer()
        assert rooms(bob) == [TEA]
        log.prompt = True
        world.settle(5.2)
        assert rooms(bob) == []
        assert entered(bob, Join(TEA)).seq == 1

    def test_a_log_that_fails_keeps_nobody_out_for_ever(self) -> None:
        log = LateLog(keeping("one"))
        world = World(log=log)
        alice, bob = world.enter("alice"), world.enter("bob")
        alice.ask(Join(TEA))
        bob.ask(Join(TEA))
        log.failing = True
        log.answer()
        for person in (alice, bob):
            [refused] = person.see()
            assert isinstance(refused, Refused)
            assert refused.error.code == "storage-failed"
        assert rooms(alice) == []
        log.failing, log.prompt = False, True
        assert entered(alice, Join(TEA)).seq == 1
        assert entered(bob, Join(TEA)).members == 2

    def test_one_room_people_stay_where_they_are_until_it_is_open(self) -> None:
        log = LateLog(keeping("one"), prompt=True)
        world = World(log=log)
        [alice] = gather(world, "alice", room=POND)
        bob = world.enter("bob", one_room=True)
        bob.do(Join(POND))
        log.prompt = False
        bob.ask(Join(TEA))
        alice.ask(Say(POND, "hi"))
        log.failing = True
        log.answer(1)
        log.failing = False
        log.answer()
        assert kinds(bob.see()) == ["Refused", "Said"]
        bob.ask(Join(TEA))
        log.answer()
        assert kinds(bob.see()) == ["Entered", "Level"]
        assert bob.rooms == [TEA]

    def test_it_is_not_closed_before_those_are_in_who_have_to_wait_elsewhere(self) -> None:
        log = LateLog(keeping("one"), prompt=True)
        world = World(log=log, linger=0)
        [alice] = gather(world, "alice", room=POND)
        bob = world.enter("bob", one_room=True)
        bob.do(Join(POND))
        log.prompt = False
        alice.ask(Say(POND, "slow"))
        bob.ask(Join(TEA))
        while log.waiting:
            log.answer(1)
            world.settle()
        assert kinds(bob.see()) == ["Said", "Entered", "Level"]


class LimitTests(SynchronousTestCase):
    """``--max-rooms`` holds for rooms that are opened again."""

    def test_the_longest_empty_room_makes_place(self) -> None:
        world = World(log=keeping("one"), max_rooms=2)
        [alice] = gather(world, "alice", room=POND)
        alice.do(Create(GARDEN))
        alice.do(Leave(POND))
        assert entered(alice, Join(TEA)).seq == 1
        assert rooms(alice) == [GARDEN, TEA]
        alice.do(Leave(GARDEN))
        assert entered(alice, Join(POND)).creator == ALICE
        assert rooms(alice) == [POND, TEA]

    def test_without_place_it_stays_closed(self) -> None:
        world = World(log=keeping("one"), max_rooms=1)
        [alice] = gather(world, "alice", room=POND)
        bob = world.enter("bob")
        for command in (Join(TEA), Create(TEA)):
            assert bob.refused(command) == "too-many-rooms"
        assert rooms(alice) == [POND]
        alice.do(Leave(POND))
        assert entered(bob, Join(TEA)).seq == 1

    def test_nothing_is_closed_for_a_room_that_is_not_there(self) -> None:
        world = World(max_rooms=1)
        [alice] = gather(world, "alice", room=POND)
        assert alice.refused(Join(TEA)) == "no-such-room"
        alice.do(Leave(POND))
        assert alice.refused(Join(TEA)) == "no-such-room"
        assert rooms(alice) == [POND]

    def test_who_only_looks_takes_no_place(self) -> None:
        log = LateLog(prompt=True)
        world = World(log=log, max_rooms=3)
        alice = world.enter("alice")
        for room in (TEA, POND):
            alice.do(Create(room))
            alice.do(Leave(room))
        world.settle(1000)
        alice.do(Create(GARDEN))
        people = [world.enter(name) for name in ("bob", "carol", "dave")]
        log.prompt = False
        for person, command in zip(people, (Join(TEA), Join(POND), Join(RoomName("nowhere"))), strict=True):
            person.ask(command)
        log.answer()
        assert [kinds(person.see())[0] for person in people] == ["Entered", "Entered", "Refused"]
        assert rooms(alice) == [GARDEN, POND, TEA]


class RestartTests(SynchronousTestCase):
    def test_rooms_that_were_open_are_open_again_and_empty(self) -> None:
        new = NewRoom("Tea and biscuits", 5, BOB, session("bob"))
        world = World(log=Restarted(TEA, POND, new=new), linger=10)
        world.lobby.restore([])
        alice = world.enter("alice")
        assert rooms(alice) == [POND, TEA]
        world.settle(9.8)
        room = entered(alice, Join(TEA))
        assert (room.topic, room.members, room.capacity, room.creator) == ("Tea and biscuits", 1, 5, BOB)
        world.settle(0.4)
        assert rooms(alice) == [TEA]

    def test_the_operator_s_rooms_are_open_for_ever_and_only_once(self) -> None:
        for linger in (0, 10):
            world = World(log=Restarted(TEA, POND), linger=linger, max_rooms=2)
            world.lobby.restore([RoomName("Tea"), GARDEN])
            alice = world.enter("alice")
            world.settle(1000)
            assert rooms(alice) == [GARDEN, TEA]
            assert alice.refused(Delete(TEA)) == "not-allowed"
            assert alice.refused(Join(POND)) == "too-many-rooms"
            alice.do(Join(TEA))
            alice.do(Leave(TEA))
            world.settle(1000)
            assert rooms(alice) == [GARDEN, TEA]

    def test_what_was_the_operator_s_room_lingers_like_others(self) -> None:
        world = World(log=Restarted(TEA), linger=10)
        world.lobby.restore([])
        alice = world.enter("alice")
        [refused] = alice.do(Delete(TEA))
        assert isinstance(refused, Refused)
        assert refused.error.code == "not-allowed"
        assert "None" not in str(refused.error)
        world.settle(10.2)
        assert rooms(alice) == []

    def test_a_log_that_can_not_be_read_opens_nothing(self) -> None:
        log = LateLog(Restarted(TEA), prompt=True)
        log.failing = True
        world = World(log=log)
        world.lobby.restore([])
        assert rooms(world.enter("alice")) == []

    def test_seats_are_forgotten_but_the_creator_is_known(self) -> None:
        world = World(log=Restarted(TEA, new=NewRoom(creator=BOB, owner=session("bob"))))
        world.lobby.restore([])
        assert world.enter("bob").refused(Delete(TEA)) == "not-allowed"
        bob = come_back(world, "bob", called="Robert")
        assert kinds(bob.do(Delete(TEA))) == ["Welcome", "Ok"]

    def test_a_creator_without_a_session_is_not(self) -> None:
        world = World(log=Restarted(TEA, new=NewRoom(creator=BOB)))
        world.lobby.restore([])
        for bob in (world.enter("bob"), come_back(world, "eve")):
            bob.connection.take()
            assert bob.refused(Delete(TEA)) == "not-allowed"
            bob.do(Rename(Username("ben")))

    def test_what_changes_is_shown_as_ever(self) -> None:
        world = World(log=Restarted(TEA))
        world.lobby.restore([])
        alice, bob = gather(world, "alice", "bob", room=POND)
        for person in (alice, bob):
            person.do(Join(TEA))
        alice.see()
        assert bob.do(Topic(TEA, "Coffee"))[1:] == alice.see() == [TopicChanged(TEA, "Coffee", BOB)]
