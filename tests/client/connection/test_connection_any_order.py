"""Whatever is lost, and whenever: each message is stored once, and heard once, in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from chatroom.client.connection import Connection, Incoming, Online
from chatroom.core.values.names import RoomName
from chatroom.logs.memory.log import MemoryLog
from chatroom.wire.frames.answers import Ok, Said
from tests.client.cables import FakeEndpoint
from tests.examples import examples
from tests.fronts.house import House, Peer

TEA = RoomName("tea")
JUNK = (
    b"\xff\xfe\n",
    b"{}\n",
    b'{"type":"said","room":"tea"}\n',
    b'{"type":"ok","id":99999}\n',
    b"* Welcome.\n",
    b"\n",
)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["say", "there", "cut", "restart", "bob", "settle"]), st.just(0)),
        st.tuples(st.just("back"), st.integers(1, 4)),
        st.tuples(st.just("junk"), st.integers(0, len(JUNK) - 1)),
        st.tuples(st.just("wait"), st.integers(1, 40)),
    ),
    max_size=40,
)


class Story:
    """Alice, who is connected over a bad cable, and bob, in a room of a server that is killed now and then."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.clock = Clock()
        self.endpoint = FakeEndpoint(self.clock)
        self.heard: list[Said] = []
        self.stored: list[int | object] = []
        self.said: list[str] = []
        self.bob: Peer
        self.begin_house()
        self.alice = Connection(self.clock, self.endpoint, heard=self.hear, random=lambda least, most: most)
        self.alice.login("alice")
        self.settle()
        self.alice.join("tea", backlog=0)
        self.settle()

    def begin_house(self) -> None:
        house = self.endpoint.house = House(log=self.log)
        house.lobby.restore([TEA])
        house.settle()
        self.bob = house.program("bob")
        self.bob.ask({"type": "join", "room": "tea"})

    def hear(self, frame: Incoming) -> None:
        if isinstance(frame, Said):
            self.heard.append(frame)

    def settle(self, seconds: float = 0) -> None:
        """Let *seconds* pass, and everything arrive."""
        self.clock.advance(seconds)
        assert self.endpoint.house
        self.endpoint.house.settle(seconds)
        for _ in range(5):
            self.clock.advance(0)
            self.endpoint.carry_there()
            self.endpoint.carry_back()

    def step(self, what: str, number: int) -> None:
        cable = self.endpoint.cables[-1]
        match what:
            case "say":
                self.said.append(f"alice {len(self.said)}")
                self.alice.say("tea", self.said[-1]).addCallback(self.note)
            case "bob":
                self.bob.ask({"type": "say", "room": "tea", "text": "bob"})
            case "there":
                self.endpoint.carry_there()
            case "back":
                self.endpoint.carry_back(number)
            case "cut":
                cable.lose()
            case "restart":
                cable.lose()
                self.begin_house()
            case "junk":
                cable.give(JUNK[number])
            case "wait":
                self.clock.advance(number)
                assert self.endpoint.house
                self.endpoint.house.settle(number)
            case "settle":
                self.settle()

    def note(self, ok: Ok) -> None:
        self.stored.append(ok.seq)

    def end(self) -> None:
        """Let it all calm down."""
        for _ in range(40):
            self.settle(1)
        assert isinstance(self.alice.state, Online)
        assert not self.alice.unsent


@examples(60)
@given(STEPS)
def test_each_message_is_stored_once_and_heard_once_in_order(steps: list[tuple[str, int]]) -> None:
    story = Story()
    for step in steps:
        story.step(*step)
    story.end()
    seqs = [said.seq for said in story.heard]
    assert seqs == list(range(1, len(seqs) + 1))
    mine = {said.seq: said.text for said in story.heard if said.from_ == "alice"}
    assert list(mine.values()) == story.said
    assert story.stored == list(mine)
    others = sum(what == "bob" for what, _ in steps)
    assert len(seqs) == len(story.said) + others
    story.alice.close()
