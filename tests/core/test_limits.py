"""Limits that change while people are here: for whom they hold, and from when on."""

from __future__ import annotations

from dataclasses import replace

from chatroom.core.lobby import Lobby
from chatroom.core.values.commands import AddAccount, Create, History, Join, List, Login, Quit, Say
from chatroom.core.values.errors import PasswordInvalid
from chatroom.core.values.events import Rooms, Slowed
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import Entered, Entries, Refused
from tests.core.scenes import ALICE, POND, TEA, gather, kinds
from tests.fakes import FakePasswords, Person, World

SECRET = Password("correct horse")


def limit(lobby: Lobby, **limits: float) -> None:
    """Let other *limits* hold from now on."""
    lobby.limit(replace(lobby.limits, **limits))  # type: ignore[arg-type]


def capacities(person: Person) -> list[int]:
    """Return how many people there may be in each open room."""
    [rooms] = person.do(List())
    assert isinstance(rooms, Rooms)
    return [info.capacity for info in rooms.rooms]


def test_open_rooms_have_the_new_limits_and_keep_who_is_in() -> None:
    world = World(room_capacity=9)
    alice, bob = gather(world, "alice", "bob")
    for text in "one two three".split():
        alice.do(Say(TEA, text))
    limit(world.lobby, room_capacity=1, page=2)
    assert capacities(alice) == [1]
    bob.see()
    [page] = bob.do(History(TEA))
    assert isinstance(page, Entries)
    assert [entry.message.text for entry in page.entries] == ["two", "three"]
    assert world.enter("carol").refused(Join(TEA)) == "room-full"
    limit(world.lobby, room_capacity=3)
    assert kinds(world.enter("dora").do(Join(TEA))) == ["Entered", "Level"]


def test_a_room_that_somebody_made_smaller_stays_so() -> None:
    world = World(room_capacity=9)
    alice = world.enter("alice")
    alice.do(Create(TEA, capacity=2))
    limit(world.lobby, room_capacity=90)
    assert capacities(alice) == [2]
    entered, _ = alice.do(Create(POND))
    assert isinstance(entered, Entered)
    assert entered.capacity == 90


def test_what_one_may_create_is_counted_anew() -> None:
    world = World(rooms_per_visitor=2)
    [alice] = gather(world, "alice")
    limit(world.lobby, rooms_per_visitor=1)
    assert alice.refused(Create(POND)) == "too-many-rooms"
    limit(world.lobby, rooms_per_visitor=2)
    assert kinds(alice.do(Create(POND))) == ["Entered", "Level"]


def test_who_is_here_keeps_the_pace_that_they_were_told() -> None:
    world = World(burst=2, rate=1)
    alice = world.enter("alice")
    limit(world.lobby, burst=2, rate=0.5)
    bob = world.enter("bob")
    for person, rate in ((alice, 1), (bob, 0.5)):
        while person.visitor.is_free():
            person.do(List())
        assert person.connection.take() == [Slowed(rate)]


def test_an_account_may_have_more_connections_or_fewer() -> None:
    world = World(passwords=FakePasswords(), devices=1)
    world.operator().do(AddAccount(ALICE, SECRET))

    def come() -> Person:
        person = world.visit()
        person.ask(Login(ALICE, password=SECRET))
        world.settle()
        return person

    first, second = come(), come()
    assert kinds(first.see()) == ["Welcome"]
    [refusal] = (reply for reply in second.see() if isinstance(reply, Refused))
    assert refusal.error.code == "too-many-connections"
    limit(world.lobby, devices=2)
    third = come()
    assert kinds(third.see()) == ["Welcome"]
    limit(world.lobby, devices=1)
    third.do(Quit())
    assert "Welcome" not in kinds(come().see())


def test_new_passwords_are_as_long_as_they_have_to_be_now() -> None:
    world = World(passwords=FakePasswords())
    assert world.accounts
    root = world.operator()
    world.accounts.limit(14, 30)
    assert root.refused(AddAccount(ALICE, SECRET)) == PasswordInvalid.code
    world.accounts.limit(13, 30)
    assert kinds(root.do(AddAccount(ALICE, SECRET))) == ["Ok"]
