"""A chat of several nodes keeps its promises, in any order of events; and where a store breaks one, that is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from twisted.logger import LogEvent
from typing_extensions import override

from chatroom.core.ports import LogId
from chatroom.logs.nodes.changes import Decision, Row
from chatroom.logs.nodes.engine import Appended, Bounds
from tests.simulation.chat import Schedule, first_failing
from tests.simulation.world import World

SCHEDULES = 200
TRIES = 400

ONCE_WRONG = [
    Schedule(1479),
    Schedule(1925),
    Schedule(2896),
    Schedule(5729),
    Schedule(6163),
    Schedule(7375),
    Schedule(20226, 150, 0.03),
    Schedule(21271, 150, 0.03),
    Schedule(30141, 100, 0.06),
    Schedule(30291, 100, 0.06),
    Schedule(30536, 100, 0.06),
]
"""Schedules that have found something."""


class ForgetsBatches(World):
    """A store that does not know a batch when it comes again."""

    @override
    def append(
        self, node: int, number: int, rows: Sequence[Row], known: Mapping[LogId, int], bounds: Bounds
    ) -> Appended:
        if node in self.nodes:
            self.nodes[node].batch = 0
        return super().append(node, number, rows, known, bounds)


class NamesTwice(World):
    """A store that gives a name to whoever asks for it."""

    @override
    def _claim(self, node: int, row: Row) -> Decision:
        if row.key in self.users and all(seat.session != row.session for seat in self.seats.values()):
            row = row._replace(key=f"{row.key} {len(self.seats)}")
        return super()._claim(node, row)


def test_no_promise_is_broken(nothing_logged: list[LogEvent]) -> None:
    found = first_failing([*ONCE_WRONG, *map(Schedule, range(1, SCHEDULES + 1))])
    # That engines are away was meant.
    nothing_logged.clear()
    assert found is None


@pytest.mark.parametrize("store", [ForgetsBatches, NamesTwice])
def test_a_store_that_breaks_one_is_found(store: type[World], nothing_logged: list[LogEvent]) -> None:
    found = first_failing(map(Schedule, range(1, TRIES + 1)), store)
    nothing_logged.clear()
    assert found
