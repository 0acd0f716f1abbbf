"""What accounts tell each other is kept, and comes to all their connections once, in order; to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from twisted.logger import LogEvent

from chatroom.core.values.names import Username
from chatroom.core.values.talks import is_talk, people
from chatroom.logs.nodes.engine import LETTERS, Mailed
from tests.simulation.chat import GRACE, LEASE, Chat, NodeHouse, WireCable
from tests.simulation.test_accounts import alone
from tests.simulation.world import Life, World

SECRET = "correct horse"
NAMES = ["alice", "bob", "carol"]
STEPS = 40


@dataclass
class Connection:
    """A connection of *name* at a *house*; what it has *asked* for, what was *shown*, and where talks were before."""

    name: str
    cable: WireCable
    house: NodeHouse
    here: bool = False
    before: dict[str, int] = field(default_factory=dict)
    asked: set[tuple[str, int]] = field(default_factory=set)
    shown: list[dict[str, Any]] = field(default_factory=list)
    kept: list[tuple[str, int, str]] = field(default_factory=list)
    listed: set[tuple[str, int]] = field(default_factory=set)
    known: dict[int, set[int]] = field(default_factory=dict)

    def read(self, store: World) -> None:
        """Take note of what was sent."""
        asked: dict[int, dict[str, Any]] = {frame["id"]: frame for frame in self.cable.waiting}
        for frame in self.cable.receive():
            request = asked.get(frame.get("id", 0), {})
            match frame["type"]:
                case "welcome":
                    self.here = True
                    self.before = {other: life.seq for other, life in talks(store, self.name)}
                case "ok" if request.get("type") == "tell":
                    self.asked.add((request["to"], frame["seq"]))
                    self.kept.append((request["to"], frame["seq"], request["text"]))
                case "told" | "redacted":
                    self.shown.append(frame)
                case "talks":
                    self.listed |= {(talk["with"], talk["seq"]) for talk in frame["talks"]}
                case "entries":
                    seqs = [entry["seq"] for entry in frame["entries"]]
                    # What was known before it was asked for is there, as far as the page goes.
                    assert {seq for seq in self.known[frame["id"]] if not frame["more"] or seq > seqs[0]} <= {*seqs}
                case "bye":
                    self.here = False
        self.here &= self.cable.open

    def look_back(self, other: str) -> None:
        """Ask for the talk with an *other*, of which some is known."""
        told = {(frame["with"], frame["seq"]) for frame in self.shown if frame["type"] == "told"}
        known = {*told, *self.listed, *((to, seq) for to, seq, _ in self.kept)}
        id = self.cable.ask("history", **{"with": other})["id"]
        self.known[id] = {seq for name, seq in known if name == other}


def talks(store: World, name: str) -> Iterator[tuple[str, Life]]:
    """Generate the talks of the account called *name*, each with whom it is."""
    names = {id: own.kept.account.username for id, own in store.accounts.items() if own.kept.account}
    for life in store.logs.values():
        both = [names[person] for person in people(life.room) or ()]
        if name in both:
            both.remove(Username(name))
            yield both[0], life


class Talkers:
    """People with accounts, and connections to some nodes, as *chance* has it."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.chat = Chat(chance, 3, 0)
        self.connections: list[Connection] = []
        self.told = 0
        self.again: set[str] = set()
        self.by_session: dict[str, set[tuple[str, int]]] = {}
        for name in NAMES:
            cable = WireCable(self.chat.recorder, self.chat, chance.choice(self.chat.houses))
            cable.ask("login", username=name)
            cable.ask("register", password=SECRET)
            cable.flush()
            self.chat.settle(1)
            cable.close()
        self.chat.settle(1)

    def act(self) -> None:
        """Let something happen."""
        for each in self.connections:
            each.read(self.chat.store)
        self.connections = [each for each in self.connections if each.cable.open and each.house in self.chat.houses]
        there = [each for each in self.connections if each.here]
        if len(self.connections) < 6 and (not there or self.chance.random() < 0.3):
            self.come()
        elif there:
            self.do(self.chance.choice(there))

    def come(self) -> None:
        """Let somebody come."""
        name, house = self.chance.choice(NAMES), self.chance.choice(self.chat.houses)
        connection = Connection(name, WireCable(self.chat.recorder, self.chat, house), house)
        session = {"session": name * 8} if self.chance.random() < 0.2 else {}
        if session:
            # What an earlier connection of the seat has asked for, and may not know to be stored, it has asked for too.
            connection.asked = self.by_session.setdefault(name, set())
        connection.cable.ask("login", username=name, password=SECRET, **session)
        connection.cable.flush()
        self.connections.append(connection)

    def do(self, one: Connection) -> None:
        """Let somebody do something by *one* connection."""
        to = self.chance.choice(NAMES)
        match self.chance.randrange(16):
            case 0:
                one.cable.close()
                return
            case 1:
                one.cable.ask("redact", **{"with": to}, seq=self.chance.randint(1, 5))
            case 2 | 3:
                # Sent again, perhaps over another server.
                number = self.chance.randint(1, self.told + 1)
                self.again.add(text := f"{one.name} {to} {number}")
                one.cable.ask("tell", to=to, text=text, cid=f"{number}")
            case 4:
                one.cable.ask("talks")
            case 5 | 6 | 7:
                one.look_back(to)
            case _:
                for _ in range(self.chance.randint(1, 3)):
                    self.told += 1
                    text = f"{one.name} {to} {self.told}"
                    one.cable.ask("tell", to=to, text=text, cid=f"{self.told}")
        one.cable.flush()


