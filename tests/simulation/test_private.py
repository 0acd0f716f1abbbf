"""Private rooms over several servers: who may know of one, each of them knows."""

from __future__ import annotations

from random import Random
from typing import Any

from chatroom.core.ports import LogId
from chatroom.core.rooms.room import Room
from chatroom.core.values.changes import Admitted, Came, Invited, Tuned
from chatroom.core.values.names import Key, RoomName, Username
from chatroom.core.values.rights import Tuning
from chatroom.core.visit.operator import NOBODY
from chatroom.logs.nodes.engine import Mailed
from tests.logs.nodes.test_nodes import BOB, together
from tests.simulation.chat import Chat, NodeHouse, WireCable
from tests.simulation.test_accounts import alone
from tests.simulation.world import PIECE, Place, Reading

ALICE, TEA = Username("alice"), RoomName("tea")
HIDE = Tuning(private=True)


def come(chat: Chat, house: NodeHouse, name: str, *rooms: str) -> WireCable:
    """Let somebody come to *house*, and into *rooms*."""
    cable = WireCable(chat.recorder, chat, house)
    cable.ask("login", username=name, session=name * 10)
    for room in rooms:
        cable.ask("join", room=room)
    cable.ask("list", watch=True)
    cable.flush()
    chat.settle(1)
    cable.receive()
    return cable


def told(cable: WireCable, *types: str) -> list[dict[str, Any]]:
    """Return what is new of these *types*."""
    return [frame for frame in cable.receive() if frame["type"] in types]


def refused(chat: Chat, cable: WireCable, type: str, **fields: object) -> str:
    """Ask for something, and return the code of the error, or what it is answered."""
    id = cable.ask(type, **fields)["id"]
    cable.flush()
    chat.settle(1)
    [answer] = [frame for frame in cable.receive() if frame.get("id") == id]
    return str(answer.get("code", answer["type"]))


def listed(chat: Chat, cable: WireCable) -> list[str]:
    """Return the names of the rooms that somebody is shown."""
    cable.ask("list")
    cable.flush()
    chat.settle(1)
    [rooms] = told(cable, "rooms")
    return [room["room"] for room in rooms["rooms"]]


def tea(house: NodeHouse) -> Room:
    return house.lobby.room(TEA, None)


def test_who_is_in_by_one_server_is_known_at_the_other_and_nobody_else() -> None:
    chat = Chat(Random(1), 2, 0)
    here, there = chat.houses
    come(chat, here, "alice", "tea")
    bob = come(chat, there, "bob", "tea")
    carol, dora = come(chat, here, "carol"), come(chat, there, "dora")
    tea(here).configure(HIDE, ALICE, NOBODY, lambda entry: None)
    chat.settle(2)
    inside = {here.lobby.users[Key("alice")].identity, there.lobby.users[Key("bob")].identity}
    assert tea(here).standing.admitted == tea(there).standing.admitted == inside
    for stranger in (carol, dora):
        [changed] = told(stranger, "rooms-changed")
        assert (changed["rooms"], changed["closed"]) == ([], ["tea"])
        assert refused(chat, stranger, "join", room="TEA") == "no-such-room"
        assert refused(chat, stranger, "who", room="TEA") == "no-such-room"
        assert listed(chat, stranger) == ["milk"]
    [changed] = told(bob, "rooms-changed")
    assert ([room["private"] for room in changed["rooms"]], changed["closed"]) == ([True], [])
    assert refused(chat, bob, "who", room="tea") == "members"
    assert listed(chat, bob) == ["milk", "tea"]


