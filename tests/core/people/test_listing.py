"""The lobby's lists: people online and open rooms, page by page."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import Create, Join, List, Quit, Who
from chatroom.core.values.events import RoomInfo, Rooms
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import Members
from tests.core.scenes import ALICE, AT, BOB, POND, TEA, gather
from tests.fakes import Person, World


def names(person: Person, command: List) -> tuple[list[str], bool]:
    [rooms] = person.do(command)
    assert isinstance(rooms, Rooms)
    return [info.room for info in rooms.rooms], rooms.more


def open_rooms(*rooms: str, topic: str = "") -> Person:
    """Return a person who has created *rooms*."""
    person = World(max_rooms=0, rooms_per_visitor=0).enter("alice")
    for room in rooms:
        person.ask(Create(RoomName(room), topic))
    person.see()
    return person


class ListTests(SynchronousTestCase):
    def test_a_room_is_shown_with_what_it_is_about_and_how_many_are_in(self) -> None:
        world = World(room_capacity=9)
        alice, bob, carol = world.enter("alice"), world.enter("bob"), world.enter("carol")
        assert carol.do(List()) == [Rooms((), more=False)]
        alice.do(Create(TEA, "Tea and biscuits"))
        bob.do(Join(TEA))
        assert carol.do(List()) == [
            Rooms((RoomInfo(TEA, "Tea and biscuits", 2, 9, created=AT, topic_at=AT),), more=False)
        ]

    def test_rooms_are_sorted_by_their_case_mapped_form(self) -> None:
        assert names(open_rooms("b", "A", "ä", "C", "B2"), List()) == (["A", "b", "B2", "C", "ä"], False)

    def test_only_rooms_whose_name_contains_the_word_are_shown(self) -> None:
        alice = open_rooms("GreenTea", "teapot", "coffee", "café")
        assert names(alice, List("TEA")) == (["GreenTea", "teapot"], False)
        assert names(alice, List("CAF")) == (["café"], False)
        assert names(alice, List("milk")) == ([], False)

    def test_a_list_goes_on_after_a_name_even_of_a_room_that_is_not_there(self) -> None:
        alice = open_rooms("a", "c", "d", "e", "ef")
        assert names(alice, List(after=RoomName("C"))) == (["d", "e", "ef"], False)
        assert names(alice, List(after=RoomName("b"))) == (["c", "d", "e", "ef"], False)
        assert names(alice, List("e", RoomName("e"))) == (["ef"], False)

    def test_a_page_has_at_most_a_thousand_rooms(self) -> None:
        rooms = [f"r{number:04}" for number in range(1001)]
        alice = open_rooms(*rooms)
        assert names(alice, List()) == (rooms[:1000], True)
        assert names(alice, List(after=RoomName(rooms[0]))) == (rooms[1:], False)
        assert names(alice, List(after=RoomName(rooms[999]))) == (rooms[1000:], False)

    def test_a_page_ends_before_65536_bytes_of_text(self) -> None:
        rooms = [f"{number:03}" for number in range(220)]
        alice = open_rooms(*rooms, topic="é" * 150)
        assert 216 * 303 < 65536 < 217 * 303
        assert names(alice, List()) == (rooms[:216], True)
        assert names(alice, List(after=RoomName("215"))) == (rooms[216:], False)


class WhoTests(SynchronousTestCase):
    def test_everybody_online_is_listed_wherever_they_are(self) -> None:
        world = World()
        alice, _ = gather(world, "alice", "bob")
        world.enter("Aaron")
        world.visit()
        assert alice.do(Who()) == [Members(None, (Username("Aaron"), ALICE, BOB), more=False)]

    def test_anybody_may_ask_who_is_in_a_room(self) -> None:
        world = World()
        gather(world, "bob", "alice")
        outside = world.enter("carol")
        assert outside.do(Who(RoomName("TEA"))) == [Members(TEA, (ALICE, BOB), more=False, roles={BOB: "owner"})]
        assert outside.refused(Who(POND)) == "no-such-room"

    def test_who_has_gone_is_not_listed(self) -> None:
        alice, bob, carol = gather(World(), "alice", "bob", "carol")
        bob.do(Quit())
        carol.visitor.lost()
        alice.see()
        assert alice.do(Who()) == [Members(None, (ALICE,), more=False)]
        assert alice.do(Who(TEA)) == [Members(TEA, (ALICE,), more=False, roles={ALICE: "owner"})]

    def test_a_page_has_at_most_a_thousand_names(self) -> None:
        world = World(room_capacity=0)
        people = [f"u{number:04}" for number in range(1002)]
        somebody = gather(world, *reversed(people))[0]
        for room in (None, TEA):
            assert somebody.do(Who(room)) == [Members(room, tuple(map(Username, people[:1000])), more=True)]
            rest = tuple(map(Username, people[1000:]))
            [last] = somebody.do(Who(room, Username("U0999")))
            assert last == Members(room, rest, more=False, roles={Username("u1001"): "owner"} if room else {})
