"""A guest who becomes an account's at one of several nodes takes along what all of them know of the guest."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from twisted.logger import LogEvent

from chatroom.core.people.directory import Somebody as Found
from chatroom.core.rooms.sanctions import Sanctions
from chatroom.core.values.errors import ChatError
from chatroom.core.values.names import Username, key
from chatroom.core.values.rights import Role
from chatroom.core.values.sanctions import Kind, Sanction
from chatroom.core.visit.operator import NOBODY
from tests.simulation.chat import GRACE, LEASE, Chat, NodeHouse, WireCable
from tests.simulation.world import World

SECRET = "correct horse"
ROOMS = ["tea", "milk"]
BOB = Username("bob")
STEPS = 40


@dataclass
class Somebody:
    """Who is at a *house*, with what they know of themselves: where they are *muted*, and from where *banned*."""

    name: str
    cable: WireCable
    house: NodeHouse
    muted: set[str] = field(default_factory=set)
    banned: set[str] = field(default_factory=set)
    became: bool = False

    def ask(self, type: str, **fields: object) -> None:
        """Ask for something, knowing what they know now."""
        self.cable.ask(type, **fields)
        self.cable.flush()

    def read(self) -> None:
        """Take note of what was sent: who is muted or banned somewhere stays so."""
        asked: dict[int, dict[str, Any]] = {frame["id"]: frame for frame in self.cable.waiting}
        known = self.muted.copy(), self.banned.copy()
        for frame in self.cable.receive():
            request = asked.get(frame.get("id", 0), {})
            match frame["type"]:
                case "sanctioned":
                    self.muted |= {frame["room"]} if "room" in frame else {*ROOMS}
                case "removed" if frame["why"] == "banned":
                    self.banned.add(frame["room"])
                case "error" if frame["code"] == "banned" and "room" in frame:
                    self.banned.add(frame["room"])
                case "ok" if request.get("type") == "authenticate":
                    self.became = True
                    self.name = frame["username"]
                case "ok" if request.get("type") == "say":
                    assert request["text"] != f"{request['room']} is forbidden"
                case "entered":
                    assert frame["room"] not in known[1]


class Crowd:
    """Guests of a chat of several nodes, who become alice's, while somebody moderates at any of the nodes."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.chat = Chat(chance, 3, 0)
        self.people: list[Somebody] = []
        self.names = 0
        self.became = 0
        first = self.come("alice")
        first.ask("register", password=SECRET)
        self.chat.settle(1)
        first.ask("quit")
        self.chat.settle(1)

    def come(self, name: str) -> Somebody:
        """Let somebody come."""
        house = self.chance.choice(self.chat.houses)
        one = Somebody(name, WireCable(self.chat.recorder, self.chat, house), house)
        one.ask("login", username=name)
        self.people.append(one)
        return one

    def act(self) -> None:
        """Let something happen."""
        for each in self.people:
            each.read()
        self.became += sum(each.became for each in self.people)
        self.people = [each for each in self.people if each.cable.open and each.house in self.chat.houses]
        if len(self.people) < 5 and self.chance.random() < 0.5:
            self.names += 1
            one = self.come(f"guest{self.names}")
            for room in ROOMS:
                one.ask("join", room=room)
            return
        if not self.people:
            return
        one, room = self.chance.choice(self.people), self.chance.choice(ROOMS)
        match self.chance.randrange(8):
            case 0 | 1:
                one.ask("authenticate", username="alice", password=SECRET)
            case 2:
                one.ask("join", room=room)
            case 3 | 4:
                text = f"{room} is forbidden" if room in one.muted else "hi"
                one.ask("say", room=room, text=text)
            case 5:
                self.moderate(one.name, "tea")
            case 6:
                self.moderate(one.name, room)
            case _:
                self.moderate(one.name, "")

    def moderate(self, name: str, where: str) -> None:
        """Let somebody at any of the servers do something to who is called *name* there."""
        lobby = self.chance.choice(self.chat.houses).lobby
        room = lobby.rooms.get(key(where)) if where else None
        what = self.chance.choice(["mute", "ban", "moderator", "owner", "invite"] if room else ["mute"])

        def found(person: Found | ChatError) -> None:
            if isinstance(person, ChatError):
                return
            username, done = person.username, lambda result: None
            if what in ("mute", "ban"):
                kind: Kind = "mute" if what == "mute" else "ban"
                sanction = Sanction(kind, username, person.identity, None, BOB, 0)
                (room or lobby.house).impose(sanction, NOBODY, done)
            elif room and what == "invite":
                room.invite(username, person.identity, BOB, NOBODY, done)
            elif room:
                role: Role = "owner" if what == "owner" else "moderator"
                room.appoint(username, person.identity, role, BOB, NOBODY, done)

        lobby.find(Username(name), found)


def left_to_guests(store: World) -> list[object]:
    """Return what rooms still know of guests who are an account's."""
    guests = {seat.guest for seat in store.seats.values()} - {None}
    return [
        (life.room, guest)
        for life in store.logs.values()
        for guest in guests
        if life.key is not None
        and (
            guest in {life.owner, *life.moderators, *life.voiced, *life.admitted}
            or guest in [sanction.person for sanction in life.sanctions.values()]
            or (guest, life.log) in store.follows
        )
    ]


def persons(sanctions: Sanctions) -> dict[int, bytes]:
    """Return for whom each of *sanctions* holds."""
    return {each.number: each.person for each in sanctions.newest(None, 0)}


@pytest.mark.parametrize("seed", range(60))
def test_nothing_is_left_to_the_guest_at_any_node(seed: int, nothing_logged: list[LogEvent]) -> None:
    chance = Random(seed)
    crowd = Crowd(chance)
    chat = crowd.chat
    for _ in range(STEPS):
        crowd.act()
        for _ in range(chance.randrange(12)):
            chat._happen()
        assert left_to_guests(chat.store) == []
        if chance.random() < 0.03:
            chat._kill(chance.choice(chat.houses))
    chat.heal()
    chat.settle(2 * LEASE + 2 * GRACE)
    crowd.act()
    assert left_to_guests(chat.store) == []
    lives = {life.log: life for life in chat.store.logs.values()}
    for house in chat.houses:
        for room in house.lobby.rooms.values():
            life = lives[room.log_id]
            assert (room.standing.owner, room.standing.moderators, room.standing.admitted) == (
                life.owner,
                life.moderators,
                life.admitted,
            )
            assert persons(room.standing.sanctions) == {each.number: each.person for each in life.sanctions.values()}
        [everywhere] = [life for life in lives.values() if life.key == ""]
        assert persons(house.lobby.house.sanctions) == {
            each.number: each.person for each in everywhere.sanctions.values()
        }
    nothing_logged.clear()
