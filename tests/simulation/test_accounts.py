"""Whoever has connections at several nodes is one person, whatever becomes of the nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from twisted.logger import LogEvent

from chatroom.logs.nodes.engine import AccountsChanged
from tests.simulation.chat import GRACE, LEASE, Chat, NodeHouse, WireCable
from tests.simulation.world import Place, World

SECRET = "correct horse"
NAMES = ["alice", "zoe", "Alice"]
ROOMS = ["tea", "milk", "pond"]
STEPS = 30
SEEDS = 1, 118, 261, 307, 381, 531, 822, 1097, 1541, 1913, 1980
"""Seeds by which names or rooms were not those of all nodes once."""


@dataclass
class Connection:
    """One of alice's connections, at a *house*, with the rooms where she is and those that it has joined itself."""

    cable: WireCable
    house: NodeHouse
    memberships: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    name: str = ""
    over: bool = False

    def read(self) -> None:
        """Take note of what was sent; a guest has no name here, and goes who can't be her."""
        asked: dict[int, dict[str, Any]] = {frame["id"]: frame for frame in self.cable.waiting}
        for frame in self.cable.receive():
            request = asked.get(frame.get("id", 0), {})
            match frame["type"]:
                case "ok" if request.get("type") == "authenticate":
                    self.name = frame["username"]
                    self.memberships = {*map(str.lower, frame["memberships"])}
                    self.reads &= self.memberships
                case "error" if request.get("type") == "authenticate" and not self.name:
                    self.cable.close()
                    self.over = True
                case "welcome":
                    self.name = frame["username"] if "account" in frame else ""
                    self.memberships = {*map(str.lower, frame.get("memberships", ()))}
                    # These are given up if it does not join them in time.
                    self.held = {*map(str.lower, frame["rooms"])}
                case "entered":
                    self.memberships.add(frame["room"].lower())
                    self.reads.add(frame["room"].lower())
                case "ok" if request.get("type") == "leave":
                    self.reads.discard(request["room"].lower())
                    # She may be there by another one.
                    self.unsure.add(request["room"].lower())
                case "memberships":
                    self.memberships = {*map(str.lower, frame["rooms"])}
                    self.reads &= self.memberships
                    self.unsure.clear()
                case "ok" if request.get("type") == "rename":
                    self.name = request["username"]
                case "renamed" if "room" not in frame:
                    self.name = frame["to"]
                case "told":
                    self.told.append(frame["text"])
                case "bye":
                    self.over = True
        self.over |= not self.cable.open


