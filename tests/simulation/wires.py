"""What is between a node and its store: wires that are cut, and a standby that all commits wait for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random
from typing import TypeVar

from typing_extensions import override

from chatroom.logs.nodes.engine import Lost, OutcomeUnknown, Unreachable
from chatroom.logs.retention import Retention
from tests.simulation.engine import SimulatedEngine
from tests.simulation.world import World

T = TypeVar("T")


class Standby:
    """The standby of *store*.

    While it sleeps, commits wait for it: what is stored can be seen, but nobody is told that it was. One that is only
    behind is waited for by nobody.
    """

    def __init__(self, store: World) -> None:
        self._store = store
        self._behind: dict[str, object] | None = None
        self._waiting: list[Callable[[bool], None]] = []
        self.sleeps = False

    @property
    def is_behind(self) -> bool:
        """Whether it lacks what happens."""
        return self._behind is not None

    def fall_behind(self, *, asleep: bool) -> None:
        """Lack all that happens from now on."""
        self._behind = self._store.saved()
        self.sleeps = asleep

    def wait(self, told: Callable[[bool], None]) -> None:
        """Call *told* with whether a commit is certain, when that is known."""
        self._waiting.append(told)

    def wake(self) -> None:
        """Catch up: all that was stored is certain."""
        self._behind = None
        self.sleeps = False
        self._tell(certain=True)

    def promote(self) -> None:
        """Become the store; what was not told of is gone."""
        assert self._behind is not None
        self._store.lose(self._behind)
        self._behind = None
        self.sleeps = False
        self._tell(certain=False)

    def give_up(self) -> None:
        """End the waiting of all: what they have stored stays, as long as nobody is promoted."""
        self._tell(certain=False)

    def _tell(self, *, certain: bool) -> None:
        waiting, self._waiting = self._waiting, []
        for told in waiting:
            told(certain)


class Wires:
    """What is between a node and its engine: calls in order, of which some go wrong, as *chance* has it.

    While a call waits for *standby* the next ones wait too.
    """

    def __init__(self, chance: Random, standby: Standby) -> None:
        self.calls: deque[Callable[[], None]] = deque()
        self.answers: deque[Callable[[], None]] = deque()
        self.hints: list[Callable[[], None]] = []
        self.chance = chance
        self.standby = standby
        self.cut = False
        self.trouble = 0.0
        self.waits = False

    def hint(self, call: Callable[[], None]) -> None:
        """Let a hint be on its way, which may be lost, or come twice."""
        self.hints += [call] * self.chance.choice([0, 1, 1, 1, 2])

    def hint_once(self, call: Callable[[], None]) -> None:
        """Let a hint be on its way, which may be lost."""
        if self.chance.random() < 0.9:
            self.hints.append(call)

    @property
    def can_call(self) -> bool:
        """Whether there is a call, and the engine is free for it."""
        return bool(self.calls) and not self.waits

    def call(self) -> None:
        """Let the engine do the next thing that it was asked for."""
        self.calls.popleft()()


class TroubledEngine(SimulatedEngine):
    """An engine behind *wires*: it may be away, or be lost before or after something was done."""

    def __init__(self, store: World, wires: Wires) -> None:
        super().__init__(store, Retention(), wires.calls.append, wires.hint, wires.hint_once)
        self._wires = wires

    @override
    def _ask(
        self, work: Callable[[], T], done: Callable[[T | Exception], None], told: Callable[[T], None] | None = None
    ) -> None:
        wires = self._wires

        def answered(answer: T | Exception) -> None:
            self._came(answer)
            wires.answers.append(lambda: done(answer))

        def ask() -> None:
            if wires.cut:
                answered(Unreachable("the wire is cut"))
            elif wires.chance.random() < wires.trouble:
                answered(OutcomeUnknown("the wire was cut"))
            elif wires.standby.sleeps:
                wait()
            else:
                answer = self._answer(work, told)
                # That something is lost is found out at this end of the wire.
                if wires.chance.random() < wires.trouble and not isinstance(answer, Lost):
                    answer = OutcomeUnknown("the wire was cut")
                answered(answer)

        def wait() -> None:
            before = self._beats
            answer = self._answer(work)
            beats, self._beats = self._beats, before
            wires.waits = True

            def release(certain: bool) -> None:  # a callable of one argument
                wires.waits = False
                if not certain:
                    answered(OutcomeUnknown("the database warned of a commit"))
                    return
                self._beats = beats
                if told and not isinstance(answer, Exception):
                    told(answer)
                answered(answer)

            wires.standby.wait(release)

        wires.calls.append(ask)
