"""``twistd`` on a reactor that measures itself: how long its longest pieces of work kept a processor.

A piece is one read or write of one connection, or one call that was due. When the server ends, each kind's longest are
printed as a line of JSON behind ``measured``. How busy the machine is counts little, but for a piece now and then whose
processor did something else: what a visitor can cause, they cause again.
"""

from __future__ import annotations

import gc
import heapq
import json
import sys
import threading
from collections.abc import Callable
from time import thread_time
from typing import Any

from twisted.internet.interfaces import IListeningPort
from twisted.internet.main import installReactor
from twisted.internet.pollreactor import PollReactor
from twisted.scripts.twistd import run
from typing_extensions import override

MANY = 5
"""Pieces of a kind that are told of."""


class MeasuringReactor(PollReactor):
    """A reactor that notes for each kind of piece how long the longest were, in seconds of processor time."""

    def __init__(self) -> None:
        self.longest: dict[str, list[float]] = {}
        self.collecting = 0.0
        super().__init__()

    def measure(self, kind: str, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Do *work*, and note how long it took, without the search for garbage that happened to fall into it."""
        began = thread_time() - self.collecting
        try:
            return work(*args, **kwargs)
        finally:
            self.note(kind, thread_time() - self.collecting - began)

    def note(self, kind: str, took: float) -> None:
        """Note that a piece *took* so long."""
        longest = self.longest.setdefault(kind, [])
        if len(longest) < MANY:
            heapq.heappush(longest, took)
        else:
            heapq.heappushpop(longest, took)

    @override
    def _doReadOrWrite(self, selectable: Any, fd: Any, event: Any) -> None:
        # A port lets in all who have knocked.
        kind = "port" if IListeningPort.providedBy(selectable) else "connection"
        self.measure(kind, super()._doReadOrWrite, selectable, fd, event)

    @override
    def callLater(self, delay: float, callable: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return super().callLater(delay, self.measure, name(callable), callable, *args, **kwargs)

    @override
    def callFromThread(self, f: Callable[..., Any], *args: object, **kwargs: object) -> None:
        super().callFromThread(self.measure, name(f), f, *args, **kwargs)


def name(call: Callable[..., Any]) -> str:
    """Return what to call a piece."""
    while hasattr(call, "func"):
        call = call.func
    return f"{call.__module__}.{call.__qualname__}".removeprefix("chatroom.")


def main() -> None:
    """Run twistd, and print in the end what was measured."""
    reactor = MeasuringReactor()
    installReactor(reactor)
    began = 0.0

    def collect(phase: str, info: dict[str, int]) -> None:
        nonlocal began
        if threading.current_thread() is threading.main_thread():
            if phase == "start":
                began = thread_time()
            else:
                took = thread_time() - began
                reactor.collecting += took
                reactor.note("garbage", took)

    def begin() -> None:
        # What it takes to start is nobody's fault.
        reactor.longest.clear()
        gc.callbacks.append(collect)

    reactor.callWhenRunning(lambda: reactor.callLater(0.1, begin))
    reactor.addSystemEventTrigger("after", "shutdown", tell, reactor.longest)
    run()


def tell(longest: dict[str, list[float]]) -> None:
    """Print what was measured, the longest first."""
    pieces = sorted(
        ((kind, sorted(took, reverse=True)) for kind, took in longest.items()), key=lambda piece: -piece[1][0]
    )
    # Not what twistd has put in its place, which goes to the log.
    assert sys.__stdout__
    sys.__stdout__.write(f"measured {json.dumps(dict(pieces))}\n")
    sys.__stdout__.flush()


if __name__ == "__main__":
    main()
