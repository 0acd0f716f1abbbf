"""Who people are, as servers that share a store tell each other."""

from __future__ import annotations

from typing_extensions import override

from chatroom.core.people.directory import Directory
from chatroom.core.people.people import ELSEWHERE
from chatroom.core.ports import Log
from chatroom.core.values.commands import Confide, Configure, Create, Describe, Join, Tell, Who, WhoIs
from chatroom.core.values.events import Confided, Described, MessageKind, Tags, Told
from chatroom.core.values.limits import Limits
from chatroom.core.values.people import Known
from chatroom.core.values.replies import Members, Ok, People
from chatroom.core.values.rights import Tuning
from chatroom.logs.nodes.calls import WAIT
from chatroom.logs.nodes.directory import NodeDirectory
from chatroom.logs.nodes.log import NodeLog
from chatroom.logs.retention import Retention
from tests.core.scenes import ALICE, BOB, POND, TEA
from tests.fakes import FOREVER, NOON, Person, World
from tests.simulation.engine import SimulatedEngine, Soon
from tests.simulation.world import World as Store


class Node(World):
    """A world that is one of several nodes over one *shared* store, whose calls go through *calls*."""

    def __init__(self, shared: Store, calls: Soon = lambda call: call()) -> None:
        self.shared = shared
        self.calls = calls
        super().__init__()

    @property
    @override
    def is_late(self) -> bool:
        return True

    @override
    def parts(self, log: Log | None, limits: Limits, *, shared: bool) -> tuple[Log, Directory]:
        engine = SimulatedEngine(self.shared, Retention(), calls=self.calls)
        log = NodeLog(engine, clock=self.clock, wall=self.wall, limits=limits, lease=FOREVER)
        log.start()
        self.store = self.shared
        return log, NodeDirectory(log.node, self.clock, self.wheel, lambda: self.lobby)


class TestServers:
    def setup_method(self) -> None:
        store = Store(int(NOON * 1000))
        self.deaf = False
        self.nodes = [Node(store, self.call) for _ in range(2)]
        self.alice, self.bob = (node.enter(name) for node, name in zip(self.nodes, ("alice", "bob"), strict=True))
        self.alice.do(Create(TEA))
        self.bob.do(Join(TEA))
        self.settle()
        self.alice.see()

    def call(self, heard: object) -> None:
        """Let a node hear what another one calls, unless it is deaf."""
        if not self.deaf and callable(heard):
            heard()

    def settle(self, seconds: float = 0) -> None:
        for _ in range(3):
            for node in self.nodes:
                node.settle(seconds)

    def listed(self, visitor: Person, mask: str = "") -> list[Known]:
        """Return whom *visitor* sees in the room, in full."""
        visitor.ask(Who(TEA, full=True, mask=mask))
        self.settle(WAIT if self.deaf else 0)
        [people] = [each for each in visitor.see() if isinstance(each, People)]
        return list(people.people)

    def test_what_somebody_says_of_themselves_is_shown_in_rooms_at_all(self) -> None:
        self.bob.do(Describe(away="lunch"))
        self.settle()
        [described] = [each for each in self.alice.see() if isinstance(each, Described)]
        assert (described.room, described.username, described.what) == (TEA, BOB, ("away",))
        assert described.person == self.nodes[1].lobby.people.find(BOB)

    def test_it_is_not_shown_where_they_are_not(self) -> None:
        self.alice.do(Create(POND))
        self.bob.do(Describe(away="lunch"))
        self.settle()
        assert [each.room for each in self.alice.see() if isinstance(each, Described)] == [TEA]

    def test_a_full_list_has_all_that_is_known_at_each(self) -> None:
        self.bob.do(Describe(realname="Bob", away="lunch"))
        for visitor in (self.alice, self.bob):
            one, other = self.listed(visitor)
            assert one.person == self.nodes[0].lobby.people.find(ALICE)
            assert other.person == self.nodes[1].lobby.people.find(BOB)
            assert (one.role, other.role) == ("owner", None)
        assert [each.person.username for each in self.listed(self.alice, "B?b")] == [BOB]

    def test_without_an_answer_there_is_the_name(self) -> None:
        self.deaf = True
        one, other = self.listed(self.alice)
        assert one.person.host != ELSEWHERE
        assert other.person.source == f"bob!~u@{ELSEWHERE}"

    def test_who_somebody_is_does_not_tell_of_a_private_room(self) -> None:
        self.bob.do(Create(POND))
        self.bob.do(Configure(POND, Tuning(private=True)))
        self.settle()
        self.alice.ask(WhoIs((BOB,)))
        self.settle()
        [people] = [each for each in self.alice.see() if isinstance(each, People)]
        [bob] = people.people
        assert [room for room, _ in bob.rooms] == [TEA]

    def test_what_is_told_at_another_comes_as_it_was_told(self) -> None:
        tags = (("+typing", "done"),)
        told_so: tuple[tuple[MessageKind, Tags | None], ...] = ("text", None), ("action", None), ("notice", tags)
        for kind, some in told_so:
            self.alice.ask(Tell(BOB, "hello", kind, tags=some))
            self.settle()
            [told] = [each for each in self.bob.see() if isinstance(each, Told)]
            assert (told.speaker, told.to, told.text, told.kind, told.tags) == (ALICE, BOB, "hello", kind, some)

    def test_what_is_for_moderators_comes_to_those_at_another(self) -> None:
        self.bob.ask(Confide(TEA, "a troll is here"))
        self.settle()
        [told] = [each for each in self.alice.see() if isinstance(each, Confided)]
        assert (told.speaker, told.to, told.text) == (BOB, ALICE, "a troll is here")
        assert self.bob.see()[-1] == Ok(TEA, count=1, at=told.at)

    def test_a_list_of_names_is_as_ever(self) -> None:
        self.bob.do(Describe(away="lunch"))
        self.settle()
        self.alice.see()
        self.alice.ask(Who(TEA))
        self.settle()
        [members] = [each for each in self.alice.see() if isinstance(each, Members)]
        assert members.usernames == (ALICE, BOB)
