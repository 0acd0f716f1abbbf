"""Rooms: created within limits, and harvested when they have been empty for long."""

from __future__ import annotations

from collections.abc import Callable

from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.core.values.commands import Create, Delete, Join, Leave, List, Quit, Rename, Say, Who
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.events import Level, Rooms
from chatroom.core.values.limits import MAX_CAPACITY
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import Entered, Refused
from tests.core.scenes import ALICE, AT, POND, TEA, gather, kinds, stored
from tests.fakes import LateLog, Person, World
from tests.lateness import one_server


class LateMarks(LateLog):
    """A log that answers late how far people have read, and all else at once."""

    @override
    def forward(
        self, question: str, ask: Callable[[], None], failed: Callable[[StorageFailed], None] | None = None
    ) -> None:
        if question == "marks":
            super().forward(question, ask, failed)
        else:
            ask()


def rooms(person: Person) -> list[str]:
    [answer] = person.do(List())
    assert isinstance(answer, Rooms)
    return [info.room for info in answer.rooms]


def capacity(world: World, asked: int | None) -> int:
    entered, _ = world.enter("alice").do(Create(TEA, capacity=asked))
    assert isinstance(entered, Entered)
    return entered.capacity


class CreateTests(SynchronousTestCase):
    def test_the_creator_is_in_the_room_and_level(self) -> None:
        alice = World().enter("alice")
        entered, level = alice.do(Create(TEA, "Tea and biscuits"))
        assert isinstance(entered, Entered)
        assert entered == Entered(
            room=TEA,
            topic="Tea and biscuits",
            members=1,
            capacity=256,
            epoch=entered.epoch,
            seq=0,
            creator=ALICE,
            created=AT,
            topic_by=ALICE,
            topic_at=AT,
        )
        assert level == Level(TEA, 0, 1, "Tea and biscuits")
        assert alice.do(Say(TEA, "hi"))[0] == stored(1)

    def test_a_capacity_over_the_server_s_is_the_server_s(self) -> None:
        assert [capacity(World(room_capacity=9), asked) for asked in (None, 5, 9, 10)] == [9, 5, 9, 9]
        assert [capacity(World(room_capacity=0), asked) for asked in (None, 5)] == [0, 5]

    def test_a_capacity_beyond_any_number_of_people_is_cut(self) -> None:
        assert capacity(World(room_capacity=0), 2**53) == MAX_CAPACITY

    def test_a_name_is_one_room_s_in_any_case(self) -> None:
        world = World()
        gather(world, "alice")
        bob = world.enter("bob")
        [refused] = bob.do(Create(RoomName("TEA")))
        assert isinstance(refused, Refused)
        assert (refused.error.code, vars(refused.error)) == ("room-exists", {"room": TEA})

    def test_a_room_that_is_being_opened_exists(self) -> None:
        log = LateLog()
        world = World(log=log)
        alice, bob, carol = world.enter("alice"), world.enter("bob"), world.enter("carol")
        assert alice.do(Create(TEA)) == bob.do(Create(TEA)) == carol.do(Join(TEA)) == []
        log.answer()
        assert kinds(alice.see()) == ["Entered", "Level"]
        [refused] = bob.see()
        assert isinstance(refused, Refused)
        assert refused.error.code == "room-exists"
        assert kinds(carol.see()) == ["Entered", "Level"]

    def test_a_room_that_could_not_be_opened_does_not_exist(self) -> None:
        log = LateLog(prompt=True)
        alice = World(log=log).enter("alice")
        log.failing = True
        assert alice.refused(Create(TEA)) == "storage-failed"
        assert rooms(alice) == []
        log.failing = False
        assert kinds(alice.do(Create(TEA))) == ["Entered", "Level"]

    def test_a_creator_who_is_lost_meanwhile_leaves_an_empty_room(self) -> None:
        log = LateLog()
        world = World(log=log, linger=5)
        alice, bob = world.enter("alice"), world.enter("bob")
        alice.do(Create(TEA))
        alice.visitor.lost()
        log.answer()
        assert rooms(bob) == [TEA]
        world.settle(5.1)
        assert rooms(bob) == []

    def test_a_visitor_creates_so_many_rooms(self) -> None:
        world = World(rooms_per_visitor=2)
        alice, bob = world.enter("alice"), world.enter("bob")
        alice.do(Create(TEA))
        alice.do(Create(POND))
        alice.do(Leave(POND))
        alice.do(Rename(Username("anna")))
        third = RoomName("third")
        assert alice.refused(Create(third)) == "too-many-rooms"
        assert kinds(bob.do(Create(third))) == ["Entered", "Level"]
        alice.do(Delete(POND))
        assert kinds(alice.do(Create(POND))) == ["Entered", "Level"]

    def test_that_a_room_exists_is_said_before_that_there_are_too_many(self) -> None:
        world = World(rooms_per_visitor=1, max_rooms=1)
        [alice] = gather(world, "alice")
        assert alice.refused(Create(TEA)) == "room-exists"
        assert world.enter("bob").refused(Create(TEA)) == "room-exists"


