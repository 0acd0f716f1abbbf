"""Watchers of the lobby are told of changes, once a second at most."""

from __future__ import annotations

from collections.abc import Sequence
from unittest.mock import ANY

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Create, Delete, Join, Leave, List, Topic
from chatroom.core.values.events import Event, RoomInfo, Rooms, RoomsChanged
from chatroom.core.values.names import RoomName
from chatroom.core.values.replies import Reply
from tests.core.scenes import POND, TEA, gather, kinds
from tests.fakes import Person, World
from tests.lateness import one_server


def info(room: RoomName, members: int, topic: str = "") -> RoomInfo:
    return RoomInfo(room, topic, members, 256, created=ANY, topic_at=ANY)


def changes(sent: Sequence[Reply | Event]) -> list[RoomsChanged]:
    return [it for it in sent if isinstance(it, RoomsChanged)]


def watcher(world: World, name: str = "watcher") -> Person:
    person = world.enter(name)
    person.do(List(watch=True))
    return person


class WatchTests(SynchronousTestCase):
    def test_a_watcher_gets_the_list_and_then_what_is_new(self) -> None:
        world = World()
        alice, watching = world.enter("alice"), world.enter("watching")
        assert watching.do(List(watch=True)) == [Rooms((), more=False)]
        alice.do(Create(TEA, "Tea"))
        assert watching.see() == []
        world.settle(1.1)
        assert watching.see() == [RoomsChanged((info(TEA, 1, "Tea"),), ())]

    def test_members_topics_and_ends_are_told(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        watching = watcher(world)
        for happens, told in (
            (Leave(TEA), RoomsChanged((info(TEA, 1),), ())),
            (Join(TEA), RoomsChanged((info(TEA, 2),), ())),
        ):
            bob.do(happens)
            world.settle(1.1)
            assert watching.see() == [told]
        alice.do(Topic(TEA, "Tea"))
        world.settle(1.1)
        assert watching.see() == [RoomsChanged((info(TEA, 2, "Tea"),), ())]
        bob.visitor.lost()
        world.settle(1.1)
        assert watching.see() == [RoomsChanged((info(TEA, 1, "Tea"),), ())]
        alice.do(Delete(TEA))
        world.settle(1.1)
        assert watching.see() == [RoomsChanged((), (TEA,))]

    @one_server
    def test_a_harvested_room_is_closed(self) -> None:
        world = World(linger=10)
        [alice] = gather(world, "alice")
        alice.do(Leave(TEA))
        watching = watcher(world)
        world.settle(9)
        watching.see()
        world.settle(1.1)
        world.settle(1.1)
        assert watching.see() == [RoomsChanged((), (TEA,))]

    def test_a_second_s_changes_come_together_as_they_are_then(self) -> None:
        world = World()
        alice = world.enter("alice")
        watching = watcher(world)
        alice.do(Create(TEA))
        alice.do(Topic(TEA, "Tea"))
        alice.do(Create(POND))
        alice.do(Delete(POND))
        world.settle(0.8)
        alice.do(Topic(TEA, "More tea"))
        world.settle(0.3)
        [changed] = watching.see()
        assert changed == RoomsChanged((info(TEA, 1, "More tea"),), (POND,))

    def test_a_room_opened_again_is_not_closed(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        watching = watcher(world)
        alice.do(Delete(TEA))
        alice.do(Create(TEA, "New"))
        world.settle(1.1)
        assert watching.see() == [RoomsChanged((info(TEA, 1, "New"),), ())]

    def test_it_is_once_a_second_at_most(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        watching = watcher(world)
        world.settle(3)
        for number in range(50):
            alice.do(Topic(TEA, str(number)))
            world.settle(0.1)
        assert 4 <= len(watching.see()) <= 5

    def test_nobody_is_told_who_does_not_watch_or_no_longer(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        other, watching = world.enter("other"), watcher(world)
        other.do(List())
        assert kinds(watching.do(List(watch=False))) == ["Rooms"]
        alice.do(Topic(TEA, "Tea"))
        world.settle(2)
        assert other.see() == watching.see() == []

    def test_a_list_in_between_changes_nothing(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        watching = watcher(world)
        watching.do(List())
        alice.do(Topic(TEA, "Tea"))
        world.settle(2)
        assert kinds(watching.see()) == ["RoomsChanged"]

    def test_who_is_lost_is_told_nothing(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        watching = watcher(world)
        alice.do(Topic(TEA, "Tea"))
        watching.visitor.lost()
        world.settle(2)
        assert watching.see() == []

    def test_all_watchers_share_what_is_encoded(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        first, second = watcher(world, "first"), watcher(world, "second")
        alice.do(Topic(TEA, "Tea"))
        world.settle(2)
        assert first.connection.batches[-1] is second.connection.batches[-1]

    def test_many_changes_come_in_pieces(self) -> None:
        world = World(max_rooms=0, rooms_per_visitor=0)
        alice, watching = world.enter("alice"), watcher(world)
        for number in range(250):
            alice.ask(Create(RoomName(f"r{number:03}")))
        alice.see()
        for number in range(50):
            alice.ask(Delete(RoomName(f"r{number:03}")))
        world.settle(2)
        pieces = changes(watching.see())
        assert [(len(piece.rooms), len(piece.closed)) for piece in pieces] == [(100, 50), (100, 0)]
        assert {it.room for piece in pieces for it in piece.rooms} == {f"r{number:03}" for number in range(50, 250)}


class BehindTests(SynchronousTestCase):
    def test_a_watcher_that_fell_behind_gets_the_whole_lobby(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob")
        watching = watcher(world)
        watching.connection.busy = True
        for topic in ("one", "two"):
            alice.do(Topic(TEA, topic))
            world.settle(2)
        bob.do(Create(POND))
        assert watching.see() == []
        watching.connection.busy = False
        watching.visitor.drained()
        assert watching.see() == [Rooms((info(POND, 1), info(TEA, 2, "two")), more=False)]
        world.settle(2)
        watching.see()
        alice.do(Topic(TEA, "three"))
        world.settle(2)
        assert watching.see() == [RoomsChanged((info(TEA, 2, "three"),), ())]

    def test_one_that_missed_nothing_gets_nothing(self) -> None:
        watching = watcher(World())
        watching.connection.busy = True
        watching.world.settle(5)
        watching.connection.busy = False
        watching.visitor.drained()
        assert watching.see() == []

    def test_one_that_asked_for_a_part_meanwhile_still_gets_the_whole(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        watching = watcher(world)
        watching.connection.busy = True
        alice.do(Topic(TEA, "Tea"))
        world.settle(2)
        assert watching.do(List("pond", watch=True)) == [Rooms((), more=False)]
        watching.connection.busy = False
        watching.visitor.drained()
        assert watching.see() == [Rooms((info(TEA, 1, "Tea"),), more=False)]

    def test_the_others_are_told_as_ever(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        slow, quick = watcher(world, "slow"), watcher(world, "quick")
        slow.connection.busy = True
        alice.do(Topic(TEA, "Tea"))
        world.settle(2)
        assert kinds(quick.see()) == ["RoomsChanged"]