class Alice:
    """alice, with an account and up to four connections to the nodes of a chat, as *chance* has it."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.chat = Chat(chance, 3, 0)
        self.connections: list[Connection] = []
        self.guests = 0
        first = self.cable(self.chat.houses[0])
        first.ask("login", username="alice")
        first.ask("register", password=SECRET)
        first.flush()
        self.chat.settle(1)
        first.close()
        self.chat.settle(1)
        self.come()
        self.chat.settle(1)

    def cable(self, house: NodeHouse) -> WireCable:
        """Return a new connection to *house*."""
        return WireCable(self.chat.recorder, self.chat, house)

    @property
    def here(self) -> Sequence[Connection]:
        """The connections that are there."""
        for each in self.connections:
            each.read()
            each.over |= each.house not in self.chat.houses
        self.connections = [each for each in self.connections if not each.over]
        return [each for each in self.connections if each.name]

    @property
    def seats(self) -> Sequence[Place]:
        """Her seats, as they are stored."""
        [account] = self.chat.store.accounts
        return [place for place in self.chat.store.seats.values() if place.person == account]

    def come(self) -> None:
        """Let her come by a further connection."""
        house = self.chance.choice(self.chat.houses)
        connection = Connection(self.cable(house), house)
        session = {"session": "s" * 30 + str(self.chance.randrange(3))} if self.chance.random() < 0.5 else {}
        if self.chance.random() < 0.5:
            connection.cable.ask("login", username="alice", password=SECRET, **session)
        else:
            # As a guest, who is somewhere, and then shows who they are.
            self.guests += 1
            connection.cable.ask("login", username=f"guest{self.guests}", **session)
            connection.cable.ask("join", room=self.chance.choice(ROOMS))
            connection.cable.ask("authenticate", username=self.chance.choice(NAMES), password=SECRET)
        connection.cable.flush()
        self.connections.append(connection)

    def act(self) -> None:
        """Let something happen."""
        here = self.here
        if len(self.connections) < 4 and self.chance.random() < 0.3:
            self.come()
        elif here:
            self.do(self.chance.choice(here))

    def do(self, one: Connection) -> None:
        """Let her do something by *one* connection."""
        room = self.chance.choice(ROOMS)
        match self.chance.randrange(12):
            case 0 | 1 | 2 | 3 | 4:
                one.cable.ask("leave" if room in one.reads else "join", room=room)
            case 5:
                one.cable.ask("create", room="pond")
            case 6:
                one.cable.ask("leave", room=room, everywhere=True)
            case 7 | 8:
                one.cable.ask("rename", username=self.chance.choice(NAMES))
            case 9:
                one.cable.close()
                one.over = True
                return
            case 10:
                one.cable.ask("quit")
            case _:
                one.cable.ask("tell", to=one.name, text="a note")
        one.cable.flush()


def counted_once(store: World) -> bool:
    """Return whether the entries of each room tell of the same people as it has, and of nobody twice."""
    for life in store.logs.values():
        inside: list[str] = []
        for kept in life.entries:
            row = kept.row
            match row.kind:
                case "came":
                    inside.append(row.name)
                case "went" | "kicked":
                    inside.remove(row.name)
                case "called":
                    inside[inside.index(row.name)] = row.text or ""
        if len({*map(str.lower, inside)}) != len(inside):
            return False
        if life.key is not None and sorted(inside) != sorted(life.people.values()):
            return False
    return True


@pytest.mark.parametrize("seed", [*range(60), *SEEDS])
def test_she_is_counted_once_and_each_connection_knows_where_she_is(seed: int, nothing_logged: list[LogEvent]) -> None:
    chance = Random(seed)
    alice = Alice(chance)
    chat = alice.chat
    for _ in range(STEPS):
        alice.act()
        for _ in range(chance.randrange(12)):
            chat._happen()
        assert counted_once(chat.store)
        if chance.random() < 0.03:
            chat._kill(chance.choice(chat.houses))
    chat.heal()
    for _ in range(2):
        chat.settle(2 * LEASE + 2 * GRACE)
        # Whoever hears only now that they can't be her goes now.
        here = alice.here
    assert counted_once(chat.store)
    inside = {life.room.lower() for life in chat.store.logs.values() if life.key and life.people}
    names = {name for life in chat.store.logs.values() if life.key for name in life.people.values()}
    assert len(names | {each.name for each in here}) <= 1 or not here
    for each in here:
        assert inside <= each.memberships <= inside | each.unsure | each.held
    # What somebody tells her comes to all of them.
    if here:
        bob = alice.cable(chance.choice(chat.houses))
        bob.ask("login", username="bob")
        bob.ask("tell", to=here[0].name, text="psst")
        bob.flush()
        chat.settle(3)
        assert "ok" in [frame["type"] for frame in bob.receive()]
        for each in alice.here:
            assert each.told.count("psst") == 1
        assert len(alice.here) == len(here)
    nothing_logged.clear()


def test_who_leaves_by_all_at_another_server_is_told_so_by_all() -> None:
    alice = Alice(Random(1))
    one, other, _ = alice.chat.houses
    for house in (one, other, other):
        cable = alice.cable(house)
        cable.ask("login", username="alice", password=SECRET)
        cable.ask("join", room="tea")
        cable.flush()
        alice.chat.settle(1)
        alice.connections.append(Connection(cable, house))
    first, *others = alice.here[-3:]
    first.cable.ask("leave", room="tea", everywhere=True)
    first.cable.flush()
    alice.chat.settle(2)
    assert [each.memberships for each in alice.here if each in others] == [set(), set()]


def alone(chat: Chat, house: NodeHouse) -> None:
    """Let *house* do what it has been asked for, and hear nothing of the others."""
    for _ in range(10):
        house.go_on()
        while house._wires.can_call:
            chat.call(house)
            chat.answer(house)


def at_two_nodes() -> tuple[Alice, list[Connection]]:
    """Return alice, with a connection to each of two nodes."""
    alice = Alice(Random(0))
    chat = alice.chat
    connections = []
    for house in chat.houses[:2]:
        connection = Connection(alice.cable(house), house)
        connection.cable.ask("login", username="alice", password=SECRET)
        connection.cable.flush()
        connections.append(connection)
    chat.settle(2)
    for connection in connections:
        connection.read()
        assert connection.name == "alice"
    return alice, connections


def test_of_two_names_at_once_that_is_hers_which_was_stored_last(nothing_logged: list[LogEvent]) -> None:
    alice, (one, other) = at_two_nodes()
    one.cable.ask("rename", username="zoe")
    one.cable.flush()
    alone(alice.chat, one.house)
    # Of that, the other one hears only after its own.
    other.cable.ask("rename", username="ann")
    other.cable.flush()
    alone(alice.chat, other.house)
    alice.chat.settle(2)
    for connection in (one, other):
        connection.read()
        assert connection.name == "ann"
        [name] = connection.house.lobby.users
        assert name == "ann"
    assert list(alice.chat.store.users) == ["ann"]
    nothing_logged.clear()


@pytest.mark.parametrize("steps", range(4))
def test_of_two_who_register_names_that_look_alike_one_has_it(steps: int, nothing_logged: list[LogEvent]) -> None:
    chat = Chat(Random(0), 2, 0)
    one, other = (WireCable(chat.recorder, chat, house) for house in chat.houses)
    for cable, name in ((one, "carl"), (other, "car1")):
        cable.ask("login", username=name)
        cable.flush()
    chat.settle(1)
    for cable in (one, other):
        assert [frame["type"] for frame in cable.receive()] == ["welcome"]
        cable.ask("register", password=SECRET)
        cable.flush()
    for _ in range(steps):
        chat.houses[1].go_on()
        if chat.houses[1]._wires.can_call:
            chat.call(chat.houses[1])
            chat.answer(chat.houses[1])
    alone(chat, chat.houses[0])
    chat.settle(2)
    answers = [frame.get("code", "ok") for cable in (one, other) for frame in cable.receive()]
    assert sorted(answers) == ["ok", "username-taken"]
    assert len(chat.store.accounts) == 1
    nothing_logged.clear()


@pytest.mark.parametrize("steps", range(8))
@pytest.mark.parametrize("by", ["password", "session", "authenticate"])
def test_by_what_was_worth_something_before_a_change_nobody_is_there_after_it(
    by: str, steps: int, nothing_logged: list[LogEvent]
) -> None:
    alice, (one, other) = at_two_nodes()
    chat, house = alice.chat, alice.chat.houses[2]
    own = {"session": "z" * 32}
    if by == "session":
        other.cable.close()
        other = Connection(alice.cable(other.house), other.house)
        other.cable.ask("login", username="alice", password=SECRET, **own)
        other.cable.flush()
        chat.settle(1)
        other.cable.close()
        chat.settle(0.3)
    late = alice.cable(house)
    shown: dict[str, object] = {} if by == "session" else {"password": SECRET, "remember": True}
    if by == "authenticate":
        late.ask("login", username="guest", **own)
        late.flush()
        chat.settle(1)
        late.ask("authenticate", username="alice", **shown)
    else:
        late.ask("login", username="alice", **own, **shown)
    late.flush()
    for _ in range(steps):
        house.go_on()
        if house._wires.can_call:
            chat.call(house)
            chat.answer(house)
    one.cable.ask("password", old=SECRET, new="battery staple")
    one.cable.flush()
    alone(chat, one.house)
    chat.settle(3)
    [*_, last] = late.receive()
    assert last["type"] == "bye" or last["code"] in ("password-wrong", "password-required")
    late.close()
    chat.settle(1)
    # Nor is anything left by which they could come.
    again = alice.cable(house)
    again.ask("login", username="alice", **own)
    again.flush()
    chat.settle(1)
    assert [frame["code"] for frame in again.receive()] == ["password-required"]
    assert not any(own.kept.device for own in chat.store.devices.values())
    nothing_logged.clear()


@pytest.mark.parametrize("guest", [False, True])
def test_a_name_that_is_heard_before_a_claim_is_answered_is_the_later_one(
    guest: bool, nothing_logged: list[LogEvent]
) -> None:
    alice, (one, _) = at_two_nodes()
    chat, house = alice.chat, alice.chat.houses[2]
    for each in alice.here:
        each.cable.close()
    chat.settle(2)
    late = Connection(alice.cable(house), house)
    if guest:
        late.cable.ask("login", username="guest")
        late.cable.flush()
        chat.settle(2)
        late.read()
    late.cable.ask("authenticate" if guest else "login", username="alice", password=SECRET)
    late.cable.flush()
    known = len(alice.seats)
    while len(alice.seats) == known:
        house.go_on()
        chat._standby.fall_behind(asleep=True)
        chat.call(house)
        if len(alice.seats) == known:
            chat._standby.wake()
            chat.answer(house)
    # The claim has happened, and its answer is lost: it will be asked for again.
    chat._standby.give_up()
    chat._standby.wake()
    chat.answer(house)
    one.cable.ask("rename", username="zoe")
    one.cable.flush()
    alone(chat, one.house)
    house.engine._heard(AccountsChanged())
    alone(chat, house)
    assert not late.cable.has_come
    chat.settle(2)
    late.read()
    assert late.name == "zoe"
    assert [*house.lobby.users] == ["zoe"]
    nothing_logged.clear()


def test_who_comes_in_again_by_a_server_that_has_not_heard_they_left_stays_in() -> None:
    alice, (first, second) = at_two_nodes()
    for each in (first, second):
        each.cable.ask("join", room="tea")
        each.cable.flush()
        alice.chat.settle(1)
    first.cable.ask("leave", room="tea", everywhere=True)
    first.cable.flush()
    alone(alice.chat, first.house)
    for type in ("leave", "join"):
        second.cable.ask(type, room="tea")
        second.cable.flush()
        alone(alice.chat, second.house)
    alice.chat.settle(2)
    second.read()
    assert "tea" in second.memberships
    said = second.cable.ask("say", room="tea", text="here again")
    second.cable.flush()
    alice.chat.settle(1)
    [answer] = [frame for frame in second.cable.receive() if frame.get("id") == said["id"]]
    assert answer["type"] == "ok"
