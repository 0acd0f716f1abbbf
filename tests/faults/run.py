"""A run: people on several servers, two hands that bring trouble to engines and servers at once, and the judge."""

from __future__ import annotations

import re
import sys
import time
import traceback
from bisect import bisect
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from threading import Thread

from typing_extensions import override

from tests.faults.chat import Chat
from tests.faults.clocks import Clock, library
from tests.faults.kinds import OF_ENGINES, OF_SERVERS, ON_LINUX, WITH_CLOCKS, Fault, Hand
from tests.faults.pair import paired
from tests.judging.history import Asked, Log, Note, Received
from tests.judging.judge import judge
from tests.judging.views import Violation

LOST = "has lost what|have begun new epochs"
"""What a server says that takes something for lost, or that others have; nothing may be, whatever happens here."""


@dataclass
class Trouble:
    """A fault of that *name*, and the seconds from when until when it was made."""

    name: str
    began: float
    ended: float = 0.0


@dataclass
class Outcome:
    """What came of a run, and what the servers *said*; after *healed* seconds all of them went on."""

    history: Sequence[Note]
    done: Counter[str]
    logs: Sequence[Log] = ()
    said: Sequence[str] = ()
    violations: list[Violation] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    healed: float = 0.0

    def wrong(self, sentence: str) -> None:
        """Note something that is wrong in the end."""
        self.violations.append(Violation(sentence, (len(self.history) - 1,)))

    def outages(self) -> Mapping[str, list[float]]:
        """Return for each kind of trouble how many seconds nobody was acknowledged anything, at each time at most."""
        says = {(it.connection, it.frame["id"]) for it in self.history if isinstance(it, Asked) and _is_say(it)}
        oks = [
            it.at
            for it in self.history
            if isinstance(it, Received) and it.frame["type"] == "ok" and (it.connection, it.frame.get("id")) in says
        ]
        found: dict[str, list[float]] = {}
        for trouble in self.troubles:
            # Up to the first one behind its end.
            within = oks[bisect(oks, trouble.began) : bisect(oks, trouble.ended) + 1]
            gaps = [later - before for before, later in pairwise([trouble.began, *within])]
            found.setdefault(trouble.name, []).append(max(gaps, default=0.0))
        return found


def _is_say(asked: Asked) -> bool:
    return bool(asked.frame["type"] == "say")


class Bringer(Thread):
    """A thread that makes one of the *faults* after the other in *chat*, as *chance* has it, for so many *seconds*."""

    def __init__(self, chat: Chat, faults: Mapping[Fault, int], chance: Random, seconds: float) -> None:
        super().__init__(daemon=True)
        self._hand = Hand(chat, chance)
        self._faults = faults
        self._until = time.monotonic() + seconds
        self.troubles: list[Trouble] = []
        self.error: Exception | None = None

    @override
    def run(self) -> None:
        try:
            while time.monotonic() < self._until:
                self._make_one(self._hand)
        except Exception as error:
            self.error = error

    def _make_one(self, hand: Hand) -> None:
        hand.pause(0.1, 1.5)
        [fault] = hand.chance.choices(list(self._faults), list(self._faults.values()))
        if hand.chance.random() < 0.5:
            hand.chat.begin_something()
        trouble = Trouble(fault.__name__, time.monotonic())
        self.troubles.append(trouble)
        fault(hand)
        trouble.ended = time.monotonic()


def run(folder: Path, seconds: float, seed: str) -> Outcome:
    """Let people live on servers in *folder*, with what *seed* has for trouble in so many *seconds*; judge it."""
    chance = Random(seed)
    found = library()

    def clock() -> Clock | None:
        return Clock(found, folder) if found else None

    with ExitStack() as stack:
        pair = stack.enter_context(paired(found))
        chat = Chat(folder, chance, pair, stack, clock)
        outcome = Outcome(chat.recorder.notes, chat.done, said=chat.said)
        hands = [
            Bringer(chat, possible(faults, clocks=found is not None), Random(chance.random()), seconds)
            for faults in (OF_ENGINES, OF_SERVERS)
        ]
        try:
            for hand in hands:
                hand.start()
            chat.live(lambda: not any(hand.is_alive() for hand in hands))
            for hand in hands:
                if hand.error:
                    raise hand.error
            over = time.monotonic()
            calm = chat.heal()
            outcome.healed = time.monotonic() - over
            calm = calm and chat.rest()
            outcome.logs = chat.end()
            outcome.violations = judge(outcome.history, outcome.logs)
            if not calm:
                outcome.wrong("it does not come to rest")
            for said in outcome.said:
                if re.search(LOST, said):
                    outcome.wrong(f"something was lost, as a server says: {said}")
        except Exception:
            # A server has complained, or something never came: what led to that is worth as much as a violation.
            outcome.wrong("\n".join([traceback.format_exc(), *chat.complaints()]))
        outcome.troubles = sorted((one for hand in hands for one in hand.troubles), key=lambda one: one.began)
    return outcome


def possible(faults: Mapping[Fault, int], *, clocks: bool) -> Mapping[Fault, int]:
    """Return those of *faults* that can be made here."""
    left_out = (set() if clocks else WITH_CLOCKS) | (set() if sys.platform == "linux" else ON_LINUX)
    return {fault: weight for fault, weight in faults.items() if fault not in left_out}
