"""``twistd``, which also logs every second how many calls its reactor is to make later, and what Python has allocated.

Others see how much memory a process has, but not these.
"""

from __future__ import annotations

import sys

from twisted.internet import reactor
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.scripts.twistd import run

EVERY = 1.0
"""Seconds between two lines."""

log = Logger()


def count() -> None:
    """Log the numbers."""
    # This one, which is called now, is not among them.
    calls = len(reactor.getDelayedCalls())
    log.info("counted {calls} calls, {blocks} blocks", calls=calls, blocks=sys.getallocatedblocks())


if __name__ == "__main__":
    reactor.callWhenRunning(LoopingCall(count).start, EVERY)
    run()
