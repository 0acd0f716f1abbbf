"""A thread does one thing after the other, and nobody has to wait for all that somebody else asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import partial
from queue import SimpleQueue
from threading import Event

import pytest

from chatroom.logs.machinery.worker import Worker

LIMIT = 20
"""Seconds after which what is waited for will not come."""


class Bench:
    """A worker that does nothing of what it is given until it is let go."""

    def __init__(self) -> None:
        self.done: SimpleQueue[object] = SimpleQueue()
        self._go = Event()
        self.worker = Worker("test", lambda action: action())
        self.worker.do(lambda: self._go.wait(LIMIT), lambda _: None)

    def give(self, name: str, of: Hashable = None) -> None:
        self.worker.do(lambda: name, self.done.put, of=of)

    def order(self, number: int) -> list[object]:
        """Let it go, and return what it did first."""
        self._go.set()
        return [self.done.get(timeout=LIMIT) for _ in range(number)]


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.order(0)
    bench.worker.stop()
    assert not bench.worker.running


def test_what_is_of_one_is_done_in_order(bench: Bench) -> None:
    for name in "abc":
        bench.give(name)
    assert bench.order(3) == ["a", "b", "c"]


def test_what_is_of_several_is_done_in_turn(bench: Bench) -> None:
    for name in ("a1", "a2", "a3", "b1", "b2", "c1"):
        bench.give(name, of=name[0])
    assert bench.order(6) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_what_is_to_be_last_waits_for_all_others(bench: Bench) -> None:
    bench.worker.do_last(lambda: "last", bench.done.put)
    bench.give("a1", of="a")
    bench.give("b1", of="b")
    assert bench.order(3) == ["a1", "b1", "last"]


def test_it_knows_whether_others_wait(bench: Bench) -> None:
    bench.give("a")
    assert bench.worker.others_wait
    bench.order(1)
    assert not bench.worker.others_wait


def test_an_error_is_given_back(bench: Bench) -> None:
    def fail() -> None:
        raise ValueError("wrong")

    bench.worker.do(fail, bench.done.put)
    [error] = bench.order(1)
    assert isinstance(error, ValueError)


def test_what_is_done_in_time_is_given_at_once() -> None:
    elsewhere, answers = SimpleQueue[object](), list[object]()
    worker = Worker("test", elsewhere.put)
    assert worker.do_within(LIMIT, lambda: "a", answers.append)
    worker.stop()
    assert answers == ["a"]
    assert elsewhere.empty()


def test_what_is_late_is_given_as_ever() -> None:
    elsewhere, answers, go = SimpleQueue[Callable[[], None]](), list[object](), Event()
    worker = Worker("test", elsewhere.put)
    assert not worker.do_within(0, lambda: go.wait(LIMIT), answers.append)
    go.set()
    elsewhere.get(timeout=LIMIT)()
    worker.stop()
    assert answers == [True]
    assert elsewhere.empty()


def test_each_is_given_once_whenever_it_is_done() -> None:
    elsewhere, answers = SimpleQueue[Callable[[], None]](), list[object]()
    worker = Worker("test", elsewhere.put)
    for number in range(1000):
        worker.do_within(0.00002, partial(abs, number), answers.append)
    worker.stop()
    while not elsewhere.empty():
        elsewhere.get()()
    assert {*answers} == {*range(1000)}
    assert len(answers) == 1000
