"""What was asked for in one life of a node is nothing in the next one."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from twisted.internet.task import Clock
from twisted.logger import LogEvent

from chatroom.core.ports import NewRoom, Opened, SeatId
from chatroom.core.values.changes import Came, Entry
from chatroom.core.values.errors import ChatError, StoreAway
from chatroom.logs.nodes.changes import AskedChange, of_seat
from chatroom.logs.nodes.log import NodeLog
from tests.logs.scribe import ALICE, NOON, TEA
from tests.simulation.wires import Standby, TroubledEngine, Wires
from tests.simulation.world import Place, World


class TestLives:
    def setup_method(self) -> None:
        self.clock = Clock()
        self.world = World(int(NOON * 1000))
        self.standby = Standby(self.world)
        self.wires = Wires(Random(1), self.standby)
        self.seat = SeatId(7, 1)
        self.log = NodeLog(TroubledEngine(self.world, self.wires), clock=self.clock, wall=lambda: NOON)
        self.node = self.log.node
        self.log.start()
        self.answers = list[object]()
        self.settle()
        self.log.open(TEA, NewRoom("Tea"), self.opened)
        self.settle()
        self.world.seats[7] = Place(7, "alice", b"session", b"", None, self.node.engine.node)  # type: ignore[attr-defined]

    def opened(self, result: Opened | ChatError | None) -> None:
        assert isinstance(result, Opened)
        self.tea = result.log
        self.log.follow(self.tea, lambda entry: None)

    def settle(self) -> None:
        for _ in range(40):
            self.clock.advance(0.1)
            while self.wires.calls or self.wires.answers:
                self.call() if self.wires.calls else self.wires.answers.popleft()()

    def call(self) -> None:
        """Let the engine do all that it was asked for; its answers are on their way."""
        while self.wires.calls:
            self.wires.call()

    def hear(self) -> None:
        """Let those answers arrive that are on their way."""
        for _ in range(len(self.wires.answers)):
            self.wires.answers.popleft()()

    def lose(self, then: Callable[[], None]) -> None:
        """Let something be lost that this node was told of, and let it ask for something before it hears of that."""
        self.standby.fall_behind(asleep=False)
        self.clock.advance(1)
        self.call()
        self.hear()
        self.standby.promote()
        self.clock.advance(1)
        # That something is lost is told once, to the look around.
        self.call()
        then()
        self.clock.advance(0)
        self.call()

    def test_an_answer_that_comes_after_the_end_of_a_life_is_none(self, nothing_logged: list[LogEvent]) -> None:
        def ask() -> None:
            self.log.change(self.tea, Came(ALICE), self.seat, self.answers.append)
            self.node.consult(self.node.engine.device, self.answers.append)
            self.node.inquire(lambda done: self.node.engine.nodes(None, done), self.answers.append)

        self.lose(ask)
        assert len(self.world.records(self.tea, 0)) == 1
        self.hear()
        assert [type(answer) for answer in self.answers] == [StoreAway] * 3
        self.settle()
        assert len(self.answers) == 3
        nothing_logged.clear()

    def test_what_is_to_happen_however_long_it_takes_does_not_where_numbers_are_others_now(
        self, nothing_logged: list[LogEvent]
    ) -> None:
        free = of_seat("free", self.seat)
        self.lose(self.wires.calls.clear)
        self.node.ask(AskedChange([free], self.answers.append, self.seat, lasts=True))
        self.hear()
        self.settle()
        # By another node somebody has come back to that seat, by the same number as before the loss.
        assert 7 in self.world.seats
        assert [type(answer) for answer in self.answers] == [StoreAway]
        nothing_logged.clear()

    def test_a_room_that_was_asked_for_in_an_earlier_life_is_not_closed_in_this_one(
        self, nothing_logged: list[LogEvent]
    ) -> None:
        pond = list[Entry | object]()
        self.lose(lambda: self.log.open(TEA, None, pond.append))
        self.hear()
        self.settle()
        assert [type(each) for each in pond] == [StoreAway]
        self.log.open(TEA, None, self.opened)
        self.settle()
        assert self.tea in self.node.following.logs
        nothing_logged.clear()

    def test_where_new_epochs_are_lost_others_begin(self, nothing_logged: list[LogEvent]) -> None:
        epoch = self.world.logs[self.tea].epoch
        self.lose(lambda: None)
        behind = self.world.saved()
        self.hear()
        self.wires.call()
        assert self.world.generation == 1
        # That is lost before this server is a node again.
        self.world.lose(behind)
        self.settle()
        assert self.world.generation == 1
        assert self.world.logs[self.tea].epoch != epoch
        assert self.node.lease.held
        nothing_logged.clear()

    def test_what_is_lost_while_a_server_is_no_node_is_noticed(self, nothing_logged: list[LogEvent]) -> None:
        behind = self.world.saved()
        self.clock.advance(1)
        self.call()
        self.hear()
        self.world.leave(self.node.engine.node)  # type: ignore[attr-defined]
        self.clock.advance(1)
        self.call()
        self.hear()
        assert not self.node.lease.held
        self.world.lose(behind)
        self.settle()
        assert self.world.generation == 1
        assert self.node.lease.held
        nothing_logged.clear()

    @pytest.mark.parametrize("end", [Standby.promote, Standby.give_up])
    def test_where_a_server_is_not_told_that_it_is_a_node_nothing_is_lost_with_that(
        self, end: Callable[[Standby], None], nothing_logged: list[LogEvent]
    ) -> None:
        self.world.leave(self.node.engine.node)  # type: ignore[attr-defined]
        self.clock.advance(1)
        self.call()
        self.hear()
        self.standby.fall_behind(asleep=True)
        self.call()
        assert len(self.world.nodes) == 1
        assert not self.node.lease.held
        end(self.standby)
        self.standby.wake()
        self.settle()
        assert self.world.generation == 0
        assert self.node.lease.held
        nothing_logged.clear()