class HostTests(SynchronousTestCase):
    """Visitors from one host hold at most half of all rooms, however many they are."""

    def fill(self, world: World, host: str, number: int) -> list[Person]:
        """Let visitors from *host* create *number* rooms, and stay in them."""
        people = [world.enter(f"{host[-1]}-{at}", host=host) for at in range(number)]
        for person in people:
            person.do(Create(RoomName(f"room-of-{person.visitor.seat.username}")))  # type: ignore[union-attr]
        return people

    def test_half_of_the_rooms_are_left_to_others(self) -> None:
        world = World(max_rooms=6, rooms_per_visitor=2)
        people = self.fill(world, "127.0.0.1", 4)
        assert len(world.lobby.rooms) == 3
        [refused] = people[3].do(Create(TEA))
        assert isinstance(refused, Refused)
        assert refused.error.code == "too-many-rooms"
        assert str(refused.error) == "3 rooms are held from where you are; leave or delete one of them first."
        self.fill(world, "127.0.0.2", 3)
        assert len(world.lobby.rooms) == 6

    def test_rooms_in_which_nobody_is_count_for_nobody(self) -> None:
        world = World(max_rooms=4, rooms_per_visitor=2)
        people = self.fill(world, "127.0.0.1", 2)
        people[0].do(Quit())
        assert isinstance(people[1].do(Create(TEA))[0], Entered)

    def test_rooms_on_their_way_count(self) -> None:
        log = LateLog()
        world = World(log=log, max_rooms=4, rooms_per_visitor=2)
        people = self.fill(world, "127.0.0.1", 4)
        log.answer()
        assert [kinds(person.see())[:1] for person in people] == [["Entered"], ["Entered"], [], []]
        assert len(world.lobby.rooms) == 2

    def test_one_visitor_may_have_all_that_it_may_even_if_it_is_more_than_half(self) -> None:
        world = World(max_rooms=4, rooms_per_visitor=3)
        alice = world.enter("alice", host="127.0.0.1")
        for room in ("a", "b", "c"):
            assert isinstance(alice.do(Create(RoomName(room)))[0], Entered)
        assert alice.refused(Create(RoomName("d"))) == "too-many-rooms"

    def test_without_one_of_the_limits_or_a_host_there_is_none(self) -> None:
        for most, each, host in ((0, 1, "127.0.0.1"), (4, 0, "127.0.0.1"), (4, 1, None)):
            world = World(max_rooms=most, rooms_per_visitor=each)
            for name in ("alice", "bob", "carol", "dave"):
                assert isinstance(world.enter(name, host=host).do(Create(RoomName(name)))[0], Entered)


