"""The operator's hand over several nodes: each is asked for what only it knows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from twisted.internet.task import Clock
from typing_extensions import override

from chatroom.core.ports import Missing
from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.values.errors import ChatError, NoSuchConnection, NoSuchUser, ServersMissing
from chatroom.core.values.events import Notice
from chatroom.core.values.limits import PAGE_BYTES
from chatroom.core.values.names import RoomName, Username, key
from chatroom.core.values.replies import ConnectionInfo, ConnectionList, DeviceList
from chatroom.logs.nodes.calls import MOST, WAIT, Answers, Calls, ListDevices
from chatroom.logs.nodes.engine import Call
from chatroom.logs.nodes.hand import STRIDE, HandOverNodes
from chatroom.logs.nodes.log import NodeLog
from chatroom.logs.retention import Retention
from tests.fakes import NOON, FakeHand
from tests.simulation.engine import SimulatedEngine
from tests.simulation.world import Place, World

PATIENCE = WAIT + 0.2
ROOT = Username("/root")


class OneServersHand(FakeHand):
    """A hold of connections with these *names*, numbered from 1 on; a page has *most*."""

    def __init__(self, names: list[str], most: int) -> None:
        super().__init__()
        self.names = dict(enumerate(names, 1))
        self._most = most

    @override
    def connections(self, match: str, after: int, got: Callable[[ConnectionList], None]) -> None:
        """List those behind *after*."""
        found = [
            ConnectionInfo(number, "192.0.2.1:1", "text", 0, (RoomName("tea"),), 0, 0, Username(name))
            for number, name in self.names.items()
            if number > after and match in name
        ]
        got(ConnectionList(tuple(found[: self._most]), len(found) > self._most))

    @override
    def disconnect(
        self, connection: int | None, username: Username | None, note: str, done: Callable[[Missing | ChatError], None]
    ) -> None:
        """Hang up, if anybody is there."""
        gone = {n for n, name in self.names.items() if n == connection or (username and key(name) == key(username))}
        if not gone:
            super().disconnect(connection, username, note, done)
            return
        for number in gone:
            del self.names[number]
        done(())


class House:
    """A chat of several nodes, with people at each, of whom a page has *most*."""

    def __init__(self, *people: list[str], most: int = 1000) -> None:
        self.clock = Clock()
        self.world = World(int(NOON * 1000))
        self.deaf = False
        self.cut = False
        self.calls: list[Calls] = []
        self.hands: list[HandOverNodes] = []
        self.here: list[OneServersHand] = []
        self.logs: list[NodeLog] = []
        for names in people:
            engine = SimulatedEngine(self.world, Retention(), self.ask, calls=self.call)
            log = NodeLog(engine, clock=self.clock, wall=lambda: NOON)
            log.start()
            self.logs.append(log)
            self.here.append(OneServersHand(names, most))
            self.calls.append(Calls(log.node, TimerWheel(self.clock)))
            self.hands.append(HandOverNodes(self.here[-1], self.calls[-1]))

    def ask(self, ask: Callable[[], None]) -> None:
        """Let an engine be asked, unless it is away."""
        if not self.cut:
            ask()

    def call(self, hear: Callable[[], None]) -> None:
        """Let a call be heard, unless it is lost."""
        if not self.deaf:
            hear()

    def lose_calls(self) -> None:
        """Let nobody hear anybody."""
        self.deaf = True

    def page(self, hand: HandOverNodes, match: str = "", after: int = 0) -> ConnectionList:
        """Return what *hand* finds, at the latest when it waits for nobody any more."""
        found: list[ConnectionList] = []
        hand.connections(match, after, found.append)
        self.wait(found)
        return found[0]

    def disconnect(
        self, hand: HandOverNodes, connection: int | None = None, username: str | None = None
    ) -> Missing | ChatError:
        """Return what became of it, likewise."""
        results: list[Missing | ChatError] = []
        hand.disconnect(connection, (username and Username(username)) or None, "", results.append)
        self.wait(results)
        return results[0]

    def wait(self, for_something: list[ConnectionList] | list[Missing | ChatError] | list[Missing]) -> None:
        """Let time pass, if need be."""
        if not for_something:
            self.clock.advance(PATIENCE)
        assert len(for_something) == 1


def names(page: ConnectionList) -> list[str]:
    return [str(each.username) for each in page.connections]


def test_connections_of_all_nodes_are_listed_by_number() -> None:
    house = House(["alice", "ann"], ["bob"], ["carol"])
    for hand in house.hands:
        found = house.page(hand)
        assert names(found) == ["alice", "ann", "bob", "carol"]
        numbers = [divmod(each.connection, STRIDE) for each in found.connections]
        assert numbers == [(1, 1), (1, 2), (2, 1), (3, 1)]
        assert [each.node for each in found.connections] == ["node 1", "node 1", "node 2", "node 3"]
        assert (found.more, found.missing) == (False, ())
        assert names(house.page(hand, "o")) == ["bob", "carol"]


def test_page_after_page_shows_each_connection_once_and_in_order() -> None:
    people = [[f"{place}{number}" for number in range(7)] for place in "abc"]
    house = House(*people, most=3)
    for hand in house.hands:
        found: list[str] = []
        after, more = 0, True
        while more:
            page = house.page(hand, after=after)
            assert page.connections
            found += names(page)
            after, more = page.connections[-1].connection, page.more
        assert found == [name for place in people for name in place]


def test_a_page_ends_before_it_is_too_long_for_a_line() -> None:
    long = "n" * 600
    house = House([long] * 60, [long] * 60, [long] * 60)
    page = house.page(house.hands[1])
    assert page.more
    assert 60 < len(page.connections) <= PAGE_BYTES // 600


def test_whoever_is_somewhere_is_hung_up_on_by_name_and_by_number() -> None:
    house = House(["alice"], ["bob", "Alice"], [])
    hand = house.hands[2]
    assert house.disconnect(hand, username="ALICE") == ()
    assert [here.names for here in house.here] == [{}, {1: "bob"}, {}]
    assert isinstance(house.disconnect(hand, username="alice"), NoSuchUser)
    for nobody in (1, STRIDE + 1, 2 * STRIDE + 2, 9 * STRIDE + 1):
        error = house.disconnect(hand, nobody)
        assert isinstance(error, NoSuchConnection)
        assert error.connection == nobody
    assert house.disconnect(hand, 2 * STRIDE + 1) == ()
    assert house.here[1].names == {}


def test_ones_own_connections_need_no_other_node() -> None:
    house = House(["alice"], ["bob"])
    house.lose_calls()
    assert house.disconnect(house.hands[0], STRIDE + 1) == ()


def test_nodes_that_do_not_answer_are_named() -> None:
    house = House(["alice"], ["bob"], ["carol"])
    hand = house.hands[1]
    house.lose_calls()
    found = house.page(hand)
    assert (names(found), found.missing) == (["bob"], ("node 1", "node 3"))
    # Those before it are not asked.
    assert house.page(hand, after=2 * STRIDE).missing == ("node 3",)
    error = house.disconnect(hand, username="alice")
    assert isinstance(error, ServersMissing)
    assert "node 1, node 3" in str(error)
    assert house.disconnect(hand, username="bob") == ("node 1", "node 3")
    missing: list[Missing] = []
    hand.notify_others(Notice("hear", ROOT), missing.append)
    house.wait(missing)
    assert missing == [("node 1", "node 3")]


@pytest.mark.parametrize("knows", [True, False])
def test_without_the_engine_one_sees_those_who_are_here(knows: bool) -> None:
    house = House(["alice"], ["bob"])
    if knows:
        house.page(house.hands[1])
    house.cut = True
    found = house.page(house.hands[1])
    assert names(found) == ["bob"]
    assert found.missing == (("node 1",) if knows else ("the simulated engine",))


def test_a_notice_is_shown_by_the_others() -> None:
    house = House([], [], [])
    notice, missing = Notice("hear", ROOT), list[Missing]()
    house.hands[0].notify_others(notice, missing.append)
    assert missing == [()]
    assert [here.notices for here in house.here] == [[], [notice], [notice]]


def test_a_question_of_a_later_version_is_not_answered() -> None:
    house = House([], ["bob"])
    house.logs[1].node.called(Call(1, '{"type":"asked","number":1,"question":{"type":"what is new"}}'))
    house.logs[1].node.called(Call(1, "hello"))
    assert names(house.page(house.hands[0])) == ["bob"]


def test_an_answer_of_another_version_is_none() -> None:
    house = House([], ["bob"])
    house.lose_calls()
    found: list[ConnectionList] = []
    house.hands[0].connections("", 0, found.append)
    house.logs[0].node.called(Call(2, '{"type":"answered","number":1,"answer":[]}'))
    house.wait(found)
    assert found[0].missing == ("node 2",)


def test_an_answer_that_comes_too_late_is_for_nobody() -> None:
    house = House([], ["bob"])
    calls: list[Callable[[], None]] = []
    for engine in (log.node.engine for log in house.logs):
        assert isinstance(engine, SimulatedEngine)
        engine._calls = calls.append
    found = house.page(house.hands[0])
    assert found.missing == ("node 2",)
    while calls:
        calls.pop()()


def test_people_may_ask_so_much_at_a_time_and_operators_more() -> None:
    house = House([], ["bob"])
    house.lose_calls()
    alice, asked = key("alice"), ListDevices(b"a", Username("alice"))
    house.world.seats[1] = Place(1, alice, None, b"a", None, 2)
    found: list[Answers[DeviceList]] = []
    for _ in range(MOST + 1):
        house.calls[0].ask(lambda node: asked, DeviceList, found.append, name=alice)
    assert [answers.missing for answers in found] == [("the simulated engine",)]
    listed: list[ConnectionList] = []
    house.hands[0].connections("", 0, listed.append)
    assert listed == []
    house.clock.advance(PATIENCE)
    assert (len(found), len(listed)) == (MOST + 1, 1)


def test_only_the_nodes_are_asked_where_somebody_is() -> None:
    house = House([], [], [])
    house.lose_calls()
    alice, asked = key("alice"), ListDevices(b"a", Username("alice"))
    found: list[Answers[DeviceList]] = []
    house.calls[0].ask(lambda node: asked, DeviceList, found.append, name=alice)
    assert [answers.missing for answers in found] == [()]
    house.world.seats[1] = Place(1, alice, None, b"a", None, 2)
    house.calls[0].ask(lambda node: asked, DeviceList, found.append, name=alice)
    house.clock.advance(PATIENCE)
    assert found[1].missing == ("node 2",)