def stored(life: Life) -> dict[int, str]:
    """Return what was said in *life*; what was taken back has no text."""
    return {kept.seq: kept.row.text or "" for kept in life.entries if kept.seq}


def judge(connection: Connection, talkers: Talkers) -> None:
    """Look whether promises are kept to *connection*; if it is there still, nothing may be missing."""
    store = talkers.chat.store
    mine = dict(talks(store, connection.name))
    told = [(frame["with"], frame["seq"]) for frame in connection.shown if frame["type"] == "told"]
    for to, seq, text in connection.kept:
        assert stored(mine[to])[seq] in (text, "")
        # By others it may have been sent before.
        assert (to, seq) not in told or text in talkers.again
    for frame in connection.shown:
        assert frame["with"] in mine
        if frame["type"] == "told":
            assert {frame["from"], frame["to"]} == {connection.name, frame["with"]}
            assert stored(mine[frame["with"]])[frame["seq"]] in (frame["text"], "")
    for other, life in mine.items():
        shown = [frame["seq"] for frame in connection.shown if frame["type"] == "told" and frame["with"] == other]
        assert shown == sorted(set(shown))
        if connection.here and connection.house in talkers.chat.houses:
            missing = set(range(connection.before.get(other, 0) + 1, life.seq + 1)) - {*shown}
            missing -= {seq for to, seq in connection.asked if to == other}
            # What was taken back before it was shown is not shown any more.
            assert not [seq for seq in missing if stored(life)[seq]]


@pytest.mark.parametrize("seed", range(60))
def test_what_is_told_is_kept_and_comes_once_in_order_to_both_alone(seed: int, nothing_logged: list[LogEvent]) -> None:
    chance = Random(seed)
    talkers = Talkers(chance)
    chat = talkers.chat
    ever: dict[int, Connection] = {}
    for house in chat.houses:
        house._wires.trouble = 0.01 * (seed % 3)
    for _ in range(STEPS):
        talkers.act()
        ever |= {id(each): each for each in talkers.connections}
        for _ in range(chance.randrange(16)):
            chat._happen()
        if chance.random() < 0.02:
            chat._kill(chance.choice(chat.houses))
    chat.heal()
    chat.settle(2 * LEASE + 2 * GRACE)
    for each in ever.values():
        each.read(chat.store)
        judge(each, talkers)
    said = [(life.log, kept.row.session, kept.row.cid) for life in chat.store.logs.values() for kept in life.entries]
    said = [(log, session, cid) for log, session, cid in said if cid is not None]
    assert len(said) == len({*said})
    nothing_logged.clear()


def test_all_of_that_is_tried() -> None:
    shown = set[str]()
    looked_back = False
    for seed in range(9):
        talkers = Talkers(Random(seed))
        for _ in range(STEPS):
            talkers.act()
            talkers.chat.settle(0.1)
        shown |= {frame["type"] for each in talkers.connections for frame in each.shown}
        looked_back |= any(known for each in talkers.connections for known in each.known.values())
    assert shown == {"told", "redacted"}
    assert looked_back


