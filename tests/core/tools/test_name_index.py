"""Users and rooms in the order of their names, without sorting them for each request."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chatroom.core.tools.name_index import NameIndex
from chatroom.core.values.commands import Create, Delete, Join, Leave, List, Rename, Who
from chatroom.core.values.events import Rooms
from chatroom.core.values.names import Key, RoomName, Username, fold, key, room_name
from chatroom.core.values.replies import Members
from tests.core.scenes import POND, TEA, affordable, gather
from tests.fakes import Person, World

KEYS = st.text("abcé", max_size=2).map(Key)


@dataclass(eq=False)
class Item:
    key: Key


class NameIndexMachine(RuleBasedStateMachine):
    """An index has the items of a sorted dictionary, whatever comes and goes."""

    def __init__(self) -> None:
        super().__init__()
        self.by_name: NameIndex[Item] = NameIndex()
        self.items: dict[Key, Item] = {}

    @rule(key=KEYS)
    def add(self, key: Key) -> None:
        if key not in self.items:
            self.items[key] = Item(key)
            self.by_name.add(self.items[key])

    @precondition(lambda self: self.items)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        self.by_name.remove(self.items.pop(data.draw(st.sampled_from(sorted(self.items)))))

    @rule(after=KEYS)
    def page(self, after: Key) -> None:
        assert [item.key for item in self.by_name.after(after)] == sorted(name for name in self.items if name > after)

    @invariant()
    def is_sorted(self) -> None:
        assert [item.key for item in self.by_name.after(None)] == sorted(self.items)


TestNameIndex = NameIndexMachine.TestCase


def who(person: Person, room: RoomName | None = None, after: str | None = None) -> list[str]:
    person.see()
    [members] = person.do(Who(room, Username(after) if after else None))
    assert isinstance(members, Members)
    return list(members.usernames)


def test_names_are_in_order_after_all_that_can_happen_to_them() -> None:
    alice, bob, carol = gather(World(), "alice", "bob", "carol")
    bob.do(Rename(Username("Zoe")))
    assert who(alice) == who(alice, TEA) == ["alice", "carol", "Zoe"]
    carol.do(Rename(Username("CAROL")))
    assert who(alice) == who(alice, TEA) == ["alice", "CAROL", "Zoe"]
    assert who(alice, after="b") == ["CAROL", "Zoe"]
    bob.do(Leave(TEA))
    assert (who(alice), who(alice, TEA)) == (["alice", "CAROL", "Zoe"], ["alice", "CAROL"])
    bob.do(Create(POND))
    carol.do(Join(POND))
    carol.visitor.lost()
    assert (who(alice), who(alice, POND)) == (["alice", "Zoe"], ["Zoe"])
    bob.do(Delete(POND))
    bob.do(Rename(Username("bob")))
    assert (who(alice), who(alice, TEA)) == (["alice", "bob"], ["alice"])


def test_rooms_are_in_order_after_all_that_can_happen_to_them() -> None:
    [alice] = gather(World(linger=0), "alice")
    for name in ("c", "a", "b"):
        alice.do(Create(RoomName(name)))
    alice.do(Delete(RoomName("b")))
    alice.do(Leave(RoomName("a")))
    [rooms] = alice.do(List())
    assert isinstance(rooms, Rooms)
    assert [room.room for room in rooms.rooms] == ["c", "tea"]


def crowd(*, burst: int = 100) -> Person:
    """Return one of 600 people online, with 250 rooms."""
    world = World(burst=burst, max_rooms=0, rooms_per_visitor=0)
    alice = world.enter("alice")
    for number in range(599):
        world.enter(f"visitor-{number}")
    for number in range(250):
        alice.ask(Create(RoomName(f"room-{number:03}")))
    alice.see()
    world.settle(1000)
    return alice


def test_names_cost_a_token_for_each_hundred() -> None:
    alice = crowd()
    alice.do(Who())
    assert affordable(alice) == 100 - 1 - 6
    alice.world.settle(1000)
    alice.do(Who(after=Username("visitor-597")))
    assert affordable(alice) == 100 - 1


def test_rooms_cost_one_for_each_hundred_that_are_looked_at() -> None:
    alice = crowd()
    for command, cost in (
        (List(), 2),
        (List(after=RoomName("room-200")), 0),
        (List("nowhere"), 2),
        (List("nowhere", RoomName("room-100")), 1),
    ):
        alice.world.settle(1000)
        alice.do(command)
        assert affordable(alice) == 100 - 1 - cost, command


def test_what_is_too_long_for_a_name_is_in_none() -> None:
    # The names that grow most when they are folded.
    for name in ("ΐ" * 64, "ǘ" * 64, "ᾧ" * 42, "é" * 64):
        folded = fold(key(room_name(name)))
        assert fold(name) == folded
        assert len(folded) < 256
    assert len(fold("a" * 30_000)) == 256