def test_who_is_invited_at_another_server_is_told_so_and_shown_the_room() -> None:
    chat = Chat(Random(1), 2, 0)
    here, there = chat.houses
    come(chat, here, "alice", "tea")
    bob, carol = come(chat, there, "bob"), come(chat, there, "carol")
    tea(here).configure(HIDE, ALICE, NOBODY, lambda entry: None)
    chat.settle(2)
    for cable in (bob, carol):
        cable.receive()
    person = there.lobby.users[Key("bob")].identity
    tea(here).invite(BOB, person, ALICE, NOBODY, lambda entry: None)
    chat.settle(2)
    invited, changed = told(bob, "invited", "rooms-changed")
    assert invited == {"type": "invited", "room": "tea", "by": "alice"}
    assert [room["room"] for room in changed["rooms"]] == ["tea"]
    assert told(carol, "invited", "rooms-changed") == []
    assert refused(chat, bob, "join", room="tea") == "entered"
    tea(here).kick(BOB, person, ALICE, "", NOBODY, lambda entry: None)
    chat.settle(2)
    assert refused(chat, bob, "join", room="tea") == "no-such-room"


def test_who_was_told_of_an_invitation_at_another_server_can_come_at_once() -> None:
    chat = Chat(Random(1), 2, 0)
    here, there = chat.houses
    come(chat, here, "alice", "tea")
    come(chat, there, "carol", "tea")
    bob = come(chat, there, "bob")
    tea(here).configure(HIDE, ALICE, NOBODY, lambda entry: None)
    chat.settle(2)
    tea(here).invite(BOB, there.lobby.users[Key("bob")].identity, ALICE, NOBODY, lambda entry: None)
    while not chat.store.mail:
        alone(chat, here)
        here.pass_time(0.005)
    # His server has mail for him, and no hint of the entry.
    there._wires.hints.clear()
    there.engine._heard(Mailed(there.engine.node))
    alone(chat, there)
    assert told(bob, "invited") == [{"type": "invited", "room": "tea", "by": "alice"}]
    bob.ask("join", room="tea")
    bob.flush()
    while not bob.has_come:
        alone(chat, there)
        there.pass_time(0.005)
    assert next(frame.get("code", frame["type"]) for frame in bob.receive()) == "entered"


def test_who_comes_as_it_becomes_private_elsewhere_is_out_again() -> None:
    chat = Chat(Random(1), 2, 0)
    here, there = chat.houses
    alice = come(chat, here, "alice", "tea")
    carol = come(chat, there, "carol")
    come(chat, there, "bob", "tea")
    # The other server has not heard of it when she comes.
    tea(here).configure(HIDE, ALICE, NOBODY, lambda entry: None)
    while here._wires.can_call or here.due:
        here.pass_time(0.001)
        if here._wires.can_call:
            chat.call(here)
    assert (tea(here).is_private, tea(there).is_private) == (False, False)
    carol.ask("join", room="Tea")
    carol.flush()
    there.go_on()
    chat.settle(2)
    answers = [frame for frame in carol.receive() if frame["type"] != "rooms-changed"]
    assert [(answer["code"], answer["room"]) for answer in answers] == [("no-such-room", "Tea")]
    assert sorted(member.username for member in tea(here).members.after(None)) == ["alice", "bob"]
    assert refused(chat, alice, "say", room="tea", text="hi") == "ok"


def test_very_many_are_admitted_in_pieces() -> None:
    chat = together()
    one, other = chat.nodes
    life = chat.world.logs[LogId(1)]
    persons = [f"{number:04}".encode() for number in range(2 * PIECE + 7)]
    for number, person in enumerate(persons, 100):
        chat.world.seats[number] = Place(number, str(number), None, person, None, 1)
        life.readers[number] = Reading(str(number), Username(f"p{number}"), 1)
    one.ask(Invited(BOB, b"invited", ALICE))
    one.ask(Tuned(HIDE, ALICE))
    one.ask(Came(BOB))
    chat.settle()
    for node in (one, other):
        changes = [entry.change for entry in node.heard]
        pieces = [change.persons for change in changes if isinstance(change, Admitted)]
        assert [len(piece) for piece in pieces] == [PIECE, PIECE, 8]
        assert sorted(person for piece in pieces for person in piece) == sorted([*persons, b"invited"])
        assert changes.index(Tuned(HIDE, ALICE)) == 1 + len(pieces)