class Apart:
    """Alice and bob at two servers, who have told each other a first message; nothing is heard but what a test says."""

    def __init__(self) -> None:
        self.chat = Chat(Random(1), 2, 0)
        self.here, self.there = self.chat.houses
        self.alice, self.bob = self.come(self.here, "alice"), self.come(self.there, "bob")
        for cable in (self.alice, self.bob):
            self.ask(cable, "register", password=SECRET)
            self.chat.settle(1)
        self.ask(self.alice, "tell", to="bob", text="one")
        self.chat.settle(1)
        self.told()

    def come(self, house: NodeHouse, name: str, **login: str) -> WireCable:
        """Let somebody come to *house*."""
        cable = WireCable(self.chat.recorder, self.chat, house)
        self.ask(cable, "login", username=name, **login)
        self.chat.settle(1)
        return cable

    def ask(self, cable: WireCable, type: str, **fields: str) -> int:
        """Ask for something by *cable*; return its id."""
        id: int = cable.ask(type, **fields)["id"]
        cable.flush()
        return id

    def tell(self, text: str) -> None:
        """Let alice tell *text*, of which bob's server has mail, and has heard nothing."""
        self.ask(self.alice, "tell", to="bob", text=text)
        while not self.chat.store.mail:
            alone(self.chat, self.here)
            self.here.pass_time(0.005)
        self.there._wires.hints.clear()

    def look(self) -> None:
        """Let bob's server look for mail."""
        self.there.engine._heard(Mailed(self.there.engine.node))

    def step(self) -> None:
        """Let the next thing happen at bob's server."""
        wires = self.there._wires
        self.there.go_on()
        if wires.can_call:
            self.chat.call(self.there)
        elif wires.answers:
            self.chat.answer(self.there)
        else:
            self.there.pass_time(0.005)

    def read(self) -> list[dict[str, Any]]:
        """Return what has come to bob; nothing else happens meanwhile."""
        return list(self.bob.receive()) if self.bob.has_come else []

    def told(self) -> list[int]:
        """Let things happen at bob's server until he is told something; return the numbers of that."""
        while not (told := [frame["seq"] for frame in self.read() if frame["type"] == "told"]):
            self.step()
        return told

    def answer(self, type: str, **fields: str) -> dict[str, Any]:
        """Return what bob is answered."""
        id = self.ask(self.bob, type, **fields)
        while True:
            for frame in self.read():
                if frame.get("id") == id:
                    return frame
            self.step()

    def history(self) -> list[int]:
        """Return the numbers of what bob reads of the talk."""
        return [entry["seq"] for entry in self.answer("history", **{"with": "alice"})["entries"]]


def test_what_was_told_can_be_read() -> None:
    apart = Apart()
    assert apart.history() == [1]
    apart.tell("two")
    apart.look()
    assert apart.told() == [2]
    assert apart.history() == [1, 2]


def test_also_if_an_answer_about_the_talk_was_on_its_way() -> None:
    apart = Apart()
    chat, there = apart.chat, apart.there
    other = apart.come(there, "bob", password=SECRET)
    assert apart.history() == [1]
    apart.tell("two")
    # What others have said does not come with the answer.
    chat.store.fit = 0
    apart.ask(other, "tell", to="alice", text="three")
    while not there._wires.can_call:
        there.go_on()
    apart.look()
    assert 2 in apart.told()
    assert apart.history()[:2] == [1, 2]


def test_also_if_the_talk_was_being_opened() -> None:
    apart = Apart()
    apart.ask(apart.bob, "history", **{"with": "alice"})
    logs = apart.there.log.node.following.logs
    # It is found as it is before the second message.
    while not any(is_talk(followed.room) and followed.seq for followed in logs.values()):
        apart.step()
    apart.tell("two")
    apart.look()
    assert apart.told() == [2]
    assert apart.history() == [1, 2]


def test_what_a_list_shows_of_a_talk_can_be_read() -> None:
    apart = Apart()
    assert apart.history() == [1]
    apart.tell("two")
    [talk] = apart.answer("talks")["talks"]
    assert (talk["seq"], talk["unread"]) == (2, 2)
    assert apart.history() == [1, 2]


def test_of_much_that_was_told_all_comes_at_once_though_in_pieces() -> None:
    chat = Chat(Random(1), 2, 0)
    here, there = chat.houses
    alice, bob = (WireCable(chat.recorder, chat, house) for house in (here, there))
    for cable, name in ((alice, "alice"), (bob, "bob")):
        cable.ask("login", username=name)
        cable.ask("register", password=SECRET)
        cable.flush()
        chat.settle(1)
    many = 2 * LETTERS + 7
    for number in range(many):
        alice.ask("tell", to="bob", text=f"{number}")
    alice.flush()
    while len(chat.store.mail) < many:
        alone(chat, here)
        here.pass_time(0.005)
    there._wires.hints.clear()
    assert len(chat.store.mail) == many
    there.engine._heard(Mailed(there.engine.node))
    alone(chat, there)
    assert [frame["seq"] for frame in bob.receive() if frame["type"] == "told"] == [*range(1, many + 1)]
