"""A chat of several nodes keeps its promises, in any order of events; and where a store breaks one, that is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

import pytest
from twisted.logger import LogEvent
from typing_extensions import override

from chatroom.core.ports import LogId
from chatroom.logs.nodes.changes import ChangeRow, Decision
from chatroom.logs.nodes.engine import AccountsChanged, Appended, Bounds, Hint, KnownLog, Mailed
from tests.simulation.chat import LEASE, Chat, Schedule, WireCable, first_failing
from tests.simulation.world import World

pytestmark = pytest.mark.slow

SCHEDULES = 80
WAITING = 50
LOSSES = 40
TRIES = 400

ONCE_WRONG = [
    Schedule(1879),
    Schedule(12064, trouble=0.03, waits=0.05),
    Schedule(12213, trouble=0.03, waits=0.05),
    Schedule(12579, trouble=0.03, waits=0.05),
    Schedule(50179, trouble=0.02, waits=0.05),
    Schedule(214469383, steps=70, trouble=0.02, waits=0.05),
]
"""Schedules that have found something."""


ONCE_WRONG_AFTER_LOSSES = [
    Schedule(819377840, steps=63, trouble=0.0, loss=0.06),
    Schedule(961986162, steps=9, trouble=0.0, loss=0.06),
    Schedule(1000829, trouble=0.0, loss=0.06),
    Schedule(1001473, trouble=0.0, loss=0.06),
    Schedule(1001584, trouble=0.0, loss=0.06),
    Schedule(1001942, trouble=0.0, loss=0.06),
    Schedule(1001972, trouble=0.0, loss=0.06),
    Schedule(1002662, trouble=0.0, loss=0.06),
    Schedule(9001336, steps=69, trouble=0.0, loss=0.06),
    Schedule(41000451, steps=48, trouble=0.0, loss=0.06),
    Schedule(54000090, steps=53, trouble=0.04, loss=0.04),
    Schedule(452376423, steps=66, trouble=0.04, loss=0.04),
    Schedule(482144473, steps=75, trouble=0.04, loss=0.04),
    Schedule(566474678, steps=76, trouble=0.04, loss=0.04),
]
"""Schedules that have found something where something is lost."""


class ForgetsBatches(World):
    """A store that does not know a batch when it comes again."""

    @override
    def append(
        self, node: int, number: int, rows: Sequence[ChangeRow], known: Mapping[LogId, KnownLog], bounds: Bounds
    ) -> Appended:
        if node in self.nodes:
            self.nodes[node].batch = 0
        return super().append(node, number, rows, known, bounds)


class IsBroken(World):
    """A store that raises, for a defect of it, when it is to tell the other nodes."""

    @override
    def publish(self, node: int, news: Sequence[Hint | Mailed | AccountsChanged]) -> None:
        raise ZeroDivisionError


class KeepsEpochs(World):
    """A store whose rooms go on as before when something was lost."""

    @override
    def renumber(self, saw: int) -> bool:
        self.generation = max(self.generation, saw + 1)
        return True


class NamesTwice(World):
    """A store that gives a name to whoever asks for it."""

    @override
    def _claim(self, node: int, row: ChangeRow) -> Decision:
        if row.key in self.users and all(seat.session != row.session for seat in self.seats.values()):
            row = row._replace(key=f"{row.key} {len(self.seats)}")
        return super()._claim(node, row)


def test_no_promise_is_broken(nothing_logged: list[LogEvent]) -> None:
    found = first_failing([*ONCE_WRONG, *map(Schedule, range(1, SCHEDULES + 1))])
    # That engines are away was meant.
    nothing_logged.clear()
    assert found is None


def test_nothing_is_told_that_no_standby_has(nothing_logged: list[LogEvent]) -> None:
    found = first_failing(Schedule(seed, trouble=0.02, waits=0.05) for seed in range(1, WAITING + 1))
    nothing_logged.clear()
    assert found is None


def test_no_number_means_two_things_though_a_standby_is_promoted_that_was_behind(
    nothing_logged: list[LogEvent],
) -> None:
    schedules = [Schedule(seed, trouble=0, loss=0.06) for seed in range(1, LOSSES + 1)]
    found = first_failing([*ONCE_WRONG_AFTER_LOSSES, *schedules])
    nothing_logged.clear()
    assert found is None


@pytest.mark.parametrize("store", [ForgetsBatches, NamesTwice])
def test_a_store_that_breaks_one_is_found(store: type[World], nothing_logged: list[LogEvent]) -> None:
    found = first_failing(map(Schedule, range(1, TRIES + 1)), store)
    nothing_logged.clear()
    assert found
    assert "Again: python -m tests.simulation --schedules 1 --seed " in found


def test_rooms_that_go_on_with_their_numbers_after_a_loss_are_found(nothing_logged: list[LogEvent]) -> None:
    found = first_failing((Schedule(seed, trouble=0, loss=0.06) for seed in range(1, TRIES + 1)), KeepsEpochs)
    nothing_logged.clear()
    assert found


def test_where_something_is_raised_is_told(nothing_logged: list[LogEvent]) -> None:
    found = first_failing([Schedule(1)], IsBroken)
    nothing_logged.clear()
    assert found
    assert "in publish" in found


def test_a_standby_that_nobody_waits_for_loses_something(nothing_logged: list[LogEvent]) -> None:
    schedules = (Schedule(seed, trouble=0, loss=0.06) for seed in range(1, TRIES + 1))
    found = any(schedule.run(strict=True)[1] for schedule in schedules)
    nothing_logged.clear()
    assert found


def test_who_comes_over_while_one_of_their_rooms_is_deleted_has_the_others() -> None:
    chat = Chat(Random(1), 2, 0)
    here, there = chat.houses
    alice, bob = (WireCable(chat.recorder, chat, house) for house in (here, there))
    for cable, name in ((alice, "alice"), (bob, "bob")):
        cable.ask("login", username=name, session=name * 10)
        cable.ask("join", room="tea")
        cable.ask("join" if name == "alice" else "create", room="pond")
    for cable in (bob, alice):
        cable.flush()
        chat.settle(1)
    again = WireCable(chat.recorder, chat, there)
    again.ask("login", username="alice", session="alice" * 10)
    again.flush()
    there.arrive()
    there.pass_time(0)
    # Her seat is asked for; the answer will come while he waits for the end of the room.
    bob.ask("delete", room="pond")
    bob.flush()
    there.arrive()
    chat.settle(1)
    [welcome] = [frame for frame in again.receive() if frame["type"] == "welcome"]
    assert (welcome["resumed"], welcome["rooms"]) == (True, ["tea"])


def test_who_comes_over_twice_before_a_room_is_open_is_in_it_once() -> None:
    chat = Chat(Random(1), 2, 0)
    here, there = chat.houses
    alice = WireCable(chat.recorder, chat, here)
    alice.ask("login", username="alice", session="alice" * 10)
    alice.ask("create", room="pond")
    alice.flush()
    chat.settle(1)
    first, second = (WireCable(chat.recorder, chat, there) for _ in range(2))
    for cable in (first, second):
        cable.ask("login", username="alice", session="alice" * 10)
        cable.flush()
        there.arrive()
        there.pass_time(0)
        # The seat is here then, and its room is asked for.
        for _ in range(len(there._wires.calls)):
            chat.call(there)
            chat.answer(there)
        first.close()
        there.arrive()
    chat.settle(1)
    second.ask("quit")
    second.flush()
    chat.settle(5)
    assert "bye" in [frame["type"] for frame in second.receive()]
    assert "pond" not in there.lobby.rooms


def test_who_is_renamed_in_the_same_batch_as_somebody_comes_by_that_name_has_the_new_one() -> None:
    chat = Chat(Random(1), 1, 0)
    [house] = chat.houses
    alice, bob = (WireCable(chat.recorder, chat, house) for _ in range(2))
    alice.ask("login", username="alice")
    alice.ask("join", room="tea")
    alice.flush()
    chat.settle(1)
    alice.ask("rename", username="carol")
    alice.flush()
    house.go_on()
    # While the name is reserved, somebody wants the one that it sets free: both are in the next batch, in this order.
    bob.ask("login", username="alice")
    bob.flush()
    house.go_on()
    chat.settle(1)
    alice.ask("say", room="tea", text="still here")
    alice.flush()
    chat.settle(1)
    assert [frame["from"] for frame in alice.receive() if frame["type"] == "said"] == ["carol"]
    [welcome] = [frame for frame in bob.receive() if frame["type"] == "welcome"]
    assert welcome["username"] == "alice"


def test_who_is_at_a_server_that_was_given_up_hears_nothing_but_that_it_stops(nothing_logged: list[LogEvent]) -> None:
    chat = Chat(Random(1), 2, 0)
    here, _ = chat.houses
    alice = WireCable(chat.recorder, chat, here)
    alice.ask("login", username="alice")
    alice.ask("join", room="tea")
    alice.flush()
    chat.settle(1)
    alice.receive()
    for text in ("one", "two"):
        alice.ask("say", room="tea", text=text)
        alice.flush()
        here.arrive()
        here.pass_time(0)
    # It sleeps, and what it asked before is answered when nobody knows whether it is still a node.
    chat.pass_time(2 * LEASE)
    for _ in range(len(here._wires.calls)):
        chat.call(here)
        chat.answer(here)
    # It sleeps again, and is given up. The first answer is not to be told any more, and so no later one.
    here.asleep = chat.time + 4 * LEASE
    chat.settle(5 * LEASE)
    assert [frame["type"] for frame in alice.receive()] == ["bye"]
    nothing_logged.clear()


@pytest.mark.parametrize("cut", [False, True])
def test_who_speaks_in_two_rooms_is_answered_before_either_is_shown(cut: bool, nothing_logged: list[LogEvent]) -> None:
    chat = Chat(Random(1), 2, 0)
    here, there = chat.houses
    alice, bob = (WireCable(chat.recorder, chat, house) for house in (here, there))
    for cable, name in ((alice, "alice"), (bob, "bob")):
        cable.ask("login", username=name)
        cable.ask("join", room="tea")
        cable.ask("join", room="milk")
        cable.flush()
        chat.settle(1)
    alice.receive()
    for number in range(5):
        bob.ask("say", room="tea", text=f"{number}")
    bob.flush()
    there.arrive()
    there.pass_time(1)
    while there._wires.calls:
        chat.call(there)
        chat.answer(there)
    # Nothing of that is heard here, and it does not fit into what a batch is told.
    here._wires.hints.clear()
    alice.ask("say", room="tea", text="to tea")
    alice.ask("say", room="milk", text="to milk")
    alice.flush()
    here.go_on()
    here.pass_time(0)
    while here._wires.calls:
        chat.call(here)
    # It is stored, and what the others have said before is to be found out, which may fail.
    here._wires.cut = cut
    chat.settle(0.1)
    here._wires.cut = False
    chat.settle(2)
    nothing_logged.clear()
    frames = [(frame["type"], frame.get("room"), frame.get("text")) for frame in alice.receive()]
    assert frames.index(("ok", "milk", None)) < frames.index(("said", "milk", "to milk"))


def test_who_comes_back_where_a_loss_has_just_ended_a_life_of_the_server_has_no_seat_there(
    nothing_logged: list[LogEvent],
) -> None:
    chat = Chat(Random(1), 2, 0)
    here, there = chat.houses
    chat.settle(1)
    bob = WireCable(chat.recorder, chat, there)
    bob.ask("login", username="bob", session="bob" * 10)
    bob.flush()
    chat.settle(1)
    chat._standby.fall_behind(asleep=False)
    chat.settle(1)
    again = WireCable(chat.recorder, chat, here)
    again.ask("login", username="bob", session="bob" * 10)
    again.flush()
    here.go_on()
    while here._wires.calls:
        chat.call(here)
    # It looks around before his seat is asked for, and is told there that something is lost.
    here.log.node.look(lambda: None)
    while here._wires.answers:
        chat.answer(here)
    chat._promote()
    while here._wires.calls:
        chat.call(here)
    [seat] = chat.store.seats.values()
    assert (seat.node, seat.connection) == (here.engine.node, 2)
    while here._wires.answers:
        chat.answer(here)
    assert not here.lobby.directory.users
    nothing_logged.clear()
