"""Statistics of rooms: batches by their messages, and deliveries of messages to members."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chatroom.core.tools.stats import Histogram
from chatroom.core.values.commands import Join, Leave, Say
from tests.core.scenes import TEA, gather, say_much
from tests.fakes import LateLog, World


def test_a_message_is_delivered_to_each_who_is_in() -> None:
    world = World()
    alice, bob, carol = gather(world, "alice", "bob", "carol")
    alice.do(Say(TEA, "hello"))
    carol.do(Leave(TEA))
    bob.do(Say(TEA, "hello alice"))
    assert world.lobby.stats.batches.sum == 2
    assert world.lobby.stats.deliveries == 3 + 2


def test_the_messages_of_one_turn_are_one_batch() -> None:
    world = World()
    [alice] = gather(world, "alice")
    for text in ("one", "two", "three"):
        alice.ask(Say(TEA, text))
    world.settle()
    alice.do(Say(TEA, "four"))
    assert world.lobby.stats.batches.counts[:4] == [1, 0, 1, 0]
    assert world.lobby.stats.deliveries == 4


def test_who_comes_and_goes_is_no_message() -> None:
    world = World()
    gather(world, "alice", "bob")
    assert sum(world.lobby.stats.batches.counts) == 0
    assert world.lobby.stats.deliveries == 0


def test_what_is_not_stored_is_not_counted() -> None:
    log = LateLog(prompt=True)
    world = World(log=log)
    [alice] = gather(world, "alice")
    log.failing = True
    assert alice.refused(Say(TEA, "hello")) == "storage-failed"
    assert world.lobby.stats.batches.sum == 0


def test_what_a_reader_missed_is_delivered_when_it_reads_it() -> None:
    world = World()
    alice, bob = gather(world, "alice", "bob")
    bob.connection.busy = True
    alice.do(Say(TEA, "hello"))
    assert world.lobby.stats.deliveries == 1
    bob.connection.busy = False
    bob.visitor.drained()
    world.settle()
    assert world.lobby.stats.deliveries == 2


def test_a_replay_is_delivered() -> None:
    world = World()
    [alice] = gather(world, "alice")
    say_much(alice)
    before = world.lobby.stats.deliveries
    world.enter("bob").do(Join(TEA, backlog=20))
    assert world.lobby.stats.deliveries == before + 20


def test_nothing_is_delivered_to_a_seat_that_is_only_held() -> None:
    world = World()
    alice, bob = gather(world, "alice", "bob", known=True)
    bob.visitor.lost()
    alice.do(Say(TEA, "hello"))
    assert len(world.lobby.room(TEA, None).members) == 2
    assert world.lobby.stats.deliveries == 1


def test_what_is_counted_outlives_its_room() -> None:
    world = World(linger=0)
    [alice] = gather(world, "alice")
    alice.do(Say(TEA, "hello"))
    alice.do(Leave(TEA))
    assert not world.lobby.rooms
    assert world.lobby.stats.batches.sum == 1


@given(st.lists(st.integers(min_value=0, max_value=20)))
def test_a_histogram_counts_each_value_below_the_first_bound_that_it_does_not_pass(values: list[int]) -> None:
    bounds = [1, 5, 10]
    histogram = Histogram(bounds)
    for value in values:
        histogram.add(value)
    below = [sum(value <= bound for value in values) for bound in bounds]
    assert [sum(histogram.counts[: place + 1]) for place in range(3)] == below
    assert sum(histogram.counts) == len(values)
    assert histogram.sum == sum(values)