class HarvestTests(SynchronousTestCase):
    def test_a_room_lingers_when_the_last_has_left(self) -> None:
        world = World(linger=5)
        [alice] = gather(world, "alice")
        world.settle(60)
        alice.do(Leave(TEA))
        world.settle(4.9)
        assert rooms(alice) == [TEA]
        world.settle(0.2)
        assert rooms(alice) == []

    def test_who_comes_in_time_keeps_it_open(self) -> None:
        world = World(linger=5)
        [alice] = gather(world, "alice")
        alice.do(Leave(TEA))
        world.settle(4)
        alice.do(Join(TEA))
        world.settle(60)
        alice.do(Leave(TEA))
        world.settle(4.9)
        assert rooms(alice) == [TEA]

    @one_server
    def test_without_linger_it_is_gone_at_once_however_the_last_one_goes(self) -> None:
        world = World(linger=0)
        watching = world.enter("watching")
        for goes in ("leaves", "quits", "is lost"):
            [alice] = gather(world, "alice")
            if goes == "leaves":
                alice.do(Leave(TEA))
            if goes == "quits":
                alice.do(Quit())
            alice.visitor.lost()
            assert rooms(watching) == [], goes

    def test_a_new_one_does_not_close_before_its_creator_is_in_whose_marks_come_late(self) -> None:
        log = LateMarks()
        world = World(log=log, follows=True, linger=0)
        alice = world.enter("alice", session=b"her session")
        assert alice.do(Create(TEA)) == []
        world.settle()
        log.answer()
        assert kinds(alice.see()) == ["Entered", "Level"]

    def test_a_room_created_after_it_was_deleted_starts_anew(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        first = world.lobby.room(TEA, None).epoch
        alice.do(Say(TEA, "hi"))
        alice.do(Delete(TEA))
        entered, level = alice.do(Create(TEA))
        assert isinstance(entered, Entered)
        assert isinstance(level, Level)
        assert (entered.seq, level.seq) == (0, 0)
        assert entered.epoch != first

    def test_the_operator_s_rooms_stay(self) -> None:
        world = World(linger=0, max_rooms=1)
        world.lobby.open_permanently(TEA)
        alice = world.enter("alice")
        [entered, _] = alice.do(Join(TEA))
        assert isinstance(entered, Entered)
        assert entered.creator is None
        alice.do(Leave(TEA))
        world.settle(1000)
        assert alice.refused(Create(POND)) == "too-many-rooms"
        assert rooms(alice) == [TEA]

    @one_server
    def test_at_the_limit_the_longest_empty_room_goes(self) -> None:
        world = World(max_rooms=3)
        alice = world.enter("alice")
        names = [RoomName(name) for name in ("a", "b", "c", "d", "e", "f")]
        for name in names[:3]:
            alice.do(Create(name))
        alice.do(Leave(names[1]))
        alice.do(Leave(names[0]))
        alice.do(Create(names[3]))
        assert rooms(alice) == ["a", "c", "d"]
        alice.do(Create(names[4]))
        assert rooms(alice) == ["c", "d", "e"]
        assert alice.refused(Create(names[5])) == "too-many-rooms"
        assert rooms(alice) == ["c", "d", "e"]

    def test_rooms_that_are_being_opened_count(self) -> None:
        world = World(log=LateLog(), max_rooms=1)
        world.enter("alice").do(Create(TEA))
        assert world.enter("bob").refused(Create(POND)) == "too-many-rooms"

    def test_a_room_with_messages_in_flight_is_not_empty(self) -> None:
        log = LateLog(prompt=True)
        world = World(log=log, linger=1, max_rooms=1)
        [alice] = gather(world, "alice")
        bob = world.enter("bob")
        log.prompt = False
        alice.do(Say(TEA, "hi"))
        alice.visitor.lost()
        world.settle(60)
        assert bob.refused(Create(POND)) == "too-many-rooms"
        assert rooms(bob) == [TEA]
        log.answer()
        world.settle(0.9)
        assert bob.do(Who(TEA)) != []
        assert rooms(bob) == [TEA]
        world.settle(0.2)
        assert rooms(bob) == []
