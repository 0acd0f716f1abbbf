"""Those who wait have a few milliseconds of each turn, one after the other."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.fronts.run_queue import SHARE, RunQueue


class RunQueueTest(SynchronousTestCase):
    """Each piece of work takes a while, by a clock that nothing else moves."""

    @override
    def setUp(self) -> None:
        self.clock = Clock()
        self.due: list[Callable[[], None]] = []
        self.queue = RunQueue(self.clock.seconds, self.due.append)
        self.done: list[str] = []

    def work(self, name: str, share: float = 0, then: Callable[[], None] | None = None) -> None:
        """Let work wait that takes this *share* of the time of a turn."""

        def do() -> None:
            self.done.append(name)
            self.clock.rightNow += share * SHARE
            if then:
                then()

        self.queue.add(do)

    def turn(self) -> list[str]:
        """Let a turn pass, and return what was done in it."""
        self.done.clear()
        due = self.due.copy()
        self.due.clear()
        for action in due:
            action()
        return list(self.done)

    def test_what_waits_is_done_in_the_next_turn_in_order(self) -> None:
        for name in "abc":
            self.work(name)
        self.assertEqual(self.done, [])
        self.assertEqual(self.turn(), ["a", "b", "c"])
        self.assertEqual(self.turn(), [])

    def test_what_does_not_fit_into_a_turn_is_done_in_the_next(self) -> None:
        for name in "abcde":
            self.work(name, 0.4)
        self.assertEqual([self.turn() for _ in range(3)], [["a", "b", "c"], ["d", "e"], []])

    def test_however_long_it_takes_one_is_done_in_each(self) -> None:
        for name in "ab":
            self.work(name, 10)
        self.assertEqual([self.turn() for _ in range(3)], [["a"], ["b"], []])

    def test_after_a_defect_the_others_have_their_turn(self) -> None:
        def fail() -> None:
            raise ValueError("wrong")

        self.work("a", then=fail)
        self.work("b")
        self.assertRaises(ValueError, self.turn)
        self.work("c")
        self.assertEqual(self.turn(), ["b", "c"])

    def test_what_is_added_meanwhile_waits_for_another_turn_behind_the_others(self) -> None:
        self.work("a", then=lambda: self.work("again", 0))
        self.work("b", 2)
        self.work("c")
        self.assertEqual([self.turn() for _ in range(3)], [["a", "b"], ["c", "again"], []])
