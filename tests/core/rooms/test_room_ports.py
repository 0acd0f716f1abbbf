"""Room ports: a room may have one, and a visitor who connects there and gives a name is in that room."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Configure, Create, Delete, Join, Leave, List, Login, Say, Topic
from chatroom.core.values.events import Event, Gap, Joined, Level, Rooms, Said
from chatroom.core.values.replies import Entered, Refused, Reply, Welcome
from chatroom.core.values.rights import Tuning
from tests.core.scenes import ALICE, BOB, POND, TEA, gather, kinds, session
from tests.fakes import FakeRoomPorts, LateLog, Person, World
from tests.lateness import at_once

ENTRY = Join(TEA, provisional=True)


def ports(person: Person) -> dict[str, int | None]:
    """Return the port of each room in the list that *person* gets."""
    [answer] = person.do(List())
    assert isinstance(answer, Rooms)
    return {info.room: info.port for info in answer.rooms}


def texts(seen: Sequence[Reply | Event]) -> list[str]:
    """Return the texts of the messages in *sent*."""
    return [event.message.text for event in seen if isinstance(event, Said)]


class DoorTest(SynchronousTestCase):
    def test_a_room_has_a_port_from_its_creation_until_it_is_deleted(self) -> None:
        room_ports = FakeRoomPorts(9000, 9001)
        world = World(room_ports)
        alice = world.enter("alice")
        entered, _ = alice.do(Create(TEA))
        assert isinstance(entered, Entered)
        assert entered.port == 9000
        alice.do(Create(POND))
        assert room_ports.rooms == {9000: TEA, 9001: POND}
        assert ports(alice) == {TEA: 9000, POND: 9001}
        alice.do(Delete(TEA))
        assert room_ports.rooms == {9001: POND}

    def test_who_joins_is_told_too(self) -> None:
        world = World(FakeRoomPorts(9000))
        gather(world, "alice")
        entered, _ = world.enter("bob").do(Join(TEA))
        assert isinstance(entered, Entered)
        assert entered.port == 9000

    def test_when_no_port_is_free_a_room_has_none(self) -> None:
        room_ports = FakeRoomPorts(9000)
        world = World(room_ports)
        alice = world.enter("alice")
        alice.do(Create(TEA))
        alice.do(Create(POND))
        assert ports(alice) == {TEA: 9000, POND: None}
        alice.do(Delete(POND))
        assert room_ports.rooms == {9000: TEA}

    def test_one_that_is_hidden_has_none_until_everybody_may_know_of_it_again(self) -> None:
        for secret, public in (
            (Tuning(hidden=True), Tuning(hidden=False)),
            (Tuning(private=True), Tuning(private=False)),
            (Tuning(private=True), Tuning(hidden=False)),
        ):
            room_ports = FakeRoomPorts(9000)
            [alice] = gather(World(room_ports), "alice")
            alice.do(Configure(TEA, secret))
            assert room_ports.rooms == {}
            assert ports(alice) == {TEA: None}
            # It stays so, whatever else happens there.
            alice.do(Topic(TEA, "hush"))
            assert room_ports.rooms == {}
            alice.do(Configure(TEA, public))
            assert room_ports.rooms == {9000: TEA}
            assert ports(alice) == {TEA: 9000}

    def test_one_that_only_the_invited_enter_is_listed_and_has_one(self) -> None:
        room_ports = FakeRoomPorts(9000)
        [alice] = gather(World(room_ports), "alice")
        alice.do(Configure(TEA, Tuning(invite_only=True)))
        assert room_ports.rooms == {9000: TEA}

    def test_another_room_may_have_the_port_of_one_that_is_hidden(self) -> None:
        room_ports = FakeRoomPorts(9000)
        [alice] = gather(World(room_ports), "alice")
        alice.do(Configure(TEA, Tuning(hidden=True)))
        alice.do(Create(POND))
        alice.do(Configure(TEA, Tuning(hidden=False)))
        assert room_ports.rooms == {9000: POND}
        assert ports(alice) == {TEA: None, POND: 9000}
        alice.do(Delete(TEA))
        assert room_ports.rooms == {9000: POND}

    def test_a_hidden_room_that_is_opened_again_has_none_until_it_is_listed(self) -> None:
        room_ports = FakeRoomPorts(9000)
        world = World(room_ports, linger=0)
        [alice] = gather(world, "alice")
        alice.do(Configure(TEA, Tuning(hidden=True)))
        alice.do(Leave(TEA))
        alice.do(Join(TEA))
        assert room_ports.rooms == {}
        alice.do(Configure(TEA, Tuning(hidden=False)))
        assert room_ports.rooms == {9000: TEA}

    def test_a_room_that_is_harvested_gives_its_port_back(self) -> None:
        room_ports = FakeRoomPorts(9000)
        world = World(room_ports, linger=60, max_rooms=1)
        [alice] = gather(world, "alice")
        alice.do(Leave(TEA))
        world.settle(61)
        assert room_ports.rooms == {}
        gather(world, "bob")
        assert room_ports.rooms == {9000: TEA}

    def test_the_room_for_which_another_makes_place_has_its_port(self) -> None:
        room_ports = FakeRoomPorts(9000)
        world = World(room_ports, max_rooms=1)
        [alice] = gather(world, "alice")
        alice.do(Leave(TEA))
        alice.do(Create(POND))
        assert room_ports.rooms == {9000: POND}

    @at_once
    def test_the_rooms_of_the_operator_have_ports_too(self) -> None:
        room_ports = FakeRoomPorts(9000, 9001)
        World(room_ports).lobby.restore([TEA, POND])
        assert room_ports.rooms == {9000: TEA, 9001: POND}

    def test_a_room_whose_kept_log_is_opened_again_has_one(self) -> None:
        room_ports = FakeRoomPorts(9000)
        world = World(room_ports, linger=0)
        [alice] = gather(world, "alice")
        alice.do(Leave(TEA))
        assert room_ports.rooms == {}
        alice.do(Join(TEA))
        assert room_ports.rooms == {9000: TEA}


class EntryTest(SynchronousTestCase):
    """Bob connects to the port of the room in which alice is."""

    def enter(self, world: World, *, entry: Join = ENTRY, one_room: bool = False) -> Person:
        bob = world.visit(entry=entry, one_room=one_room)
        bob.ask(Login(BOB, None if one_room else session("bob")))
        return bob

    def test_who_gives_a_name_is_in_the_room(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        bob = self.enter(world)
        assert kinds(bob.see()) == ["Welcome", "Entered", "Level"]
        assert alice.see() == [Joined(TEA, BOB, 2, 256)]
        [*_, (request, _)] = bob.connection.replies
        assert request.id is None
        assert texts(bob.do(Say(TEA, "hello"))) == ["hello"]

    def test_nothing_is_shown_before_a_name_is_given(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        bob = world.visit(entry=ENTRY)
        assert bob.refused(Login(ALICE)) == "username-taken"
        alice.do(Say(TEA, "one"))
        assert bob.see() == []
        assert kinds(bob.do(Login(BOB))) == ["Welcome", "Entered", "Level"]

    def test_what_came_with_the_name_is_done_in_the_room(self) -> None:
        world = World(log=LateLog(prompt=True))
        gather(world, "alice")
        bob = self.enter(world)
        bob.ask(Say(TEA, "hello"))
        assert kinds(bob.see()) == ["Welcome", "Entered", "Stored", "Said", "Level"]

    def test_a_person_is_shown_what_was_said_last(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        for text in ("one", "two", "three"):
            alice.do(Say(TEA, text))
        bob = self.enter(world, entry=Join(TEA, 2), one_room=True)
        assert texts(bob.see()) == ["two", "three"]
        assert bob.refused(Join(TEA, 2)) == "already-a-member"

    def test_whom_a_full_room_does_not_let_in_is_in_the_lobby(self) -> None:
        world = World(room_capacity=1)
        gather(world, "alice")
        bob = self.enter(world)
        welcome, refused = bob.see()
        assert isinstance(welcome, Welcome)
        assert isinstance(refused, Refused)
        assert refused.error.code == "room-full"
        assert kinds(bob.do(Create(POND))) == ["Entered", "Level"]

    def test_so_is_who_comes_when_the_room_is_gone(self) -> None:
        bob = self.enter(World())
        _, refused = bob.see()
        assert isinstance(refused, Refused)
        assert refused.error.code == "no-such-room"

    def test_a_program_may_join_once_more_to_read_on(self) -> None:
        world = World()
        [alice] = gather(world, "alice")
        for text in ("one", "two", "three"):
            alice.do(Say(TEA, text))
        epoch = world.lobby.room(TEA, None).epoch
        bob = self.enter(world)
        assert texts(bob.see()) == []
        seen = bob.do(Join(TEA, after=1, epoch=epoch))
        assert isinstance(seen[0], Entered)
        assert seen[0].resumed
        assert texts(seen) == ["two", "three"]
        assert kinds(seen)[-1] == "Level"
        assert alice.see() == [Joined(TEA, BOB, 2, 256)]
        assert texts(alice.do(Say(TEA, "four"))) == texts(bob.see()) == ["four"]
        assert bob.refused(Join(TEA)) == "already-a-member"

    def test_who_joined_in_another_way_may_not(self) -> None:
        world = World()
        gather(world, "alice")
        bob = world.enter("bob")
        bob.do(Join(TEA))
        assert bob.refused(Join(TEA)) == "already-a-member"

    def test_a_seat_in_the_room_is_taken_up_and_nobody_is_told(self) -> None:
        world = World()
        alice, bob = gather(world, "alice", "bob", known=True)
        epoch = world.lobby.room(TEA, None).epoch
        bob.visitor.lost()
        alice.do(Say(TEA, "one"))
        again = self.enter(world)
        welcome, entered, level = again.see()
        assert isinstance(welcome, Welcome)
        assert (welcome.resumed, welcome.rooms) == (True, (TEA,))
        assert isinstance(entered, Entered)
        assert isinstance(level, Level)
        assert texts(again.do(Join(TEA, after=0, epoch=epoch))) == ["one"]
        assert alice.see() == []
        world.settle(40)
        assert texts(alice.do(Say(TEA, "two"))) == texts(again.see()) == ["two"]

    def test_a_seat_in_another_room_is_held_all_the_same(self) -> None:
        world = World(grace=30)
        [bob] = gather(world, "bob", room=POND, known=True)
        gather(world, "alice")
        bob.visitor.lost()
        again = self.enter(world)
        assert kinds(again.see()) == ["Welcome", "Entered", "Level"]
        assert kinds(again.do(Join(POND))) == ["Entered", "Level"]

    def test_who_replaces_itself_is_in_the_room(self) -> None:
        world = World()
        _, bob = gather(world, "alice", "bob", known=True)
        again = self.enter(world)
        assert kinds(again.see()) == ["Welcome", "Entered", "Level"]
        assert kinds(bob.see()) == ["Bye"]

    def test_who_is_behind_may_join_once_more_too(self) -> None:
        world = World(log=LateLog(prompt=True))
        [alice] = gather(world, "alice")
        epoch = world.lobby.room(TEA, None).epoch
        bob = self.enter(world)
        bob.connection.busy = True
        alice.do(Say(TEA, "one"))
        bob.connection.busy = False
        assert texts(bob.do(Join(TEA, after=0, epoch=epoch))) == ["one"]
        assert not [event for event in bob.see() if isinstance(event, Gap)]
